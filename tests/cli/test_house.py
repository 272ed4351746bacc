# SPDX-FileCopyrightText: imgmill authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules of the house that a reader can check by looking: which folder may include which, where the headers of
other libraries stand, the licence lines, and that docs/architecture.md names every folder."""
import os
import pathlib
import re
import unittest

ROOT = pathlib.Path(os.environ.get("IMGMILL_SOURCE_DIR", pathlib.Path(__file__).parents[2]))

# Folder of lib/ → the others that it may include. Only upwards: no row names a row below it.
MAY_INCLUDE = {
    "base": set(),
    "image": {"base"},
    "codec": {"base", "image"},
    "vector": {"base", "image"},
    "features": {"base", "image"},
    "score": {"base", "image"},
    "trace": {"base", "image", "vector"},
    "compress": {"base", "image", "codec", "score"},
    "plan": {"base", "image", "features", "score", "trace/params.h", "compress/params.h"},
    "cache": {"base"},
    "pipeline": {"base", "image", "codec", "vector", "features", "score", "trace", "compress", "plan", "cache"},
    "report": {"base", "pipeline/job.h", "pipeline/outcome.h", "pipeline/shard.h", "pipeline/sink.h"},
    "bench": {"base", "image", "codec", "vector", "features", "score", "plan", "pipeline", "report"},
}

# Headers that are neither ours nor the language's → the only files that may include them.
ALLOWED = {
    r"tbb/flow_graph\.h": r"lib/pipeline/[a-z_]+\.cc",
    r"tbb/.*": r"lib/(pipeline|bench)/[a-z_]+\.cc",
    r"CLI/.*": r"apps/common/command_line\.cc",
    r"fmt/(core|format)\.h": r"(lib|apps)/.*\.cc",
    r"immintrin\.h": r"lib/image/weigh\.cc",
    r"emmintrin\.h": r"lib/trace/runs\.h",  # with a way around where there is none
    r"avif/avif\.h": r"lib/codec/avif_(encode_)?module\.cc",
    r"webp/.*": r"lib/codec/webp(_encode)?\.cc",
    r"turbojpeg\.h": r"lib/codec/jpeg\.cc",
    r"jpeglib\.h": r"lib/codec/jpeg_encode\.cc",
    r"spng\.h": r"lib/codec/png(_encode)?\.cc",
    r"lcms2\.h": r"lib/codec/icc\.cc",
    r"exiv2/.*": r"lib/codec/metadata_module\.cc",
    r"vips/.*": r"lib/(codec/vips|compress/attention)_module\.cc",
    r"librsvg/rsvg\.h": r"lib/vector/rsvg_module\.cc",
    r"opencv2/core\.hpp": r"lib/(features|trace|plan)/[a-z_]+_module\.cc|lib/image/opencv_one_thread\.h",
    r"opencv2/imgproc\.hpp": r"lib/(features|trace)/[a-z_]+_module\.cc",
    r"opencv2/core/utils/logger\.hpp": r"lib/plan/forest_module\.cc",
    r"opencv2/ml\.hpp": r"lib/plan/forest_module\.cc",
    r"potracelib\.h": r"lib/(trace/mono[a-z_]*|bench/yardstick)\.cc",
    r"xxhash\.h": r"lib/base/digest\.cc",
    r"lz4\.h": r"lib/cache/entry\.cc",
    r"hiredis/hiredis\.h": r"lib/cache/redis_connection\.cc",
    r"nlohmann/json\.hpp": r"lib/(report|bench)/read_records\.cc",
    r"zlib\.h": r"lib/bench/measure\.cc",
    r"toml\+\+/toml\.h": r"lib/plan/presets\.cc",
    r"(dlfcn|fcntl|fnmatch|malloc|sched|spawn|unistd|signal|poll)\.h|sys/[a-z]+\.h": r".*",  # the operating system
}

INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)')


def sources():
    return sorted(p for top in ("lib", "apps") for p in (ROOT / top).rglob("*") if p.suffix in (".h", ".cc"))


def includes(path):
    """(line number, own header or None, other header or None) of each #include."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        match = INCLUDE.match(line)
        if match:
            yield number, match[1], match[2]


def own_include_is_fine(folder, header):
    target = header.split("/")[0]
    if "/" not in header:
        return False
    return target == folder or target in MAY_INCLUDE[folder] or header in MAY_INCLUDE[folder]


def third_party_is_fine(name, header):
    if "." not in header and "/" not in header:
        return True  # the standard library
    places = [place for rule, place in ALLOWED.items() if re.fullmatch(rule, header)]
    return bool(places) and all(re.fullmatch(place, name) for place in places)


