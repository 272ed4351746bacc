# SPDX-FileCopyrightText: imgmill authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Inputs, outputs, modes and exit codes of imgmill convert."""
import math
import os
import re
import unittest

from harness import CliTest, disc, noise, png


class Dispatcher(CliTest):
    def test_version(self):
        result = self.run_program("--version")
        self.assertEqual(result.code, 0)
        self.assertRegex(result.out, rb"^imgmill \d+\.\d+\.\d+\n$")
        self.assertEqual(self.convert("--version").out, result.out)

    def test_help_lists_the_subcommands(self):
        result = self.run_program("--help")
        self.assertEqual(result.code, 0)
        self.assertIn(b"\n  convert ", result.out)

    def test_unknown_subcommand(self):
        self.assert_one_error(self.run_program("convrt", "x.png"), "", r"no subcommand 'convrt' \(did you mean convert", 2)
        self.assert_one_error(self.run_program("frobnicate"), "", "no subcommand 'frobnicate'", 2)

    def test_nothing_at_all(self):
        self.assert_one_error(self.run_program(), "", "no subcommand", 2)

    def test_subcommand_on_path(self):
        script = self.put("bin/imgmill-own", b"#!/bin/sh\necho own \"$@\"\n")
        os.chmod(script, 0o755)
        result = self.run_program("own", "a b", env={"PATH": f"{script.parent}:{os.environ['PATH']}"})
        self.assertEqual((result.code, result.out), (0, b"own a b\n"))

    def test_subcommand_called_directly(self):
        self.put("a.png")
        self.assertEqual(self.run_program("a.png", program="imgmill-convert").code, 0)
        self.assert_svg((self.dir / "a.svg").read_bytes())


class Inputs(CliTest):
    def test_file_beside_itself(self):
        self.put("deep/a.png")
        self.assertEqual(self.convert("deep/a.png").code, 0)
        self.assert_svg((self.dir / "deep/a.svg").read_bytes())

    def test_result_has_the_size_of_the_picture(self):
        self.put("a.png", png(30, 20, lambda x, y: (255, 0, 0) if x < 15 else (0, 0, 255)))
        self.convert("a.png")
        head = (self.dir / "a.svg").read_bytes()[:200]
        self.assertRegex(head, rb'width="30"')
        self.assertRegex(head, rb'height="20"')

    def test_folder_is_mirrored(self):
        for name in ("in/a.png", "in/x/b.png", "in/x/y/c.png", "in/.hidden/d.png", "in/.e.png"):
            self.put(name)
        self.put("in/readme.txt", b"words")
        self.put("in/x/old.svg", b"<svg/>")
        self.assertEqual(self.convert("in", "-o", "out").code, 0)
        made = [name for name in self.tree() if name.startswith("out")]
        self.assertEqual(made, ["out/a.svg", "out/x/b.svg", "out/x/y/c.svg"])

    def test_content_decides_not_the_extension(self):
        self.put("in/picture.data")
        self.put("in/jpeg.jpg")  # a PNG by its content
        self.assertEqual(self.convert("in").code, 0)
        self.assertIn("in/picture.svg", self.tree())
        self.assertIn("in/jpeg.svg", self.tree())

    def test_pattern(self):
        for name in ("art/a.png", "art/x/b.png", "art/x/y/c.png", "art/x/d.jpg", "other/e.png"):
            self.put(name)
        self.assertEqual(self.convert("art/**/*.png", "-o", "out").code, 0)
        made = [name for name in self.tree() if name.startswith("out")]
        self.assertEqual(made, ["out/a.svg", "out/x/b.svg", "out/x/y/c.svg"])

    def test_pattern_in_the_current_folder(self):
        self.put("a1.png")
        self.put("a2.png")
        self.put("b1.png")
        self.assertEqual(self.convert("[a]?.png", "-o", "out").code, 0)
        self.assertEqual([n for n in self.tree() if n.startswith("out")], ["out/a1.svg", "out/a2.svg"])

    def test_nothing_matches(self):
        self.put("in/readme.txt", b"words")
        for operand in ("*.png", "in", "in/*"):
            result = self.convert(operand, "-o", "out/")
            self.assert_one_error(result, "", "no input matched", 4)

    def test_files_from(self):
        for name in ("a.png", "x/b.png", "c\nd.png"):
            self.put(name)
        self.put("list", b"a.png\r\n\nx/b.png\n")
        self.assertEqual(self.convert("--files-from", "list", "-o", "out").code, 0)
        self.assertEqual([n for n in self.tree() if n.startswith("out")], ["out/a.svg", "out/x/b.svg"])
        result = self.convert("--files-from", "-", "-0", "-o", "out", stdin=b"c\nd.png\0x/b.png\0")
        self.assertEqual(result.code, 0, result.err)
        self.assertIn("out/c\nd.svg", self.tree())
        self.assert_one_error(self.convert("--files-from", "-", stdin=b""), "", "no input matched", 4)

    def test_entries_of_a_list_are_literal(self):
        self.put("*.png")
        self.put("a.png")
        self.assertEqual(self.convert("--files-from", "-", "-o", "out", stdin=b"*.png\n").code, 0)
        self.assertEqual([n for n in self.tree() if n.startswith("out")], ["out/*.svg"])

    def test_standard_input_to_standard_output(self):
        for arguments in (("-",), ("-", "-o", "-")):
            result = self.convert(*arguments, stdin=disc())
            self.assertEqual((result.code, result.err), (0, ""))
            self.assert_svg(result.out)
        self.put("a.png")
        self.assertEqual(self.convert("a.png", "-o", "-").out, result.out)
        self.assertEqual(self.tree(), ["a.png"])

    def test_standard_input_to_files(self):
        self.assertEqual(self.convert("-", "-o", "x.svg", stdin=disc()).code, 0)
        self.assertEqual(self.convert("-", "-o", "out/", stdin=disc()).code, 0)
        self.assertEqual(self.tree(), ["out/stdin.svg", "x.svg"])

    def test_bad_standard_input(self):
        self.assert_one_error(self.convert("-", stdin=b"words"), "-", "not an image")


