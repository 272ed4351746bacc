# SPDX-FileCopyrightText: imgmill authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What imgmill compress can be asked to reach: an SSIM, a size, both."""
import unittest

import vips
from harness import CliTest, disc

QUALITY = {"avif": "--avif-quality", "webp": "--webp-quality", "jpeg": "--jpeg-quality"}
FAST = ("--avif-speed", "10")


class Goals(CliTest):
    def setUp(self):
        super().setUp()
        self.put("a.png", vips.scene())

    def outputs(self, *arguments, code=0, name="a.png"):
        result = self.compress(name, "-o", "out/", "--json", *FAST, *arguments)
        self.assertEqual(result.code, code, result.err)
        self.err = result.err
        self.item = result.items[name]
        return {output["format"]: output for output in self.item["outputs"]}

    def at_quality(self, output, quality):
        """The same picture at a fixed quality, measured: in a folder of its own."""
        name = output["format"]
        result = self.compress("a.png", "-o", "fixed/", "--json", *FAST, "--score", "--formats", name, "--chroma",
                               "420", QUALITY[name], str(quality))
        self.assertEqual(result.code, 0, result.err)
        [made] = result.items["a.png"]["outputs"]
        return made


class TargetSsim(Goals):
    def test_the_smallest_that_reaches_it(self):
        target = .93
        for name, output in self.outputs("--target-ssim", str(target), "--chroma", "420").items():
            self.assertGreaterEqual(output["ssim"], target, name)
            self.assertTrue(1 <= output["encodes"] <= 6, output)
            fixed = self.at_quality(output, output["quality"])
            self.assertEqual((fixed["bytes"], fixed["ssim"]), (output["bytes"], output["ssim"]), name)
            self.assertEqual((self.dir / fixed["path"]).read_bytes(), (self.dir / output["path"]).read_bytes())
            # Near: a little lower in quality it would not have been reached.
            self.assertLess(self.at_quality(output, output["quality"] - 4)["ssim"], target, name)

    def test_the_same_result_every_time(self):
        first = self.outputs("--target-ssim", ".9", "-j", "1")
        before = {name: (self.dir / output["path"]).read_bytes() for name, output in first.items()}
        second = self.outputs("--target-ssim", ".9", "-j", "4", "--no-cache")
        self.assertEqual({output["status"] for output in second.values()}, {"unchanged"})
        self.assertEqual(before, {name: (self.dir / output["path"]).read_bytes() for name, output in second.items()})

    def test_a_higher_target_takes_more(self):
        low = self.outputs("--target-ssim", ".85")
        high = self.outputs("--target-ssim", ".97")
        for name in low:
            self.assertLess(low[name]["bytes"], high[name]["bytes"], name)

    def test_best_keeps_the_smallest_alone(self):
        each = self.outputs("--target-ssim", ".93")
        smallest = min(each.values(), key=lambda output: output["bytes"])
        result = self.compress("a.png", "-o", "best/", "--formats", "best,avif,webp,jpeg", "--target-ssim", ".93", "--json",
                               "--no-cache", *FAST)
        [output] = result.items["a.png"]["outputs"]
        self.assertEqual((output["format"], output["bytes"]), (smallest["format"], smallest["bytes"]))
        self.assertEqual([name for name in self.tree() if name.startswith("best/")], [output["path"]])
        self.assertEqual(output["encodes"], sum(one["encodes"] for one in each.values()))

    def test_best_of_a_drawing_is_lossless(self):
        self.put("flat.png", disc(40, paper=(20, 60, 140)))
        outputs = self.outputs("--formats", "best", "--target-ssim", "1", name="flat.png")
        self.assertEqual([output["ssim"] for output in outputs.values()], [1])
        self.assertIn(set(outputs), ({"png"}, {"webp"}))

    def test_best_needs_a_target(self):
        self.assert_one_error(self.compress("a.png", "--formats", "best"), "", "--formats best needs --target-ssim", 2)

    def test_out_of_reach(self):
        outputs = self.outputs("--target-ssim", ".999", "--formats", "jpeg", "--chroma", "420", code=3)
        self.assertEqual((outputs["jpeg"]["gate"], outputs["jpeg"]["quality"]), ("below_target", 100))
        self.assertRegex(self.err, r"^gate: a\.png: out/a\.jpg comes to SSIM 0?\.9\d+ at best, below --target-ssim\n$")
        self.assertEqual(vips.header(self.dir / "out/a.jpg")["size"], (240, 180))

    def test_range_of_qualities(self):
        high = self.outputs("--target-ssim", ".5", "--min-quality", "60")
        self.assertGreaterEqual(min(output["quality"] for output in high.values()), 60)
        low = self.outputs("--target-ssim", ".99", "--max-quality", "40", "--formats", "jpeg,avif", code=3)
        self.assertEqual(max(output["quality"] for output in low.values()), 40)
        wrong = self.compress("a.png", "--min-quality", "60", "--max-quality", "50")
        self.assert_one_error(wrong, "", "--min-quality is above --max-quality", 2)


