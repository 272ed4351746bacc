# SPDX-FileCopyrightText: imgmill authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a command line is split into options, their values and operands."""
import unittest

from harness import CliTest


class CommandLine(CliTest):
    def explain(self, *arguments):
        result = self.convert(*arguments, "--explain")
        self.assertEqual(result.code, 0, result.err)
        return {line.split()[0]: line.split()[1] for line in result.out.decode().splitlines()}

    def refuse(self, pattern, *arguments):
        self.assert_one_error(self.convert(*arguments), "", pattern, 2)

    def test_an_empty_value_does_not_take_the_next_word(self):
        self.put("a.png")
        self.refuse("--output is an empty name", "--output=", "a.png")
        self.refuse("--jobs must be .*not ''", "--jobs=", "4", "a.png")
        self.refuse("--score must be on or off, not ''", "--score=", "a.png")
        self.assertEqual(self.tree(), ["a.png"])

    def test_a_switch_takes_its_own_text_only(self):
        self.put("off")
        self.assertEqual(self.explain("--score=off")["score"], "off")
        self.assertEqual(self.explain("--score", "off")["score"], "on")
        self.refuse(r"--score must be on or off, not '\{\}'", "--score={}")

    def test_an_optional_value_is_an_attached_one(self):
        self.put("a.png")
        self.assertEqual(self.convert("--json", "a.png").items["a.png"]["status"], "written")
        self.assertEqual(self.convert("--json=", "a.png").items["a.png"]["status"], "unchanged")
        for name in ("true", "{}", "=x"):
            self.assertEqual(self.convert("--json=" + name, "a.png").out, b"")
            self.assertIn(b'"summary"', (self.dir / name).read_bytes())

    def test_a_value_may_look_like_anything(self):
        for value in ("[a,b]", "--score=off", "--", "-j", "a=b", "{}"):
            shown = self.explain("--name", value)
            self.assertEqual((shown["name"], shown["score"]), (value, "off"))
        self.assertEqual(self.explain("--name=[a,b]")["name"], "[a,b]")

    def test_letters_share_a_dash(self):
        self.assertEqual(self.explain("-vj4")["jobs"], "4")
        shown = self.explain("-vj", "3")
        self.assertEqual((shown["jobs"], shown["verbose"]), ("3", "on"))
        self.refuse("-j needs a value", "-vj")
        self.refuse("no option -x", "-vx")

    def test_the_later_one_wins(self):
        self.assertEqual(self.explain("-j2", "--jobs=3", "-j", "4")["jobs"], "4")
        self.assertEqual(self.explain("--keep-going", "--fail-fast")["fail_fast"], "on")
        self.assertEqual(self.explain("--fail-fast", "--keep-going")["fail_fast"], "off")

    def test_operands_between_and_behind_options(self):
        for name in ("[a]", "[b,c]", "-d.png", "--score=off", "--"):
            self.put(name)
            self.put("in/" + name)
        result = self.convert("in/[a]", "--json", "in/[b,c]", "-o", "out/", "--", "in/--", "in/--score=off")
        self.assertEqual(set(result.items), {"in/[a]", "in/[b,c]", "in/--", "in/--score=off"})
        result = self.convert("--json", "--", "-d.png", "--score=off", "--")
        self.assertEqual(set(result.items), {"-d.png", "--score=off", "--"})
        self.assertNotIn("ssim", str(result.items))

    def test_words_that_are_no_options(self):
        for word in ("---x", "-5.png", "--!x", "- x", "-\nx", "--colr=3", b"--caf\xe9"):
            self.refuse("no option -", word)


if __name__ == "__main__":
    unittest.main()
