# SPDX-FileCopyrightText: imgmill authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the time goes: profile --apply, its report, and the files that show it."""
import collections
import json
import re
import shutil
import subprocess
import unittest
import xml.etree.ElementTree as xml

from harness import BIN, CliTest, disc, noise

SVG = "{http://www.w3.org/2000/svg}"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FILES = ("--folded", "f.txt", "--flamegraph", "f.svg", "--trace", "t.json")


class ProfileTest(CliTest):
    def profile(self, *arguments, code=0, **options):
        result = self.run_program("profile", *arguments, **options)
        self.assertEqual(result.code, code, result.err)
        return result

    def put_pictures(self):
        self.put("in/a.png", disc(96))
        self.put("in/b & <c>.png", disc(64, (0, 90, 10)))
        self.put("in/noise.png", noise(40))

    def stacks(self, name="f.txt"):
        """{tuple of frames: microseconds}"""
        lines = (self.dir / name).read_text("utf-8").splitlines()
        self.assertEqual(lines, sorted(lines, key=lambda line: line.rsplit(" ", 1)[0].split(";")))
        return {tuple(line.rsplit(" ", 1)[0].split(";")): int(line.rsplit(" ", 1)[1]) for line in lines}

    def events(self, name="t.json"):
        return json.loads((self.dir / name).read_text("utf-8"))["traceEvents"]

    def stage_rows(self, out):
        """{stage: cells} of the first table."""
        lines = out.decode("utf-8").split("Where the time goes\n")[1].split("\n\n")[0].splitlines()
        self.assertEqual(lines[0].split("  ")[0], "stage")
        return {row[0]: row[1:] for row in (re.split(r"\s{2,}", line) for line in lines[1:])}


