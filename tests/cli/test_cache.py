# SPDX-FileCopyrightText: imgmill authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nothing is made twice: the cache of convert and compress, and imgmill cache."""
import json
import os
import random
import shutil
import signal
import time
import unittest

from harness import CliTest, disc, noise
from redis_server import RedisServer, free_port


class CacheTest(CliTest):
    def cache(self, *arguments, **options):
        return self.run_program("cache", *arguments, **options)

    def compress(self, *arguments, **options):
        return self.run_program("compress", *arguments, **options)

    def stats(self, *arguments):
        [record] = self.cache("stats", "--json", *arguments).records
        return record

    def put_many(self, count, size=40):
        for i in range(count):
            self.put(f"in/{i:03}.png", disc(size, ink=(i % 256, i * 7 % 256, 40), radius=.2 + .2 * i / count))

    def outputs(self, folder="out"):
        return {p.name: p.read_bytes() for p in (self.dir / folder).iterdir()}

    def entries(self):
        return sorted(p for p in (self.cache_home / "imgmill/entries").rglob("*") if p.is_file())

    def summary(self, result):
        self.assertEqual(result.code, 0, result.err)
        return result.records[-1]

    def hits(self, result):
        """Results by what they came from: (memory, disk, redis, made)."""
        return tuple(self.summary(result)["cache"].values())