class MaxBytes(Goals):
    def test_the_best_quality_that_fits(self):
        free = self.outputs("--score")
        bound = min(output["bytes"] for output in free.values()) * 2 // 3
        for name, output in self.outputs("--max-bytes", str(bound), "--chroma", "420").items():
            self.assertLessEqual((self.dir / output["path"]).stat().st_size, bound, name)
            self.assertGreater(self.at_quality(output, output["quality"] + 4)["bytes"], bound, name)
        self.assertNotIn("gate", self.item)

    def test_what_fits_already_stays_as_it_is(self):
        free = self.outputs("--formats", "webp")
        bound = self.outputs("--formats", "webp", "--max-bytes", "1M")
        self.assertEqual(bound["webp"]["bytes"], free["webp"]["bytes"])
        self.assertEqual(bound["webp"]["encodes"], 1)

    def test_the_bound_wins_over_the_target(self):
        reached = self.outputs("--target-ssim", ".95", "--formats", "webp")["webp"]["bytes"]
        output = self.outputs("--target-ssim", ".95", "--max-bytes", str(reached - 200), "--formats", "webp", code=3)["webp"]
        self.assertLess(output["bytes"], reached - 199)
        self.assertEqual(output["gate"], "below_target")
        self.assertEqual((self.dir / "out/a.webp").stat().st_size, output["bytes"])

    def test_with_the_least_ssim(self):
        free = self.outputs("--formats", "jpeg", "--score")["jpeg"]
        bound = str(free["bytes"] // 3)
        fine = self.outputs("--formats", "jpeg", "--max-bytes", bound, "--min-ssim", ".3")["jpeg"]
        self.assertGreaterEqual(fine["ssim"], .3)
        self.outputs("--formats", "jpeg", "--max-bytes", bound, "--min-ssim", ".99", code=3)
        self.assertEqual(self.item["outputs"][0]["gate"], "below_minimum")
        self.assertRegex(self.err, r"^gate: a\.png: out/a\.jpg comes to SSIM 0?\.\d+, below --min-ssim\n$")
        self.assertLessEqual((self.dir / "out/a.jpg").stat().st_size, int(bound))

    def test_less_than_anything_takes(self):
        outputs = self.outputs("--max-bytes", "100", code=3)
        self.assertEqual({output["gate"] for output in outputs.values()}, {"over_budget"})
        for name in "avif", "webp", "jpg":
            self.assertRegex(self.err, rf"gate: a\.png: out/a\.{name} takes \d+ bytes, over --max-bytes\n")
            self.assertEqual(vips.header(self.dir / f"out/a.{name}")["size"], (240, 180))
        self.assertEqual(outputs["jpeg"]["quality"], 1)

    def test_check_says_so_too(self):
        self.outputs("--formats", "webp", "--min-ssim", ".9999", code=3)
        before = (self.dir / "out/a.webp").read_bytes()
        self.outputs("--formats", "webp", "--min-ssim", ".9999", "--check", code=3)
        self.assertEqual(self.item["outputs"][0]["gate"], "below_minimum")
        self.assertEqual((self.dir / "out/a.webp").read_bytes(), before)


class Usage(Goals):
    def test_refused(self):
        for arguments, pattern in (
                (("--formats", "gif"), "--formats must be some of avif, webp, jpeg, png and best, not 'gif'"),
                (("--variants", "150"), "--variants must be NAME=SIZE, several with a comma between, not '150'"),
                (("--variants", "a=10,a=20"), "--variants must have names that differ; 'a' stands twice"),
                (("--variants", "a=10:crisp"), "--variants must have options of inside, crop, attention or"),
                (("--variants", "a/b=10"), "--variants must be NAME=SIZE"),
                (("--variants", "a=10x0"), "--variants must have sizes of N, WxH or 0, not '10x0'"),
                (("--variants", "a=70000"), "--variants must have a size of 0-65535, not '70000'"),
                (("--jpeg-quality", "0"), "--jpeg-quality must be a whole number from 1 to 100, not '0'"),
                (("--avif-speed", "11"), "--avif-speed must be a whole number from 0 to 10"),
                (("--keep-metadata", "iptc"), "--keep-metadata must be some of icc, exif, xmp and gps, not 'iptc'"),
                (("--background", "red"), "--background must be a colour as #rrggbb"),
                (("--target-ssim", "1.2"), "--target-ssim must be a number from 0.001 to 1"),
                (("--lossless",), "--lossless can't make a JPEG"),
                (("--lossless", "--formats", "webp", "--target-ssim", ".9"), "--lossless leaves --target-ssim nothing"),
                (("--srcset", "a.png"), "--srcset must be a FILE.json, its elements go to FILE.html, not 'a.png'"),
                (("--srcset", "x.json", "--no-clobber"), "--srcset needs every result, so it can't go with --no-clobber"),
                (("--in-place", "-o", "x/"), "--in-place and -o contradict each other"),
                (("--workload", "huge"), "--workload must be memory, quality, throughput or a file, not 'huge'")):
            with self.subTest(arguments):
                self.assert_one_error(self.compress("a.png", *arguments), "", pattern, 2)
        self.assertEqual(self.tree(), ["a.png"])


if __name__ == "__main__":
    unittest.main()
