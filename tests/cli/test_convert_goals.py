# SPDX-FileCopyrightText: imgmill authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What imgmill convert can be asked to reach: an SSIM, a size, a time, and what it writes where no drawing does."""
import unittest

import vips
from harness import CliTest, disc


class Goals(CliTest):
    def setUp(self):
        super().setUp()
        self.put("a.png", vips.scene())  # grass and clouds: no drawing comes close

    def outcome(self, *arguments, code=0, name="a.png"):
        result = self.convert(name, "-o", "out/", "--json", *arguments)
        self.assertEqual(result.code, code, result.err)
        self.err = result.err
        self.item = result.items[name]
        [self.output] = self.item["outputs"]
        return self.output


class Bytes(Goals):
    def test_the_closest_that_fits(self):
        whole = self.outcome("--score")
        self.assertNotIn("tries", self.item)
        bound = whole["bytes"] // 2
        fits = self.outcome("--max-bytes", str(bound), "--score")
        self.assertLessEqual(fits["bytes"], bound)
        self.assertLess(fits["ssim"], whole["ssim"])
        self.assertGreater(self.item["tries"], 1)
        self.assertEqual(self.outcome("--max-bytes", str(whole["bytes"]))["bytes"], whole["bytes"])
        self.assertEqual(self.item["tries"], 1)

    def test_what_cannot_fit_is_the_smallest_and_exit_3(self):
        whole = self.outcome()["bytes"]
        least = self.outcome("--max-bytes", "1", code=3)
        self.assertLess(least["bytes"], whole)
        self.assertEqual(self.item["gate"], "over_budget")
        self.assertRegex(self.err, r"gate: a\.png: out/a\.svg takes \d+ bytes, over --max-bytes\n")

    def test_the_bound_wins_over_a_target(self):
        whole = self.outcome()["bytes"]
        output = self.outcome("--max-bytes", str(whole), "--target-ssim", "0.999", code=3)
        self.assertLessEqual(output["bytes"], whole)
        self.assertEqual(self.item["gate"], "below_target")

    def test_with_the_preset_that_fits(self):
        whole = self.outcome("--preset", "auto")["bytes"]
        self.assertLessEqual(self.outcome("--preset", "auto", "--max-bytes", str(whole // 2))["bytes"], whole // 2)
        self.assertLessEqual(self.outcome("--preset", "auto", "--max-bytes", str(whole // 2), "--target-ssim", ".999",
                                          code=3)["bytes"], whole // 2)


class Time(Goals):
    def test_a_search_ends_with_the_best_so_far(self):
        self.outcome("--target-ssim", "0.999", "--target-time", "0.001", code=3)
        self.assertEqual(self.item["tries"], 1)
        self.assertIn("--target-time", " ".join(self.item["warnings"]))
        self.outcome("--target-ssim", "0.999", "--target-time", "0.001", "--preset", "auto", code=3)
        self.assertEqual(self.item["tries"], 1)

    def test_there_is_time_enough(self):
        self.outcome("--target-ssim", "0.999", "--target-time", "3600", code=3)
        self.assertGreater(self.item["tries"], 1)
        self.assertNotIn("warnings", self.item)


class Fallback(Goals):
    GOAL = ("--target-ssim", "0.97", "--fallback", "webp")

    def test_a_raster_where_no_drawing_reaches_the_target(self):
        for name, decoder in (("webp", "webp"), ("avif", "heif")):
            output = self.outcome("--target-ssim", "0.97", "--fallback", name)
            self.assertEqual((output["path"], output["format"]), (f"out/a.{name}", name))
            self.assertGreaterEqual(output["ssim"], .97)
            self.assertRegex(self.item["warnings"][0], rf"^a drawing of it comes to SSIM 0\.\d+ at best, so it is {name} \(--fallback\)$")
            self.assertNotIn("engine", self.item)
            header = vips.header(self.dir / output["path"])
            self.assertEqual(list(header["size"]), [output["width"], output["height"]])
        self.assertFalse((self.dir / "out/a.svg").exists())

    def test_it_is_what_compress_makes_for_the_same_goal(self):
        output = self.outcome(*self.GOAL)
        other = self.compress("a.png", "-o", "small/", "--formats", "webp", "--target-ssim", "0.97", "--json")
        self.assertEqual((self.dir / "small/a.webp").read_bytes(), (self.dir / "out/a.webp").read_bytes())
        self.assertEqual(other.first["outputs"][0]["encodes"], output["encodes"])

    def test_a_drawing_where_one_does(self):
        self.put("disc.png", disc(96))
        output = self.outcome(*self.GOAL, name="disc.png")
        self.assertEqual((output["path"], output["format"]), ("out/disc.svg", "svg"))
        self.assertNotIn("warnings", self.item)

    def test_within_a_bound_too(self):
        output = self.outcome("--max-bytes", "1200", "--fallback", "webp")
        self.assertEqual(output["format"], "webp")
        self.assertLessEqual(output["bytes"], 1200)
        self.assertIn("bytes at least", self.item["warnings"][0])
        # Neither comes up to it: the nearest is written, and it is no success.
        output = self.outcome("--max-bytes", "1200", *self.GOAL, code=3)
        self.assertLessEqual(output["bytes"], 1200)
        self.assertEqual(self.item["gate"], "below_target")

    def test_the_same_again_checked_cached_and_planned(self):
        self.outcome(*self.GOAL)
        self.assertEqual(self.item["status"], "written")
        self.assertEqual(self.outcome(*self.GOAL)["status"], "unchanged")
        self.assertEqual(self.outcome(*self.GOAL, "--no-cache", "-j", "2")["status"], "unchanged")
        before = self.tree()
        self.outcome(*self.GOAL, "--check")
        (self.dir / "out/a.webp").unlink()
        self.outcome(*self.GOAL, "--check", code=3)
        self.assertEqual(self.item["gate"], "missing")
        plan = self.convert("a.png", "-o", "out/", *self.GOAL, "--dry-run")
        self.assertRegex(plan.out.decode(), r"^a\.png -> out/a\.webp .*cached in disk")
        self.assertEqual(self.outcome(*self.GOAL)["status"], "cached")
        self.assertEqual(self.tree(), before)

    def test_names(self):
        self.convert("a.png", "-o", "logo.svg", *self.GOAL)
        self.assertEqual([name for name in self.tree() if name.startswith("logo")], ["logo.webp"])
        self.put("a.webp", (self.dir / "logo.webp").read_bytes())
        result = self.convert("a.png", "a.webp", "--name", "{dir}/{stem}.{source_ext}.{ext}", *self.GOAL)
        self.assertEqual(result.code, 0, result.err)
        # Another input has that name, or two would be it: nothing is done at all.
        self.put("in/b.png", disc())
        self.put("in/x/b.webp", (self.dir / "logo.webp").read_bytes())
        before = self.tree()
        for arguments in (("a.png", "a.webp"), ("in/b.png", "in/x/b.webp", "-o", "in/x/"), ("a.png", "-o", "a.webp"),
                          ("in",), ("a.png", "-o", "-"), ("-",)):
            with self.subTest(arguments):
                result = self.convert(*arguments, *self.GOAL, stdin=disc())
                self.assertEqual(result.code, 2, result.err)
                self.assertEqual(len(result.errors), 1)
        self.assertEqual(self.tree(), before)

    def test_results_of_an_earlier_run_are_no_inputs(self):
        self.put("in/a.png", vips.scene())
        for _ in range(2):
            result = self.convert("in", "-o", "in/out/", *self.GOAL, "--json")
            self.assertEqual((result.code, list(result.items)), (0, ["in/a.png"]), result.err)

    def test_wrong_usage(self):
        self.put("p.txt", b"#ff0000\n")
        for arguments, message in ((("--fallback", "webp"), "needs --target-ssim or --max-bytes"),
                                   ((*self.GOAL, "--palette", "p.txt"), "--palette"),
                                   ((*self.GOAL, "--background", "remove"), "--background remove"),
                                   (("--target-ssim", ".9", "--fallback", "jpeg"), "none, webp or avif")):
            result = self.convert("a.png", *arguments)
            self.assertEqual(result.code, 2)
            self.assertIn(message, result.errors[0])

    def test_a_configuration_serves_all_subcommands(self):
        self.put("imgmill.toml", b'target_ssim = 0.97\nfallback = "webp"\n')
        self.assertEqual(self.outcome()["format"], "webp")
        self.assertEqual(self.compress("a.png", "-o", "small/", "--formats", "webp").code, 0)


if __name__ == "__main__":
    unittest.main()
