# SPDX-FileCopyrightText: imgmill authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shards of a batch, their records joined, and records shown."""
import html.parser
import json
import pathlib
import re
import shutil
import unittest

from harness import CliTest, disc

# What no two runs have in common: times, and the memory that a process grew to.
MEASURED = {"ms", "queue_ms", "mean_queue_ms", "longest_queue_ms", "wall_seconds", "images_per_second", "cpu_seconds",
            "throttled_seconds", "peak_memory"}


def without_measured(record):
    return {key: value for key, value in record.items() if key not in MEASURED}


def read(path):
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


class ShardTest(CliTest):
    def put_tree(self, folder="in", count=11):
        for i in range(count):
            self.put(f"{folder}/{'deep/' * (i % 3)}{i}.png", disc(16 + i))
        self.put(f"{folder}/bad.png", b"words")
        self.put(f"{folder}/deep.png", disc(40))  # no two alike: the second would come from the cache

    def run_batch(self, *arguments):
        """As if nothing had run before."""
        shutil.rmtree(self.dir / "cache", ignore_errors=True)
        result = self.run_program(*arguments, "--json", "-q", env={"XDG_CACHE_HOME": str(self.dir / "cache")})
        self.assertIn(result.code, (0, 1, 3), result.err)  # the bad one is in one shard, what is too large in some
        return result

    def inputs_of(self, folder, shard):
        items = self.convert(folder, "-o", "out", "--dry-run", "--json", "--shard", shard).items
        return {str(pathlib.PurePath(name).relative_to(folder)) for name in items}


class OneRun(ShardTest):
    def check(self, *arguments):
        one = self.run_batch(*arguments).records
        *items, summary = map(without_measured, one)
        self.assertEqual(summary["items"], 13)
        self.assertGreater(summary["gates_failed"], 0)
        wanted = sorted(items, key=lambda record: pathlib.PurePath(record["input"]).parts)
        for of in (1, 2, 3, 7):
            shutil.rmtree(self.dir / "out")
            files = []
            for part in range(1, of + 1):
                result = self.run_batch(*arguments, "--shard", f"{part}/{of}")
                if of > 1:
                    self.assertEqual(result.records[-1]["shard"], f"{part}/{of}")
                files.append(self.put(f"{part}.ndjson", result.out))
            merged = self.run_program("report", "merge", *files, "-o", "whole.ndjson")
            self.assertEqual((merged.code, merged.out, merged.err), (0, b"", ""))
            *joined, joined_summary = map(without_measured, read(self.dir / "whole.ndjson"))
            self.assertEqual(joined, wanted)
            self.assertEqual(joined_summary, summary)
            # The order in which the shards are named doesn't matter.
            again = self.run_program("report", "merge", *reversed(files))
            self.assertEqual(again.out, (self.dir / "whole.ndjson").read_bytes())

    def test_convert(self):
        self.put_tree()
        self.check("convert", "in", "-o", "out", "--score", "--max-bytes", "200")

    def test_compress(self):
        self.put_tree()
        self.check("compress", "in", "-o", "out", "--formats", "webp,jpeg", "--variants", "small=10,full=0", "--score",
                   "--min-ssim", "0.99")

    def test_times_are_those_of_runs_side_by_side(self):
        self.put_tree()
        files = [self.put(f"{i}.ndjson", self.run_batch("convert", "in", "-o", "out", "--shard", f"{i}/2").out)
                 for i in (1, 2)]
        shards = [read(path)[-1] for path in files]
        whole = self.run_program("report", "merge", *files).records[-1]
        self.assertEqual(whole["wall_seconds"], max(s["wall_seconds"] for s in shards))
        self.assertEqual(whole["peak_memory"], max(s["peak_memory"] for s in shards))
        self.assertAlmostEqual(whole["cpu_seconds"], sum(s["cpu_seconds"] for s in shards), 3)
        self.assertNotIn("shard", whole)