class Outputs(CliTest):
    def test_file_or_folder(self):
        self.put("a.png")
        (self.dir / "there").mkdir()
        for output, made in (("b.svg", "b.svg"), ("new/c.svg", "new/c.svg"), ("dir/", "dir/a.svg"), ("there", "there/a.svg")):
            self.assertEqual(self.convert("a.png", "-o", output).code, 0)
            self.assertIn(made, self.tree())

    def test_name_template(self):
        self.put("in/x/a.png")
        self.assertEqual(self.convert("in", "-o", "out", "--name", "v1/{stem}-{dir}.min.{ext}").code, 0)
        self.assertIn("out/v1/a-x.min.svg", self.tree())
        self.assert_one_error(self.convert("in", "--name", "{foo}"), "", "--name: {foo}", 2)

    def test_unchanged_result_keeps_its_mtime(self):
        self.put("a.png")
        self.convert("a.png")
        os.utime(self.dir / "a.svg", (1000, 1000))
        result = self.convert("a.png", "--json")
        self.assertEqual(result.items["a.png"]["status"], "unchanged")
        self.assertEqual(os.stat(self.dir / "a.svg").st_mtime, 1000)
        self.put("a.svg", b"something else")
        result = self.convert("a.png", "--json")
        self.assertEqual(result.items["a.png"]["status"], "cached")
        self.assert_svg((self.dir / "a.svg").read_bytes())

    def test_no_clobber(self):
        self.put("a.png")
        self.put("b.png")
        self.put("a.svg", b"mine")
        result = self.convert("a.png", "b.png", "--no-clobber", "--json")
        self.assertEqual(result.code, 0)
        self.assertEqual((result.items["a.png"]["status"], result.items["b.png"]["status"]), ("skipped", "written"))
        self.assertEqual((self.dir / "a.svg").read_bytes(), b"mine")

    def test_dry_run_writes_nothing(self):
        self.put("in/a.png")
        self.put("in/bad.png", b"words")
        result = self.convert("in", "-o", "out", "-n")
        self.assert_one_error(result, "in/bad.png", "not an image")
        self.assertRegex(result.out, rb"^in/a\.png -> out/a\.svg \(48 x 48 px, [\d.]+ KB of memory\)\n$")
        self.assertEqual(self.tree(), ["in/a.png", "in/bad.png"])
        result = self.convert("in/a.png", "-o", "out/", "--dry-run", "--json")
        self.assertGreater(result.items["in/a.png"]["planned_memory"], 48 * 48 * 4)

    def test_centerline_draws_strokes(self):
        self.put("ring.png", disc(90, (0, 0, 0)))
        self.assertEqual(self.convert("ring.png", "-o", "line.svg", "--centerline").code, 0)
        self.assertRegex((self.dir / "line.svg").read_text(), r'fill="none" stroke="#000" stroke-width="\d+"')
        self.assertEqual(self.convert("ring.png", "-o", "plain.svg", "--centerline=off").code, 0)
        self.assertNotIn("stroke", (self.dir / "plain.svg").read_text())

    def test_soft_shadows_are_blurred_shapes(self):
        # A disc over its shadow: a blurred half plane, bent, is near enough to a blurred disc of that size.
        def pixel(x, y):
            cover = min(1, max(0, 40.5 - math.hypot(x - 79.5, y - 75.5)))
            shade = .4 * .5 * math.erfc((math.hypot(x - 79.5, y - 79.5) - 40) / (5 * 2 ** .5))
            return tuple(round(240 * (1 - shade) * (1 - cover) + ink * cover) for ink in (200, 60, 40))
        self.put("a.png", png(160, 160, pixel))
        self.assertEqual(self.convert("a.png", "-o", "soft.svg").code, 0)
        self.assertEqual(self.convert("a.png", "-o", "hard.svg", "--shadows=off").code, 0)
        soft, hard = ((self.dir / name).read_text() for name in ("soft.svg", "hard.svg"))
        sigma, scale = (float(re.search(pattern, soft)[1])
                        for pattern in (r'stdDeviation="([\d.]+)"', r'viewBox="0 0 (\d+)'))
        self.assertAlmostEqual(sigma * 160 / scale, 5, delta=.5)
        self.assertNotIn("filter", hard)
        self.assertLess(len(soft), len(hard))

    def test_same_bytes_on_any_number_of_threads(self):
        for i in range(12):
            self.put(f"in/{i}.png", disc(40 + i, (10 * i, 90, 200 - 9 * i), radius=.2 + .02 * i))
        for jobs in "1", "2", "5":
            self.assertEqual(self.convert("in", "-o", "out" + jobs, "-j", jobs, "--no-cache").code, 0)
        for i in range(12):
            one = (self.dir / f"out1/{i}.svg").read_bytes()
            self.assertEqual(one, (self.dir / f"out2/{i}.svg").read_bytes())
            self.assertEqual(one, (self.dir / f"out5/{i}.svg").read_bytes())

    def test_same_bytes_where_threads_share_one_picture(self):
        self.put("large.png", disc(900, (180, 90, 20)))
        for jobs in "1", "3":
            self.assertEqual(self.convert("large.png", "-o", f"{jobs}.svg", "-j", jobs, "--no-cache").code, 0)
        self.assertEqual((self.dir / "1.svg").read_bytes(), (self.dir / "3.svg").read_bytes())

    def test_memory_smaller_than_any_picture_still_finishes(self):
        for i in range(6):
            self.put(f"in/{i}.png", disc(40 + i))
        self.assertEqual(self.convert("in", "-o", "out", "-j", "4", "--memory", "1K").code, 0)
        self.assertEqual(len(self.tree()), 12)

    def test_max_dimension(self):
        self.put("a.png", disc(64))
        self.convert("a.png", "--max-dimension", "16", "--json")
        self.assertRegex((self.dir / "a.svg").read_bytes()[:200], rb'width="16"')

    def test_background_colour_and_group(self):
        self.put("a.png", png(20, 20, lambda x, y: (255, 0, 0, 255 if x > 9 else 0)))
        self.assertEqual(self.convert("a.png", "--background", "#00ff00", "--group", "color").code, 0)
        self.assert_svg((self.dir / "a.svg").read_bytes())


