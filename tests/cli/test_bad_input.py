# SPDX-FileCopyrightText: imgmill authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a batch meets in the wild. Each case: one clear line, the right exit code, no partial file, nothing overwritten,
and the good neighbour is converted all the same."""
import os
import resource
import struct
import unittest
import zlib

from harness import CliTest, disc, png_chunk, png_header


class BadFile(CliTest):
    def check(self, content, pattern, name="bad.png"):
        self.put("in/good.png")
        self.put("in/" + name, content)
        self.put("out/bad.svg", b"what was there before")
        result = self.convert("in", "-o", "out/")
        self.assert_one_error(result, "in/" + name, pattern)
        self.assertEqual((self.dir / "out/bad.svg").read_bytes(), b"what was there before")
        self.assert_svg((self.dir / "out/good.svg").read_bytes())
        self.assertEqual(self.tree(), ["in/" + name, "in/good.png", "out/bad.svg", "out/good.svg"])

    def test_not_an_image(self):
        self.check(b"just some words\n" * 20, "not an image")

    def test_empty(self):
        self.check(b"", "empty")

    def test_truncated(self):
        content = disc()
        self.check(content[:len(content) // 2], "truncated")

    def test_corrupt_header(self):
        content = bytearray(disc())
        content[24] = 77  # bits a sample
        self.check(bytes(content), "corrupt|damaged")

    def test_corrupt_body(self):
        content = bytearray(disc())
        for i in range(60, 90):
            content[i] ^= 0x55
        self.check(bytes(content), "corrupt|damaged")

    def test_no_height(self):
        self.check(png_header(0, 8) + png_chunk(b"IDAT", zlib.compress(b"")) + png_chunk(b"IEND", b""),
                   "no pixels")

    def test_claims_to_be_huge(self):
        self.check(png_header(65535, 65535) + png_chunk(b"IDAT", zlib.compress(b"\0" * 100)), "--max-pixels")

    def test_jpeg_claims_to_be_huge(self):
        frame = b"\xff\xc0\0\x0b\x08" + struct.pack(">HH", 65500, 65500) + b"\x01\x01\x11\x00"
        self.check(b"\xff\xd8" + frame + b"\xff\xd9", "--max-pixels", "bad.jpg")

    def test_max_pixels_is_refused_with_its_name(self):
        self.put("a.png")
        self.assert_one_error(self.convert("a.png", "--max-pixels", "100"), "a.png", "--max-pixels")
        self.assertEqual(self.tree(), ["a.png"])


class BadPlace(CliTest):
    def test_missing(self):
        self.put("good.png")
        result = self.convert("gone.png", "good.png")
        self.assert_one_error(result, "gone.png", "no such file")
        self.assertEqual(self.tree(), ["good.png", "good.svg"])

    def test_unreadable(self):
        self.put("in/good.png")
        os.chmod(self.put("in/secret.png"), 0)
        (self.dir / "out").mkdir()
        os.chmod(self.dir / "out", 0o777)
        result = self.convert_as_nobody("in", "-o", "out")
        self.assert_one_error(result, "in/secret.png", "permission denied")
        self.assertEqual(os.listdir(self.dir / "out"), ["good.svg"])

    def test_unreadable_folder(self):
        self.put("in/good.png")
        self.put("in/closed/a.png")
        os.chmod(self.dir / "in/closed", 0)
        (self.dir / "out").mkdir()
        os.chmod(self.dir / "out", 0o777)
        result = self.convert_as_nobody("in", "-o", "out")
        self.assert_one_error(result, "in/closed", "permission denied")
        self.assertEqual(os.listdir(self.dir / "out"), ["good.svg"])

    def test_output_folder_is_not_writable(self):
        self.put("in/a.png")
        self.put("in/b.png")
        (self.dir / "out").mkdir()
        os.chmod(self.dir / "out", 0o555)
        result = self.convert_as_nobody("in", "-o", "out")
        self.assertEqual(result.code, 1)
        self.assertEqual(len(result.errors), 2, result.err)
        for line in result.errors:
            self.assertRegex(line, r"^error: in/[ab]\.png: can't write out/[ab]\.svg: permission denied")
        self.assertEqual(os.listdir(self.dir / "out"), [])

    def test_output_folder_below_a_file(self):
        self.put("a.png")
        self.put("plain", b"text")
        result = self.convert("a.png", "-o", "plain/deep/")
        self.assert_one_error(result, "a.png", "can't write plain/deep/a.svg: .*not a directory")
        self.assertEqual(self.tree(), ["a.png", "plain"])

    def test_output_is_a_folder(self):
        self.put("a.png")
        (self.dir / "a.svg/x").mkdir(parents=True)
        self.assert_one_error(self.convert("a.png"), "a.png", "can't write a.svg: is a folder")

    def test_full_disk(self):
        # A limit on the size of files stops a write half-way, as a full disk does, and needs no privileges.
        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
        self.put("in/a.png")
        self.put("in/b.png")
        self.put("out/a.svg", b"before")
        result = self.convert("in", "-o", "out", preexec_fn=limit)
        self.assertEqual(result.code, 1, result.err)
        self.assertEqual(len(result.errors), 2, result.err)
        for line in result.errors:
            self.assertRegex(line, r"^error: in/[ab]\.png: can't write out/[ab]\.svg: file too large")
        self.assertEqual((self.dir / "out/a.svg").read_bytes(), b"before")
        self.assertEqual(self.tree(), ["in/a.png", "in/b.png", "out/a.svg"])

    def test_full_disk_under_standard_output(self):
        self.put("a.png")
        with open("/dev/full", "wb") as full:
            result = self.convert("a.png", "-o", "-", stdout=full)
        self.assertEqual(result.code, 1)
        self.assertEqual(result.err, "error: a.png: can't write standard output: no space left on device\n")

    def test_named_pipe_that_nobody_writes(self):
        os.mkfifo(self.dir / "pipe.png")
        self.assert_one_error(self.convert("pipe.png"), "pipe.png", "no regular file")


class Names(CliTest):
    def check(self, name, shown=None, arguments=()):
        path = self.put(name)
        os.chdir(self.dir)
        result = self.convert(*arguments, name)
        self.assertEqual(result.code, 0, result.err)
        svg = os.fsencode(path)[:-4] + b".svg"
        with open(svg, "rb") as file:
            self.assert_svg(file.read())
        # The same name in a message is one line.
        os.truncate(path, 20)
        result = self.convert(*arguments, name)
        self.assertEqual(result.code, 1)
        self.assertEqual(len(result.err.splitlines()), 1, result.err)
        self.assertTrue(result.err.startswith(f"error: {shown or name}: "), result.err)

    def test_spaces(self):
        self.check(" a picture  of x .png")

    def test_newline(self):
        self.check("two\nlines\r.png", "two\\nlines\\r.png")

    def test_escape_sequences(self):
        self.check("red\x1b[31m.png", "red\\x1b[31m.png")

    def test_utf8(self):
        self.check("größe-画像-🖼.png")

    def test_not_utf8(self):
        self.check(b"caf\xe9.png", "caf\\xe9.png")

    def test_not_utf8_in_records(self):
        self.put(b"caf\xe9\x01\".png")
        result = self.convert("--json", b"caf\xe9\x01\".png")
        self.assertEqual(result.code, 0, result.err)
        self.assertEqual(result.records[0]["input"], "caf\ufffd\x01\".png")

    def test_leading_dash(self):
        self.check("-rf.png", arguments=("--",))

    def test_leading_dashes(self):
        self.check("--help.png", arguments=("--",))

    def test_leading_dash_without_the_mark_is_explained(self):
        self.put("-rf.png")
        self.assert_one_error(self.convert("-rf.png"), "", "no option -rf.png .*after --", 2)

    def test_wildcards_in_a_real_name(self):
        self.check("[a]*.png")

    def test_brackets_alone(self):
        self.check("[x.png")

    def test_longest_name(self):
        self.check("x" * 251 + ".png")


class Clashes(CliTest):
    def test_two_inputs_for_one_output(self):
        self.put("a.png")
        self.put("a.jpg", b"not even read")
        result = self.convert("a.png", "a.jpg")
        self.assert_one_error(result, "", r"a\.png and a\.jpg would both write a\.svg", 2)
        self.assertEqual(self.tree(), ["a.jpg", "a.png"])

    def test_two_folders_with_the_same_names(self):
        self.put("one/a.png")
        self.put("two/a.png")
        result = self.convert("one", "two", "-o", "out")
        self.assert_one_error(result, "", "one/a.png and two/a.png would both write out/a.svg", 2)
        self.assertFalse((self.dir / "out").exists())

    def test_a_name_of_their_own_solves_it(self):
        self.put("a.png")
        self.put("a.webp")  # what it is, its content says
        result = self.convert("a.png", "a.webp", "--name", "{dir}/{stem}.{source_ext}.{ext}")
        self.assertEqual(result.code, 0, result.err)
        self.assertEqual(self.tree(), ["a.png", "a.png.svg", "a.webp", "a.webp.svg"])

    def test_an_output_that_is_its_input(self):
        content = self.put("a.png").read_bytes()
        self.assert_one_error(self.convert("a.png", "-o", "a.png"), "", "a.png is an input and would be overwritten", 2)
        self.assertEqual((self.dir / "a.png").read_bytes(), content)

    def test_an_output_that_links_to_an_input(self):
        content = self.put("a.png").read_bytes()
        self.put("b.png")
        os.symlink("a.png", self.dir / "b.svg")
        self.assert_one_error(self.convert("b.png", "a.png"), "", "a.png is an input", 2)
        self.assertEqual((self.dir / "a.png").read_bytes(), content)

    def test_the_same_file_twice_is_one_item(self):
        self.put("in/a.png")
        result = self.convert("in", "in/a.png", "./in/../in/a.png", "-o", "out", "--json")
        self.assertEqual(result.code, 0, result.err)
        self.assertEqual(len(result.items), 1)


if __name__ == "__main__":
    unittest.main()
