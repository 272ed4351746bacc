# SPDX-FileCopyrightText: imgmill authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The figures of a run: metrics as Prometheus reads them, slow items, alerts."""
import json
import os
import pathlib
import re
import subprocess
import sys
import unittest

from harness import CliTest, disc, noise

SOURCE = pathlib.Path(os.environ["IMGMILL_SOURCE_DIR"])

# The official client's parser, in whichever Python has it (Debian: python3-prometheus-client).
PARSE = """
import json, sys
from prometheus_client.parser import text_string_to_metric_families
print(json.dumps([[f.name, f.type, f.documentation, [[s.name, s.labels, s.value] for s in f.samples]]
                  for f in text_string_to_metric_families(sys.stdin.read())]))
"""
PYTHONS = [python for python in (sys.executable, "/usr/bin/python3") if os.path.exists(python) and subprocess.run(
    [python, "-c", "import prometheus_client"], capture_output=True).returncode == 0]


class MetricsTest(CliTest):
    def put_tree(self):
        for i in range(3):
            self.put(f"in/{i}.png", disc(20 + i))
        self.put("in/bad.png", b"words")

    def samples(self, name="run.prom"):
        """{(sample's name, labels but the run's own): value}, by the official parser."""
        if not PYTHONS:
            self.skipTest("python3-prometheus-client isn't there")
        text = (self.dir / name).read_text("utf-8")
        families = json.loads(subprocess.run([PYTHONS[0], "-c", PARSE], input=text, text=True, check=True,
                                             capture_output=True).stdout)
        values = {}
        self.run_labels = set()
        for _, kind, documentation, samples in families:
            self.assertIn(kind, ("counter", "gauge", "histogram"))
            self.assertTrue(documentation.endswith("."))
            for sample, labels, value in samples:
                own = {key: labels.pop(key) for key in ("subcommand", "preset", "shard") if key in labels}
                self.run_labels.add(tuple(sorted(own.items())))
                key = (sample, *sorted(labels.items()))
                self.assertNotIn(key, values)
                values[key] = value
        return values


class Metrics(MetricsTest):
    def test_agree_with_the_summary(self):
        self.put_tree()
        result = self.convert("in", "-o", "out", "--json", "--metrics", "run.prom", "--memory", "300M", "--preset", "speed")
        self.assertEqual(result.code, 1)
        summary = result.records[-1]
        values = self.samples()
        self.assertEqual(self.run_labels, {(("preset", "speed"), ("subcommand", "convert"))})
        for status, count in summary["counts"].items():
            self.assertEqual(values["imgmill_items_total", ("status", status)], count)
        self.assertEqual(values["imgmill_failures_total", ("kind", "input")], 1)
        self.assertEqual(values["imgmill_failures_total", ("kind", "timeout")], 0)
        for name, key in (("input_bytes_total", "bytes_in"), ("output_bytes_total", "bytes_out"),
                          ("outputs_total", "outputs"), ("memory_peak_bytes", "peak_memory"),
                          ("gates_failed_total", "gates_failed"), ("run_interrupted", "interrupted")):
            self.assertEqual(values["imgmill_" + name,], summary[key], name)
        self.assertAlmostEqual(values["imgmill_run_seconds",], summary["wall_seconds"], 3)
        self.assertEqual(values["imgmill_memory_budget_bytes",], 300 << 20)
        self.assertGreater(values["imgmill_cpu_seconds_total",], 0)
        self.assertGreater(values["imgmill_run_ended_timestamp_seconds",], 1.7e9)

    def test_histograms_count_every_item(self):
        self.put_tree()
        result = self.convert("in", "-o", "out", "--json", "--metrics", "run.prom")
        values = self.samples()
        self.assertEqual(values["imgmill_item_seconds_count",], 4)
        total = sum(item["ms"]["total"] for item in result.items.values()) / 1000
        self.assertAlmostEqual(values["imgmill_item_seconds_sum",], total, 4)
        stages = {stage for item in result.items.values() for stage in item["ms"]} - {"total"}
        self.assertEqual({dict(labels)["stage"] for name, *labels in values if name == "imgmill_stage_seconds_count"},
                         stages)
        for stage in stages:
            buckets = [(float(dict(labels)["le"]), value) for (name, *labels), value in values.items()
                       if name == "imgmill_stage_seconds_bucket" and ("stage", stage) in labels]
            self.assertEqual(buckets, sorted(buckets))
            self.assertEqual([value for _, value in buckets], sorted(value for _, value in buckets))
            having = sum(stage in item["ms"] for item in result.items.values())
            self.assertEqual(buckets[-1], (float("inf"), having))
            self.assertEqual(values["imgmill_stage_seconds_count", ("stage", stage)], having)

    def test_lines_are_as_the_format_has_them(self):
        self.put_tree()
        self.convert("in", "-o", "out", "--metrics=run.prom", "--shard", "1/2")
        text = (self.dir / "run.prom").read_text("utf-8")
        self.assertTrue(text.endswith("\n"))
        declared = set()
        for line in text.splitlines():
            declaration = re.fullmatch(r"# (HELP|TYPE) (imgmill_[a-z_]+) (.+)", line)
            if declaration:
                self.assertNotIn(declaration.groups()[:2], declared)
                declared.add(declaration.groups()[:2])
                continue
            sample = re.fullmatch(r'(imgmill_[a-z_]+)\{([a-z_]+="[^"\\]*",?)+\} [0-9.e+-]+', line)
            self.assertTrue(sample, line)
            family = re.sub("_(bucket|sum|count)$", "", sample[1])
            self.assertIn(("TYPE", family), declared)
            self.assertIn(("HELP", family), declared)
            self.assertIn('shard="1/2"', line)
        for kind, name in declared:
            counter = f"# TYPE {name} counter\n" in text
            self.assertEqual(name.endswith("_total"), counter, name)

    def test_odd_presets(self):
        preset = self.put('odd "\\\n.toml', b"")
        self.put("a.png")
        self.assertEqual(self.convert("a.png", "--metrics", "run.prom", "--preset", preset).code, 0)
        self.samples()
        self.assertEqual(len(self.run_labels), 1)
        self.assertIn('odd "\\\\n.toml', dict(next(iter(self.run_labels)))["preset"])

    def test_the_documentation_lists_every_series(self):
        self.put_tree()
        self.convert("in", "-o", "out", "--metrics", "run.prom")
        written = set(re.findall("^# TYPE (imgmill_[a-z_]+)", (self.dir / "run.prom").read_text(), re.M))
        listed = set(re.findall(r"^\| `(imgmill_[a-z_]+)", (SOURCE / "docs/reports.md").read_text("utf-8"), re.M))
        self.assertEqual(written, listed)

    def test_the_file_is_replaced_at_the_end_only(self):
        self.put_tree()
        self.put("run.prom", b"before")
        self.assert_one_error(self.convert("in", "-o", "out", "--metrics", "no/run.prom"), "", "--metrics no/run.prom: must", 2)
        self.assertNotIn("out/0.svg", self.tree())
        self.convert("in", "-o", "out", "--metrics", "run.prom", "--dry-run")
        self.assertEqual((self.dir / "run.prom").read_bytes(), b"before")
        self.convert("in", "-o", "out", "--metrics", "run.prom")
        self.assertTrue((self.dir / "run.prom").read_bytes().startswith(b"# HELP"))
        self.assertFalse([name for name in self.tree() if name.startswith(".") or ".tmp" in name])

    def test_what_cannot_be_written_is_a_failure(self):
        self.put("a.png")
        (self.dir / "locked").mkdir(mode=0o555)
        os.chmod(self.dir, 0o777)
        result = self.convert_as_nobody("a.png", "--metrics", "locked/run.prom")
        self.assertEqual(result.code, 1)
        self.assertRegex(result.err, "error: --metrics locked/run.prom: can't be written: permission denied")

    def test_compress_has_its_own_label(self):
        self.put("a.png")
        self.assertEqual(self.run_program("compress", "a.png", "--formats", "webp", "--metrics", "run.prom").code, 0)
        self.samples()
        self.assertEqual(self.run_labels, {(("preset", "balanced"), ("subcommand", "compress"))})


