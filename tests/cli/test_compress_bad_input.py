# SPDX-FileCopyrightText: imgmill authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What imgmill compress meets in the wild: one clear line, the right exit code, no partial file, and whatever else can
be made is made all the same."""
import os
import resource
import signal
import unittest

import vips
from harness import CliTest, disc, png

FAST = ("--avif-speed", "10")


class BadFile(CliTest):
    def check(self, content, pattern, name="bad.jpg"):
        self.put("in/good.png")
        self.put("in/" + name, content)
        self.put("out/bad.webp", b"what was there before")
        result = self.compress("in", "-o", "out/", "--formats", "webp,jpeg")
        self.assert_one_error(result, "in/" + name, pattern)
        self.assertEqual((self.dir / "out/bad.webp").read_bytes(), b"what was there before")
        self.assertEqual(vips.header(self.dir / "out/good.webp")["size"], (48, 48))
        self.assertEqual(self.tree(), ["in/" + name, "in/good.png", "out/bad.webp", "out/good.jpg", "out/good.webp"])

    def test_not_an_image(self):
        self.check(b"just some words\n" * 20, "not an image")

    def test_empty(self):
        self.check(b"", "empty")

    def test_truncated(self):
        jpeg = vips.converted(vips.scene(), "jpg")
        self.check(jpeg[:len(jpeg) // 2], "truncated")

    def test_truncated_even_where_a_small_variant_would_do(self):
        jpeg = vips.converted(vips.scene(), "jpg")
        self.put("a.jpg", jpeg[:len(jpeg) // 2])
        result = self.compress("a.jpg", "-o", "out/", "--formats", "webp", "--variants", "s=10")
        self.assert_one_error(result, "a.jpg", "truncated")

    def test_a_folder_named_like_an_image(self):
        self.put("in/album.jpg/a.png")
        self.assertEqual(self.compress("in", "-o", "out", "--formats", "webp").code, 0)
        self.assertEqual(self.tree(), ["in/album.jpg/a.png", "out/album.jpg/a.webp"])
        (self.dir / "empty.jpg").mkdir()
        self.assert_one_error(self.compress("empty.jpg", "--formats", "webp"), "", "no input matched", 4)


class OneOutputFails(CliTest):
    def test_too_wide_for_webp(self):
        self.put("wide.png", png(16384, 2, lambda x, y: (x & 255, 90, 30)))
        result = self.compress("wide.png", "-o", "out/", "--formats", "webp,jpeg,png", "--variants", "all=0,half=8192", "--json")
        self.assert_one_error(result, "wide.png", r"all\.webp: 16384 x 2 px is more than webp can hold, 16383 px a side")
        item = result.items["wide.png"]
        self.assertEqual(item["status"], "failed")
        self.assertEqual([(o["format"], o["status"]) for o in item["outputs"] if o["variant"] == "all"],
                         [("webp", "failed"), ("jpeg", "written"), ("png", "kept")])
        self.assertEqual(item["outputs"][0]["error"]["kind"], "unsupported")
        self.assertNotIn("bytes", item["outputs"][0])
        for name, size in (("all.jpg", (16384, 2)), ("all.png", (16384, 2)), ("half.webp", (8192, 1))):
            self.assertEqual(vips.header(self.dir / f"out/wide-{name}")["size"], size)
        self.assertNotIn("out/wide-all.webp", self.tree())
        self.assertEqual(result.records[-1]["counts"]["failed"], 1)

    def test_every_output_that_fails_has_its_line(self):
        self.put("tall.png", png(1, 65536, lambda x, y: (200, 90, 30)))
        result = self.compress("tall.png", "-o", "out/", "--formats", "webp,jpeg,png")
        self.assertEqual(result.code, 1)
        self.assertEqual(len(result.errors), 2, result.err)
        self.assertRegex(result.errors[0], "^error: tall.png: webp: 1 x 65536 px is more than webp can hold")
        self.assertRegex(result.errors[1], "^error: tall.png: jpeg: 1 x 65536 px is more than jpeg can hold")
        self.assertEqual(self.tree(), ["out/tall.png", "tall.png"])

    def test_one_place_is_taken(self):
        self.put("a.png")
        (self.dir / "out/a.webp/x").mkdir(parents=True)
        result = self.compress("a.png", "-o", "out/", "--formats", "webp,jpeg")
        self.assert_one_error(result, "a.png", "webp: can't write out/a.webp: is a folder")
        self.assertEqual(self.tree(), ["a.png", "out/a.jpg"])


class BadPlace(CliTest):
    def test_unwritable_folder(self):
        self.put("in/a.png")
        (self.dir / "out").mkdir()
        os.chmod(self.dir / "out", 0o555)
        result = self.run_as_nobody("compress", "in", "-o", "out", "--formats", "webp,jpeg")
        self.assertEqual(result.code, 1)
        self.assertEqual(len(result.errors), 2, result.err)
        for line, name in zip(result.errors, ("webp", "jpg")):
            self.assertRegex(line, rf"^error: in/a\.png: (webp|jpeg): can't write out/a\.{name}: permission denied")
        self.assertEqual(os.listdir(self.dir / "out"), [])

    def test_full_disk(self):
        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (1500, 1500))
        self.put("a.png", vips.scene())
        self.put("out/a-l.jpg", b"before")
        result = self.compress("a.png", "-o", "out/", "--formats", "jpeg", "--variants", "s=20,l=0", preexec_fn=limit)
        self.assert_one_error(result, "a.png", r"l\.jpeg: can't write out/a-l\.jpg: file too large")
        self.assertEqual((self.dir / "out/a-l.jpg").read_bytes(), b"before")
        self.assertEqual(self.tree(), ["a.png", "out/a-l.jpg", "out/a-s.jpg"])

    def test_full_disk_under_standard_output(self):
        self.put("a.png")
        with open("/dev/full", "wb") as full:
            result = self.compress("a.png", "-o", "-", "--formats", "webp", stdout=full)
        self.assert_one_error(result, "a.png", "can't write standard output: no space left on device")

    def test_closed_standard_output(self):
        self.put("a.png")
        reader, writer = os.pipe()
        os.close(reader)
        self.addCleanup(os.close, writer)
        result = self.compress("a.png", "-o", "-", "--formats", "webp", stdout=writer)
        self.assertEqual((result.code, result.err), (0, ""))


class Names(CliTest):
    def test_any_name(self):
        names = [b" a picture of x .png", b"two\nlines.png", b"caf\xe9.png", "größe-画像.png".encode(), b"[a]*.png"]
        for name in names:
            self.put(b"in/" + name)
        result = self.compress("in", "-o", "out", "--formats", "webp", "--variants", "s=20", "--json", "--srcset", "list.json")
        self.assertEqual(result.code, 0, result.err)
        made = sorted(os.listdir(os.fsencode(self.dir) + b"/out"))
        self.assertEqual(made, sorted(name[:-4] + b"-s.webp" for name in names))
        for name in made:
            with open(os.fsencode(self.dir) + b"/out/" + name, "rb") as file:
                self.assertEqual(file.read(4), b"RIFF")
        self.assertIn("in/caf\ufffd.png", result.items)
        self.assertIn('src="out/caf%E9-s.webp"', (self.dir / "list.html").read_text())

    def test_a_message_is_one_line(self):
        self.put(b"caf\xe9\n.png", b"words")
        result = self.compress(b"caf\xe9\n.png")
        self.assertEqual(result.err.count("\n"), 1)
        self.assertRegex(result.err, r"^error: caf\\xe9\\n\.png: .*not an image")


class Limits(CliTest):
    def test_memory_smaller_than_any_picture_still_finishes(self):
        for i in range(4):
            self.put(f"in/{i}.png", disc(40 + i))
        self.assertEqual(self.compress("in", "-o", "out", "-j", "4", "--memory", "1K", *FAST).code, 0)
        self.assertEqual(len(self.tree()), 4 * 4)

    def test_max_pixels(self):
        self.put("a.png")
        self.assert_one_error(self.compress("a.png", "--max-pixels", "100"), "a.png", "--max-pixels")

    def test_timeout(self):
        self.put("a.png", vips.scene(400, 300))
        result = self.compress("a.png", "-o", "out/", "--timeout", "0.001", "--json")
        self.assertEqual(result.code, 1, result.err)
        self.assertEqual(result.items["a.png"]["error"]["kind"], "timeout")
        self.assertEqual(self.tree(), ["a.png"])


class Interrupt(CliTest):
    def test_what_was_finished_stays_whole(self):
        first = self.put("in/000.png", vips.scene())
        for i in range(1, 200):
            os.link(first, self.dir / f"in/{i:03}.png")
        process = self.start("compress", "in", "-o", "out", "--json", "-j", "2", "--target-ssim", ".9", *FAST, bufsize=0)
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130)
        made = [name for name in self.tree() if name.startswith("out")]
        self.assertTrue(3 <= len(made) < 600, made)
        for name in made:
            self.assertRegex(name, r"^out/\d+\.(avif|webp|jpg)$")
        self.assertEqual({size[:2] for size in vips.sizes(*(self.dir / name for name in made))}, {(240, 180)})


if __name__ == "__main__":
    unittest.main()