class Report(ProfileTest):
    def test_tells_of_each_stage_and_leaves_no_result(self):
        self.put_pictures()
        before = self.tree()
        out = self.profile("in", "--apply", "convert", "-j1").out
        self.assertEqual(self.tree(), before)
        rows = self.stage_rows(out)
        self.assertGreaterEqual(set(rows), {"read", "decode", "trace", "svg", "write", "(no stage)"})
        shares = [float(cells[1].split()[0]) for cells in rows.values()]
        self.assertAlmostEqual(sum(shares), 100, delta=0.06 * len(shares))
        # The pixels at least; sanitizers count for themselves.
        size, unit = rows["decode"][3].split()
        if b"__libc_memalign" in (BIN / "imgmill-profile").read_bytes():
            self.assertGreater(float(size) * {"B": 1, "KB": 1024, "MB": 1 << 20}[unit], 3 * (96 * 96 + 64 * 64))
        text = out.decode("utf-8")
        self.assertRegex(text, r"\nBottlenecks: \w+ [\d.]+ %")
        self.assertIn("\nRecommendations:", text)

    def test_says_what_an_image_is_as_well(self):
        self.put("a.png")
        record = self.profile("a.png", "--apply", "convert", "--json", "-q").items["a.png"]
        self.assertEqual(record["status"], "measured")
        self.assertIn("features", record)
        self.assertIn("svg", [output["format"] for output in record["outputs"]])
        self.assertLessEqual({"read", "decode", "trace", "svg"}, set(record["ms"]))
        self.assertEqual(set(record["stages"]), set(record["ms"]) - {"total"})
        for figures in record["stages"].values():
            self.assertEqual(set(figures), {"cpu_ms", "allocated", "peak"})
        # A record with figures of stages is one that merge and show take.
        records = self.profile("a.png", "--apply", "convert", "--json=r.ndjson", "-q")
        self.assertEqual(self.run_program("report", "show", "r.ndjson").code, 0, records.err)

    def test_keeps_results_where_told(self):
        self.put_pictures()
        self.convert("in", "-o", "plain/", "--set", "color_precision=3")
        self.profile("in", "-o", "out/", "--apply", "convert", "--color-precision", "3")
        for name in ("a.svg", "b & <c>.svg", "noise.svg"):
            self.assertEqual((self.dir / "out" / name).read_bytes(), (self.dir / "plain" / name).read_bytes())

    def test_takes_the_options_and_settings_of_what_it_applies(self):
        self.put("a.png", disc(80))
        (self.dir / "imgmill.toml").write_text("[compress]\nformats = 'webp'\n[convert]\npath_precision = 1\n")
        record = self.profile("a.png", "--apply=compress", "--variants", "s=40", "--json", "-q").items["a.png"]
        self.assertEqual([(o["format"], o["width"]) for o in record["outputs"]], [("webp", 40)])

    def test_images_of_one_name_are_no_clash_without_results(self):
        self.put("in/a.png")
        self.put("in/a.gif.png")
        shutil.copy(self.dir / "in/a.png", self.dir / "in/a.jpg")
        self.profile("in", "--apply", "convert")

    def test_repeats(self):
        self.put_pictures()
        result = self.profile("in", "--apply", "convert", "--repeat", "3", "--json", *FILES, "-j1")
        self.assertEqual(len(result.items), 3)
        text = result.err
        self.assertIn("Stages, over the repetitions\n", text)
        items = text.split("Items, over the repetitions\n")[1].split("\n\n")[0].splitlines()
        self.assertEqual(len(items), 4)
        self.assertRegex(items[1], r"^in/a\.png +[\d.]+ +[\d.]+ +[\d.]+ %$")
        runs = collections.Counter(e["name"] for e in self.events() if e.get("cat") == "item")
        self.assertEqual(runs, {"a.png": 3, "b & <c>.png": 3, "noise.png": 3})
        self.assertNotIn("over the repetitions", self.profile("in", "--apply", "convert").out.decode())

    def test_is_quiet_when_told(self):
        self.put("a.png")
        self.assertNotIn(b"Where the time goes", self.profile("a.png", "--apply", "convert", "-q").out)

    def test_an_item_that_fails_is_told_of_and_the_rest_measured(self):
        self.put("in/a.png")
        self.put("in/bad.png", b"words")
        result = self.profile("in", "--apply", "convert", *FILES, code=1)
        self.assert_one_error(result, "in/bad.png", "not an image|image")
        self.assertIn("trace", self.stage_rows(result.out))
        self.assertEqual({frames[-1] for frames in self.stacks()}, {"in/a.png"})

    def test_recommends_what_the_figures_show(self):
        self.put("a.png", noise(160))
        text = self.profile("a.png", "--apply", "compress", "--formats", "avif", "--avif-speed", "3").out.decode()
        self.assertRegex(text, r"\n- avif: encoding AVIF takes \d+ % of the time; --avif-speed 6 ")

    def test_refuses_what_makes_no_sense(self):
        self.put("a.png")
        for arguments, message in ((("--apply", "bench"), "--apply must be convert or compress"),
                                   (("--repeat", "2"), "--repeat needs --apply"),
                                   (("--apply", "convert", "--repeat", "0"), "--repeat"),
                                   (("--apply", "convert", "--trace", "no/t.json"), "--trace no/t.json: must be"),
                                   (("--apply", "convert", "--flamegraph", "."), "--flamegraph .: must be"),
                                   (("--apply", "convert", "-"), "standard input"),
                                   (("--avif-speed", "3"), "avif-speed")):
            with self.subTest(arguments):
                result = self.profile("a.png", *arguments, code=2)
                self.assertIn(message, result.err)
                self.assertEqual(self.tree(), ["a.png"])

    def test_only_profile_counts_what_is_allocated(self):
        self.put("a.png")
        for program in ("imgmill-convert", "imgmill-compress"):
            self.assertNotIn(b"__libc_memalign", (BIN / program).read_bytes())
        self.assertNotIn("stages", self.convert("a.png", "--json").items["a.png"])


