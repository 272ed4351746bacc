# SPDX-FileCopyrightText: imgmill authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an image is, and what should be done with it: profile, --preset auto, and the training behind both."""
import os
import pathlib
import random
import shutil
import unittest

from harness import CliTest, disc, noise, png

BIN = pathlib.Path(os.environ["IMGMILL_BIN"])
FEATURES = ["jpeg_quality", "pixel_grid", "transparency", "flat_share", "entropy", "unique_colors", "color_mixtures",
            "gradient_strength", "noise", "region_count", "edge_density", "edge_spread", "corner_density",
            "complexity_score"]


def photo(size, seed=1):
    """Large soft shapes with grain, as a photograph has them."""
    grain = random.Random(seed)

    def pixel(x, y):
        soft = 90 + 60 * (((x - size / 3) ** 2 + y * y) % (size * size / 2)) / (size * size / 2) + 40 * y / size
        return tuple(int(min(255, max(0, soft * k + grain.gauss(0, 6)))) for k in (1.1, 0.9, 0.7))
    return png(size, size, pixel)


def ramp(size):
    return png(size, size, lambda x, y: (255 * x // size, 255 * y // size, 128))


class Profile(CliTest):
    def profile(self, *arguments, **options):
        return self.run_program("profile", *arguments, **options)

    def test_records(self):
        self.put("in/disc.png", disc(96))
        self.put("in/sub/ramp.png", ramp(128))
        self.put("in/photo.png", photo(160))
        result = self.profile("in", "--json")
        self.assertEqual(result.code, 0, result.err)
        items = {pathlib.Path(item["input"]).name: item for item in result.items.values()}
        self.assertEqual((items["disc.png"]["class"], items["photo.png"]["class"]), ("simple", "photo"))
        for item in items.values():
            self.assertEqual(item["status"], "measured")
            self.assertEqual(list(item["features"]), FEATURES)
            self.assertTrue(all(0 <= value <= 1 for value in item["features"].values()))
            self.assertEqual(item["class_by"], "model")
            self.assertTrue(0 < item["confidence"] <= 1)
            self.assertEqual([e["preset"] for e in item["expected"]], ["speed", "balanced", "quality"])
            for expected in item["expected"]:
                self.assertTrue(0 < expected["ssim"] <= 1 and expected["bytes"] > 0 and expected["ms"] > 0)
                self.assertTrue(0 < expected["ssim_error"] < 0.05)
            self.assertEqual(item["preset"], "balanced")  # two seconds' worth
            self.assertNotIn("outputs", item)
        self.assertEqual(sorted(str(p) for p in self.tree() if "cache" not in str(p)),
                         ["in/disc.png", "in/photo.png", "in/sub/ramp.png"], "nothing is written")

    def test_the_files_own_quality_and_the_blocks_of_pixel_art(self):
        self.put("photo.png", photo(120))
        self.put("art.png", png(96, 96, lambda x, y: ((x // 8 * 5 + y // 8 * 3) % 4 * 70, 30, 90)))
        result = self.compress("photo.png", "--formats", "jpeg", "--jpeg-quality", "64", "--variants", "full=120",
                               "-o", "photo.jpg")
        self.assertEqual(result.code, 0, result.err)
        items = self.profile("photo.png", "photo.jpg", "art.png", "--json").items
        of = lambda name: tuple(items[name]["features"][key] for key in ("jpeg_quality", "pixel_grid"))
        self.assertEqual((of("photo.png"), of("photo.jpg"), of("art.png")), ((1, 0), (0.64, 0), (1, 0.5)))
        again = self.profile("photo.jpg", "--json").first
        self.assertEqual(again["features"], items["photo.jpg"]["features"])

    def test_table(self):
        self.put("disc.png", disc(64))
        result = self.profile("disc.png")
        self.assertEqual(result.code, 0)
        text = result.out.decode()
        self.assertRegex(text, r"(?m)^disc\.png +simple +[01]\.\d\d +model ")
        self.assertRegex(text, r"(?m)^disc\.png +balanced ")
        self.assertEqual(self.profile("disc.png", "--quiet").out, b"")
        self.assertEqual(self.profile("-", stdin=disc(64)).code, 0)

    def test_the_presets_wish_decides(self):
        self.put("disc.png", disc(64))
        fits = lambda *options: self.profile("disc.png", "--json", *options).first
        self.assertEqual(fits("--target-time", "0.5")["preset"], "speed")
        self.assertEqual(fits("--target-time", "9")["preset"], "quality")
        careful = fits("--target-time", "9")
        self.assertEqual(careful["parameters"]["max_iterations"], 25)
        self.assertIn("color_precision 10 is out of range; 8 is taken", careful["warnings"])
        fixed = fits("--target-time", "9", "--max-iterations", "7")
        self.assertEqual(fixed["parameters"]["max_iterations"], 7)

    def test_features_come_from_the_cache(self):
        self.put("disc.png", disc(64))
        first = self.profile("disc.png", "--json").first
        second = self.profile("disc.png", "--json").first
        self.assertIn("features", first["ms"])
        self.assertNotIn("features", second["ms"])
        self.assertNotIn("decode", second["ms"])
        self.assertEqual(first["features"], second["features"])

    def test_without_models_it_goes_by_rules(self):
        # A program without its presets: an executable alone, with its modules.
        shutil.copytree(BIN, self.dir / "alone/bin", ignore=shutil.ignore_patterns("imgmill-unit", "imgmill-perf"))
        shutil.copytree(BIN.parent / "lib", self.dir / "alone/lib", symlinks=False)
        self.put("disc.png", disc(64))
        result = self.run_program("disc.png", "--json", program=str(self.dir / "alone/bin/imgmill-profile"))
        self.assertEqual(result.code, 0, result.err)
        item = result.first
        self.assertEqual((item["class"], item["class_by"]), ("simple", "rules"))
        self.assertNotIn("expected", item)

    def test_many_workers_at_once_from_the_start(self):
        # OpenCV's setter of its number of threads crashed beside its own work, in one run of twenty.
        for i in range(16):
            self.put(f"in/{i}.png", disc(40 + i))
        for _ in range(25):
            result = self.profile("in", "--json", "--no-cache", "-q", "-j", "8")
            self.assertEqual((result.code, len(result.items)), (0, 16), result.err)

    def test_bad_files_are_failures_of_their_own(self):
        self.put("bad.png", b"no image")
        self.put("disc.png", disc(64))
        result = self.profile("bad.png", "disc.png", "--json")
        self.assertEqual(result.code, 1)
        self.assertEqual({item["status"] for item in result.items.values()}, {"failed", "measured"})
        self.assertEqual(len(result.errors), 1)


class Auto(CliTest):
    def test_records_say_what_was_chosen(self):
        self.put("disc.png", disc(96))
        item = self.convert("disc.png", "--preset", "auto", "--json", "-o", "a.svg").first
        self.assertEqual((item["status"], item["class"], item["preset"]), ("written", "simple", "balanced"))
        again = self.convert("disc.png", "--preset", "auto", "--json", "-o", "b.svg").first
        self.assertEqual((again["status"], again["class"], again["preset"]), ("cached", "simple", "balanced"))
        self.assertEqual((self.dir / "a.svg").read_bytes(), (self.dir / "b.svg").read_bytes())
        # Without a target that is what the preset itself gives.
        self.convert("disc.png", "--preset", "balanced", "-o", "c.svg")
        self.assertEqual((self.dir / "a.svg").read_bytes(), (self.dir / "c.svg").read_bytes())

    def test_says_what_is_out_of_range(self):
        self.put("disc.png", disc(96))
        for expected in ("written", "unchanged"):
            item = self.convert("disc.png", "--preset", "auto", "--target-time", "9", "--json", "-o", "a.svg").first
            self.assertEqual(item["status"], expected)
            self.assertEqual(item["warnings"], ["color_precision 10 is out of range; 8 is taken"])
        item = self.convert("disc.png", "--preset", "auto", "--json", "-o", "a.svg").first
        self.assertNotIn("warnings", item)

    def test_reaches_its_target_with_fewer_bytes_than_a_finer_preset(self):
        for name, content in (("disc.png", disc(160)), ("ramp.png", ramp(160))):
            self.put(f"in/{name}", content)
        quality = {i["input"]: i["outputs"][0] for i in
                   self.convert("in", "--preset", "quality", "--score", "--json", "-o", "q").items.values()}
        for target in ("0.9", "0.97"):
            for item in self.convert("in", "--preset", "auto", "--target-ssim", target, "--json", "-o", "a/").items.values():
                if quality[item["input"]]["ssim"] < float(target):
                    continue
                self.assertGreaterEqual(item["outputs"][0]["ssim"], float(target), item["input"])
                self.assertLessEqual(item["outputs"][0]["bytes"], quality[item["input"]]["bytes"], item["input"])
                self.assertGreaterEqual(item["tries"], 1)

    def test_what_is_out_of_reach_is_the_closest_and_exit_3(self):
        self.put("noise.png", noise(64))
        result = self.convert("noise.png", "--preset", "auto", "--target-ssim", "0.9999", "--json", "-o", "n.svg")
        self.assertEqual(result.code, 3)
        self.assertEqual(result.first["gate"], "below_target")

    def test_the_same_bytes_whatever_the_cache_knows_and_however_many_workers(self):
        for i in range(6):
            self.put(f"in/{i}.png", disc(60 + 9 * i))
        for name, options in (("one", ("-j", "1", "--no-cache")), ("two", ("-j", "4",)), ("three", ())):
            result = self.convert("in", "-o", name, "--preset", "auto", "--target-ssim", "0.98", "--max-dimension", "70",
                                  *options)
            self.assertEqual(result.code, 0, result.err)
        for i in range(6):
            outputs = {(self.dir / name / f"{i}.svg").read_bytes() for name in ("one", "two", "three")}
            self.assertEqual(len(outputs), 1)

    def test_compress_takes_effort_and_target_by_the_time(self):
        self.put("p.png", photo(300))
        sizes = {}
        for seconds, target in (("0.5", 0.85), ("2", 0.9), ("8", 0.95)):
            result = self.compress("p.png", "--preset", "auto", "--target-time", seconds, "--formats", "webp", "--variants",
                                   "full=256", "--json", "-o", "p.webp")
            self.assertEqual(result.code, 0, result.err)
            output = result.first["outputs"][0]
            self.assertGreaterEqual(output["ssim"], target)
            sizes[seconds] = output["bytes"]
        self.assertLess(sizes["0.5"], sizes["8"])


class Train(CliTest):
    def bench(self, *arguments):
        return self.run_program("bench", *arguments)

    def test_learns_from_folders_and_from_records(self):
        for i in range(8):
            self.put(f"in/simple/d{i}/48.png", disc(40 + i))
            self.put(f"in/photo/n{i}.png", noise(24 + i, seed=i + 1))
        result = self.bench("in", "--train", "m.yml.gz", "--json=r.ndjson", "--quiet")
        self.assertEqual(result.code, 0, result.err)
        text = result.out.decode()
        self.assertRegex(text, r"classes by the model: 1\.000 right")
        self.assertRegex(text, r"(?m)^examples +16\.0000$")
        self.assertRegex(text, r"(?m)^balanced_ssim_error +0\.\d+$")
        learned = (self.dir / "m.yml.gz").read_bytes()
        again = self.bench("--train", "m.yml.gz", "--examples", "r.ndjson")
        self.assertEqual(again.code, 0, again.err)
        classes = lambda said: said[:said.index("examples")]
        self.assertEqual(classes(again.out.decode()), classes(text))
        self.assertGreater(len(learned), 1000)
        self.assertEqual([p.name for p in self.dir.glob(".*.gz")], [], "no leftovers")

    def test_wrong_use(self):
        self.put("in/simple/d.png", disc(32))
        for arguments, message in ((("in",), "convert, compress or --train"), (("--train", "m.yml.gz"), "no INPUT"),
                                   (("in", "--train", "m.yml.gz", "-q"), "too few"),
                                   (("--train", "m.yml.gz", "--examples", "none.ndjson"), "none.ndjson")):
            result = self.bench(*arguments)
            self.assertNotEqual(result.code, 0)
            self.assertRegex(result.err, message)
            self.assertEqual(len(result.errors), 1, result.err)


if __name__ == "__main__":
    unittest.main()
