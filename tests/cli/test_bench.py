# SPDX-FileCopyrightText: imgmill authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Benchmarks through the real executable: the matrix, what is measured, its reports, the gate, the history."""
import csv
import json
import os
import shutil
import signal
import subprocess
import time
import unittest

from harness import BIN, CliTest, disc, noise

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


class BenchTest(CliTest):
    def setUp(self):
        super().setUp()
        self.put("in/a.png", disc(40))
        self.put("in/b c.png", disc(32, (0, 90, 10)))

    def bench(self, *arguments, code=0, **options):
        result = self.run_program("bench", *arguments, **options)
        self.assertEqual(result.code, code, result.err)
        return result

    def records(self, name="r.nd", kind=None):
        lines = [json.loads(line) for line in (self.dir / name).read_text("utf-8").splitlines()]
        return [line for line in lines if kind in (None, line["type"])]


class Matrix(BenchTest):
    def test_every_preset_runs_on_every_image_as_often_as_asked(self):
        before = self.tree()
        out = self.bench("convert", "in", "--preset", "speed,quality", "--repeat", "3", "--json=r.nd").out.decode("utf-8")
        self.assertEqual(self.tree(), sorted([*before, "r.nd"]))
        self.assertIn("speed", out)
        self.assertIn("quality", out)
        start = self.records(kind="bench")[0]
        self.assertEqual([e["name"] for e in start["entrants"]], ["speed", "quality"])
        self.assertEqual(start["entrants"][0]["parameters"]["color_precision"], "3")
        self.assertEqual([i["path"] for i in start["images"]], ["in/a.png", "in/b c.png"])
        made = self.records(kind="made")
        self.assertEqual(len(made), 4)
        for record in made:
            self.assertGreater(record["ssim"], .9)
            self.assertGreater(record["bytes"], record["gzip_bytes"])
        samples = self.records(kind="sample")
        self.assertEqual(len(samples), 2 * 2 * 3)
        for sample in samples:
            self.assertGreater(sample["ms"], 0)
            self.assertGreater(sample["yardstick_ms"], 0)
        end = self.records(kind="end")[0]
        self.assertFalse(end["interrupted"])
        self.assertLessEqual(end["measured_seconds"], end["seconds"])

    def test_short_runs_are_many_where_nobody_says_how_many(self):
        self.bench("convert", "in", "--preset", "speed", "-q", "--json=r.nd")
        self.assertEqual(len(self.records(kind="sample")), 2 * 25)
        self.assertRegex(self.run_program("report", "show", "r.nd").out.decode("utf-8"), r"repeats +25\n")

    def test_presets_take_turns_on_each_image(self):
        self.bench("convert", "in", "--preset", "speed,quality", "--repeat", "2", "-q", "--json=r.nd")
        turns = [(s["repeat"], s["input"], s["entrant"]) for s in self.records(kind="sample")]
        self.assertEqual([t[:2] for t in turns], [(r, i) for r in (0, 1) for i in ("in/a.png", "in/b c.png") for _ in "xy"])
        firsts = [turns[k][2] for k in range(0, 8, 2)]
        self.assertEqual(sorted(firsts), ["quality", "quality", "speed", "speed"])

    def test_parameters_vary_by_range_and_list(self):
        self.bench("convert", "in/a.png", "--preset", "balanced", "--set", "color_precision=3..5", "--set",
                   "engine=color|mono", "--set", "path_precision=4", "--repeat", "1", "-q", "--json=r.nd")
        entrants = self.records(kind="bench")[0]["entrants"]
        self.assertEqual([e["name"] for e in entrants],
                         [f"balanced color_precision={p} engine={e}" for p in (3, 4, 5) for e in ("color", "mono")])
        for entrant in entrants:
            self.assertIn(f"color_precision={entrant['parameters']['color_precision']} ", entrant["name"])
            self.assertEqual(entrant["parameters"]["path_precision"], "4")

    def test_levels_of_load(self):
        out = self.bench("convert", "in", "--preset", "speed", "--jobs", "1,2", "--repeat", "2", "--json=r.nd").out
        self.assertIn(b"images/s", out)
        self.assertEqual(sorted((s["jobs"], s["repeat"]) for s in self.records(kind="sample")),
                         sorted((j, r) for j in (1, 2) for r in (0, 1) for _ in "xy"))
        self.assertEqual([(r["jobs"], r["repeat"]) for r in self.records(kind="round")], [(1, 0), (1, 1), (2, 0), (2, 1)])

    def test_compress_takes_part_too(self):
        self.put("in/n.png", noise(40))
        self.bench("compress", "in/n.png", "--formats", "webp,jpeg", "--preset", "speed,quality", "--repeat", "1", "-q",
                   "--json=r.nd")
        bytes_of = {m["entrant"]: m["bytes"] for m in self.records(kind="made")}
        self.assertLess(bytes_of["speed"], bytes_of["quality"])
        self.assertIn("libwebp encoder", self.records(kind="bench")[0]["libraries"])

    def test_results_are_kept_where_asked(self):
        self.bench("convert", "in", "--preset", "speed,balanced", "--repeat", "1", "-q", "-o", "kept")
        kept = [name for name in self.tree() if name.startswith("kept")]
        self.assertEqual(kept, [f"kept/{preset}/{name}.png..svg" for preset in ("balanced", "speed") for name in ("a", "b c")])
        self.assert_svg((self.dir / kept[0]).read_bytes())

    def test_nothing_comes_from_the_cache(self):
        for _ in range(2):
            self.bench("convert", "in", "--preset", "speed", "--repeat", "1", "-q")
        self.assertEqual(list(self.cache_home.rglob("*.*")), [])

    def test_what_fails_is_said_and_the_rest_goes_on(self):
        self.put("in/broken.png", b"no picture")
        result = self.bench("convert", "in", "--preset", "speed", "--repeat", "1", "--json=r.nd", code=1)
        self.assertEqual(len(result.errors), 1)
        self.assertRegex(result.errors[0], "^error: in/broken.png: speed: ")
        self.assertEqual(len(self.records(kind="sample")), 2)
        self.assertIn(b"Problems", result.out)

    def test_what_fails_is_left_out_under_load_too(self):
        for i in range(40):
            self.put(f"in/a{i}.png", b"no picture")
        self.bench("convert", "in", "--preset", "speed", "--repeat", "1", "--jobs", "2", "-q", "--json=r.nd", code=1)
        self.assertEqual(sorted(s["input"] for s in self.records(kind="sample")), ["in/a.png", "in/b c.png"])

    def test_one_report_that_cannot_be_written_leaves_the_others(self):
        result = self.bench("convert", "in", "--preset", "speed", "--repeat", "1", "--csv", "/dev/full", "--markdown",
                            "r.md", "--history", "h.nd", code=1)
        self.assertEqual(len(result.errors), 1)
        self.assertIn("--csv /dev/full", result.errors[0])
        self.assertIn(b"speed", result.out)
        self.assertTrue((self.dir / "r.md").exists())
        self.assertTrue((self.dir / "h.nd").exists())

    def test_an_interrupted_run_keeps_what_it_has(self):
        for i in range(4):
            self.put(f"in/n{i}.png", noise(160, i))
        process = self.start("bench", "convert", "in", "--repeat", "1000", "--json=r.nd", "--csv", "r.csv")
        deadline = time.monotonic() + 60
        while not (self.dir / "r.nd").exists() or (self.dir / "r.nd").read_bytes().count(b'"sample"') < 3:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(.02)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130)
        self.assertTrue(self.records(kind="end")[0]["interrupted"])
        self.assertGreaterEqual(len(self.records(kind="sample")), 3)
        self.assertGreater(len((self.dir / "r.csv").read_text("utf-8").splitlines()), 1)

    def test_wrong_usage(self):
        for arguments, message in [
                ((), "convert, compress or --train"), (("convert",), "no INPUT"), (("convert", "-"), "standard input"),
                (("convert", "in", "--preset", "nosuch"), "nosuch"), (("convert", "in", "--repeat", "0"), "--repeat must be"),
                (("convert", "in", "--set", "color_precision=8..3"), "ends before it starts"),
                (("convert", "in", "--set", "color_precision"), "must be KEY=VALUE"),
                (("convert", "in", "--set", "color_precision=7..9"), "color_precision"),
                (("convert", "in", "--jobs", "0"), "--jobs must be"), (("convert", "in", "--check"), "--check"),
                (("convert", "in", "--preset", "speed,speed"), "two entrants"),
                (("convert", "in", "--versus", "cp {out}"), "has no {in}"), (("convert", "in", "-o", ""), "--output"),
                (("convert", "in", "--jobs", "1,1"), "--jobs must be"), (("convert", "in", "--set", "jobs=4"), "decides no"),
                (("convert", "in", "--set", "preset=balanced"), "decides no"),
                (("convert", "in", "--fail-if", "speed>1%"), "--fail-if must be"),
                (("convert", "in", "--baseline", "nosuch"), "--baseline nosuch"),
                (("convert", "in", "--csv", "no/r.csv"), "--csv")]:
            with self.subTest(arguments):
                result = self.bench(*arguments, code=2)
                self.assertEqual(len(result.errors), 1, result.err)
                self.assertIn(message, result.errors[0])
        self.bench("convert", "nothing/*.png", code=4)

    def test_help(self):
        self.assertIn(b"bench compress", self.bench("--help").out)
        out = self.bench("convert", "--help").out
        for flag in (b"--versus", b"--repeat", b"--html", b"--color-precision"):
            self.assertIn(flag, out)


