# SPDX-FileCopyrightText: imgmill authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The recipes of scripts/ci, copied into a git repository as docs/ci.md says, and what their jobs run, run there."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import unittest

from harness import BIN, TIMEOUT, CliTest, Result, disc

try:
    import yaml
except ImportError:
    yaml = None

SOURCE = pathlib.Path(os.environ["IMGMILL_SOURCE_DIR"])
RECIPES = SOURCE / "scripts" / "ci"
ODD_NAMES = ("-dash.png", "a b.png", "line\nbreak.png", "glob[1]*.png", "under/-o.png", "quote\"'$x.png")


class CiTest(CliTest):
    def setUp(self):
        super().setUp()
        (self.dir / "ci").mkdir()
        for name in ("imgmill-ci", "pre-commit"):
            shutil.copy(RECIPES / name, self.dir / "ci" / name)
        self.put("art/a.png", disc(40))
        self.put("art/b.png", disc(32, (0, 90, 10)))

    def shell(self, *command, code=0, path=f"{BIN}:{os.environ['PATH']}", **env):
        identity = {f"GIT_{who}_{what}": "nobody@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        process = subprocess.run(command, cwd=self.dir, capture_output=True, timeout=TIMEOUT,
                                 env=self.environment({"PATH": path, "GIT_CONFIG_NOSYSTEM": "1", **identity, **env}))
        result = Result(process.returncode, process.stdout, process.stderr)
        self.assertEqual(result.code, code, result.err)
        return result

    def ci(self, *arguments, **options):
        return self.shell("ci/imgmill-ci", *arguments, **options)

    def without_imgmill(self):
        """A PATH of what the scripts need but imgmill."""
        folder = self.dir / "bin"
        folder.mkdir()
        for name in ("bash", "env", "git", "sh"):
            (folder / name).symlink_to(shutil.which(name))
        return str(folder)

    def edit_script(self, old, new):
        path = self.dir / "ci" / "imgmill-ci"
        text = path.read_text("utf-8")
        self.assertIn(old, text)
        path.write_text(text.replace(old, new), "utf-8")


class Script(CiTest):
    def test_check_tells_whether_results_are_what_the_images_give(self):
        self.assertEqual(self.ci("make").err, "")
        self.assertEqual(self.ci("check").err, "")
        self.put("art/a.png", disc(44))
        (self.dir / "svg/b.svg").unlink()
        before = self.tree()
        result = self.ci("check", code=3)
        self.assertEqual(self.tree(), before)
        self.assertEqual({line.split()[1] for line in result.err.splitlines() if line.startswith("gate: ")},
                         {"art/a.png:", "art/b.png:"})
        self.assertEqual(result.errors, ["error: the results are not what the images give (ci/imgmill-ci make, then git add)"])
        self.ci("make")
        self.ci("check")

    def test_names_of_every_kind(self):
        for name in ODD_NAMES:
            self.put(f"-art [1]\n/{name}", disc(20))
        names = {"ASSETS_IMAGES": "-art [1]\n", "ASSETS_RESULTS": "-o $x\n"}
        self.ci("make", **names)
        self.assertEqual(len(list((self.dir / "-o $x\n").rglob("*.svg"))), len(ODD_NAMES))
        self.ci("check", **names)
        (self.dir / "-o $x\n" / "-dash.svg").unlink()
        self.ci("check", code=3, **names)

    def test_exit_codes_come_through(self):
        self.ci(code=2)
        self.ci("nosuch", code=2)
        self.ci("check", "--nosuch", code=2)
        self.put("art/broken.png", b"no picture")
        self.assertEqual(len(self.ci("make", code=1).errors), 1)
        (self.dir / "none").mkdir()
        self.ci("check", code=4, ASSETS_IMAGES="none")
        self.assertEqual(self.ci("check", code=127, path=self.without_imgmill()).out, b"")

    def test_options_and_presets_are_those_of_the_repository(self):
        self.edit_script("options=()", "options=(--name '{stem} x.{ext}' --path-precision 1)")
        self.put("ci/own.toml", b"[convert]\ncolor_precision = 4\n")
        self.ci("make", ASSETS_PRESET="ci/own.toml")
        self.assertTrue((self.dir / "svg/a x.svg").exists())
        self.ci("check", ASSETS_PRESET="ci/own.toml")

    def test_the_work_may_be_compressing(self):
        self.edit_script("options=()", "options=(--formats webp)")
        self.ci("make", ASSETS_WORK="compress", ASSETS_RESULTS="img")
        self.assertEqual([p.name for p in (self.dir / "img").iterdir()].count("a.webp"), 1)
        self.ci("check", ASSETS_WORK="compress", ASSETS_RESULTS="img")
        self.ci("baseline", ASSETS_WORK="compress")
        self.ci("gate", ASSETS_WORK="compress")