class Convert(CacheTest):
    def test_second_run(self):
        self.put_many(5)
        first = self.convert("in", "-o", "out", "--json")
        self.assertEqual(self.hits(first), (0, 0, 0, 5))
        self.assertEqual(first.records[-1]["counts"]["written"], 5)
        self.assertEqual(first.items["in/000.png"]["outputs"][0]["cache"], "miss")
        kept = self.outputs()
        again = self.convert("in", "-o", "out", "--json")
        self.assertEqual(self.hits(again), (0, 5, 0, 0))
        self.assertEqual(again.records[-1]["counts"]["unchanged"], 5)
        shutil.rmtree(self.dir / "out")
        third = self.convert("in", "-o", "out", "--json")
        self.assertEqual(self.hits(third), (0, 5, 0, 0))
        self.assertEqual(third.records[-1]["counts"]["cached"], 5)
        self.assertEqual(self.outputs(), kept)
        self.assertNotIn("decode", third.items["in/000.png"]["ms"])
        # All but times and where it came from is the same in the record.
        def record(result):
            item = result.items["in/000.png"]
            [output] = item["outputs"]
            return {**item, "ms": 0, "queue_ms": 0, "status": 0}, {**output, "status": 0, "cache": 0}
        one, other = record(first), record(third)
        self.assertEqual({**one[0], "outputs": 0}, {**other[0], "outputs": 0})
        self.assertEqual(one[1], other[1])
        self.assertEqual(third.items["in/000.png"]["outputs"][0]["cache"], "disk")

    def test_without(self):
        self.put_many(2)
        self.convert("in", "-o", "out")
        kept = self.outputs()
        shutil.rmtree(self.dir / "out")
        result = self.convert("in", "-o", "out", "--no-cache", "--json")
        self.assertEqual(result.records[-1]["counts"]["written"], 2)
        self.assertNotIn("cache", result.records[-1])
        self.assertEqual(self.outputs(), kept)
        self.convert("in", "-o", "out", env={"IMGMILL_NO_CACHE": "on", "XDG_CACHE_HOME": str(self.dir / "fresh")})
        self.assertFalse((self.dir / "fresh").exists())

    def test_what_is_a_miss(self):
        self.put("a.png")
        self.convert("a.png")
        def made(*options):
            return self.hits(self.convert("a.png", "-o", "b.svg", "--json", *options))[3]
        self.assertEqual(made(), 0)
        # What decides nothing of the bytes.
        for options in (["-j", "1"], ["--memory", "1G"], ["--timeout", "100"], ["--tag", "x"],
                        ["--color-precision", "6"], ["--set", "length_threshold=5.0"], ["--max-pixels", "9999"]):
            self.assertEqual(made(*options), 0, options)
        # What does.
        for options in (["--color-precision", "5"], ["--preset", "speed"], ["--background", "remove"],
                        ["--background", "#00ff00"], ["--engine", "mono"], ["--centerline"], ["--shadows=off"],
                        ["--group", "color"], ["--score"],
                        ["--max-dimension", "30"], ["--length-threshold", "5.1"], ["--max-bytes", "1G"],
                        ["--max-bytes", "1G", "--target-time", "60"], ["--max-bytes", "1G", "--fallback", "webp"]):
            self.assertEqual(made(*options), 1, options)
            self.assertEqual(made(*options), 0, options)
        # The name says nothing, the content all.
        os.rename(self.dir / "a.png", self.dir / "c.png")
        self.assertEqual(self.hits(self.convert("c.png", "-o", "b.svg", "--json"))[3], 0)
        self.put("a.png", disc(ink=(200, 40, 41)))
        self.assertEqual(made(), 1)

    def test_twins_are_made_once(self):
        for i in range(6):
            self.put(f"in/{i}.png", noise(60))
        self.assertEqual(self.hits(self.convert("in", "-o", "out", "--json", "-j", "3")), (5, 0, 0, 1))
        self.assertEqual(len(set(self.outputs().values())), 1)

    def test_limits_hold_for_what_is_kept_too(self):
        self.put("a.png")
        self.convert("a.png", "-o", "b.svg")
        result = self.convert("a.png", "-o", "b.svg", "--max-pixels", "100")
        self.assert_one_error(result, "a.png", "--max-pixels")

    def test_scores_and_gates(self):
        self.put("a.png", noise(40))
        options = ["a.png", "-o", "b.svg", "--json", "--target-ssim", "0.999"]
        first, again = self.convert(*options), self.convert(*options)
        self.assertEqual((first.code, again.code), (3, 3))
        one, other = first.items["a.png"], again.items["a.png"]
        self.assertGreater(one["tries"], 0)
        self.assertNotIn("tries", other)
        self.assertEqual((one["gate"], other["gate"]), ("below_target", "below_target"))
        for name in ("ssim", "worst_block", "psnr", "width", "bytes"):
            self.assertEqual(one["outputs"][0][name], other["outputs"][0][name])
        small = self.convert(*options[:4], "--max-bytes", "10", "--json")
        self.assertEqual((small.code, small.items["a.png"]["gate"]), (3, "over_budget"))

    def test_check(self):
        self.put("a.png")
        self.convert("a.png", "-o", "b.svg")
        good = self.convert("a.png", "-o", "b.svg", "--check", "--json")
        self.assertEqual((good.code, good.items["a.png"]["status"]), (0, "unchanged"))
        self.assertEqual(good.items["a.png"]["outputs"][0]["cache"], "disk")
        (self.dir / "b.svg").write_text("edited")
        stale = self.convert("a.png", "-o", "b.svg", "--check", "--json")
        self.assertEqual((stale.code, stale.items["a.png"]["gate"]), (3, "stale"))
        self.assertEqual((self.dir / "b.svg").read_text(), "edited")

    def test_dry_run(self):
        self.put("a.png")
        self.put("b.png", disc(30))
        self.convert("a.png", "-o", "out/")
        before = self.stats()
        plan = self.convert("a.png", "b.png", "-o", "out/", "--dry-run")
        lines = plan.out.decode().splitlines()
        self.assertRegex(lines[0], r"^a\.png -> .*, cached in disk, exists\)$")
        self.assertNotIn("cached", lines[1])
        records = self.convert("a.png", "b.png", "-o", "out/", "--dry-run", "--json")
        self.assertEqual(records.items["a.png"]["outputs"][0]["cache"], "disk")
        self.assertEqual(records.items["b.png"]["outputs"][0]["cache"], "miss")
        self.assertEqual(self.stats(), before)

    def test_standard_streams(self):
        one = self.convert("-", stdin=disc())
        other = self.convert("-", stdin=disc())
        self.assertEqual(one.out, other.out)
        self.assertEqual(self.stats()["hits"], 1)

    def test_warnings_come_along(self):
        self.put("a.png", disc() + b"rest")
        self.put("b.png", disc()[:-4] + b"\0\0\0\0")
        options = ["a.png", "b.png", "-o", "out/", "--json"]
        first, again = self.convert(*options), self.convert(*options)
        for name in ("a.png", "b.png"):
            self.assertEqual(first.items[name].get("warnings"), again.items[name].get("warnings"))

    def test_places(self):
        self.put("a.png")
        def run(*options, env=None):
            self.summary(self.convert("a.png", "-o", "b.svg", "--json", *options, env=env))
        run("--cache-dir", "own")
        self.assertTrue((self.dir / "own/entries").is_dir())
        run(env={"IMGMILL_CACHE_DIR": "variable"})
        self.assertTrue((self.dir / "variable/entries").is_dir())
        run(env={"XDG_CACHE_HOME": ""})
        self.assertTrue((self.dir / "home/.cache/imgmill/entries").is_dir())
        self.put("imgmill.toml", b'cache_dir = "file"\ntag = "one,two"\n')
        run()
        self.assertTrue((self.dir / "file/entries").is_dir())
        # Without any place there is memory alone.
        os.remove(self.dir / "imgmill.toml")
        before = self.tree()
        run(env={"XDG_CACHE_HOME": "relative", "HOME": ""})
        self.assertEqual(self.tree(), before)

    def test_no_damage_is_an_error(self):
        self.put_many(6)
        self.convert("in", "-o", "out")
        kept = self.outputs()
        damages = [lambda c: c[:-1], lambda c: b"", lambda c: c[:60], lambda c: b"?" * len(c),
                   lambda c: c[:70] + bytes([c[70] ^ 1]) + c[71:], lambda c: c + b"x"]
        for path, damage in zip(self.entries(), damages):
            path.write_bytes(damage(path.read_bytes()))
        shutil.rmtree(self.dir / "out")
        result = self.convert("in", "-o", "out", "--json")
        self.assertEqual(self.hits(result), (0, 0, 0, 6))
        self.assertRegex(result.err, r"(?m)^warning: the cache in .* holds a damaged entry: it is made anew$")
        self.assertEqual(result.err.count("warning:"), 1)
        self.assertEqual(self.outputs(), kept)
        self.assertEqual(self.hits(self.convert("in", "-o", "out", "--json")), (0, 6, 0, 0))

    def test_no_place_for_it_is_a_warning(self):
        self.put("a.png")
        self.put("file")
        result = self.convert("a.png", "-o", "b.svg", "--cache-dir", "file/below")
        self.assertEqual(result.code, 0)
        self.assertRegex(result.err, "^warning: the cache in file/below can't be written: not a directory\n$")
        self.assert_svg((self.dir / "b.svg").read_bytes())

    def test_bad_addresses(self):
        self.put("a.png")
        for url in ("localhost", "http://x", "redis://:secret@"):
            result = self.convert("a.png", "--redis", url)
            self.assert_one_error(result, "", r"--redis must be redis://", 2)
            self.assertNotIn("secret", result.err)
        shown = self.convert("a.png", "--redis", "redis://me:secret@host:1/2", "--explain").out
        self.assertIn(b"redis://:...@host:1/2", shown)
        self.assertNotIn(b"secret", shown)