class Versus(BenchTest):
    def test_other_programs_are_timed_and_scored_the_same_way(self):
        own = BIN / "imgmill-convert"
        self.bench("convert", "in", "--preset", "speed", "--repeat", "2", "-q", "--json=r.nd", "--versus",
                   f"same='{own}' -q --no-cache --preset speed {{in}} -o {{out}}", "--versus", "cp {in} {out}",
                   "--versus", "printed=cat {in}")
        made = {(m["entrant"], m["input"]): m for m in self.records(kind="made")}
        for image in ("in/a.png", "in/b c.png"):
            self.assertEqual(made["same", image]["bytes"], made["speed", image]["bytes"])
            self.assertEqual(made["same", image]["ssim"], made["speed", image]["ssim"])
            self.assertEqual(made["cp", image]["ssim"], 1)
            self.assertEqual(made["printed", image]["bytes"], (self.dir / image).stat().st_size)
        for sample in self.records(kind="sample"):
            self.assertGreater(sample["memory"], 500_000)  # a process of its own
        commands = [e["command"] for e in self.records(kind="bench")[0]["entrants"]]
        self.assertTrue(all(commands), commands)

    def test_goals_and_sizes_are_those_of_the_subcommand(self):
        self.put("in/large.png", disc(120))
        common = ("convert", "in/large.png", "--preset", "speed", "--repeat", "1", "-q", "--max-dimension", "50")
        self.bench(*common, "--json=own.nd")
        self.bench(*common, "--json=process.nd", "--versus", "cp {in} {out}")
        own, process = self.records("own.nd", "made")[0], self.records("process.nd", "made")[0]
        self.assertEqual({k: own[k] for k in ("bytes", "ssim")}, {k: process[k] for k in ("bytes", "ssim")})
        # A goal that is missed still has a result.
        self.bench("convert", "in/large.png", "--preset", "speed", "--repeat", "1", "-q", "--target-ssim", "0.99999",
                   "--versus", "cp {in} {out}")

    def test_places_in_names_are_no_places(self):
        self.put("in/x{out}.png")
        self.bench("convert", "in/x{out}.png", "--preset", "speed", "--repeat", "1", "-q", "--versus", "cp {in} {out}")

    def test_a_program_that_hangs_ends_with_the_benchmark(self):
        process = self.start("bench", "convert", "in", "--preset", "speed", "--repeat", "1", "--versus",
                             "hang=sh -c 'touch started; sleep 600' {in}")
        deadline = time.monotonic() + 60
        while not (self.dir / "started").exists():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(.02)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)  # the program holds none of the pipes, so this waits for the benchmark alone
        self.assertEqual(process.returncode, 130)

    def test_parameters_reach_the_process(self):
        self.put("in/n.png", noise(32))
        self.bench("convert", "in/n.png", "--preset", "speed", "--set", "path_precision=1|8", "--repeat", "1", "-q",
                   "--json=r.nd", "--versus", "cp {in} {out}")
        bytes_of = {m["entrant"]: m["bytes"] for m in self.records(kind="made")}
        self.assertLess(bytes_of["speed path_precision=1"], bytes_of["speed path_precision=8"])

    def test_failures_of_other_programs(self):
        result = self.bench("convert", "in/a.png", "--preset", "speed", "--repeat", "1", "--timeout", "2", "--versus",
                            "sh -c 'echo out of ink >&2; exit 3' {in}", "--versus", "quiet=true {in} {out}", "--versus",
                            "nosuchprogram {in}", "--versus", "slow=sh -c 'sleep 60' {in}", code=1)
        said = "\n".join(result.errors)
        for part in ("sh: exit code 3: out of ink", "quiet: the command wrote no result", "nosuchprogram: can't run",
                     "slow: took too long"):
            self.assertIn(part, said)


