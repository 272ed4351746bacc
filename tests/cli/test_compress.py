# SPDX-FileCopyrightText: imgmill authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What imgmill compress makes: files, sizes, pixels, metadata. Decoded by libvips."""
import html.parser
import json
import os
import unittest
import urllib.parse

import vips
from harness import CliTest, disc, png

LOADERS = {".avif": "heifload", ".webp": "webpload", ".jpg": "jpegload", ".png": "pngload"}
FAST = ("--avif-speed", "10")


class Compress(CliTest):
    def made(self, folder="out"):
        return [name for name in self.tree() if name.startswith(folder + "/")]

    def sizes(self, names):
        """By name, as an independent decoder sees them, which must find the format that the name promises."""
        found = vips.sizes(*(self.dir / name for name in names))
        for name, (_, _, loader) in zip(names, found):
            self.assertEqual(loader, LOADERS[os.path.splitext(name)[1]], name)
        return {name: (width, height) for name, (width, height, _) in zip(names, found)}

    def size(self, name):
        return self.sizes([name])[name]

    def ok(self, *arguments, **options):
        result = self.compress(*arguments, "--json", **options)
        self.assertEqual(result.code, 0, result.err)
        return result


class Variants(Compress):
    def test_every_format_and_variant_of_a_tree(self):
        self.put("in/a.png", vips.scene(240, 180))
        self.put("in/deep/b.jpg", vips.converted(vips.scene(90, 120), "jpg"))
        self.ok("in", "-o", "out", "--variants", "thumbnail=60,full=200", *FAST)
        wanted = {f"{stem}-{variant}.{ext}": size
                  for stem, sizes in (("out/a", {"thumbnail": (60, 45), "full": (200, 150)}),
                                      ("out/deep/b", {"thumbnail": (45, 60), "full": (90, 120)}))
                  for variant, size in sizes.items() for ext in ("avif", "webp", "jpg")}
        self.assertEqual(self.sizes(self.made()), wanted)

    def test_the_picture_stays_what_it_was(self):
        self.put("a.png", vips.scene(240, 180))
        self.ok("a.png", "-o", "out/", "--formats", "avif,webp,jpeg,png")
        self.assertEqual(vips.mean_difference(self.dir / "a.png", self.dir / "out/a.png"), 0)
        for name in "out/a.avif", "out/a.webp", "out/a.jpg":
            difference = vips.mean_difference(self.dir / "a.png", self.dir / name)
            self.assertTrue(0 < difference < 5, (name, difference))

    def test_a_smaller_picture_is_not_enlarged(self):
        self.put("a.png", vips.scene(100, 50))
        self.ok("a.png", "-o", "out/", "--formats", "webp", "--variants", "big=1000,wide=2000x30,box=80x1000,own=0")
        self.assertEqual(self.sizes(self.made()),
                         {"out/a-big.webp": (100, 50), "out/a-wide.webp": (60, 30), "out/a-box.webp": (80, 40),
                          "out/a-own.webp": (100, 50)})

    def test_crop_takes_the_centre(self):
        # Red, a green square in the middle, blue.
        self.put("a.png", png(120, 40, lambda x, y: (255, 0, 0) if x < 40 else (0, 160, 0) if x < 80 else (0, 0, 255)))
        self.ok("a.png", "-o", "out/", "--formats", "png", "--variants", "square=20:crop,large=100x30:crop,huge=500:crop")
        self.assertEqual(self.sizes(self.made()), {"out/a-square.png": (20, 20), "out/a-large.png": (100, 30),
                                                   "out/a-huge.png": (120, 40)})
        for x in 2, 17:
            red, green, blue = vips.pixel(self.dir / "out/a-square.png", x, 10)[:3]
            self.assertTrue(red < 20 and abs(green - 160) < 20 and blue < 20, (red, green, blue))

    def test_attention_takes_what_draws_the_eye(self):
        # Flat grey with a busy coloured patch near the right end.
        self.put("a.png", png(160, 40, lambda x, y: (230, 40 * (x % 2), 30 * (y % 3)) if 120 <= x < 150 and 5 <= y < 35
                              else (128, 128, 128)))
        self.ok("a.png", "-o", "out/", "--formats", "png", "--variants", "eye=40:attention,middle=40:crop")
        self.assertEqual(self.sizes(self.made()), {"out/a-eye.png": (40, 40), "out/a-middle.png": (40, 40)})
        self.assertGreater(vips.pixel(self.dir / "out/a-eye.png", 20, 20)[0], 200)
        self.assertEqual(set(vips.samples(self.dir / "out/a-middle.png")), {128})

    def test_quality_of_a_variant_and_a_format(self):
        self.put("a.png", vips.scene())
        item = self.ok("a.png", "-o", "out/", "--formats", "webp,jpeg", "--webp-quality", "60",
                       "--variants", "a=100:jpeg=30,b=100:jpeg=90:webp=20").items["a.png"]
        quality = {(o["variant"], o["format"]): o["quality"] for o in item["outputs"]}
        self.assertEqual(quality, {("a", "webp"): 60, ("a", "jpeg"): 30, ("b", "webp"): 20, ("b", "jpeg"): 90})
        size = {(o["variant"], o["format"]): o["bytes"] for o in item["outputs"]}
        self.assertLess(size["a", "jpeg"], size["b", "jpeg"] / 2)
        self.assertLess(size["b", "webp"], size["a", "webp"])

    def test_presets_and_workloads(self):
        self.put("a.png", vips.scene(240, 180))
        for preset, qualities in (("speed", [70, 75, 80]), ("balanced", [80, 80, 85]), ("quality", [90, 85, 90])):
            item = self.ok("a.png", "-o", "out/", "--preset", preset, "--max-dimension", "40").items["a.png"]
            self.assertEqual([o["quality"] for o in item["outputs"]], qualities)
        item = self.ok("a.png", "-o", "out/", "--workload", "quality", *FAST).items["a.png"]
        self.assertEqual([(o["variant"], o["format"], o["quality"], o["width"]) for o in item["outputs"]],
                         [("thumbnail", "avif", 75, 200), ("thumbnail", "webp", 80, 200), ("thumbnail", "jpeg", 85, 200),
                          ("full", "avif", 80, 240), ("full", "webp", 85, 240), ("full", "jpeg", 90, 240)])

    def test_a_jpeg_that_is_decoded_at_a_fraction_has_the_size_of_one_that_is_not(self):
        # A quarter of 64 x 69 is 16 x 18, and that within 16 x 16 is 14 wide; of the whole it is 15.
        self.put("a.png", png(64, 69, lambda x, y: (x, y, 9)))
        self.ok("a.png", "-o", "a.jpg")
        item = self.ok("a.jpg", "-o", "out/", "--formats", "webp", "--variants", "s=16", "--max-dimension", "16").items["a.jpg"]
        self.assertEqual((item["outputs"][0]["width"], item["outputs"][0]["height"]), (15, 16))

    def test_lossless(self):
        self.put("a.png", vips.scene(60, 40, alpha=True))
        self.ok("a.png", "-o", "out/", "--lossless", "--formats", "webp,avif", *FAST)
        source = vips.samples(self.dir / "a.png")
        visible = [i for i in range(0, len(source), 4) if source[i + 3]]
        for name in "out/a.webp", "out/a.avif":
            result = vips.samples(self.dir / name)
            self.assertTrue(all(source[i:i + 4] == result[i:i + 4] for i in visible), name)