class Compress(CacheTest):
    def test_second_run_decodes_nothing(self):
        self.put("a.png", disc(80))
        options = ["a.png", "-o", "out/", "--variants", "s=20,m=40", "--formats", "avif,webp,jpeg,png", "--score", "--json"]
        first = self.compress(*options)
        self.assertEqual(self.hits(first), (0, 0, 0, 8))
        kept = self.outputs()
        shutil.rmtree(self.dir / "out")
        again = self.compress(*options)
        self.assertEqual(self.hits(again), (0, 8, 0, 0))
        self.assertEqual(again.items["a.png"]["status"], "cached")
        self.assertEqual(self.outputs(), kept)
        self.assertEqual(set(again.items["a.png"]["ms"]) - {"total", "read", "cache", "write"}, set())
        skip = {"status": 0, "cache": 0, "encodes": 0}
        for one, other in zip(first.items["a.png"]["outputs"], again.items["a.png"]["outputs"]):
            self.assertEqual({**one, **skip}, {**other, **skip})
            self.assertNotIn("encodes", other)
        self.assertEqual(first.items["a.png"].get("warnings"), again.items["a.png"].get("warnings"))

    def test_each_output_has_its_own_key(self):
        self.put("a.png", disc(80))
        def made(*options):
            return self.hits(self.compress("a.png", "-o", "out/", "--json", *options))[3]
        few = ["--variants", "s=20", "--formats", "webp"]
        self.assertEqual(made(*few), 1)
        self.assertEqual(made("--variants", "s=20,m=30", "--formats", "webp"), 1)
        self.assertEqual(made("--variants", "other=20", "--formats", "webp,jpeg"), 1)
        for options in (["--jpeg-quality", "50"], ["--avif-speed", "9"], ["--background", "#123456"],
                        ["--min-quality", "7"], ["--fit", "crop"], ["--chroma", "444"], ["--variants", "s=20x20"]):
            self.assertEqual(made(*few, *options), 0, options)
        for options in (["--webp-quality", "50"], ["--webp-method", "2"], ["--lossless"], ["--light", "linear"],
                        ["--allow-larger"], ["--keep-metadata", "exif"], ["--max-bytes", "1M"],
                        ["--target-ssim", ".9"], ["--score"], ["--variants", "s=20x10:crop"]):
            self.assertEqual(made(*few, *options), 1, options)
            self.assertEqual(made(*few, *options), 0, options)

    def test_an_ancestor_of_a_size_counts(self):
        # 20 px comes from 40 px where that is made too: other pixels, so another key.
        self.put("a.png", noise(80))
        few = ["--formats", "png", "--json", "-o"]
        self.compress("a.png", "--variants", "s=20", *few, "one/")
        both = self.compress("a.png", "--variants", "s=20,m=40", *few, "two/")
        self.assertEqual(self.hits(both)[3], 2)
        fresh = self.compress("a.png", "--variants", "s=20,m=40", "--no-cache", *few, "three/")
        self.assertEqual(fresh.code, 0)
        self.assertEqual(self.outputs("two"), self.outputs("three"))

    def test_kept_originals(self):
        self.put("a.png", noise(40))
        self.compress("a.png", "-o", "j.jpg", "--formats", "jpeg", "--jpeg-quality", "60")
        options = ["j.jpg", "-o", "out/", "--formats", "jpeg", "--json"]
        self.assertEqual(self.compress(*options).items["j.jpg"]["status"], "kept")
        shutil.rmtree(self.dir / "out")
        again = self.compress(*options)
        self.assertEqual((again.items["j.jpg"]["status"], self.hits(again)), ("kept", (0, 1, 0, 0)))

    def test_best_of_formats(self):
        self.put("a.png", disc(60))
        options = ["a.png", "-o", "out/", "--formats", "best", "--target-ssim", ".95", "--json"]
        first = self.compress(*options)
        kept = self.outputs()
        again = self.compress(*options)
        self.assertEqual(self.outputs(), kept)
        self.assertEqual(again.items["a.png"]["status"], "unchanged")
        self.assertEqual(again.items["a.png"]["outputs"][0]["path"], first.items["a.png"]["outputs"][0]["path"])