class Reports(BenchTest):
    def test_tables_csv_and_markdown(self):
        self.bench("convert", "in", "--preset", "speed", "--repeat", "2", "-q", "--csv", "r.csv", "--markdown", "r.md",
                   "--json=r.nd")
        with open(self.dir / "r.csv", newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        self.assertEqual([row["image"] for row in rows], ["in/a.png", "in/b c.png"])
        self.assertEqual([row["runs"] for row in rows], ["2", "2"])
        self.assertLessEqual(float(rows[0]["least_ms"]), float(rows[0]["median_ms"]))
        self.assertIn("| speed |", (self.dir / "r.md").read_text("utf-8"))
        shown = self.run_program("report", "show", "--format", "markdown", "r.nd")
        self.assertEqual(shown.out, (self.dir / "r.md").read_bytes())

    def test_a_page_of_its_own(self):
        self.bench("convert", "in", "--repeat", "1", "-q", "--html", "r.html", "--jobs", "1,2", "--json=r.nd")
        page = (self.dir / "r.html").read_text("utf-8")
        self.assertNotIn("<script", page)
        self.assertNotRegex(page, r"(src|href)=\"?(http|//)")
        self.assertEqual(page.count("data:image/webp;base64,"), 3 * 3 * 2)  # of each preset both images, three pictures
        self.assertEqual(page.count("<figure>"), 4)
        for preset in ("speed", "balanced", "quality"):
            self.assertIn(preset, page)
        shown = self.run_program("report", "show", "--format", "html", "r.nd").out.decode("utf-8")
        self.assertEqual(shown.count("<figure>"), 4)

    @unittest.skipUnless(CHROMIUM, "there is no Chromium")
    def test_the_page_in_chromium(self):
        self.bench("convert", "in", "--repeat", "1", "-q", "--html", "r.html")
        shot = subprocess.run(
            [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={self.dir}/chromium",
             "--enable-logging=stderr", "--window-size=1200,2000", "--screenshot=page.png", "r.html"],
            cwd=self.dir, env=self.environment(), capture_output=True, timeout=120)
        self.assertNotIn(b"CONSOLE", shot.stderr)
        self.assertGreater((self.dir / "page.png").stat().st_size, 10_000)


class Gate(BenchTest):
    RULES = "ssim<-0.002,bytes>+2%,memory>+15%"

    def measure(self, *arguments, code=0, name="r.nd"):
        return self.bench("convert", "in", "--preset", "balanced", "--repeat", "3", "-q", f"--json={name}", *arguments,
                          code=code)

    def test_the_same_passes_and_what_is_worse_does_not(self):
        self.measure()
        result = self.measure("--baseline", "r.nd", "--fail-if", self.RULES, name="again.nd")
        self.assertIn("gate: balanced: bytes +0.0 %", result.err)
        # The same name, but coarser.
        result = self.measure("--baseline", "r.nd", "--fail-if", self.RULES, "--path-precision", "1", "--max-iterations",
                              "1", code=3, name="coarse.nd")
        self.assertRegex(result.err, r"gate: balanced: ssim -0\.\d+, allowed -0.0020: regression \(most: in/")
        compared = self.run_program("report", "compare", "r.nd", "coarse.nd", "--fail-if", self.RULES)
        self.assertEqual(compared.code, 3)
        self.assertIn(b"regression", compared.out)
        self.assertEqual(self.run_program("report", "compare", "r.nd", "again.nd", "--fail-if", self.RULES).code, 0)

    def slow_down(self, factor):
        """As if every timed run had taken that much longer."""
        with open(self.dir / "slow.nd", "w", encoding="utf-8") as file:
            for record in self.records():
                if record["type"] == "sample":
                    record["ms"] = record["ms"] * factor
                file.write(json.dumps(record) + "\n")

    def test_what_takes_three_times_as_long_is_caught(self):
        for i in range(6):
            self.put(f"in/n{i}.png", noise(24, i))
        self.measure()
        self.slow_down(3)
        text = self.run_program("report", "compare", "r.nd", "slow.nd", "--fail-if", "time>+10%").out.decode("utf-8")
        # Inconclusive where the machine is too busy to tell, which the same runs say too.
        self.assertRegex(text, r"balanced: time \+\d+\.\d % \(.*\), allowed \+10.0 %: (regression|inconclusive)")
        self.assertEqual("regression" in text, "busy" not in text)

    def test_what_is_open_is_measured_again_at_most_twice(self):
        self.measure()
        with open(self.dir / "wild.nd", "w", encoding="utf-8") as file:
            for record in self.records():
                if record["type"] == "sample":
                    for key in ("ms", "cpu_ms", "wait_ms"):
                        record[key] *= (.01, 1, 100)[record["repeat"]]
                file.write(json.dumps(record) + "\n")
        result = self.measure("--baseline", "wild.nd", "--fail-if", "time>+10%", name="n.nd")
        self.assertEqual([line for line in result.err.splitlines() if "going on" in line],
                         [f"gate: inconclusive after {n} runs of each, going on" for n in (3, 6)])
        self.assertEqual({s["repeat"] for s in self.records("n.nd", kind="sample")}, set(range(9)))
        self.assertIn("allowed +10.0 %: inconclusive", result.err)
        self.assertNotIn("going on", self.measure("--baseline", "wild.nd", "--fail-if", self.RULES, name="n.nd").err)

    def test_times_in_other_yardsticks_are_not_compared(self):
        self.measure()
        text = (self.dir / "r.nd").read_text("utf-8")
        (self.dir / "old.nd").write_text(text.replace('"the yardstick": "2 ', '"the yardstick": "1 ', 1), "utf-8")
        result = self.run_program("report", "compare", "old.nd", "r.nd")
        self.assertEqual(result.code, 2)
        self.assertIn("the yardstick was 1 (", result.err)

    def test_another_machine_is_refused_unless_forced(self):
        self.measure()
        text = (self.dir / "r.nd").read_text("utf-8")
        cpu = self.records(kind="bench")[0]["machine"]["cpu"]
        (self.dir / "other.nd").write_text(text.replace(json.dumps(cpu), '"Z80"', 1), "utf-8")
        result = self.measure("--baseline", "other.nd", code=2, name="n.nd")
        self.assertIn("the processor was Z80", result.errors[0])
        self.assertFalse((self.dir / "n.nd").exists())
        result = self.measure("--baseline", "other.nd", "--force", "--fail-if", self.RULES, name="n.nd")
        self.assertIn("warning: the baseline is of another setting", result.err)
        self.assertEqual(self.run_program("report", "compare", "other.nd", "r.nd").code, 2)
        self.assertEqual(self.run_program("report", "compare", "other.nd", "r.nd", "--force").code, 0)

    def test_a_history_grows_and_its_course_is_shown(self):
        for _ in range(3):
            self.measure("--history", "h.nd")
        self.assertEqual(len((self.dir / "h.nd").read_text("utf-8").splitlines()), 3)
        out = self.run_program("report", "trend", "h.nd").out.decode("utf-8")
        self.assertRegex(out, r"balanced +1 +bytes +3 +▁▁▁ +\d+ +\+0.0 %")
        self.assertEqual(self.run_program("report", "trend", "r.nd").code, 1)



class Tuning(BenchTest):
    def setUp(self):
        super().setUp()
        for i in range(10):
            self.put(f"in/d{i}.png", disc(40 + i, (10 * i, 200 - 15 * i, 90), radius=.2 + .03 * i))

    def test_a_preset_is_written_where_it_is_better(self):
        # Discs of one colour need no fine steps; a start that is finer than any use leaves much to gain.
        result = self.bench("convert", "in", "--tune", "tuned.toml", "--length-threshold", "0.3", "--set",
                            "length_threshold=0.3..6", "--target-ssim", ".97", "--repeat", "1")
        self.assertIn("found: length_threshold=", result.out.decode("utf-8"))
        self.assertIn("written: tuned.toml", result.out.decode("utf-8"))
        self.assertRegex(result.err, r"\+ length_threshold=\S+: SSIM 0\.\d+, \d+ bytes")
        text = (self.dir / "tuned.toml").read_text("utf-8")
        self.assertRegex(text, r"\[convert\]\nlength_threshold = \d")
        self.assertEqual(self.convert("in", "-o", "out", "--preset", "./tuned.toml").code, 0)

    def test_none_found_is_said_and_nothing_written(self):
        result = self.bench("convert", "in", "--tune", "tuned.toml", "--set", "color_precision=5..7", "--repeat", "1",
                            code=3)
        self.assertIn(b"none found: ", result.out)
        self.assertFalse((self.dir / "tuned.toml").exists())

    def test_wrong_usage(self):
        for arguments, message in [
                (("--preset", "speed,quality"), "one preset"), (("--set", "engine=color|mono"), "engine"), (("--set", "path_precision=5|3"), "FROM..TO"),
                (("--csv", "r.csv"), "for itself alone"), (("--json=r.nd",), "for itself alone"),
                (("--target-ssim", ".9", "--max-bytes", "9K"), "one goal"), (("--set", "nosuch=1..2"), "nosuch")]:
            with self.subTest(arguments):
                self.assertIn(message, self.bench("convert", "in", "--tune", "t.toml", *arguments, code=2).errors[0])
        self.assertIn("ten images", self.bench("convert", "in/a.png", "--tune", "t.toml", code=2).errors[0])
        self.assertIn("--tune", self.bench("convert", "in", "--tune", "no/t.toml", code=2).errors[0])


if __name__ == "__main__":
    unittest.main()