class Outputs(Compress):
    def test_names(self):
        self.put("a.png")
        self.ok("a.png", "--formats", "webp")
        self.ok("a.png", "--formats", "jpeg", "-o", "x/named.jpeg")
        self.ok("a.png", "--formats", "webp", "--variants", "s=20", "-o", "out/", "--name", "{variant}/{stem}.{source_ext}.{ext}")
        self.assertEqual(self.tree(), ["a.png", "a.webp", "out/s/a.png.webp", "x/named.jpeg"])

    def test_results_are_no_inputs_of_the_next_run(self):
        self.put("in/a.png")
        self.put("in/x/b.png", disc(40))
        for arguments in ("in",), ("in", "-o", "in"), (".", "-o", "./in/.."):
            self.assert_one_error(self.compress(*arguments, "--formats", "webp"), "", "is searched for inputs", 2)
        self.assertEqual(self.tree(), ["in/a.png", "in/x/b.png"])
        for status in "written", "unchanged":
            items = self.ok("in", "-o", "in/small", "--formats", "webp").items
            self.assertEqual({name: item["status"] for name, item in items.items()}, {"in/a.png": status, "in/x/b.png": status})
        self.assertEqual(self.made("in"), ["in/a.png", "in/small/a.webp", "in/small/x/b.webp", "in/x/b.png"])
        self.ok("in/x", "-o", "in/small", "--formats", "jpeg")

    def test_several_results_need_a_folder(self):
        self.put("a.png")
        self.assert_one_error(self.compress("a.png", "--formats", "webp,avif", "-o", "x.webp"), "", "must be a folder .*one of --formats", 2)
        self.assert_one_error(self.compress("a.png", "-o", "-"), "", "standard output takes one result", 2)
        self.assertEqual(self.tree(), ["a.png"])

    def test_a_template_that_tells_variants_apart_not_is_refused(self):
        self.put("a.png")
        result = self.compress("a.png", "--variants", "a=10,b=20", "--formats", "webp", "--name", "{stem}.{ext}")
        self.assert_one_error(result, "", r"two of its results would both be a\.webp \(put \{variant\}", 2)

    def test_pipe(self):
        result = self.compress("-", "--formats", "webp", "--variants", "small=20", stdin=disc())
        self.assertEqual((result.code, result.err), (0, ""))
        self.put("piped.webp", result.out)
        self.assertEqual(self.size("piped.webp"), (20, 20))
        self.assert_one_error(self.compress("-", "--formats", "webp", stdin=b"words"), "-", "not an image")

    def test_the_same_bytes_in_any_run(self):
        for i in range(4):
            self.put(f"in/{i}.png", vips.scene(100 + 7 * i, 80))
        arguments = ("in", "--variants", "s=40,full=0", *FAST)
        for jobs in "1", "4":
            self.ok(*arguments, "-o", "out" + jobs, "-j", jobs, "--no-cache")
        names = self.made("out1")
        self.assertEqual(len(names), 24)
        for name in names:
            self.assertEqual((self.dir / name).read_bytes(), (self.dir / name.replace("out1", "out4")).read_bytes(), name)
            os.utime(self.dir / name, (1000, 1000))
        again = self.ok(*arguments, "-o", "out1")
        self.assertEqual({item["status"] for item in again.items.values()}, {"unchanged"})
        self.assertEqual({os.stat(self.dir / name).st_mtime for name in names}, {1000})

    def test_no_clobber(self):
        self.put("a.png")
        self.put("a.webp", b"mine")
        item = self.ok("a.png", "--formats", "webp,jpeg", "--no-clobber").items["a.png"]
        self.assertEqual([o["status"] for o in item["outputs"]], ["skipped", "written"])
        self.assertEqual((self.dir / "a.webp").read_bytes(), b"mine")
        item = self.ok("a.png", "--formats", "webp,jpeg", "--no-clobber").items["a.png"]
        self.assertEqual(item["status"], "skipped")

    def test_dry_run(self):
        self.put("in/a.png", vips.scene(240, 180))
        result = self.compress("in", "-o", "out", "--variants", "s=80,l=1000", "--formats", "webp,jpeg", "-n")
        self.assertEqual(result.code, 0)
        lines = result.out.decode().splitlines()
        for line, (name, size) in zip(lines, (("s.webp", "80 x 60"), ("s.jpg", "80 x 60"), ("l.webp", "240 x 180"),
                                              ("l.jpg", "240 x 180")), strict=True):
            self.assertRegex(line, rf"^in/a\.png -> out/a-{name} \({size} px, [\d.]+ [KM]B of memory\)$")
        self.assertEqual(self.tree(), ["in/a.png"])

    def test_check(self):
        for name in "ab":
            self.put(f"{name}.png", vips.scene(80, 60))
        arguments = ("a.png", "b.png", "-o", "out", "--formats", "webp,jpeg")
        self.ok(*arguments)
        self.assertEqual(self.compress(*arguments, "--check").code, 0)
        (self.dir / "out/a.jpg").unlink()
        self.put("out/b.webp", b"old")
        before = self.tree()
        result = self.compress(*arguments, "--check")
        self.assertEqual(result.code, 3)
        gates = [line for line in result.err.splitlines() if line.startswith("gate")]
        self.assertEqual(sorted(gates), ["gate: a.png: out/a.jpg is missing",
                                 "gate: b.png: out/b.webp is stale: it is not what this input gives now"])
        self.assertEqual(self.tree(), before)
        self.assertEqual((self.dir / "out/b.webp").read_bytes(), b"old")
        self.assertEqual(self.compress(*arguments, "--check", "--jpeg-quality", "70").code, 3)