class Command(CacheTest):
    def test_stats(self):
        empty = self.stats()
        self.assertEqual((empty["hits"], empty["misses"], empty["disk"]["holds"]["entries"]), (0, 0, 0))
        self.put_many(4)
        for _ in range(3):
            self.convert("in", "-o", "out")
        full = self.stats()
        self.assertEqual((full["hits"], full["misses"]), (8, 4))
        self.assertAlmostEqual(full["hit_rate"], 2 / 3, places=5)
        self.assertEqual((full["disk"]["hits"], full["disk"]["stores"], full["memory"]["stores"]), (8, 4, 12))
        self.assertEqual(full["disk"]["holds"]["entries"], 4)
        self.assertEqual(full["disk"]["holds"]["bytes"], sum(p.stat().st_size for p in self.entries()))
        self.assertGreaterEqual(full["saved_seconds"], 0)
        text = self.cache("stats")
        self.assertEqual(text.code, 0)
        self.assertIn(b"8 of 12 look-ups were hits (66.7 %)", text.out)

    def test_warm(self):
        self.put_many(3)
        before = self.tree()
        result = self.cache("warm", "in", "--presets", "balanced,speed", "--tag", "ahead")
        self.assertEqual(result.code, 0, result.err)
        self.assertEqual(self.tree(), before)
        for preset in ("balanced", "speed"):
            self.assertEqual(self.hits(self.convert("in", "-o", preset, "--preset", preset, "--json"))[3], 0)
        self.assertEqual(self.cache("warm", "in", "--for", "compress", "--set", "formats=webp").code, 0)
        self.assertEqual(self.tree(), sorted(before + [f"{p}/00{i}.svg" for p in ("balanced", "speed") for i in range(3)]))
        self.assertEqual(self.hits(self.compress("in", "-o", "webp", "--formats", "webp", "--json"))[3], 0)
        self.assertIn(b"6 entries went", self.cache("prune", "--tag", "ahead").out)
        self.assertEqual(self.cache("warm", "none").code, 1)

    def test_prune_by_tag(self):
        self.put_many(2)
        self.convert("in", "-o", "out", "--tag", "project=shop", "--tag", "mine")
        self.convert("in", "-o", "out", "--preset", "speed")
        self.assertIn(b"disk: 0 entries went", self.cache("prune", "--tag", "project=other").out)
        self.assertIn(b"disk: 2 entries went", self.cache("prune", "--tag", "mine").out)
        self.assertIn(b"disk: 2 entries went", self.cache("prune", "--tag", "preset=speed").out)
        self.assertEqual(self.entries(), [])

    def test_prune_by_age_and_size(self):
        self.put_many(4)
        self.convert("in", "-o", "out")
        first, second, *_ = self.entries()
        os.utime(first, (0, time.time() - 3 * 86400))
        os.utime(second, (0, time.time() - 2 * 86400))
        self.assertIn(b"0 entries", self.cache("prune", "--older-than", "1w").out)
        self.assertIn(b"1 entries", self.cache("prune", "--older-than", "60h").out)
        size = sum(p.stat().st_size for p in self.entries())
        self.assertIn(b"1 entries", self.cache("prune", "--max-size", str(size - 1)).out)
        self.assertFalse(second.exists())
        [record] = self.cache("clear", "--json").records
        self.assertEqual((record["type"], record["disk"]["entries"]), ("clear", 2))
        self.assertEqual(self.entries(), [])

    def test_usage(self):
        for arguments, problem in ([[], "say stats, warm, prune or clear"], [["statt"], "must be stats"],
                                   [["stats", "x"], "takes no operand"], [["prune", "--older-than", "soon"], "must be a time"],
                                   [["prune", "--max-size", "big"], "must be a size"], [["warm"], "no INPUT"],
                                   [["warm", "--for", "profile", "in"], "must be convert or compress"]):
            self.assert_one_error(self.cache(*arguments), "", problem, 2)
        self.put("a.png")
        self.assert_one_error(self.convert("--warm", "--no-cache", "a.png"), "", "--no-cache", 2)
        self.assertIn(b"imgmill cache prune", self.cache("--help").out)


