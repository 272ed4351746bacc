# SPDX-FileCopyrightText: imgmill authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The queue: which item comes first, how many start in a time, and what happens when memory runs out."""
import pathlib
import resource
import unittest
import zlib

from harness import CliTest, disc, png_chunk, png_header


class Order(CliTest):
    def put_some(self):
        for name, size in (("b.png", 60), ("hero/a.png", 24), ("hero/z.png", 90), ("thumb/c.png", 40)):
            self.put("in/" + name, disc(size))

    def order(self, *options):
        result = self.convert("in", "-o", "out", "-j", "1", "--json", *options)
        self.assertEqual(result.code, 0, result.err)
        return [str(pathlib.Path(name).relative_to("in")) for name in result.items]

    def test_orders(self):
        self.put_some()
        by_path = ["b.png", "hero/a.png", "hero/z.png", "thumb/c.png"]
        self.assertEqual(self.order(), by_path)
        self.assertEqual(self.order("--order", "path"), by_path)
        self.assertEqual(self.order("--order", "small-first"), ["hero/a.png", "thumb/c.png", "b.png", "hero/z.png"])
        self.assertEqual(self.order("--order=large-first"), ["hero/z.png", "b.png", "thumb/c.png", "hero/a.png"])

    def test_priorities(self):
        self.put_some()
        expected = ["thumb/c.png", "hero/a.png", "hero/z.png", "b.png"]
        rules = ["--priority", "thumb/**=high", "--priority", "hero/*=4", "--priority", "b.png=low"]
        self.assertEqual(self.order("--order", "priority", *rules), expected)
        self.assertEqual(self.order(*rules), expected)  # who gives priorities means them
        self.assertEqual(self.order("--order", "path", *rules)[0], "b.png")
        self.put("imgmill.toml", b'priority = "thumb/**=high,b.png=low"\n')
        self.assertEqual(self.order(), expected)

    def test_wrong_priorities_and_rates(self):
        self.put("a.png")
        for option, value, message in (("--priority", "hero", "must be PATTERN=LEVEL"),
                                       ("--priority", "hero=soon", "high, normal, low or a number"),
                                       ("--order", "random", "must be path, small-first"),
                                       ("--rate", "fast", "must be"), ("--cpu-limit", "120", "must be"),
                                       ("--retries", "-1", "must be")):
            result = self.convert("a.png", option, value)
            self.assertEqual(result.code, 2, result.err)
            self.assertIn(f"{option}", result.err)
            self.assertIn(message, result.err)


class Throttle(CliTest):
    def test_rate(self):
        for i in range(8):
            self.put(f"in/{i}.png", disc(16 + i))
        summary = self.convert("in", "-o", "out", "-j", "2", "--rate", "4/s", "--json").records[-1]
        self.assertEqual(summary["counts"]["written"], 8)
        self.assertGreaterEqual(summary["wall_seconds"], 0.95)  # four at once, four more in a second
        self.assertGreater(summary["throttled_seconds"]["rate"], 0)
        self.assertGreater(summary["longest_queue_ms"], summary["mean_queue_ms"])

    def test_a_bound_that_never_leaves_room_still_lets_one_item_in(self):
        for i in range(6):
            self.put(f"in/{i}.png", disc(16 + i))
        result = self.convert("in", "-o", "out", "-j", "4", "--cpu-limit", "1", "--max-load", "0.01", "--json")
        self.assertEqual(result.records[-1]["counts"]["written"], 6)
        self.assertTrue(all(item["queue_ms"] >= 0 for item in result.items.values()))

    def test_a_dry_run_is_not_held_up(self):
        for i in range(4):
            self.put(f"in/{i}.png", disc(16 + i))
        summary = self.convert("in", "-n", "--rate", "1/h", "--json").records[-1]
        self.assertEqual(summary["items"], 4)


def flat(side):
    """A large picture of few bytes, quickly drawn."""
    rows = (b"\0" + bytes(side * 3)) * side
    return png_header(side, side) + png_chunk(b"IDAT", zlib.compress(rows, 1)) + png_chunk(b"IEND", b"")


class MemoryRunsOut(CliTest):
    def limited(self, megabytes, *arguments):
        def limit():
            resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
        return self.run_program(*arguments, preexec_fn=limit)

    def test_an_item_is_done_again_with_less_and_says_so(self):
        """Under a limit that no parameter gets round both tries fail; the record shows that there were two."""
        self.put("large.png", flat(6000))
        self.put("small.png", disc(40))
        result = self.limited(100, "convert", "large.png", "small.png", "-o", "out/", "-j", "1", "--json")
        self.assertEqual(result.code, 1, result.err)
        large, small = result.items["large.png"], result.items["small.png"]
        self.assertEqual(small["status"], "written")
        self.assertNotIn("retries", small)
        self.assertEqual((large["status"], large["error"]["kind"], large["retries"]), ("failed", "memory", 1))
        self.assertRegex(large["warnings"][0], "done again alone with color_precision 4 and max_iterations 7")
        self.assertEqual(result.records[-1]["retries"], 1)

    def test_no_retries_when_none_are_wanted(self):
        self.put("large.png", flat(6000))
        result = self.limited(100, "convert", "large.png", "-o", "out/", "-j", "1", "--json", "--retries", "0")
        self.assertNotIn("retries", result.items["large.png"])


if __name__ == "__main__":
    unittest.main()