class Files(ProfileTest):
    def test_agree_with_each_other_and_the_stages(self):
        self.put_pictures()
        items = self.profile("in", "--apply", "convert", "--score", "--json", "-q", "-j1", *FILES).items
        stacks, events = self.stacks(), self.events()
        for path, item in items.items():
            own = {frames[1:-1]: time for frames, time in stacks.items() if frames[-1] == path}
            self.assertEqual({frames[0] for frames in stacks}, {"convert"})
            ms = item["ms"]
            # Rounded to a microsecond for each stack; a stage may be in several.
            self.assertAlmostEqual(sum(own.values()) / 1000, ms["total"], delta=0.001 * len(own) + 0.001)
            by_stage = collections.Counter()
            for frames, time in own.items():
                by_stage[frames[-1]] += time / 1000
            for stage, time in ms.items():
                if stage != "total":
                    self.assertAlmostEqual(by_stage[stage], time, delta=0.002, msg=stage)
            self.assertIn("trace", {frames[0] for frames in own if len(frames) > 1})
            # The events have inner stages included.
            mine = [e for e in events if e["ph"] == "X" and e["args"].get("input") == path]
            whole = next(e for e in mine if e["cat"] == "item")
            self.assertAlmostEqual(whole["dur"] / 1000, ms["total"], delta=0.001)
            inner = sum(sum(own[f] for f in own if f[0] == stage) for stage in ("trace",)) / 1000
            traced = sum(e["dur"] for e in mine if e["name"] == "trace") / 1000
            self.assertAlmostEqual(traced, inner, delta=0.001 * len(own))

    def test_stages_are_nearly_all_of_the_time(self):
        for i in range(4):
            self.put(f"in/{i}.png", noise(60, i + 1))
        result = self.profile("in", "--apply", "convert", "--json", "-q", "-j1")
        items = result.items
        stages = sum(sum(item["ms"].values()) - item["ms"]["total"] for item in items.values())
        total = sum(item["ms"]["total"] for item in items.values())
        looking = sum(item["look_ms"] for item in items.values())
        self.assertLessEqual(stages, total * 1.0001)
        self.assertGreater(looking, 0)
        self.assertLessEqual(total + looking, 1000 * result.records[-1]["wall_seconds"] + 1)
        self.assertGreater(stages, 0.9 * total)  # usually more than 0.99; what else runs here may come between

    def test_events_are_as_the_format_says(self):
        self.put_pictures()
        self.profile("in", "--apply", "compress", "--formats", "webp,jpeg", "-j2", *FILES)
        events = self.events()
        phases = collections.Counter(event["ph"] for event in events)
        self.assertEqual(set(phases), {"M", "X", "C"})
        lanes = {e["tid"]: e["args"]["name"] for e in events if e["name"] == "thread_name"}
        self.assertEqual(sorted(lanes.values()), [f"worker {i + 1}" for i in range(len(lanes))])
        self.assertLessEqual(len(lanes), 3)
        for event in events:
            self.assertEqual(event["pid"], 1)
            self.assertIsInstance(event["tid"], int)
            if event["ph"] == "X":
                self.assertIn(event["tid"], lanes)
            if event["ph"] in "XC":
                self.assertGreaterEqual(event["ts"], 0)
        self.assertEqual(min(e["ts"] for e in events if "ts" in e), 0)
        for tid in lanes:  # what overlaps on a lane lies one within the other
            open_until = []
            spans = sorted(((round(e["ts"] * 1000), round(e["dur"] * 1000)) for e in events
                            if e["ph"] == "X" and e["tid"] == tid), key=lambda s: (s[0], -s[1]))
            for start, duration in spans:
                while open_until and open_until[-1] <= start:
                    open_until.pop()
                if open_until:
                    self.assertLessEqual(start + duration, open_until[-1])
                open_until.append(start + duration)
        counters = collections.defaultdict(list)
        for event in events:
            if event["ph"] == "C":
                counters[event["name"]].append(event)
        self.assertEqual(set(counters), {"resident memory", "items"})
        self.assertTrue(all(e["args"]["bytes"] > 1 << 20 for e in counters["resident memory"]))
        flying = [e["args"]["in flight"] for e in counters["items"]]
        self.assertLessEqual(max(flying), 2)
        self.assertGreaterEqual(min(flying), 0)
        self.assertEqual(counters["items"][-1]["args"], {"in flight": 0, "waiting": 0})

    def test_the_flame_graph_is_xml_and_its_frames_stand_in_their_own(self):
        self.put_pictures()
        self.profile("in", "--apply", "convert", *FILES, "-j1")
        root = xml.parse(self.dir / "f.svg").getroot()
        self.assertEqual(root.tag, SVG + "svg")
        frames = []
        for group in root.iter(SVG + "g"):
            rect, title = group.find(SVG + "rect"), group.find(SVG + "title").text
            frames.append((group.get("data-n"), float(rect.get("x")), float(rect.get("y")), float(rect.get("width"))))
            self.assertTrue(title.startswith(group.get("data-n") + ": "), title)
        self.assertIn("in/b & <c>.png", {frame[0] for frame in frames})
        self.assertEqual(frames[0], ("all", 10, max(frame[2] for frame in frames), 1180))
        total = sum(self.stacks().values())
        trace = sum(time for stack, time in self.stacks().items() if stack[1] == "trace")
        drawn = next(frame for frame in frames if frame[0] == "trace")
        self.assertAlmostEqual(drawn[3] / 1180, trace / total, delta=0.002)
        for name, x, y, width in frames[1:]:
            self.assertTrue(any(oy == y + 18 and ox <= x + 0.01 and x + width <= ox + w + 0.01
                                for _, ox, oy, w in frames), name)

    def test_without_work_they_show_profiles_own(self):
        self.put_pictures()
        out = self.profile("in", *FILES, "--no-cache").out
        self.assertNotIn(b"Where the time goes", out)
        self.assertEqual({frames[0] for frames in self.stacks()}, {"profile"})
        self.assertIn("decode", {frames[1] for frames in self.stacks()})

    def test_are_written_for_a_file_of_any_name(self):
        self.put(b"in/a;b \"c\" \xff\n.png")
        self.profile("in", "--apply", "convert", *FILES)
        xml.parse(self.dir / "f.svg")
        self.assertEqual({frames[-1] for frames in self.stacks()}, {'in/a\\x3bb "c" \\xff\\n.png'})
        self.assertIn('a;b "c" \ufffd\n.png', {event["name"] for event in self.events()})