class Redis(CacheTest):
    def setUp(self):
        super().setUp()
        self.server = RedisServer()
        self.addCleanup(self.server.close)

    def host(self, number):
        """Another machine's cache folder."""
        return ["--cache-dir", f"host{number}", "--redis", self.server.url]

    def test_hosts_share(self):
        self.put_many(4)
        self.assertEqual(self.hits(self.convert("in", "-o", "out", "--json", *self.host(1))), (0, 0, 0, 4))
        other = self.convert("in", "-o", "other", "--json", *self.host(2))
        self.assertEqual(self.hits(other), (0, 0, 4, 0))
        self.assertEqual(self.outputs("out"), self.outputs("other"))
        self.assertEqual(self.hits(self.convert("in", "-o", "other", "--json", *self.host(2))), (0, 4, 0, 0))
        record = self.stats(*self.host(2))
        self.assertEqual((record["redis"]["hits"], record["redis"]["holds"]["entries"]), (4, 4))
        self.assertIn(b"redis: 4 entries went", self.cache("prune", "--tag", "preset=balanced", *self.host(3)).out)
        self.assertEqual(self.stats(*self.host(2))["redis"]["holds"]["entries"], 0)

    def test_no_server(self):
        self.put_many(8)
        url = f"redis://127.0.0.1:{free_port()}"
        result = self.convert("in", "-o", "out", "--json", "--redis", url)
        self.assertEqual(self.hits(result), (0, 0, 0, 8))
        self.assertRegex(result.err, r"(?m)^warning: Redis at 127\.0\.0\.1:\d+: connection refused; going on without it$")
        self.assertEqual(result.err.count("warning:"), 1)
        stats = self.cache("stats", "--redis", url)
        self.assertEqual(self.cache("clear", "--redis", url).code, 1)
        self.assertEqual(stats.code, 1)
        self.assertEqual(stats.err.count("error: Redis at"), 1)

    def test_killed_and_restarted_in_the_middle(self):
        self.put_many(40, 90)
        self.summary(self.convert("in", "-o", "plain", "--no-cache", "--json"))
        process = self.start("convert", "in", "-o", "out", "-j", "2", "--json", *self.host(1), bufsize=0)
        lines = [process.stdout.readline() for _ in range(5)]
        self.server.stop()
        lines += [process.stdout.readline() for _ in range(10)]
        self.server.start()
        out, err = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 0, err)
        self.assertNotIn(b"error", err)
        summary = json.loads((b"".join(lines) + out).splitlines()[-1])
        self.assertEqual(summary["counts"]["written"], 40)
        self.assertEqual(self.outputs("out"), self.outputs("plain"))