class NeverWorse(Compress):
    def test_an_original_that_is_no_larger_is_kept(self):
        jpeg = vips.converted(vips.scene(), "jpg[Q=40,optimize-coding]")
        self.put("a.jpg", vips.with_exif(jpeg))
        result = self.ok("a.jpg", "-o", "out/", "--formats", "jpeg", "--score")
        item = result.items["a.jpg"]
        [output] = item["outputs"]
        self.assertEqual((item["status"], output["status"], output["ssim"]), ("kept", "kept", 1))
        self.assertEqual(result.records[-1]["counts"]["kept"], 1)
        self.assertLessEqual((self.dir / "out/a.jpg").stat().st_size, (self.dir / "a.jpg").stat().st_size)
        self.assertEqual(vips.samples(self.dir / "a.jpg"), vips.samples(self.dir / "out/a.jpg"))
        self.assertNotIn(b"a hill by the sea", (self.dir / "out/a.jpg").read_bytes())
        self.assertEqual(self.ok("a.jpg", "-o", "out/", "--formats", "jpeg").items["a.jpg"]["status"], "unchanged")

    def test_allow_larger(self):
        self.put("a.jpg", vips.converted(vips.scene(), "jpg[Q=40,optimize-coding]"))
        item = self.ok("a.jpg", "-o", "out/", "--formats", "jpeg", "--allow-larger").items["a.jpg"]
        self.assertEqual((item["status"], item["outputs"][0]["encodes"]), ("written", 1))
        self.assertNotEqual(vips.samples(self.dir / "a.jpg"), vips.samples(self.dir / "out/a.jpg"))

    def test_a_results_name_says_its_format(self):
        self.put("a.png", vips.scene())
        for name, loader in (("b.webp", "webpload"), ("b.AVIF", "heifload"), ("b.jpeg", "jpegload"), ("b.png", "pngload")):
            self.ok("a.png", "-o", name)
            self.assertTrue(vips.header(self.dir / name)["vips-loader"].startswith(loader), name)
        refused = self.compress("a.png", "--formats", "webp", "-o", "c.jpg")
        self.assert_one_error(refused, "", "by its name it is no webp", 2)
        self.assertFalse((self.dir / "c.jpg").exists())

    def test_another_size_is_no_original(self):
        source = self.put("a.jpg", vips.converted(vips.scene(), "jpg[Q=5,optimize-coding,interlace]"))
        item = self.ok("a.jpg", "-o", "out/", "--formats", "jpeg", "--variants", "s=200:jpeg=98,own=0").items["a.jpg"]
        self.assertEqual([o["status"] for o in item["outputs"]], ["written", "kept"])
        self.assertGreater(item["outputs"][0]["bytes"], source.stat().st_size)
        self.assertEqual(self.size("out/a-s.jpg"), (200, 150))

    def test_in_place(self):
        large = self.put("large.jpg", vips.converted(vips.scene(), "jpg[Q=98]"))
        small = self.put("small.jpg", vips.converted(vips.scene(), "jpg[Q=30,strip,optimize-coding]"))
        before = large.stat().st_size, small.read_bytes()
        refused = self.compress("large.jpg", "small.jpg", "--formats", "jpeg")
        self.assert_one_error(refused, "", "large.jpg is an input and would be overwritten", 2)
        items = self.ok("large.jpg", "small.jpg", "--formats", "jpeg", "--in-place").items
        self.assertEqual((items["large.jpg"]["status"], items["small.jpg"]["status"]), ("written", "unchanged"))
        self.assertLess(large.stat().st_size, before[0] / 2)
        self.assertEqual(small.read_bytes(), before[1])
        self.assertEqual(self.size("large.jpg"), (240, 180))
        self.assertEqual(self.tree(), ["large.jpg", "small.jpg"])


