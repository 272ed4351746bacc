# SPDX-FileCopyrightText: imgmill authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the real executables in a folder of their own. Test pictures are drawn here, in a few lines each."""
import json
import os
import pathlib
import shutil
import struct
import subprocess
import tempfile
import unittest
import zlib

BIN = pathlib.Path(os.environ["IMGMILL_BIN"])
NOBODY = 65534
TIMEOUT = 120


def png_chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_header(width, height, color_type=2):
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, color_type, 0, 0, 0))


def png(width, height, pixel):
    """A PNG of the colours that pixel(x, y) gives: (r, g, b) or (r, g, b, a) throughout."""
    color_type = 6 if len(pixel(0, 0)) == 4 else 2
    rows = b"".join(b"\0" + bytes(v for x in range(width) for v in pixel(x, y)) for y in range(height))
    return png_header(width, height, color_type) + png_chunk(b"IDAT", zlib.compress(rows)) + png_chunk(b"IEND", b"")


def disc(size=48, ink=(200, 40, 40), paper=(255, 255, 255), radius=0.35):
    """A disc with an antialiased edge."""
    def pixel(x, y):
        distance = ((x + .5 - size / 2) ** 2 + (y + .5 - size / 2) ** 2) ** .5
        cover = min(1.0, max(0.0, size * radius - distance + .5))
        return tuple(round(p + (i - p) * cover) for i, p in zip(ink, paper))
    return png(size, size, pixel)


def noise(size, seed=1):
    """A picture that takes long to trace."""
    state = seed
    values = []
    for _ in range(size * size * 3):
        state = (state * 1103515245 + 12345) & 0x7FFFFFFF
        values.append(state >> 16 & 255)
    return png(size, size, lambda x, y: tuple(values[(y * size + x) * 3:(y * size + x) * 3 + 3]))


class Result:
    def __init__(self, code, out, err):
        self.code, self.out, self.err_bytes = code, out, err
        self.err = err.decode("utf-8")  # what we print is valid UTF-8 whatever the names are

    @property
    def errors(self):
        return [line for line in self.err.splitlines() if line.startswith("error: ")]

    @property
    def records(self):
        return [json.loads(line) for line in self.out.decode("utf-8").splitlines()]

    @property
    def items(self):
        return {record["input"]: record for record in self.records if record["type"] == "item"}

    @property
    def first(self):
        return next(iter(self.items.values()))


class CliTest(unittest.TestCase):
    def setUp(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="imgmill-cli-"))
        self.cache_home = pathlib.Path(tempfile.mkdtemp(prefix="imgmill-cli-cache-"))
        os.chmod(self.cache_home, 0o777)  # for convert_as_nobody
        self.addCleanup(self.remove)

    def remove(self):
        for folder, _, _ in os.walk(self.dir):
            os.chmod(folder, 0o700)
        shutil.rmtree(self.dir)
        shutil.rmtree(self.cache_home)

    def put(self, name, content=None):
        """Writes a file (a small disc unless told otherwise) and returns its path."""
        path = pathlib.Path(os.fsdecode(os.fsencode(self.dir) + b"/" + os.fsencode(name)))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(disc() if content is None else content)
        return path

    def environment(self, extra=None):
        # Nothing of the user's own settings, and a cache of the test's own.
        kept = {k: v for k, v in os.environ.items() if not k.startswith("IMGMILL_") and k != "XDG_CONFIG_HOME"}
        own = {"HOME": str(self.dir / "home"), "XDG_CACHE_HOME": str(self.cache_home)}
        return {**kept, **own, **(extra or {})}

    def start(self, *arguments, program="imgmill", env=None, **options):
        options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
        return subprocess.Popen([str(BIN / program), *map(os.fspath, arguments)], cwd=self.dir,
                                env=self.environment(env), **options)

    def run_program(self, *arguments, program="imgmill", stdin=b"", env=None, **options):
        process = self.start(*arguments, program=program, env=env, stdin=subprocess.PIPE, **options)
        out, err = process.communicate(stdin, timeout=TIMEOUT)
        return Result(process.returncode, out, err)

    def convert(self, *arguments, **options):
        return self.run_program("convert", *arguments, **options)

    def compress(self, *arguments, **options):
        return self.run_program("compress", *arguments, **options)

    def convert_as_nobody(self, *arguments):
        return self.run_as_nobody("convert", *arguments)

    def run_as_nobody(self, *arguments):
        """As a user whom file permissions bind; root drops to one."""
        if os.geteuid() != 0:
            return self.run_program(*arguments)

        def drop():
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
        try:
            probe = subprocess.run([str(BIN / "imgmill-convert"), "--version"], preexec_fn=drop, capture_output=True)
        except (PermissionError, subprocess.SubprocessError):
            self.skipTest("the executables can't be reached as another user")
        if probe.returncode != 0:
            self.skipTest("the executables don't run as another user")
        os.chmod(self.dir, 0o755)
        return self.run_program(*arguments, preexec_fn=drop)

    def tree(self):
        """All files below the test's folder but the inputs' own, by relative name."""
        return sorted(str(p.relative_to(self.dir)) for p in self.dir.rglob("*") if not p.is_dir())

    def assert_svg(self, content):
        self.assertRegex(content[:300], rb"^<svg [^>]*viewBox=")
        self.assertTrue(content.rstrip().endswith(b"</svg>"), content[-20:])

    def assert_one_error(self, result, path, pattern, code=1):
        self.assertEqual(result.code, code, result.err)
        self.assertEqual(len(result.errors), 1, result.err)
        self.assertRegex(result.errors[0], "^error: " + (path + ": " if path else "") + f".*(?:{pattern})")
        # Beside it at most the line of totals: no library noise.
        self.assertLessEqual(len(result.err.splitlines()), 2, result.err)
