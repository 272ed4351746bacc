# SPDX-FileCopyrightText: imgmill authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where values come from: flag > --set > environment > --config > ./imgmill.toml > user's config > preset > default."""
import re
import unittest

from harness import CliTest

PRESETS = {
    "speed": (3, 24, 80, 5, 3, 8.0, 60),
    "balanced": (6, 16, 60, 10, 5, 5.0, 45),
    "quality": (8, 8, 30, 20, 8, 2.0, 30),
}
FIELDS = ("color_precision", "layer_difference", "corner_threshold", "max_iterations", "path_precision",
          "length_threshold", "splice_threshold")


class Settings(CliTest):
    def explain(self, *arguments, **options):
        result = self.convert("--explain", *arguments, **options)
        self.assertEqual((result.code, result.err), (0, ""))
        lines = (line.split(None, 2) for line in result.out.decode().splitlines())
        return {name: (value, origin) for name, value, origin in lines}

    def test_presets(self):
        for preset, values in PRESETS.items():
            shown = self.explain("--preset", preset)
            for field, value in zip(FIELDS, values):
                self.assertEqual(float(shown[field][0]), value, f"{preset}: {field}")

    def test_balanced_is_the_default(self):
        env = {"IMGMILL_MEMORY": "1G"}  # the default is what is free at the moment
        default, balanced = self.explain(env=env), self.explain("--preset", "balanced", env=env)
        self.assertEqual({k: v[0] for k, v in default.items()}, {k: v[0] for k, v in balanced.items()})
        self.assertEqual(default["color_precision"], ("6", "default"))

    def test_every_source_wins_over_the_weaker_ones(self):
        self.put("home/.config/imgmill/config.toml", b"color_precision = 2\n")
        local = self.put("imgmill.toml", b"color_precision = 4\n")
        self.put("named.toml", b"color_precision = 5\n")
        env = {"IMGMILL_COLOR_PRECISION": "6"}
        # From the strongest, taking one away each time.
        steps = [
            (("--color-precision", "8", "--set", "color_precision=7", "--config", "named.toml"), env, "8", "--color-precision"),
            (("--set", "color_precision=7", "--config", "named.toml"), env, "7", "--set"),
            (("--config", "named.toml"), env, "6", "IMGMILL_COLOR_PRECISION"),
            (("--config", "named.toml"), {}, "5", "named.toml"),
            ((), {}, "4", "imgmill.toml"),
        ]
        for arguments, environment, value, origin in steps:
            shown = self.explain("--preset", "speed", *arguments, env=environment)
            self.assertEqual(shown["color_precision"], (value, origin))
        local.unlink()
        shown = self.explain("--preset", "speed")
        self.assertEqual(shown["color_precision"], ("2", str(self.dir / "home/.config/imgmill/config.toml")))
        (self.dir / "home/.config/imgmill/config.toml").unlink()
        value, origin = self.explain("--preset", "speed")["color_precision"]
        self.assertEqual(value, "3")
        self.assertRegex(origin, r"^preset .*/speed\.toml$")

    def test_xdg_config_home(self):
        self.put("xdg/imgmill/config.toml", b"jobs = 3\n")
        shown = self.explain(env={"XDG_CONFIG_HOME": str(self.dir / "xdg")})
        self.assertEqual(shown["jobs"][0], "3")

    def test_the_preset_itself_can_come_from_anywhere(self):
        self.put("imgmill.toml", b'preset = "quality"\n')
        self.assertEqual(self.explain()["color_precision"][0], "8")
        self.assertEqual(self.explain(env={"IMGMILL_PRESET": "speed"})["color_precision"][0], "3")

    def test_a_file_as_preset(self):
        self.put("own.toml", b"color_precision = 4\ncorner_threshold = 45\nengine = \"mono\"\n")
        shown = self.explain("--preset", "./own.toml")
        self.assertEqual([shown[k][0] for k in ("color_precision", "corner_threshold", "engine")], ["4", "45", "mono"])

    def test_subcommand_tables(self):
        self.put("imgmill.toml", b"jobs = 2\nscore = true\n[convert]\njobs = 3\n[compress]\nwhatever = 1\n")
        shown = self.explain()
        self.assertEqual((shown["jobs"][0], shown["score"][0]), ("3", "on"))

    def test_a_switch_can_be_turned_off_again(self):
        self.put("imgmill.toml", b"score = true\nfail_fast = true\n")
        shown = self.explain("--score=off", "--keep-going")
        self.assertEqual((shown["score"][0], shown["fail_fast"][0]), ("off", "off"))

    def test_values_change_the_drawing(self):
        self.put("a.png")
        coarse = self.convert("a.png", "-o", "-", "--path-precision", "1").out
        self.assertNotEqual(coarse, self.convert("a.png", "-o", "-").out)
        self.assertEqual(coarse, self.convert("a.png", "-o", "-", env={"IMGMILL_PATH_PRECISION": "1"}).out)
        self.assertEqual(coarse, self.convert("a.png", "-o", "-", "--set", "path-precision=1").out)

    def test_mistakes_name_their_place(self):
        self.put("a.png")
        cases = [
            (b"color_precision = 9\n", r"imgmill\.toml: color_precision must be .* from 1 to 8, not '9'"),
            (b"colour_precision = 3\n", r"imgmill\.toml: colour_precision is no setting \(did you mean color_precision\?\)"),
            (b"jobs = \n", r"imgmill\.toml:1: "),
            (b"jobs = [1]\n", r"imgmill\.toml:1: jobs must be a string, a number or a boolean"),
            (b"[konvert]\njobs = 1\n", r"imgmill\.toml: \[konvert\] is no subcommand's table"),
        ]
        for content, pattern in cases:
            self.put("imgmill.toml", content)
            self.assert_one_error(self.convert("a.png"), "", pattern, 2)
        (self.dir / "imgmill.toml").unlink()
        self.assert_one_error(self.convert("a.png", env={"IMGMILL_JOBS": "many"}), "", "IMGMILL_JOBS must be", 2)
        self.assert_one_error(self.convert("a.png", "--set", "jobs"), "", "--set jobs: must be KEY=VALUE", 2)
        self.assert_one_error(self.convert("a.png", "--set", "jbs=1"), "", "--set: jbs is no setting .*jobs", 2)
        self.assert_one_error(self.convert("a.png", "--config", "none.toml"), "", "none.toml: no such file", 2)
        self.assert_one_error(self.convert("a.png", "--preset", "spede"), "",
                              "--preset: preset must be balanced, quality, speed or a file, not 'spede'", 2)
        self.put("own.toml", b"jobs = 4\n")
        self.assert_one_error(self.convert("a.png", "--preset", "./own.toml"), "", "jobs can't stand in a preset", 2)
        self.assertNotIn("a.svg", self.tree())


class Help(CliTest):
    def test_every_setting_has_a_flag_and_a_line(self):
        text = self.convert("--help").out.decode()
        names = [line.split()[0] for line in self.convert("--explain").out.decode().splitlines()]
        self.assertGreater(len(names), 20)
        for name in names:
            self.assertRegex(text, rf"(?m)^ +(-\w, )?--{name.replace('_', '-')}( |$)")
        self.assertRegex(text, r"--color-precision N [^\n]*\n[^-]*\(1-8, default 6\)")
        self.assertLessEqual(max(map(len, text.splitlines())), 110)


if __name__ == "__main__":
    unittest.main()