class Gates(CliTest):
    def test_check(self):
        self.put("a.png")
        self.put("b.png", disc(50))
        self.put("c.png", disc(52))
        self.convert("a.png", "b.png")
        self.put("b.svg", b"old")
        before = self.tree()
        result = self.convert("a.png", "b.png", "c.png", "--check", "--json")
        self.assertEqual(result.code, 3)
        self.assertEqual({k: v.get("gate") for k, v in result.items.items()},
                         {"a.png": None, "b.png": "stale", "c.png": "missing"})
        self.assertIn("gate: b.png: b.svg is stale", result.err)
        self.assertIn("gate: c.png: c.svg is missing", result.err)
        self.assertEqual(self.tree(), before)
        self.assertEqual((self.dir / "b.svg").read_bytes(), b"old")
        self.convert("a.png", "b.png", "c.png")
        self.assertEqual(self.convert("a.png", "b.png", "c.png", "--check").code, 0)

    def test_target_ssim(self):
        self.put("a.png", disc(96))
        low = self.convert("a.png", "--target-ssim", "0.9", "--json")
        self.assertEqual(low.code, 0)
        item = low.items["a.png"]
        self.assertGreaterEqual(item["outputs"][0]["ssim"], 0.9)
        self.assertGreaterEqual(item["tries"], 1)
        plain = self.convert("a.png", "-o", "plain.svg", "--json")
        self.assertLessEqual(item["outputs"][0]["bytes"], plain.items["a.png"]["outputs"][0]["bytes"])
        impossible = self.convert("a.png", "--target-ssim", "1")
        self.assertEqual(impossible.code, 3)
        self.assertRegex(impossible.err, r"^gate: a\.png: a\.svg comes to SSIM 0?\.\d+ at best, below --target-ssim\n")
        self.assertTrue((self.dir / "a.svg").exists())
        self.assertEqual(self.convert("a.png", "--target-ssim", "2").code, 2)

    def test_max_bytes(self):
        self.put("a.png")
        result = self.convert("a.png", "--max-bytes", "10")
        self.assertEqual(result.code, 3)
        self.assertRegex(result.err, r"^gate: a\.png: a\.svg takes \d+ bytes, over --max-bytes\n")
        self.assertEqual(self.convert("a.png", "--max-bytes", "1M").code, 0)

    def test_a_failure_counts_more_than_a_gate(self):
        self.put("a.png")
        self.assertEqual(self.convert("a.png", "gone.png", "--check").code, 1)