class Shards(ShardTest):
    def test_parts_are_disjoint_and_stay_when_files_come(self):
        self.put_tree()
        before = [self.inputs_of("in", f"{i}/3") for i in (1, 2, 3)]
        self.assertEqual(sum(map(len, before)), 13)
        self.assertEqual(len(set().union(*before)), 13)
        self.assertTrue(all(before))
        for i in range(20):
            self.put(f"in/deep/new{i}.png")
        (self.dir / "in/0.png").unlink()
        for old, new in zip(before, (self.inputs_of("in", f"{i}/3") for i in (1, 2, 3))):
            self.assertLessEqual(old - {"0.png"}, new)

    def test_where_the_tree_lies_does_not_matter(self):
        self.put_tree("in")
        self.put_tree("else/where")
        for i in (1, 2):
            self.assertEqual(self.inputs_of("in", f"{i}/2"), self.inputs_of("else/where", f"{i}/2"))

    def test_an_empty_shard_is_well(self):
        self.put("in/a.png")
        codes = [self.convert("in", "-o", "out", "--json", "--shard", f"{i}/5") for i in range(1, 6)]
        self.assertEqual([r.code for r in codes], [0] * 5)
        self.assertEqual(sum(r.records[-1]["items"] for r in codes), 1)
        self.assertEqual(self.convert("none/*.png", "--shard", "1/5").code, 4)

    def test_what_clashes_does_so_in_every_shard(self):
        self.put("in/a.png")
        self.put("in/a.jpg")
        for i in (1, 2, 3):
            self.assert_one_error(self.convert("in", "-o", "out", "--shard", f"{i}/3"), "", "would both write", 2)

    def test_wrong_shards(self):
        self.put("a.png")
        for wrong in ("", "2", "0/2", "3/2", "1/0", "a/b", "1/2/3"):
            self.assert_one_error(self.convert("a.png", "--shard", wrong), "", "--shard must be I/N", 2)
        self.assert_one_error(self.run_program("compress", "a.png", "--shard=9/2"), "", "--shard must be I/N", 2)

    def test_from_the_environment(self):
        self.put_tree()
        shard = self.convert("in", "-o", "out", "--json", "-n", env={"IMGMILL_SHARD": "2/2"}).items
        self.assertEqual(set(shard), {f"in/{name}" for name in self.inputs_of("in", "2/2")})


class Merge(ShardTest):
    def setUp(self):
        super().setUp()
        self.put_tree()
        self.files = [self.put(f"{i}.ndjson", self.run_batch("convert", "in", "-o", "out", "--shard", f"{i}/2").out)
                      for i in (1, 2)]

    def merge(self, *files):
        return self.run_program("report", "merge", *files)

    def refuse(self, pattern, *files, code=1):
        result = self.merge(*files)
        self.assert_one_error(result, "", pattern, code)
        self.assertEqual(result.out, b"")

    def test_keys_of_other_versions_stay(self):
        lines = self.files[0].read_text().splitlines()
        lines[0] = lines[0].replace('"type"', '"new": {"b": 1, "a": [2]}, "type"')
        self.files[0].write_text("\n".join(lines))
        self.assertIn(lines[0], self.merge(*self.files).out.decode().splitlines())

    def test_a_shard_that_was_killed(self):
        whole = self.files[1].read_bytes()
        *items, _ = whole.splitlines(keepends=True)
        self.files[1].write_bytes(b"".join(items))
        result = self.merge(*self.files)
        self.assertEqual(result.code, 3)
        self.assertEqual(result.err, f"warning: {self.files[1]} has no summary: its run was ended early, and some of its "
                                     "items may be missing\nwarning: there is no summary of shard 2/2\n")
        self.assertEqual((result.records[-1]["items"], result.records[-1]["interrupted"]), (13, True))
        self.files[1].write_bytes(b"".join(items)[:-20])
        result = self.merge(*self.files)
        self.assertEqual((result.code, result.records[-1]["items"]), (3, 12))
        self.assertIn("ends in the middle of a record", result.err)

    def test_a_missing_shard(self):
        result = self.merge(self.files[0])
        self.assertEqual((result.code, result.err), (3, "warning: there is no summary of shard 2/2\n"))

    def test_lost_lines(self):
        lines = self.files[0].read_bytes().splitlines(keepends=True)
        self.files[0].write_bytes(b"".join(lines[1:]))
        result = self.merge(*self.files)
        self.assertEqual(result.code, 3)
        self.assertRegex(result.err, r"1\.ndjson has \d+ items, but \d+ by its summary")

    def test_repeats(self):
        self.refuse("stands in .*1.ndjson twice", self.files[0], self.files[0])
        copy = self.put("copy.ndjson", self.files[0].read_bytes())
        self.refuse("stands in both .*1.ndjson and .*copy.ndjson", self.files[0], copy)

    def test_several_runs_in_one_file(self):
        both = self.put("both.ndjson", b"".join(path.read_bytes() for path in self.files))
        self.assertEqual(self.merge(both).out, self.merge(*self.files).out)
        with open(both, "rb") as stream:
            self.assertEqual(self.run_program("report", "merge", "-", stdin=stream.read()).out, self.merge(both).out)

    def test_what_is_no_record(self):
        other = self.put("x.ndjson", self.files[0].read_bytes().replace(b'"schema_version": 1', b'"schema_version": 2'))
        self.refuse("x.ndjson: line 1: it has schema_version 2, and this imgmill reads 1", other)
        self.refuse(r"a.png: line 1: it is no JSON object", self.put("a.png"))
        self.refuse("no.ndjson: .*no such file", "no.ndjson")
        self.refuse("in: .*is a folder|in: .*directory", "in")

    def test_usage(self):
        for arguments, pattern in (((), "merge, show, compare or trend"), (("fold", "x"), "merge, show, compare or trend, not 'fold'"),
                                   (("merge",), "no RECORDS"), (("show", "--format", "pdf", "x"), "--format must be text"),
                                   (("merge", "--format", "html", "x"), "--format belongs to show")):
            self.assert_one_error(self.run_program("report", *arguments), "", pattern, 2)
        self.assertEqual(self.run_program("report", "--help").code, 0)
        self.assertIn("report", self.run_program("--help").out.decode())
        self.assert_one_error(self.merge(self.files[0], "-o", "no/x"), "", "-o no/x: ", 1)


