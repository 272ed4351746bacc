# SPDX-FileCopyrightText: imgmill authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs every command that the README shows, as it stands there."""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

import harness
import vips

SOURCE = pathlib.Path(os.environ["IMGMILL_SOURCE_DIR"])
BIN = pathlib.Path(os.environ["IMGMILL_BIN"])
README = (SOURCE / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```sh\n(.*?)```", README, re.S)

# Run by other means: this test is a part of scripts/test, and the PATH is set for all recipes.
TWO_COMMANDS = ["scripts/demo\n", "scripts/test\n"]
PATH_SETTING = 'export PATH="$PWD/build/release/bin:$PATH"\n'


class Recipes(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)
        (self.folder / "art/icons").mkdir(parents=True)
        picture = harness.png(48, 40, lambda x, y: (228, 87, 46) if (x - 24) ** 2 + (y - 20) ** 2 < 200 else (255, 255, 255))
        (self.folder / "art/logo.png").write_bytes(picture)
        (self.folder / "art/icons/dot.png").write_bytes(picture)
        (self.folder / "photos").mkdir()
        (self.folder / "photos/sea.png").write_bytes(vips.scene(400, 300))
        self.environment = {**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}", "HOME": str(self.folder),
                            "XDG_CACHE_HOME": str(self.folder / "cache")}
        for command in (["git", "init", "-q"], ["git", "add", "art"]):
            subprocess.run(command, cwd=self.folder, env=self.environment, check=True)

    def run_block(self, block):
        return subprocess.run(["sh", "-e", "-c", block], cwd=self.folder, env=self.environment, capture_output=True)

    def test_every_recipe_works_when_pasted(self):
        recipes = [block for block in BLOCKS if block not in TWO_COMMANDS and block != PATH_SETTING]
        self.assertGreaterEqual(len(recipes), 5)
        for block in recipes:
            with self.subTest(block):
                result = self.run_block(block)
                self.assertEqual(result.returncode, 0, result.stderr.decode())
        for name in ("svg/logo.svg", "svg/icons/dot.svg", "svg/art/icons/dot.svg", "logo.svg"):
            self.assertIn("</svg>", (self.folder / name).read_text(), name)
        self.assertIn("e4572e", (self.folder / "logo.svg").read_text())
        for name, size in (("img/sea-thumbnail.avif", (200, 200)), ("img/sea-large.jpg", (400, 300)),
                           ("mail/sea-mail.jpg", (400, 300)), ("sea.webp", (300, 225))):
            self.assertEqual(vips.header(self.folder / name)["size"], size, name)
        self.assertEqual(len(list((self.folder / "small").iterdir())), 1)
        self.assertIn("<picture>", (self.folder / "img/list.html").read_text())

    def test_the_check_recipe_fails_when_a_result_is_stale(self):
        check = next(block for block in BLOCKS if "--check" in block)
        self.assertEqual(self.run_block(check).returncode, 3)

    def test_both_commands_are_shown_and_there(self):
        for command in TWO_COMMANDS:
            self.assertIn(command, BLOCKS)
            self.assertTrue(os.access(SOURCE / command.strip(), os.X_OK))
        self.assertIn(PATH_SETTING, BLOCKS)

    @unittest.skipUnless(BIN.resolve() == (SOURCE / "build/release/bin").resolve(), "scripts/demo builds build/release")
    def test_the_demo_makes_something_of_each_sample(self):
        result = subprocess.run([str(SOURCE / "scripts/demo")], capture_output=True, cwd=self.folder)
        self.assertEqual(result.returncode, 0, result.stderr.decode())
        drawings = list((SOURCE / "tests/data/samples").glob("*.svg"))
        for drawing in drawings:
            self.assertIn("</svg>", (SOURCE / "out" / drawing.name).read_text(), drawing.name)
        for photo in (SOURCE / "tests/data/photos").glob("*.svg"):
            self.assertEqual(max(vips.header(SOURCE / "out" / f"{photo.stem}-thumbnail.avif")["size"]), 150, photo.name)


if __name__ == "__main__":
    unittest.main()