class Resume(CacheTest):
    """Killed at any moment: nothing half done, nothing lost, and what was done is not done again."""
    KILLS = int(os.environ.get("IMGMILL_TEST_KILLS", "6"))
    ITEMS = int(os.environ.get("IMGMILL_TEST_ITEMS", "60"))

    def start_run(self):
        return self.start("convert", "in", "-o", "out", "-j", "2", "--json=log.ndjson")

    def test_kills(self):
        self.put_many(self.ITEMS, 64)
        begin = time.monotonic()
        self.summary(self.convert("in", "-o", "plain", "--no-cache", "--json"))
        duration = time.monotonic() - begin
        plain = self.outputs("plain")
        random.seed(1)
        for _ in range(self.KILLS):
            process = self.start_run()
            time.sleep(random.uniform(0, 1.5 * duration / self.KILLS + .02))
            process.send_signal(signal.SIGKILL)
            process.communicate()
            if not (self.dir / "out").exists():
                continue
            for name, content in self.outputs().items():
                if not name.startswith(".imgmill-"):
                    self.assertEqual(content, plain[name], name)
        (self.dir / "out").mkdir(exist_ok=True)
        (self.dir / "out/.imgmill-1-1.tmp").write_bytes(b"half")
        recorded = {p.name for p in (self.dir / "out").glob("*.svg")}
        last = self.convert("in", "-o", "out", "--json")
        self.assertEqual(last.code, 0, last.err)
        self.assertEqual(self.outputs(), plain)  # all there, and no temporary file
        for item in last.items.values():
            name = os.path.basename(item["outputs"][0]["path"])
            if name in recorded:
                self.assertEqual(item["status"], "unchanged")
                self.assertEqual(item["outputs"][0].get("cache"), "disk", name)
        self.assertEqual(sum(self.hits(last)), self.ITEMS)


if __name__ == "__main__":
    unittest.main()