class Usage(CliTest):
    def refuse(self, pattern, *arguments, **options):
        self.put("a.png")
        self.put("b.png")
        self.assert_one_error(self.convert(*arguments, **options), "", pattern, 2)
        self.assertEqual([n for n in self.tree() if n.endswith(".svg")], [])

    def test_no_input(self):
        self.refuse("no INPUT")

    def test_empty_name(self):
        self.refuse("empty name", "")

    def test_standard_input_twice(self):
        self.refuse("only once", "-", "-")
        self.refuse("both INPUT and --files-from", "-", "--files-from", "-")

    def test_one_file_for_several_inputs(self):
        self.refuse("must be a folder", "a.png", "b.png", "-o", "x.svg")
        self.put("taken", b"text")
        self.refuse("must be a folder", "a.png", "b.png", "-o", "taken")
        self.assertEqual((self.dir / "taken").read_bytes(), b"text")

    def test_standard_output_for_several_inputs(self):
        self.refuse("takes one input", "a.png", "b.png", "-o", "-")
        self.refuse("takes one input", ".", "-o", "-")

    def test_results_and_records_on_one_stream(self):
        self.refuse("--json=FILE", "a.png", "-o", "-", "--json")

    def test_unknown_option(self):
        self.refuse(r"no option --color-precison \(did you mean --color-precision\?\)", "--color-precison", "4", "a.png")

    def test_missing_value(self):
        self.refuse("--output needs a value", "a.png", "--output")
        self.refuse("-j needs a value", "a.png", "-j")

    def test_out_of_range(self):
        self.refuse("--color-precision must be a whole number from 1 to 8, not '9'", "a.png", "--color-precision", "9")
        self.refuse("--corner-threshold must be .* from 0 to 180, not '-1'", "a.png", "--corner-threshold", "-1")
        self.refuse("--length-threshold must be a number from 0 to 10, not 'x'", "a.png", "--length-threshold=x")
        self.refuse("--jobs must be .* from 1 to 1024, not '0'", "a.png", "-j0")

    def test_bad_choices(self):
        self.refuse("--centerline draws in one ink, which --engine color does not",
                    "a.png", "--centerline", "--engine", "color")
        self.refuse("--engine must be auto, color or mono, not 'colour'", "a.png", "--engine", "colour")
        self.refuse("--background must be keep, remove or #rrggbb", "a.png", "--background", "red")
        self.refuse("--background must be a colour as #rrggbb", "a.png", "--background", "#12")
        self.refuse("--memory must be a size such as", "a.png", "--memory", "much")
        self.refuse("--score must be on or off, not 'maybe'", "a.png", "--score=maybe")

    def test_palette(self):
        self.refuse("--palette must be a palette file: none.txt: no such file", "a.png", "--palette", "none.txt")
        self.put("p.txt", b"; mine\n// too\n#ff0000\n#zzz\n")
        self.refuse("--palette must be a palette, but line 4 must be a colour as #rrggbb, not '#zzz'", "a.png",
                    "--palette", "p.txt")


class Palette(CliTest):
    def test_only_its_colours(self):
        self.put("a.png", disc(ink=(190, 50, 50)))
        self.put("p.gpl", b"GIMP Palette\nName: two\nColumns: 2\n#\n255   0 0 red\n  0 0 255\tblue\n")
        self.assertEqual(self.convert("a.png", "--palette", "p.gpl").code, 0)
        import re
        fills = set(re.findall(rb'fill="(#[0-9a-f]+|[a-z]+)"', (self.dir / "a.svg").read_bytes()))
        self.assertLessEqual(fills, {b"#f00", b"red", b"#00f", b"blue", b"#ff0000", b"#0000ff"})


class Timeout(CliTest):
    def test_slow_item_fails_alone(self):
        self.put("in/a.png")
        self.put("in/slow.png", noise(700))
        result = self.convert("in", "-o", "out", "--timeout", "0.1", "--json")
        self.assertEqual(result.code, 1, result.err)
        self.assertEqual(result.items["in/slow.png"]["error"]["kind"], "timeout")
        self.assertRegex(result.errors[0], "^error: in/slow.png: .*--timeout")
        self.assertFalse((self.dir / "out/slow.svg").exists())


if __name__ == "__main__":
    unittest.main()
