# SPDX-FileCopyrightText: imgmill authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures as libvips' tools make and see them: a decoder that is not ours (AVIF through libheif, not libavif)."""
import functools
import os
import pathlib
import re
import struct
import subprocess
import tempfile
import zlib

from harness import png_chunk, png_header


def run(*arguments):
    arguments = [os.fspath(a) if isinstance(a, os.PathLike) else str(a) for a in arguments]
    done = subprocess.run(["vips", *arguments], capture_output=True)
    if done.returncode != 0:
        raise AssertionError(f"vips {arguments}: {done.stderr.decode(errors='replace')}")
    return done.stdout


def header(path):
    """All that a file says of itself: width, height, bands, vips-loader, exif-…, icc-profile-data, …"""
    listing = subprocess.run(["vipsheader", "-a", os.fspath(path)], capture_output=True, check=True).stdout
    fields = dict(line.split(": ", 1) for line in listing.decode(errors="replace").splitlines() if ": " in line)
    return {**fields, "size": (int(fields["width"]), int(fields["height"]))}


def sizes(*paths):
    """[(width, height, "jpegload"), …] of many files at once, whose names must be one line each."""
    listing = subprocess.run(["vipsheader", *map(os.fspath, paths)], capture_output=True, check=True).stdout
    found = re.findall(r": (\d+)x(\d+) \w+, \d bands?, [\w-]+, (\w+)$", listing.decode(), re.M)
    if len(found) != len(paths):
        raise AssertionError(listing.decode())
    return [(int(width), int(height), loader) for width, height, loader in found]


def samples(path):
    """The decoded samples, in rows."""
    with tempfile.TemporaryDirectory() as folder:
        raw = pathlib.Path(folder, "raw")
        run("rawsave", path, raw)
        return raw.read_bytes()


def pixel(path, x, y):
    return tuple(round(float(value)) for value in run("getpoint", path, x, y).split())


def mean_difference(a, b):
    """Of two files' samples."""
    one, two = samples(a), samples(b)
    if len(one) != len(two):
        raise AssertionError(f"{a} and {b} differ in size or channels")
    return sum(abs(x - y) for x, y in zip(one, two)) / len(one)


@functools.lru_cache(maxsize=None)
def scene(width=240, height=180, alpha=False):
    """A PNG of something like a photograph: soft hills of colour, edges, some grain; opaque from left to right no more
    than halfway where it has alpha."""
    hill = [100 - abs(i % 200 - 100) for i in range(width * 3 + height * 3 + 200)]
    state, rows = 7, bytearray()
    for y in range(height):
        rows.append(0)
        for x in range(width):
            state = (state * 1103515245 + 12345) & 0x7FFFFFFF
            edge = 40 if (x // 23 + y // 31) % 3 == 0 else 0
            grain = (state >> 16) % 17
            for channel in range(3):
                rows.append(min(255, hill[2 * x + 3 * y + 40 * channel] + hill[x + height - y] // 2 + edge + grain))
            if alpha:
                rows.append(255 - 255 * x // width)
    color_type = 6 if alpha else 2
    return png_header(width, height, color_type) + png_chunk(b"IDAT", zlib.compress(bytes(rows))) + png_chunk(b"IEND", b"")


def converted(content, name, operation="copy", *arguments):
    """A file's content in another format: `name` is the new ending with vips' options, as in "jpg[Q=40]"."""
    with tempfile.TemporaryDirectory() as folder:
        source, result = pathlib.Path(folder, "source"), pathlib.Path(folder, "result." + name.split("[")[0])
        source.write_bytes(content)
        run(operation, source, str(result) + name[len(name.split("[")[0]):], *arguments)
        return result.read_bytes()


def with_exif(jpeg, orientation=1):
    """Orientation, a description and a position."""
    def entry(tag, kind, count, value):
        return struct.pack("<HHI", tag, kind, count) + value.ljust(4, b"\0")
    description = b"a hill by the sea\0"
    ifd0_end = 8 + 2 + 3 * 12 + 4
    gps_at = ifd0_end + len(description)
    position_at = gps_at + 2 + 2 * 12 + 4
    tiff = (b"II*\0" + struct.pack("<I", 8) + struct.pack("<H", 3)
            + entry(0x10E, 2, len(description), struct.pack("<I", ifd0_end))
            + entry(0x112, 3, 1, struct.pack("<H", orientation))
            + entry(0x8825, 4, 1, struct.pack("<I", gps_at)) + struct.pack("<I", 0) + description
            + struct.pack("<H", 2) + entry(1, 2, 2, b"N\0") + entry(2, 5, 3, struct.pack("<I", position_at))
            + struct.pack("<I", 0) + struct.pack("<6I", 47, 1, 22, 1, 3987, 100))
    payload = b"Exif\0\0" + tiff
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(payload) + 2) + payload + jpeg[2:]
