# SPDX-FileCopyrightText: imgmill authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the samples come out as: how close (as pixels, never as text) and how large. The bounds are what was measured
with a margin of a quarter of the distance to a perfect picture and a tenth of the bytes; tighten them when the tracer
gets better."""
import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(os.environ["IMGMILL_SOURCE_DIR"])
IMGMILL = pathlib.Path(os.environ["IMGMILL_BIN"]) / "imgmill"

# Sample → SSIM at least, bytes at most, with the balanced preset.
BOUNDS = {
    "badge.png": (0.9679, 8850),
    "balloon.png": (0.9810, 13800),
    "city.png": (0.9697, 14400),
    "dunes.jpg": (0.8503, 88650),
    "fern.png": (0.9953, 13950),
    "fox.png": (0.9982, 4450),
    "fruit.jpg": (0.8851, 42600),
    "gear.png": (0.9992, 1600),
    "koi.png": (0.9725, 23250),
    "lighthouse.png": (0.9625, 13650),
    "mountains.png": (0.9621, 14400),
    "north.png": (0.9979, 1650),
    "planets.png": (0.9746, 18700),
    "sea.jpg": (0.7934, 251400),
    "tiles.png": (0.9890, 26300),
    "wordmark.png": (0.9975, 2300),
}


def convert(images, output, *options):
    """The records of the items by file name."""
    done = subprocess.run([IMGMILL, "convert", images, "-o", f"{output}/", "--score", "--json", *options],
                          capture_output=True, text=True, check=True, timeout=300, cwd=output.parent)
    records = [json.loads(line) for line in done.stdout.splitlines()]
    return {os.path.basename(record["input"]): record for record in records if record["type"] == "item"}


class Samples(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        cls.images = cls.folder / "images"
        subprocess.run([ROOT / "scripts" / "make-samples", cls.images], check=True, timeout=120)
        cls.items = convert(cls.images, cls.folder / "out")

    def test_every_sample_has_its_bounds(self):
        self.assertEqual(set(self.items), set(BOUNDS))

    def test_results_are_close_and_small(self):
        for name, (least_ssim, most_bytes) in BOUNDS.items():
            with self.subTest(name):
                [output] = self.items[name]["outputs"]
                self.assertGreaterEqual(output["ssim"], least_ssim)
                self.assertLessEqual(output["bytes"], most_bytes)

    def test_results_say_their_size(self):
        for name, item in self.items.items():
            with self.subTest(name):
                [output] = item["outputs"]
                root = re.search(r"<svg[^>]*>", pathlib.Path(output["path"]).read_text(encoding="utf-8"))[0]
                self.assertRegex(root, rf'\bwidth="{output["width"]}"')
                self.assertRegex(root, rf'\bheight="{output["height"]}"')
                self.assertRegex(root, r'\bviewBox="0 0 \d+ \d+"')

    def test_results_do_not_depend_on_the_number_of_jobs(self):
        alone = convert(self.images, self.folder / "alone", "-j", "1")
        for name, item in self.items.items():
            with self.subTest(name):
                one, two = (pathlib.Path(i["outputs"][0]["path"]).read_bytes() for i in (alone[name], item))
                self.assertEqual(one, two)

    def test_presets_differ_as_their_names_say(self):
        speed = convert(self.images, self.folder / "speed", "--preset", "speed")
        quality = convert(self.images, self.folder / "quality", "--preset", "quality")

        def mean(items):
            return sum(item["outputs"][0]["ssim"] for item in items.values()) / len(items)
        self.assertLess(mean(speed), mean(self.items))
        self.assertLess(mean(self.items), mean(quality))


if __name__ == "__main__":
    unittest.main()