class Gate(CiTest):
    def test_without_a_baseline(self):
        result = self.ci("gate", code=2)
        self.assertEqual(result.err.splitlines(), result.errors)
        self.assertIn("ci/imgmill-ci baseline makes it", result.errors[0])

    def test_what_is_worse_is_refused(self):
        self.ci("baseline")
        self.assertEqual(self.ci("gate", "--json=bench.ndjson").errors, [])
        shutil.copy(self.dir / "bench.ndjson", self.dir / "ci/baseline.ndjson")  # a gate's own record is a baseline too
        self.ci("gate")
        self.edit_script("options=()", "options=(--path-precision 1 --length-threshold 10)")
        result = self.ci("gate", code=3)
        self.assertRegex(result.err, r"gate: balanced: ssim -0\.\d+, allowed -0.0020: regression")
        self.assertEqual(len(result.errors), 1)
        self.ci("baseline")
        self.ci("gate")

    def test_only_what_is_measured_in_time_needs_the_same_machine(self):
        self.ci("baseline")
        path = self.dir / "ci/baseline.ndjson"
        records = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        records[0]["machine"]["cpu"] = "Z80"
        path.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
        self.ci("gate")
        self.assertIn("the processor was Z80", self.ci("gate", code=2, ASSETS_RULES="bytes>+2%,time>+10%").errors[0])


class Hook(CiTest):
    def setUp(self):
        super().setUp()
        self.shell("git", "init", "-q")
        self.shell("ln", "-s", "../../ci/pre-commit", ".git/hooks/pre-commit")

    def commit(self, *arguments, code=0, **options):
        return self.shell("git", "commit", "-q", "-m", "x", *arguments, code=code, **options)

    def test_a_commit_has_the_results_of_its_images(self):
        self.shell("git", "add", "art")
        self.assertIn("svg/a.svg is missing", self.commit(code=1).err)  # the very first one
        self.ci("make")
        self.commit(code=1)  # made, but not added
        self.shell("git", "add", "svg")
        self.assertEqual(self.commit().err, "")
        self.put("art/a.png", disc(44))
        self.ci("make")
        self.shell("git", "add", "art")
        self.assertEqual(len(self.commit(code=1).errors), 1)  # what is in the work tree doesn't help
        self.commit("-a")
        self.shell("git", "rm", "-q", "--cached", "svg/a.svg")
        self.commit(code=1)
        self.shell("git", "reset", "-q")
        self.assertEqual(self.shell("git", "status", "--porcelain", "--", "art", "svg").out, b"")

    def test_changes_that_are_not_staged_do_no_harm(self):
        self.ci("make")
        self.shell("git", "add", "art", "svg")
        self.put("art/a.png", disc(44))
        self.put("art/broken.png", b"no picture")
        self.commit()

    def test_settings_count(self):
        self.ci("make")
        self.shell("git", "add", "art", "svg")
        self.commit()
        self.put("imgmill.toml", b"[convert]\npath_precision = 1\n")
        self.shell("git", "add", "imgmill.toml")
        self.commit(code=1)
        self.ci("make")
        self.commit("-a")

    def test_other_commits_run_nothing(self):
        self.put("readme.txt", b"")
        self.shell("git", "add", "readme.txt")
        self.commit(path=self.without_imgmill())

    def test_names_of_every_kind(self):
        for name in ODD_NAMES:
            self.put(f":art\n/{name}", disc(20))
        names = {"ASSETS_IMAGES": ":art\n", "ASSETS_RESULTS": "-o $x"}
        self.ci("make", **names)
        self.shell("git", "add", "--all")
        self.commit(**names)
        (self.dir / "-o $x" / "-dash.svg").unlink()
        self.commit("-a", code=1, **names)

    def test_no_copy_is_left(self):
        (self.dir / "tmp").mkdir()
        self.shell("git", "add", "art")
        self.commit(code=1, TMPDIR=str(self.dir / "tmp"))
        self.assertEqual(list((self.dir / "tmp").iterdir()), [])