@unittest.skipUnless(CHROMIUM, "no Chromium is installed")
class InChromium(ProfileTest):
    # Notes errors, clicks a frame in the middle of the graph, and reads the events as a page would.
    PAGE = """<!DOCTYPE html><meta charset="utf-8"><script>
var problems = []; window.onerror = function (text) { problems.push(text); };
</script>%s<script id="events" type="application/json">%s</script><pre id="result"></pre><script>
function frame(name) { return document.querySelector('.f[data-n="' + name + '"]'); }
function width(name) { return +frame(name).querySelector('rect').getAttribute('width'); }
function click(name) { frame(name).dispatchEvent(new MouseEvent('click', {bubbles: true})); }
var result = {before: width('trace'), label: frame('trace').querySelector('text').textContent};
click('trace');
result.after = width('trace'); result.below = width('convert');
result.decode = frame('decode').style.display;
document.dispatchEvent(new KeyboardEvent('keydown', {key: 'Escape'}));
result.back = width('trace');
result.events = JSON.parse(document.getElementById('events').textContent).traceEvents.length;
result.problems = problems;
document.getElementById('result').textContent = JSON.stringify(result);
</script>"""

    def chromium(self, *arguments):
        return subprocess.run([CHROMIUM, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                               f"--user-data-dir={self.dir / 'profile'}", "--hide-scrollbars", *arguments],
                              capture_output=True, timeout=120, check=True, cwd=self.dir)

    def setUp(self):
        super().setUp()
        self.put_pictures()
        self.profile("in", "--apply", "convert", *FILES, "-j1")

    def test_a_click_zooms_and_escape_goes_back(self):
        graph = (self.dir / "f.svg").read_text("utf-8")
        events = (self.dir / "t.json").read_text("utf-8").replace("</", "<\\/")
        (self.dir / "page.html").write_text(self.PAGE % (graph, events), "utf-8")
        dom = self.chromium("--dump-dom", (self.dir / "page.html").as_uri()).stdout.decode("utf-8")
        result = json.loads(re.search(r'<pre id="result">(.*?)</pre>', dom, re.S)[1])
        self.assertEqual(result["problems"], [])
        self.assertEqual(result["label"], "trace")
        self.assertLess(result["before"], 1180)
        self.assertAlmostEqual(result["after"], 1180, delta=1e-6)
        self.assertEqual(result["below"], 1180)
        self.assertEqual(result["decode"], "none")
        self.assertAlmostEqual(result["back"], result["before"], delta=1e-6)
        self.assertEqual(result["events"], len(self.events()))

    def test_it_opens_by_itself(self):
        self.chromium(f"--screenshot={self.dir / 'shot.png'}", "--window-size=1200,200", (self.dir / "f.svg").as_uri())
        self.assertEqual((self.dir / "shot.png").read_bytes()[:8], b"\x89PNG\r\n\x1a\n")


if __name__ == "__main__":
    unittest.main()
