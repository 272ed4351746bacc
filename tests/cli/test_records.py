# SPDX-FileCopyrightText: imgmill authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Records, progress and messages, as scripts read them."""
import json
import os
import pty
import unittest

from harness import CliTest, disc


class Records(CliTest):
    def test_schema(self):
        self.put("in/a.png")
        self.put("in/b.png", disc(30))
        self.put("in/bad.png", b"words")
        result = self.convert("in", "-o", "out", "--json", "--score")
        self.assertEqual(result.code, 1)
        *items, summary = result.records
        self.assertEqual({r["schema_version"] for r in result.records}, {1})
        self.assertEqual({r["type"] for r in items}, {"item"})
        good, bad = result.items["in/a.png"], result.items["in/bad.png"]
        self.assertEqual(good["status"], "written")
        [output] = good["outputs"]
        size = (self.dir / "out/a.svg").stat().st_size
        self.assertEqual((output["path"], output["format"], output["width"], output["height"], output["bytes"]),
                         ("out/a.svg", "svg", 48, 48, size))
        self.assertGreater(output["ssim"], .9)
        self.assertLessEqual(output["worst_block"], 1)
        self.assertGreater(output["psnr"], 20)
        self.assertGreater(good["ms"]["total"], 0)
        stages = sum(v for k, v in good["ms"].items() if k != "total")
        self.assertLessEqual(stages, good["ms"]["total"] * 1.001)
        self.assertGreaterEqual(set(good["ms"]), {"read", "decode", "svg", "rasterise", "score", "write"})
        self.assertEqual(good["engine"], "color")
        self.assertNotIn("error", good)
        self.assertEqual((bad["status"], bad["error"]["kind"]), ("failed", "input"))
        self.assertIn("not an image", bad["error"]["message"])
        self.assertNotIn("outputs", bad)
        self.assertEqual(summary["type"], "summary")
        self.assertEqual((summary["items"], summary["counts"]["written"], summary["counts"]["failed"]), (3, 2, 1))
        self.assertEqual(summary["bytes_out"], sum((self.dir / f"out/{n}.svg").stat().st_size for n in "ab"))
        self.assertGreater(summary["peak_memory"], 1 << 20)
        self.assertGreater(summary["images_per_second"], 0)
        self.assertFalse(summary["interrupted"])

    def test_to_a_file(self):
        self.put("a.png")
        result = self.convert("a.png", "--json=log.ndjson")
        self.assertEqual((result.code, result.out), (0, b""))
        lines = (self.dir / "log.ndjson").read_text().splitlines()
        self.assertEqual([json.loads(line)["type"] for line in lines], ["item", "summary"])

    def test_the_switch_leaves_the_operand_alone(self):
        self.put("a.png")
        self.assertEqual(self.convert("--json", "a.png").items["a.png"]["status"], "written")

    def test_file_that_cannot_be_made(self):
        self.put("a.png")
        self.assert_one_error(self.convert("a.png", "--json=no/log"), "", "--json no/log: can't be written", 2)
        self.assertEqual(self.tree(), ["a.png"])

    def test_lost_records_are_a_failure(self):
        self.put("a.png")
        result = self.convert("a.png", "--json=/dev/full")
        self.assert_one_error(result, "", "--json: records could not be written: no space left", 1)

    def test_no_input_still_has_a_summary(self):
        result = self.convert("*.png", "--json")
        self.assertEqual(result.code, 4)
        self.assertEqual(result.records[0]["items"], 0)


class ClosedPipe(CliTest):
    def closed(self):
        reader, writer = os.pipe()
        os.close(reader)
        self.addCleanup(os.close, writer)
        return writer

    def test_records(self):
        for i in range(5):
            self.put(f"in/{i}.png")
        result = self.convert("in", "-o", "out", "--json", "-q", stdout=self.closed())
        self.assertEqual((result.code, result.err), (0, ""))
        self.assertEqual(len(self.tree()), 10)

    def test_result(self):
        self.put("a.png")
        result = self.convert("a.png", "-o", "-", stdout=self.closed())
        self.assertEqual((result.code, result.err), (0, ""))


class LostMessages(CliTest):
    def test_a_full_log_does_not_stop_the_work(self):
        self.put("in/a.png")
        self.put("in/bad.png", b"words")
        for log in "/dev/full", None:
            reader, writer = os.pipe()
            os.close(reader)
            with open(log or writer, "wb") as stream:
                process = self.start("convert", "in", "-o", "out", "--progress", "always", "-v", stderr=stream)
                process.communicate(timeout=60)
            self.assertEqual(process.returncode, 1)
            self.assert_svg((self.dir / "out/a.svg").read_bytes())
            os.remove(self.dir / "out/a.svg")
            if log:
                os.close(writer)

    def test_lost_output_is_a_failure(self):
        with open("/dev/full", "wb") as full:
            result = self.convert("--explain", stdout=full)
        self.assert_one_error(result, "", "standard output can't be written: no space left", 1)


class Console(CliTest):
    def test_one_file_says_nothing(self):
        self.put("a.png")
        result = self.convert("a.png")
        self.assertEqual((result.code, result.out, result.err), (0, b"", ""))

    def test_totals(self):
        self.put("in/a.png")
        self.put("in/b.png", disc(30))
        self.assertRegex(self.convert("in").err, r"^2 written in [\d.]+ s \([\d.]+ images/s\), .* peak memory .*\n$")
        self.assertEqual(self.convert("in", "--quiet").err, "")

    def test_quiet_still_tells_problems(self):
        self.put("bad.png", b"words")
        self.assertRegex(self.convert("bad.png", "-q").err, r"^error: bad\.png: [^\n]*\n$")

    def test_table_is_in_the_order_of_the_inputs(self):
        for name in "dacb":
            self.put(f"in/{name}.png")
        lines = self.convert("in", "-o", "out", "--table", "--score").err.splitlines()
        self.assertEqual(lines[0].split(), ["file", "engine", "SSIM", "bytes", "ms"])
        self.assertEqual([line.split()[0] for line in lines[1:6]], ["in/a.png", "in/b.png", "in/c.png", "in/d.png", "mean"])
        self.assertGreater(float(lines[1].split()[2]), .9)

    def test_progress_in_a_log_is_plain_lines(self):
        self.put("in/a.png")
        self.put("in/b.png")
        err = self.convert("in", "--progress", "always").err
        self.assertIn("progress: 2 of 2 items", err)
        self.assertNotIn("\r", err)
        self.assertNotIn("\x1b", err)
        self.assertNotIn("progress", self.convert("in", "--progress", "never").err)

    def test_bar_on_a_terminal(self):
        for i in range(3):
            self.put(f"in/{i}.png")
        for mode, wanted in (("always", True), ("never", False)):
            master, slave = pty.openpty()
            process = self.start("convert", "in", "--progress", mode, stderr=slave)
            process.communicate(timeout=60)
            os.close(slave)
            shown = b""
            try:
                while chunk := os.read(master, 4096):
                    shown += chunk
            except OSError:  # the end of a terminal
                pass
            os.close(master)
            self.assertEqual(b"[##############################] 3/3" in shown, wanted, shown)


if __name__ == "__main__":
    unittest.main()