class Tags(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.seen, self.text = [], set(), ""

    def handle_starttag(self, tag, attributes):
        self.seen.add(tag)
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, tag

    def handle_data(self, data):
        self.text += data


class Show(ShardTest):
    def setUp(self):
        super().setUp()
        self.put("in/a.png")
        self.put("in/<b>|*_`x`&.png", disc(46))
        self.put("in/bad.png", b"words")
        self.put("run.ndjson", self.run_batch("convert", "in", "-o", "out", "--score").out)

    def show(self, *arguments):
        result = self.run_program("report", "show", "run.ndjson", *arguments)
        self.assertEqual((result.code, result.err), (0, ""))
        return result.out.decode()

    def test_text(self):
        text = self.show()
        self.assertRegex(text, r"^imgmill convert, preset balanced\n")
        self.assertRegex(text, r"\nitems +3: 2 written, 1 failed\n")
        self.assertRegex(text, r"\nin/bad.png +input +.*not an image")
        self.assertRegex(text, r"\nin/a.png +written +color +48 x 48 +0\.\d{4} +\d+ +\d+\.\d\n")
        self.assertRegex(text, r"\ndecode +\d+\.\d{3} +\d+\.\d %\n")
        self.assertIn("in/<b>|*_`x`&.png", text)

    def test_markdown(self):
        text = self.show("--format", "markdown")
        for table in re.findall(r"(?:^\|.*\n)+", text, re.M):
            columns = {len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}
            self.assertEqual(len(columns), 1, table)
        self.assertIn(r"in/\<b\>\|\*\_\`x\`\&.png", text)
        self.assertIn("| --- | --- | --- | ---: |", text)

    def test_html(self):
        self.assertEqual(self.show("--format", "html", "-o", "report.html"), "")
        page = (self.dir / "report.html").read_text("utf-8")
        tags = Tags()
        tags.feed(page)
        tags.close()
        self.assertEqual(tags.open, [])
        self.assertIn("in/<b>|*_`x`&.png", tags.text)
        self.assertNotIn("b", tags.seen)
        self.assertIn("table", tags.seen)
        self.assertFalse(tags.seen & {"script", "link", "img", "iframe"})
        self.assertNotRegex(page, r"https?://|url\(")
        self.assertIn("prefers-color-scheme: dark", page)

    def test_json(self):
        whole = json.loads(self.show("--format", "json"))
        *items, summary = read(self.dir / "run.ndjson")
        self.assertEqual(sorted(map(str, whole["items"])), sorted(map(str, items)))
        self.assertEqual(whole["summary"]["counts"], summary["counts"])

    def test_an_empty_run(self):
        self.put("run.ndjson", self.convert("none/*.png", "--json").out)
        self.assertIn("0: nothing", self.show())
        self.assertEqual(json.loads(self.show("--format", "json"))["items"], [])


if __name__ == "__main__":
    unittest.main()
