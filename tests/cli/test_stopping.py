# SPDX-FileCopyrightText: imgmill authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ends before the end: Ctrl-C, --fail-fast."""
import json
import os
import signal
import unittest

from harness import CliTest, disc


class Interrupt(CliTest):
    def start_many(self, count=400, **options):
        first = self.put("in/0000.png", disc(160))
        for i in range(1, count):
            os.link(first, self.dir / f"in/{i:04}.png")
        # Unbuffered: communicate() doesn't see what a buffered readline() read beyond its line.
        return self.start("convert", "in", "-o", "out", "-j", "2", "--json", "--no-cache", bufsize=0, **options)

    def interrupted(self, number):
        process = self.start_many()
        first = process.stdout.readline()  # at least one item is done, and most are not
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
        return process.returncode, [json.loads(line) for line in (first + out).splitlines()], err.decode()

    def check(self, number):
        code, records, err = self.interrupted(number)
        self.assertEqual(code, 130, err)
        *items, summary = records
        self.assertEqual((summary["type"], summary["interrupted"]), ("summary", True))
        self.assertEqual(len(items), 400)
        written = [r["outputs"][0]["path"] for r in items if r["status"] == "written"]
        skipped = [r for r in items if r["status"] == "skipped"]
        self.assertEqual((len(written), len(skipped)), (summary["counts"]["written"], summary["counts"]["skipped"]))
        self.assertGreater(len(skipped), 0)
        self.assertEqual({r["error"]["kind"] for r in skipped}, {"cancelled"})
        self.assertIn(f"interrupted: {len(written)} of 400 items were done", err)
        self.assertNotIn("error:", err)
        # What was finished is there, whole; nothing else is, no temporary file either.
        self.assertEqual(sorted(written), [n for n in self.tree() if n.startswith("out")])
        for name in written:
            self.assert_svg((self.dir / name).read_bytes())

    def test_interrupt(self):
        self.check(signal.SIGINT)

    def test_terminate(self):
        self.check(signal.SIGTERM)

    def test_second_interrupt_ends_at_once_and_leaves_no_temporary_file(self):
        process = self.start_many()
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130)
        for name in self.tree():
            self.assertRegex(name, r"^(in/\d+\.png|out/\d+\.svg)$")

    def test_ignored_interrupt_stays_ignored(self):
        process = self.start_many(40, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN))
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, 0)


class FailFast(CliTest):
    def put_many(self):
        self.put("in/000.png", b"words")
        for i in range(1, 60):
            self.put(f"in/{i:03}.png")

    def test_fail_fast(self):
        self.put_many()
        result = self.convert("in", "-o", "out", "-j", "1", "--fail-fast", "--json", "--no-cache")
        self.assertEqual(result.code, 1)
        summary = result.records[-1]
        self.assertEqual(summary["counts"]["failed"], 1)
        self.assertGreater(summary["counts"]["skipped"], 40)
        self.assertFalse(summary["interrupted"])
        self.assertEqual(len(result.items), 60)

    def test_keep_going_is_the_default(self):
        self.put_many()
        summary = self.convert("in", "-o", "out", "--json", "--no-cache").records[-1]
        self.assertEqual((summary["counts"]["failed"], summary["counts"]["written"]), (1, 59))


if __name__ == "__main__":
    unittest.main()