class Jobs(CiTest):
    """What the two services would run, in their shell, for each part of a matrix."""

    def run_steps(self, text, **env):
        self.shell("bash", "-e", "-o", "pipefail", "-c", text, **env)

    def steps(self, name, pattern):
        return re.findall(pattern, (RECIPES / name).read_text("utf-8"), re.M)

    def put_results(self):
        self.ci("make")
        self.ci("baseline")

    def assert_whole(self, report):
        for name in ("art/a.png", "art/b.png"):
            self.assertIn(name, report)

    def test_github(self):
        steps = self.steps("github.yml", r"^ +- run: (.*)$")
        self.assertEqual([step.split()[1] for step in steps], ["check", "report", "gate"])
        check, report, gate = steps
        self.put_results()
        for part in "123":
            self.run_steps(check.replace("${{ matrix.part }}", part).replace("${{ strategy.job-total }}", "3"))
        self.run_steps(report, GITHUB_STEP_SUMMARY=str(self.dir / "summary.md"))
        self.assert_whole((self.dir / "summary.md").read_text("utf-8"))
        self.run_steps(gate)
        self.assertEqual({p.name for p in self.dir.glob("bench.*")}, {"bench.html", "bench.ndjson"})

    def test_gitlab(self):
        steps = self.steps("gitlab.yml", r"^    - (.*)$")
        self.assertEqual([step.split()[1] for step in steps], ["check", "report", "gate"])
        check, report, gate = steps
        self.put_results()
        for part in "123":
            self.run_steps(check, CI_NODE_INDEX=part, CI_NODE_TOTAL="3")
        self.run_steps(report)
        self.assert_whole((self.dir / "images.html").read_text("utf-8"))
        self.run_steps(gate)
        self.assertEqual({p.name for p in self.dir.glob("bench.*")}, {"bench.html", "bench.ndjson"})

    def test_a_part_with_a_stale_result_fails_and_the_report_names_it(self):
        self.put_results()
        (self.dir / "svg/b.svg").unlink()
        codes = set()
        for part in "123":
            step = f"ci/imgmill-ci check --shard {part}/3 --json=shard-{part}.ndjson || echo $? > code"
            self.run_steps(step)
            codes.add((self.dir / "code").read_text().strip() if (self.dir / "code").exists() else "0")
            (self.dir / "code").unlink(missing_ok=True)
        self.assertEqual(codes, {"0", "3"})
        self.run_steps(self.steps("gitlab.yml", r"^    - (.*)$")[1])
        self.assertIn("svg/b.svg is missing", (self.dir / "images.html").read_text("utf-8"))

    @unittest.skipUnless(yaml, "there is no python3-yaml")
    def test_the_files_are_yaml_of_the_right_shape(self):
        github = yaml.safe_load((RECIPES / "github.yml").read_text("utf-8"))
        runs = [step["run"] for job in github["jobs"].values() for step in job["steps"] if "run" in step]
        self.assertEqual(runs, self.steps("github.yml", r"^ +- run: (.*)$"))
        for job in github["jobs"].values():
            self.assertLessEqual({"runs-on", "container", "steps"}, set(job))
            for step in job["steps"]:
                self.assertEqual(len({"run", "uses"} & set(step)), 1, step)
        gitlab = yaml.safe_load((RECIPES / "gitlab.yml").read_text("utf-8"))
        jobs = {name: job for name, job in gitlab.items() if not name.startswith(".")}
        self.assertEqual([line for job in jobs.values() for line in job["script"]], self.steps("gitlab.yml", r"^    - (.*)$"))
        for job in jobs.values():
            self.assertIn(job["extends"], gitlab)
            self.assertLessEqual(set(job.get("needs", [])), set(jobs))


class Words(unittest.TestCase):
    def test_the_docs_name_every_recipe(self):
        text = (SOURCE / "docs" / "ci.md").read_text("utf-8")
        for path in RECIPES.iterdir():
            self.assertIn(f"scripts/ci/{path.name}", text)

    def test_what_runs_is_executable(self):
        for name in ("imgmill-ci", "pre-commit"):
            self.assertTrue(os.access(RECIPES / name, os.X_OK), name)


if __name__ == "__main__":
    unittest.main()