class Slow(CliTest):
    def test_slow_items_are_named(self):
        self.put("in/slow.png", noise(200))
        self.put("in/fast.png", disc(4))
        self.assertEqual(self.convert("in", "-o", "out", "-q", "--slow", "3600").err, "")
        result = self.convert("in", "-o", "out2", "-q", "--slow", "0.001", "--no-cache")
        self.assertEqual(result.code, 0)
        self.assertRegex(result.err, r"(?m)^slow: in/slow\.png: took \d+\.\d\d s \(\w+ \d+\.\d\d, \w+ \d+\.\d\d, \w+ \d+\.\d\d\)$")


class Alerts(CliTest):
    def setUp(self):
        super().setUp()
        self.put("in/a.png")
        self.put("in/b.png", disc(20))

    def run_with(self, *arguments):
        return self.convert("in", "-o", "out", "-q", *arguments)

    def test_warnings_and_strict(self):
        result = self.run_with("--alert", "error_rate<1,item_seconds<3600")
        self.assertEqual(result.code, 0)
        self.assertRegex(result.err, r"^alert: error_rate is 0 %, under 1 %\nalert: item_seconds is \S+ s, under 3600 s\n$")
        self.assertEqual(self.run_with("--alert", "error_rate<1", "--strict").code, 3)
        self.assertEqual(self.run_with("--alert", "error_rate>1,item_seconds>3600", "--strict").code, 0)
        self.assertEqual(self.run_with("--strict").code, 0)

    def test_cpu_and_memory(self):
        result = self.run_with("--alert", "memory>100,cpu<10000", "--memory", "1M", "--strict")
        self.assertEqual(result.code, 3)
        self.assertRegex(result.err, r"alert: memory is \S+ %, over 100 %\nalert: cpu is \S+ %, under 10000 %\n")

    def test_a_failed_item_comes_first(self):
        self.put("in/bad.png", b"words")
        result = self.run_with("--alert", "error_rate>33", "--strict")
        self.assertEqual(result.code, 1)
        self.assertIn("alert: error_rate is 33.33 %, over 33 %\n", result.err)

    def test_wrong_alerts(self):
        for wrong in ("", "cpu", "cpu>x", "load>5", "cpu>5,"):
            self.assert_one_error(self.run_with("--alert", wrong), "", "--alert must be a list of cpu, memory", 2)

    def test_from_a_file(self):
        self.put("imgmill.toml", b'alert = "error_rate<1"\nstrict = true\nslow = 3600\n')
        self.assertEqual(self.run_with().code, 3)


if __name__ == "__main__":
    unittest.main()
