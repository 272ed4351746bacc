// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What each stage costs on the samples: imgmill-perf FOLDER [options of Google Benchmark], FOLDER as
// scripts/make-samples fills it. One core; the numbers are of this machine and serve to compare two builds on it.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/stage_clock.h"
#include "codec/codec.h"
#include "score/score.h"
#include "trace/trace.h"
#include "vector/rasterise.h"
#include "vector/svg.h"

namespace {

using namespace imgmill;

// A sample with everything that the stages take, so that each is measured alone.
struct Sample {
  std::string name;
  base::Bytes file;
  image::Image image;
  vector::Document document;
  std::string svg;
  image::Image drawn;
};

base::ByteView view(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

Sample prepare(const std::filesystem::path& path) {
  Sample sample;
  sample.name = path.filename().string();
  sample.file = base::read_file(path);
  sample.image = codec::decode(sample.file, {}).image;
  sample.document = trace::trace(sample.image, {}).document;
  sample.svg = vector::write_svg(sample.document, {});
  sample.drawn = vector::rasterise(view(sample.svg), sample.image.width(), sample.image.height());
  return sample;
}

template <class Stage>
void add(const char* stage_name, const std::shared_ptr<const Sample>& sample, Stage stage) {
  const std::string name = std::string(stage_name) + '/' + sample->name;
  benchmark::RegisterBenchmark(name.c_str(), [sample, stage](benchmark::State& state) {
    for (auto _ : state) benchmark::DoNotOptimize(stage(*sample));
    state.counters["MP/s"] = benchmark::Counter(static_cast<double>(sample->image.pixels()) / 1e6,
                                                benchmark::Counter::kIsIterationInvariantRate);
  })->Unit(benchmark::kMillisecond);
}

void add_stages(const std::shared_ptr<const Sample>& sample) {
  add("decode", sample, [](const Sample& s) { return codec::decode(s.file, {}); });
  add("trace", sample, [](const Sample& s) { return trace::trace(s.image, {}); });
  add("write_svg", sample, [](const Sample& s) { return vector::write_svg(s.document, {}); });
  add("rasterise", sample,
      [](const Sample& s) { return vector::rasterise(view(s.svg), s.image.width(), s.image.height()); });
  add("compare", sample, [](const Sample& s) { return score::compare(s.image, s.drawn); });
}

// A stage within a stage, the tenth of its clock, as in a job.
void add_clock() {
  for (const bool recorded : {false, true}) {
    benchmark::RegisterBenchmark(recorded ? "clock/recorded" : "clock/plain", [recorded](benchmark::State& state) {
      if (recorded) base::StageClock::record(nullptr);
      base::StageClock clock;
      for (const char* name : {"read", "decode", "trace", "cores", "paints", "mixtures", "parts", "curves", "correction", "svg"}) {
        const base::StageClock::Scope scope(&clock, name);
      }
      const base::StageClock::Scope outer(&clock, "trace");
      for (auto _ : state) const base::StageClock::Scope scope(&clock, "write");
      base::StageClock::record_no_more();
    });
  }
}

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (argc != 2) {
    std::fprintf(stderr, "usage: imgmill-perf FOLDER [--benchmark_filter=REGEX …]\n");
    return 2;
  }
  try {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(argv[1])) files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    for (const std::filesystem::path& file : files) add_stages(std::make_shared<const Sample>(prepare(file)));
    add_clock();
    benchmark::RunSpecifiedBenchmarks();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "error: %s\n", error.what());
    return 1;
  }
}