class House(unittest.TestCase):
    maxDiff = None

    def test_every_folder_of_lib_is_in_the_table(self):
        folders = {p.relative_to(ROOT / "lib").parts[0] for p in sources() if p.is_relative_to(ROOT / "lib")}
        self.assertLessEqual(folders, set(MAY_INCLUDE))

    def test_the_table_points_upwards_only(self):
        seen = set()
        for folder, allowed in MAY_INCLUDE.items():
            self.assertLessEqual({name.split("/")[0] for name in allowed}, seen, folder)
            seen.add(folder)

    def test_includes_point_up_the_table_only(self):
        wrong = []
        for path in sources():
            name = path.relative_to(ROOT)
            if name.parts[0] != "lib":
                continue
            wrong += [f"{name}:{number}: {header}" for number, header, _ in includes(path)
                      if header and not own_include_is_fine(name.parts[1], header)]
        self.assertEqual(wrong, [])

    def test_other_libraries_stay_in_their_files(self):
        wrong = []
        for path in sources():
            name = path.relative_to(ROOT).as_posix()
            wrong += [f"{name}:{number}: {header}" for number, _, header in includes(path)
                      if header and not third_party_is_fine(name, header)]
        self.assertEqual(wrong, [])

    def test_modules_alone_take_opencv_in_through_the_header_for_its_threads(self):
        header = "image/opencv_one_thread.h"
        takers = {path.relative_to(ROOT).as_posix() for path in sources() for _, own, _ in includes(path) if own == header}
        direct = {path.relative_to(ROOT).as_posix() for path in sources()
                  if path.suffix == ".cc" for _, _, other in includes(path) if other == "opencv2/core.hpp"}
        self.assertEqual(takers, direct, "each module that uses OpenCV keeps it to one thread, and nothing else links it")

    def test_the_rules_catch_what_they_are_for(self):
        self.assertFalse(own_include_is_fine("base", "image/image.h"))
        self.assertFalse(own_include_is_fine("trace", "pipeline/job.h"))
        self.assertFalse(own_include_is_fine("plan", "trace/trace.h"))
        self.assertTrue(own_include_is_fine("plan", "trace/params.h"))
        self.assertFalse(third_party_is_fine("lib/trace/trace.cc", "tbb/flow_graph.h"))
        self.assertFalse(third_party_is_fine("lib/bench/run.cc", "tbb/flow_graph.h"))
        self.assertFalse(third_party_is_fine("lib/codec/codec.cc", "vips/vips.h"))
        self.assertFalse(third_party_is_fine("lib/codec/codec.cc", "unheard/of.h"))
        self.assertFalse(third_party_is_fine("apps/convert.cc", "CLI/CLI.hpp"))
        self.assertFalse(third_party_is_fine("lib/report/text.h", "fmt/core.h"))
        self.assertTrue(third_party_is_fine("lib/pipeline/run_batch.cc", "tbb/flow_graph.h"))

    def test_lib_leaves_printing_to_the_console_sink(self):
        printing = re.compile(r"\bstd::(cout|cerr|clog)\b|\b(fmt::print|std::printf|printf|std::puts|puts)\s*\(")
        wrong = []
        for path in sources():
            name = path.relative_to(ROOT).as_posix()
            if not name.startswith("lib/") or name.startswith("lib/report/"):
                continue
            wrong += [f"{name}:{number}" for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
                      if printing.search(line.split("//")[0])]
        self.assertEqual(wrong, [])

    def test_files_carry_copyright_and_licence(self):
        scripts = [p for p in (ROOT / "scripts").rglob("*") if p.is_file()]
        tests = [p for p in (ROOT / "tests").rglob("*") if p.suffix in (".h", ".cc", ".py")]
        for path in [*sources(), *scripts, *tests]:
            with self.subTest(path.relative_to(ROOT)):
                head = "\n".join(path.read_text(encoding="utf-8").splitlines()[:4])
                self.assertIn("SPDX-FileCopyrightText: imgmill authors", head)
                # Recipes are there to be copied into other people's repositories.
                licence = "0BSD" if path.parent == ROOT / "scripts" / "ci" else "GPL-3.0-or-later"
                self.assertIn(f"SPDX-License-Identifier: {licence}\n", head)

    def test_headers_say_what_they_are(self):
        for path in sources():
            if path.suffix != ".h":
                continue
            with self.subTest(path.relative_to(ROOT)):
                lines = path.read_text(encoding="utf-8").splitlines()
                self.assertRegex(lines[2], r"^// \w")
                self.assertIn("#pragma once", lines)

    def test_ctest_can_run_each_unit_test_by_its_name(self):
        # A leading dash would be taken for an option, and a semicolon cuts a name in two, neither of which is run.
        for path in (ROOT / "tests" / "unit").rglob("*.cc"):
            with self.subTest(path.relative_to(ROOT)):
                self.assertNotRegex(path.read_text(encoding="utf-8"), r'TEST_CASE\("(-|[^"]*;)')

    def test_the_architecture_names_every_folder(self):
        text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
        folders = {p.parent.relative_to(ROOT).as_posix() for p in sources()}
        self.assertEqual({f for f in folders if f"`{f}`" not in text}, set())


if __name__ == "__main__":
    unittest.main()