class Pixels(Compress):
    def test_alpha(self):
        self.put("a.png", vips.scene(80, 60, alpha=True))
        result = self.ok("a.png", "-o", "out/", "--background", "#0000ff", "-v")
        for name, bands in (("out/a.avif", "4"), ("out/a.webp", "4"), ("out/a.jpg", "3")):
            self.assertEqual(vips.header(self.dir / name)["bands"], bands, name)
        for name in "out/a.avif", "out/a.webp":
            self.assertTrue(abs(vips.pixel(self.dir / name, 40, 30)[3] - 127) < 8, name)
        right = vips.pixel(self.dir / "out/a.jpg", 79, 30)
        self.assertTrue(right[0] < 25 and right[1] < 25 and right[2] > 230, right)
        warning = "JPEG has no transparency: it was put on #0000ff (--background)"
        self.assertEqual(result.items["a.png"]["warnings"], [warning])
        self.assertIn(f"warning: a.png: {warning}\n", result.err)
        self.ok("a.png", "-o", "out/")
        self.assertGreater(min(vips.pixel(self.dir / "out/a.jpg", 79, 30)), 230)  # white by default

    def test_orientation_is_baked_in(self):
        # Red on the left as stored; turned clockwise it is on top.
        stored = png(60, 40, lambda x, y: (255, 0, 0) if x < 30 else (0, 0, 255))
        self.put("a.jpg", vips.with_exif(vips.converted(stored, "jpg[Q=95]"), orientation=6))
        self.ok("a.jpg", "-o", "out/", "--variants", "own=0,s=30", "--keep-metadata", "exif", *FAST)
        for name, (width, height) in self.sizes(self.made()).items():
            self.assertEqual((width, height), (20, 30) if "-s." in name else (40, 60), name)
            self.assertIn(vips.header(self.dir / name).get("orientation", "1"), "1", name)
            decoded = vips.samples(self.dir / name)
            top, bottom = (decoded[3 * (y * width + width // 2):][:3] for y in (3, height - 4))
            self.assertTrue(top[0] > 200 and top[2] < 60 and bottom[0] < 60 and bottom[2] > 200, (name, top, bottom))

    def test_metadata(self):
        jpeg = vips.converted(vips.converted(vips.scene(), "jpg[Q=95]"), "jpg[Q=95]", "icc_transform", "p3")
        self.put("a.jpg", vips.with_exif(jpeg))

        def kept(*arguments):
            self.ok("a.jpg", "-o", "out/", *FAST, *arguments)
            found = []
            for name in "out/a.avif", "out/a.webp", "out/a.jpg":
                fields, content = vips.header(self.dir / name), (self.dir / name).read_bytes()
                found.append(("icc-profile-data" in fields, b"a hill by the sea" in content,
                              struct_of_position() in content))
            self.assertEqual(len(set(found)), 1, found)
            return found[0]
        self.assertEqual(kept(), (False, False, False))
        self.assertEqual(kept("--keep-metadata", "exif"), (False, True, False))
        self.assertEqual(kept("--keep-metadata", "exif,gps"), (False, True, True))
        self.assertEqual(kept("--keep-metadata", "icc"), (True, False, False))
        self.assertEqual(kept("--keep-metadata", "gps"), (False, False, False))

    def test_colours_of_another_space(self):
        red = png(40, 40, lambda x, y: (200, 30, 30))
        self.put("a.png", vips.converted(red, "png", "icc_transform", "p3"))
        stored = vips.pixel(self.dir / "a.png", 20, 20)
        self.assertLess(stored[0], 190)  # the same red in a wider space
        for arguments, wanted in (((), (200, 30, 30)), (("--keep-metadata", "icc"), stored)):
            self.ok("a.png", "-o", "out/", "--formats", "webp,avif,jpeg", *FAST, *arguments)
            for name in self.made():
                found = vips.pixel(self.dir / name, 20, 20)
                self.assertLess(max(abs(a - b) for a, b in zip(found, wanted)), 8, (name, arguments, found))

    def test_kinds_of_pictures(self):
        grey = vips.converted(vips.scene(60, 45), "png", "colourspace", "b-w")
        cases = {
            "one.png": png(1, 1, lambda x, y: (10, 200, 90)),
            "odd.png": vips.scene(37, 23),
            "thin.png": vips.scene(3, 61),
            "grey.png": grey,
            "grey.jpg": vips.converted(grey, "jpg"),
            "deep.png": vips.converted(vips.scene(60, 45), "png", "colourspace", "rgb16"),
            "palette.png": vips.converted(vips.scene(60, 45), "png[palette]"),
            "ink.jpg": vips.converted(vips.scene(60, 45), "jpg[Q=90]", "colourspace", "cmyk"),
            "turned.tiff": vips.converted(vips.scene(60, 45), "tiff"),
        }
        sizes = {}
        for name, content in cases.items():
            sizes[name] = vips.header(self.put("in/" + name, content))["size"]
        self.assertIn("cmyk", vips.header(self.dir / "in/ink.jpg")["interpretation"])
        self.assertEqual(vips.header(self.dir / "in/deep.png")["interpretation"], "rgb16")
        self.ok("in", "-o", "out", "--name", "{stem}-{source_ext}{variant}.{ext}", "--variants", "s=20,l=0",
                "--formats", "avif,webp,jpeg,png", *FAST)
        made = self.sizes(self.made())
        self.assertEqual(len(made), len(cases) * 2 * 4)
        for name, (width, height) in sizes.items():
            for ext in "avif", "webp", "jpg", "png":
                result = f"out/{name.replace('.', '-')}l.{ext}"
                self.assertEqual(made[result], (width, height), result)
                small = made[result.replace("l.", "s.")]
                self.assertLessEqual(max(small), 20)
                self.assertGreaterEqual(min(small), 1)
        for name in "deep-pngl", "palette-pngl":
            self.assertLess(vips.mean_difference(self.dir / f"out/{name}.png", self.put("scene.png", vips.scene(60, 45))), 6)
        self.assertEqual(vips.pixel(self.dir / "out/one-pngl.png", 0, 0)[:3], (10, 200, 90))
        ink = vips.samples(self.dir / "out/ink-jpgl.png")
        scene = vips.samples(self.put("scene.png", vips.scene(60, 45)))
        self.assertLess(sum(abs(a - b) for a, b in zip(ink, scene)) / len(ink), 30)  # as near as ink comes


def struct_of_position():
    return (3987).to_bytes(4, "little") + (100).to_bytes(4, "little")


class PictureElements(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.open, self.found = [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        if tag == "picture":
            self.open.append(tag)
            self.found.append([])
        else:
            self.found[-1].append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def candidates(srcset):
    return [(urllib.parse.unquote(part.split()[0]), part.split()[1]) for part in srcset.split(", ")]


class Srcset(Compress):
    def test_manifest_and_elements(self):
        names = ["a b & c.png", "größe,\"x\".png"]
        for name in names:
            self.put("in/" + name, vips.scene(240, 180))
        self.put("in/bad.png", b"words")
        result = self.compress("in", "-o", "site/img", "--variants", "s=60,m=120,l=500", "--srcset", "site/list.json", *FAST)
        self.assertEqual(result.code, 1)
        manifest = json.loads((self.dir / "site/list.json").read_text())
        self.assertEqual(manifest["schema_version"], 1)
        self.assertEqual([image["input"] for image in manifest["images"]], ["in/" + name for name in names])
        listed = {}
        for image in manifest["images"]:
            for output in image["outputs"]:
                listed["site/" + output["path"]] = (output["width"], output["height"])
                self.assertEqual((self.dir / "site" / output["path"]).stat().st_size, output["bytes"])
        self.assertEqual(listed, self.sizes(self.made("site/img")))
        snippet = (self.dir / "site/list.html").read_text()
        self.assertEqual(snippet, "".join(image["html"] for image in manifest["images"]))
        elements = PictureElements(snippet)
        self.assertEqual((elements.open, len(elements.found)), ([], 2))
        for name, element in zip(names, elements.found):
            stem = "img/" + name[:-4]
            self.assertEqual([tag for tag, _ in element], ["source", "source", "img"])
            for (tag, attributes), ext in zip(element, ("avif", "webp", "jpg")):
                self.assertEqual(candidates(attributes["srcset"]),
                                 [(f"{stem}-{v}.{ext}", w) for v, w in (("s", "60w"), ("m", "120w"), ("l", "240w"))])
                self.assertEqual(attributes["sizes"], "(max-width: 240px) 100vw, 240px")
                self.assertEqual(attributes.get("type"), None if tag == "img" else f"image/{ext}")
            image = element[-1][1]
            self.assertEqual((urllib.parse.unquote(image["src"]), image["width"], image["height"]),
                             (stem + "-l.jpg", "240", "180"))

    def test_a_crop_is_not_offered_in_place_of_the_whole(self):
        self.put("a.png", vips.scene(240, 180))
        self.ok("a.png", "--variants", "thumb=60:crop,full=200,half=101", "--formats", "webp", "--srcset", "list.json")
        [[(_, image)]] = PictureElements((self.dir / "list.html").read_text()).found
        self.assertEqual(candidates(image["srcset"]), [("a-half.webp", "101w"), ("a-full.webp", "200w")])
        manifest = json.loads((self.dir / "list.json").read_text())
        self.assertEqual(len(manifest["images"][0]["outputs"]), 3)

    def test_one_size_needs_no_widths(self):
        self.put("a.png")
        self.ok("a.png", "--formats", "webp,jpeg", "--srcset", "list.json")
        self.assertEqual(PictureElements((self.dir / "list.html").read_text()).found,
                         [[("source", {"type": "image/webp", "srcset": "a.webp"}),
                           ("img", {"src": "a.jpg", "width": "48", "height": "48", "alt": "", "loading": "lazy"})]])

    def test_where_it_can_not_be_written(self):
        self.put("a.png")
        self.put("plain", b"text")
        result = self.compress("a.png", "--formats", "webp", "--srcset", "plain/list.json")
        self.assertNotEqual(result.code, 0)
        self.assertRegex(result.err, r"^error: --srcset: can't write plain/list\.json: [^\n]*\n$")


class Records(Compress):
    def test_fields(self):
        self.put("a.png", vips.scene())
        result = self.ok("a.png", "-o", "out/", "--variants", "s=50,l=100", "--formats", "webp,jpeg", "--score")
        item, summary = result.items["a.png"], result.records[-1]
        self.assertEqual((item["type"], item["schema_version"], item["status"]), ("item", 1, "written"))
        self.assertEqual(item["bytes_in"], (self.dir / "a.png").stat().st_size)
        self.assertNotIn("engine", item)
        self.assertNotIn("tries", item)
        self.assertEqual([(o["path"], o["format"], o["variant"], o["width"], o["height"]) for o in item["outputs"]],
                         [("out/a-s.webp", "webp", "s", 50, 38), ("out/a-s.jpg", "jpeg", "s", 50, 38),
                          ("out/a-l.webp", "webp", "l", 100, 75), ("out/a-l.jpg", "jpeg", "l", 100, 75)])
        for output in item["outputs"]:
            self.assertEqual(output["bytes"], (self.dir / output["path"]).stat().st_size)
            self.assertEqual((output["status"], output["encodes"]), ("written", 1))
            self.assertTrue(.8 < output["ssim"] < 1 and output["worst_block"] <= 1 and output["psnr"] > 20, output)
        self.assertGreaterEqual(set(item["ms"]), {"total", "read", "decode", "resize", "encode", "redecode", "score", "write"})
        self.assertEqual((summary["outputs"], summary["encodes"]), (4, 4))
        self.assertEqual(summary["bytes_out"], sum(o["bytes"] for o in item["outputs"]))

    def test_table(self):
        self.put("a.png")
        lines = self.compress("a.png", "--table", "--variants", "s=20", "--formats", "webp,jpeg").err.splitlines()
        self.assertEqual(lines[0].split(), ["file", "result", "SSIM", "bytes", "ms"])
        self.assertEqual([line.split()[:2] for line in lines[1:2]], [["a.png", "s.webp"]])
        self.assertEqual(lines[2].split()[0], "s.jpeg")


if __name__ == "__main__":
    unittest.main()
