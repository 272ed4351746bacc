#!/usr/bin/env python3
# SPDX-FileCopyrightText: imgmill authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Peak memory against --memory on a corpus with 40-megapixel pictures: memory_budget.py BIN [BUDGET].

BIN is the folder of the executables (build/release/bin), BUDGET in MiB, 300 by default. The corpus is drawn here: PNGs
with and without transparency, the same as JPEG, WebP and AVIF, and many small ones between them. Prints a line for each
run and exits 1 where a peak is over 1.15 of the budget or an item failed."""
import json
import os
import pathlib
import struct
import sys
import tempfile
import zlib

WIDTH, HEIGHT = 8000, 5000
MOST = 1.15


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def picture(path, width, height, alpha=False, seed=1):
    """Waves and bars: neither flat nor noise, and quick to draw."""
    samples = 4 if alpha else 3
    state = seed
    packer = zlib.compressobj(1)
    data = b""
    base = bytes(v for x in range(width)
                 for v in ((x * seed // 7 & 255), (x // 31 * 37 & 255), (x * x // 997 & 255), 255 - (x // 64 & 63))[:samples])
    for y in range(height):
        if y % 16 == 0:
            state = (state * 1103515245 + 12345) & 0x7FFFFFFF
            turn = state % width * samples
            row = b"\0" + base[turn:] + base[:turn]
        data += packer.compress(row)
    data += packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 8, 6 if alpha else 2, 0, 0, 0)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b""))


def run(*arguments):
    """(exit code, peak resident bytes, summary record) of one run."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.dup2(writer, 1)
        os.close(reader)
        os.execv(arguments[0], list(map(str, arguments)))
    os.close(writer)
    with os.fdopen(reader) as lines:
        records = [json.loads(line) for line in lines]
    _, status, usage = os.wait4(pid, 0)
    for record in records:
        if record.get("error"):
            print(f"  {record['input']}: {record['error']['message']}")
    return os.waitstatus_to_exitcode(status), usage.ru_maxrss * 1024, records[-1]


def make_corpus(folder, tools):
    """Pictures of 40 megapixels, in four formats, among small ones."""
    folder.mkdir()
    picture(folder / "large-1.png", WIDTH, HEIGHT)
    picture(folder / "large-2.png", HEIGHT, WIDTH, alpha=True, seed=2)
    for extension in ("jpg", "webp", "avif"):
        name = {"jpg": "jpeg"}.get(extension, extension)
        run(tools / "imgmill-compress", "-q", "--no-cache", "--json", folder / "large-1.png", "-o", folder, "--formats", name,
            "--avif-speed", "10", "--webp-method", "0", "--name", f"large-{name}.{extension}")
    for i in range(60):
        picture(folder / f"small-{i:02}.png", 200 + 17 * i, 150 + 13 * i, alpha=i % 3 == 0, seed=i + 3)


def main():
    tools = pathlib.Path(sys.argv[1]).resolve()
    budget = int(sys.argv[2]) if len(sys.argv) > 2 else 300
    runs = [("convert", "--max-dimension", "2000"), ("convert", "--preset", "speed", "--max-dimension", "1000"),
            ("compress", "--variants", "thumbnail=150:crop,full=2048"),
            ("compress", "--workload", "throughput", "--target-ssim", "0.95", "--formats", "webp,jpeg")]
    fine = True
    with tempfile.TemporaryDirectory(prefix="imgmill-memory-") as scratch:
        corpus = pathlib.Path(scratch) / "in"
        make_corpus(corpus, tools)
        for number, (subcommand, *options) in enumerate(runs):
            code, peak, summary = run(tools / f"imgmill-{subcommand}", "-q", "--no-cache", "--json", "--memory", f"{budget}M", "-j", "2",
                                      *options, corpus, "-o", pathlib.Path(scratch) / f"out-{number}")
            share = peak / (budget << 20)
            good = share <= MOST and summary["counts"]["failed"] == 0
            fine = fine and good
            print(f"{subcommand} {' '.join(options)}: peak {peak >> 20} MiB, {share:.2f} of the budget, "
                  f"{summary['counts']['failed']} of {summary['items']} failed, {summary['wall_seconds']:.1f} s, "
                  f"exit {code}{'' if good else '  <-- not within the bar'}", flush=True)
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
