# SPDX-FileCopyrightText: imgmill authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the samples come out as: how close (as pixels, never as text) and how large. The bounds are what was measured
with a margin of a quarter of the distance to a perfect picture and a tenth of the bytes; when the tracer gets better,
`python3 test_samples.py bounds` (with the environment that ctest sets) prints new ones."""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(os.environ["IMGMILL_SOURCE_DIR"])
IMGMILL = pathlib.Path(os.environ["IMGMILL_BIN"]) / "imgmill"

# Sample → SSIM at least, bytes at most, with the balanced preset.
BOUNDS = {
    "badge.png": (0.9795, 12860),
    "balloon.png": (0.9812, 14080),
    "city.png": (0.9698, 14380),
    "dunes.jpg": (0.9023, 158810),
    "fern.png": (0.9956, 14530),
    "fox.png": (0.9982, 4480),
    "fruit.jpg": (0.9210, 119500),
    "gear.png": (0.9993, 1530),
    "koi.png": (0.9728, 23510),
    "lighthouse.png": (0.9625, 13750),
    "mountains.png": (0.9622, 14820),
    "north.png": (0.9981, 1570),
    "planets.png": (0.9749, 19270),
    "sea.jpg": (0.8156, 188860),
    "tiles.png": (0.9895, 26170),
    "wordmark.png": (0.9983, 2050),
}


def convert(images, output, *options):
    """The records of the items by file name."""
    done = subprocess.run([IMGMILL, "convert", images, "-o", f"{output}/", "--score", "--json", "--no-cache", *options],
                          capture_output=True, text=True, check=True, timeout=300, cwd=output.parent)
    records = [json.loads(line) for line in done.stdout.splitlines()]
    return {os.path.basename(record["input"]): record for record in records if record["type"] == "item"}


def make_samples(folder):
    subprocess.run([ROOT / "scripts" / "make-samples", folder], check=True, timeout=120)
    return folder


def print_bounds():
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        for name, item in sorted(convert(make_samples(folder / "images"), folder / "out").items()):
            [output] = item["outputs"]
            print(f'    "{name}": ({1 - 1.25 * (1 - output["ssim"]):.4f}, {round(output["bytes"] * 1.1, -1):.0f}),')


class Samples(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        cls.images = make_samples(cls.folder / "images")
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
    print_bounds() if sys.argv[1:] == ["bounds"] else unittest.main()
