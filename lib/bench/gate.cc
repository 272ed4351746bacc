// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench/gate.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <map>
#include <utility>

#include "base/error.h"
#include "bench/change.h"
#include "bench/figures.h"

namespace imgmill::bench {
namespace {

constexpr std::array<std::string_view, 6> kNames{"time", "cpu", "memory", "ssim", "bytes", "gzip"};

bool is_time(Measure measure) { return measure == Measure::time || measure == Measure::cpu; }

bool varies(Measure measure) { return is_time(measure) || measure == Measure::memory; }

Rule parse_rule(std::string_view text) {
  const auto refuse = [&] {
    throw base::Error(base::ErrorKind::usage,
                      fmt::format("must be rules like time>+10% or ssim<-0.002 (time, cpu, memory, ssim, bytes, gzip), "
                                  "not '{}'",
                                  text));
  };
  Rule rule;
  rule.text = std::string(text);
  const auto sign = text.find_first_of("<>");
  const auto name = std::find(kNames.begin(), kNames.end(), text.substr(0, sign));
  if (sign == std::string_view::npos || name == kNames.end()) refuse();
  rule.measure = static_cast<Measure>(name - kNames.begin());
  std::string_view value = text.substr(sign + 1);
  rule.relative = value.ends_with('%');
  if (rule.relative) value.remove_suffix(1);
  if (value.starts_with('+')) value.remove_prefix(1);
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), rule.threshold);
  if (error != std::errc() || end != value.data() + value.size() || !std::isfinite(rule.threshold)) refuse();
  constexpr double kPercent = 100;
  if (rule.relative) rule.threshold /= kPercent;
  const bool more_is_worse = rule.measure != Measure::ssim;
  if ((text[sign] == '>') != more_is_worse || (more_is_worse ? rule.threshold < 0 : rule.threshold > 0)) refuse();
  return rule;
}

// A figure of one image in both results, and of what varies the runs that it is the middle of.
struct Pair {
  std::string image;
  double before = 0, now = 0;
  Runs runs = {};
};

// Processor time, and what belongs to the run beyond it: files, devices and other processes make it wait every time,
// while others take the processor from it, and the host from all, now and then. Of one image's runs it is therefore
// always the same part, that of the lower quartile.
double part_beyond_cpu(const Cell& cell, int level) {
  const std::vector<double> parts =
      of_runs(cell, level, [](const Sample& s) { return s.cpu_ms > 0 ? (s.ms - s.wait_ms) / s.cpu_ms : 0; });
  constexpr double kQuartile = 0.25;
  return parts.empty() ? 0 : report::quantile(parts, kQuartile);
}

// Time that the run itself took; `part` is its part_beyond_cpu.
double own_ms(const Sample& sample, Measure measure, double part) {
  if (measure == Measure::cpu) return sample.cpu_ms;
  return part > 0 ? sample.cpu_ms * part : sample.ms - sample.wait_ms;
}

// What is compared of the runs; times by the yardstick, for what slows the machine slows that too. Where it was another
// after a run than before, it says little of the time between: at a tenth it counts half.
std::vector<Run> compared_runs(const Cell& cell, int level, Measure measure) {
  constexpr double kHalf = 0.1;
  const double part = part_beyond_cpu(cell, level);
  std::vector<Run> runs = of_runs(cell, level, [&](const Sample& sample) {
    Run run{sample.repeat, static_cast<double>(sample.memory), 1};
    if (is_time(measure)) {
      run.value = own_ms(sample, measure, part) / (sample.yardstick_ms > 0 ? sample.yardstick_ms : 1);
      run.weight = 1 / (1 + std::pow(sample.yardstick_shift / kHalf, 2));
    }
    return run;
  });
  std::erase_if(runs, [](const Run& run) { return !(run.value > 0); });
  return runs;
}

// Of what is the same in every run.
std::optional<double> value_of(const Cell& cell, Measure measure) {
  if (!cell.made || !cell.made->error.empty()) return std::nullopt;
  if (measure == Measure::ssim) return cell.made->ssim;
  return static_cast<double>(measure == Measure::gzip ? cell.made->gzip_bytes : cell.made->bytes);
}

// nullopt where one of them has nothing to compare.
std::optional<Pair> pair_of(const std::string& image, const Cell& before, const Cell& now, int level,
                            const Rule& rule) {
  Pair pair{image};
  if (!varies(rule.measure)) {
    const auto a = value_of(before, rule.measure), b = value_of(now, rule.measure);
    if (!a || !b || (rule.relative && *a <= 0)) return std::nullopt;
    pair.before = *a;
    pair.now = *b;
    return pair;
  }
  pair.runs = {compared_runs(before, level, rule.measure), compared_runs(now, level, rule.measure)};
  if (pair.runs.before.empty() || pair.runs.now.empty()) return std::nullopt;
  pair.before = middle(pair.runs.before);
  const double factor = middle(pair.runs.now) / pair.before;
  if (is_time(rule.measure)) {
    const double part = part_beyond_cpu(before, level);
    pair.before =
        report::median(of_runs(before, level, [&](const Sample& s) { return own_ms(s, rule.measure, part); }));
  }
  if (pair.before <= 0) return std::nullopt;
  pair.now = pair.before * factor;
  return pair;
}

std::optional<std::size_t> entrant_of(const Results& results, const std::string& name) {
  for (std::size_t i = 0; i < results.entrants.size(); ++i) {
    if (results.entrants[i].name == name) return i;
  }
  return std::nullopt;
}

// Images of the two results with the same content: place in the baseline → place now.
std::vector<std::pair<std::size_t, std::size_t>> common_images(const Results& baseline, const Results& now) {
  std::multimap<std::string, std::size_t> by_digest;
  for (std::size_t i = 0; i < now.images.size(); ++i) by_digest.emplace(now.images[i].digest, i);
  std::vector<std::pair<std::size_t, std::size_t>> pairs;
  for (std::size_t i = 0; i < baseline.images.size(); ++i) {
    const auto found = by_digest.find(baseline.images[i].digest);
    if (found == by_digest.end() || baseline.images[i].digest.empty()) continue;
    pairs.emplace_back(i, found->second);
    by_digest.erase(found);
  }
  return pairs;
}

double change_of(const Pair& pair, const Rule& rule) {
  return rule.relative ? pair.now / pair.before - 1 : pair.now - pair.before;
}

double change_of_means(const std::vector<Pair>& pairs, const Rule& rule) {
  Pair means;
  for (const Pair& pair : pairs) {
    means.before += pair.before / static_cast<double>(pairs.size());
    means.now += pair.now / static_cast<double>(pairs.size());
  }
  return change_of(means, rule);
}

// What is known of the machine during two runs, as far as times depend on it.
struct Machine {
  double doubt = 0;   // by how much times may be off in spite of the yardstick: a standard deviation of logarithms
  bool busy = false;  // so much that no time says anything
};

// So few runs that they may agree by chance.
bool too_few(const std::vector<Pair>& pairs) {
  constexpr std::size_t kLeast = 5;
  std::size_t before = 0, now = 0;
  for (const Pair& pair : pairs) {
    before += pair.runs.before.size();
    now += pair.runs.now.size();
  }
  return std::min(before, now) < kLeast;
}

void judge_what_varies(const std::vector<Pair>& pairs, const Machine& machine, Finding& finding) {
  const bool relative = finding.rule.relative;
  std::vector<Runs> images;
  for (const Pair& pair : pairs) {
    images.push_back(pair.runs);
    if (!relative) images.back().unit = pair.before;
  }
  const Change change = change_of(images);
  const report::Interval interval = change.interval(relative ? machine.doubt : 0);
  const auto as_rule = [&](double value) { return relative ? std::exp(value) - 1 : value; };
  finding.change = as_rule(change.mean);
  finding.interval = {as_rule(interval.low), as_rule(interval.high)};
  finding.verdict = finding.interval->low > finding.rule.threshold    ? Verdict::regression
                    : finding.interval->high > finding.rule.threshold ? Verdict::inconclusive
                                                                      : Verdict::fine;
  constexpr int kLeastRounds = 3;
  const bool undecided =
      machine.busy || too_few(pairs) || (is_time(finding.rule.measure) && change.rounds < kLeastRounds);
  if (undecided && finding.verdict == Verdict::regression) finding.verdict = Verdict::inconclusive;
}

void judge(const std::vector<Pair>& pairs, const Machine& machine, Finding& finding) {
  const bool more_is_worse = finding.rule.measure != Measure::ssim;
  for (const Pair& pair : pairs) {
    const double change = change_of(pair, finding.rule);
    const bool worse = more_is_worse ? change > finding.worst_change : change < finding.worst_change;
    if (!worse && !finding.worst_image.empty()) continue;
    finding.worst_image = pair.image;
    finding.worst_change = change;
  }
  if (varies(finding.rule.measure)) return judge_what_varies(pairs, machine, finding);
  finding.change = change_of_means(pairs, finding.rule);
  const bool beyond = more_is_worse ? finding.change > finding.rule.threshold : finding.change < finding.rule.threshold;
  finding.verdict = beyond ? Verdict::regression : Verdict::fine;
}

// The part of the time for which others had the processor.
double waiting_of(const Results& results) {
  double ms = 0, wait = 0;
  for (const Cell& cell : results.cells) {
    for (const Sample& sample : cell.samples) {
      if (sample.level > 1 || !sample.error.empty()) continue;
      ms += sample.ms;
      wait += sample.wait_ms;
    }
  }
  return ms > 0 ? wait / ms : 0;
}

// Found by runs against themselves, alone and beside compilers at work. What its rounds don't tell of a benchmark is
// how its memory happens to lie; and who must often wait finds the caches full of what others left there.
Machine machine_of(const Results& baseline, const Results& now) {
  constexpr double kOff = 0.005, kOffByWaiting = 0.04, kMostWaiting = 0.5;
  const double before = waiting_of(baseline), after = waiting_of(now);
  return {std::hypot(kOff * std::sqrt(2), kOffByWaiting * (after - before)), std::max(before, after) > kMostWaiting};
}

class Comparer {
 public:
  Comparer(const Results& baseline, const Results& now)
      : baseline_(baseline), now_(now), images_(common_images(baseline, now)), machine_(machine_of(baseline, now)) {}

  Comparison compare(const std::vector<Rule>& rules) {
    note_images();
    if (baseline_.interrupted) comparison_.notes.push_back("the baseline was interrupted: some of it is missing");
    const bool of_time =
        std::any_of(rules.begin(), rules.end(), [](const Rule& rule) { return is_time(rule.measure); });
    if (of_time && machine_.busy)
      comparison_.notes.push_back("others kept the machine busy: no time can be told to be worse");
    bool any = false;
    for (std::size_t before = 0; before < baseline_.entrants.size(); ++before) {
      const std::string& name = baseline_.entrants[before].name;
      const std::optional<std::size_t> now = entrant_of(now_, name);
      if (!now) {
        comparison_.notes.push_back(fmt::format("{} took no part this time", name));
        continue;
      }
      any = true;
      note_failures(before, *now);
      for (const Rule& rule : rules) apply(rule, before, *now);
    }
    if (!any) comparison_.broken = true;  // then nothing was compared at all
    find_left();
    return std::move(comparison_);
  }

 private:
  void note_images() {
    if (images_.empty()) {
      comparison_.broken = true;
      comparison_.notes.push_back("no image of the baseline took part this time");
    } else if (images_.size() < baseline_.images.size()) {
      comparison_.notes.push_back(
          fmt::format("{} of the baseline's {} images took part", images_.size(), baseline_.images.size()));
    }
  }

  void note_failures(std::size_t before, std::size_t now) {
    for (const auto& [image_before, image_now] : images_) {
      const std::string failure = failure_of(now_.cell(now, image_now));
      if (failure.empty() || !failure_of(baseline_.cell(before, image_before)).empty()) continue;
      comparison_.broken = true;
      comparison_.notes.push_back(
          fmt::format("{} fails at {} now: {}", now_.entrants[now].name, now_.images[image_now].path, failure));
    }
  }

  // Where the rule is to be applied: 0 stands for what is the same at every level.
  std::vector<int> levels_for(const Rule& rule) const {
    if (!varies(rule.measure)) return {0};
    std::vector<int> common = baseline_.setting.levels;
    const auto& levels = now_.setting.levels;
    std::erase_if(common, [&](int level) { return std::find(levels.begin(), levels.end(), level) == levels.end(); });
    return common;
  }

  void apply(const Rule& rule, std::size_t before, std::size_t now) {
    bool any = false;
    for (const int level : levels_for(rule)) any = apply(rule, before, now, level) || any;
    if (any) return;
    comparison_.undecided = true;
    comparison_.notes.push_back(fmt::format("{}: nothing to compare for {}", now_.entrants[now].name, rule.text));
  }

  // Whether there was anything to compare.
  bool apply(const Rule& rule, std::size_t before, std::size_t now, int level) {
    std::vector<Pair> pairs;
    for (const auto& [image_before, image_now] : images_) {
      auto pair = pair_of(now_.images[image_now].path, baseline_.cell(before, image_before), now_.cell(now, image_now),
                          level, rule);
      if (pair) pairs.push_back(std::move(*pair));
    }
    if (pairs.empty()) return false;
    Finding finding;
    finding.entrant = now_.entrants[now].name;
    finding.level = level;
    finding.rule = rule;
    Machine machine = is_time(rule.measure) ? machine_ : Machine();
    // Items in work side by side wait for each other, and there is one yardstick for all of them.
    if (is_time(rule.measure) && level > 1) machine.busy = true;
    judge(pairs, machine, finding);
    comparison_.findings.push_back(std::move(finding));
    return true;
  }

  void find_left() {
    const std::vector<Figures> before = figures_of(baseline_), now = figures_of(now_);
    for (const Figures& was : before) {
      const std::string& name = baseline_.entrants[was.entrant].name;
      const auto is = std::find_if(now.begin(), now.end(), [&](const Figures& f) {
        return f.level == was.level && now_.entrants[f.entrant].name == name;
      });
      if (!was.on_front || is == now.end() || is->on_front) continue;
      comparison_.left_front.push_back(name);
    }
  }

  const Results& baseline_;
  const Results& now_;
  std::vector<std::pair<std::size_t, std::size_t>> images_;
  Machine machine_;  // for times
  Comparison comparison_;
};

std::string number(double value, const Rule& rule) {
  constexpr double kPercent = 100;
  if (rule.relative) return fmt::format("{:+.1f} %", value * kPercent);
  return rule.measure == Measure::ssim ? fmt::format("{:+.4f}", value) : fmt::format("{:+.1f}", value);
}

}  // namespace

std::string_view to_string(Measure measure) { return kNames[static_cast<std::size_t>(measure)]; }

std::string_view to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::fine:
      return "fine";
    case Verdict::inconclusive:
      return "inconclusive";
    case Verdict::regression:
      return "regression";
  }
  return "";
}

std::vector<Rule> parse_rules(std::string_view text) {
  std::vector<Rule> rules;
  while (!text.empty()) {
    std::string_view word = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    while (word.starts_with(' ')) word.remove_prefix(1);
    while (word.ends_with(' ')) word.remove_suffix(1);
    rules.push_back(parse_rule(word));
  }
  if (rules.empty()) parse_rule("");
  return rules;
}

Verdict Comparison::verdict() const {
  Verdict gravest = broken ? Verdict::regression : undecided ? Verdict::inconclusive : Verdict::fine;
  for (const Finding& finding : findings) gravest = std::max(gravest, finding.verdict);
  return gravest;
}

bool passes(const Comparison& comparison, bool strict) {
  const Verdict verdict = comparison.verdict();
  return verdict == Verdict::fine || (verdict == Verdict::inconclusive && !strict);
}

bool more_rounds_tell(const Comparison& comparison) {
  if (comparison.verdict() != Verdict::inconclusive) return false;
  return std::any_of(comparison.findings.begin(), comparison.findings.end(), [](const Finding& finding) {
    return is_time(finding.rule.measure) && finding.verdict == Verdict::inconclusive;
  });
}

Comparison compare(const Results& baseline, const Results& now, const std::vector<Rule>& rules) {
  return Comparer(baseline, now).compare(rules);
}

Gain gain_of(const Results& results, std::size_t first, std::size_t second) {
  std::vector<double> bytes, time, ssim;
  Gain gain;
  double bytes_before = 0;
  for (std::size_t image = 0; image < results.images.size(); ++image) {
    const Cell &a = results.cell(first, image), &b = results.cell(second, image);
    const int level = results.setting.levels.front();
    const auto pair = pair_of("", a, b, level, {Measure::time, 0, true, ""});
    if (!pair || !a.made->ssim || !b.made->ssim) {
      gain.lost += a.made && a.made->error.empty() ? 1 : 0;
      continue;
    }
    bytes.push_back(std::log(static_cast<double>(b.made->bytes) / static_cast<double>(a.made->bytes)));
    time.push_back(std::log(pair->now / pair->before));
    ssim.push_back(*b.made->ssim - *a.made->ssim);
    bytes_before += static_cast<double>(a.made->bytes);
    gain.mean_bytes += static_cast<double>(b.made->bytes);
    gain.mean_ssim += *b.made->ssim;
    gain.mean_ms += pair->now;
  }
  gain.images = bytes.size();
  if (gain.images == 0) return gain;
  const auto as_part = [](const report::Interval& i) {
    return report::Interval{std::exp(i.low) - 1, std::exp(i.high) - 1};
  };
  gain.bytes = gain.mean_bytes / bytes_before - 1;
  gain.time = std::exp(report::mean(time)) - 1;
  gain.ssim = report::mean(ssim);
  gain.bytes_interval = as_part(report::bootstrap(bytes, report::mean));
  gain.time_interval = as_part(report::bootstrap(time, report::mean));
  gain.ssim_interval = report::bootstrap(ssim, report::mean);
  for (double* sum : {&gain.mean_bytes, &gain.mean_ssim, &gain.mean_ms}) *sum /= static_cast<double>(gain.images);
  return gain;
}

std::string to_text(const Gain& gain) {
  constexpr double kPercent = 100;
  const auto part = [](double change, const report::Interval& interval) {
    return fmt::format("{:+.1f} % ({:+.1f} to {:+.1f})", kPercent * change, kPercent * interval.low,
                       kPercent * interval.high);
  };
  return fmt::format("SSIM {:+.4f} ({:+.4f} to {:+.4f}), bytes {}, time {}", gain.ssim, gain.ssim_interval.low,
                     gain.ssim_interval.high, part(gain.bytes, gain.bytes_interval),
                     part(gain.time, gain.time_interval));
}

std::vector<std::string> differences(const Results& baseline, const Results& now) {
  std::vector<std::string> lines;
  const Setting &before = baseline.setting, &after = now.setting;
  const auto differ = [&](const char* what, const std::string& a, const std::string& b) {
    if (a != b) lines.push_back(fmt::format("{} was {}, is {}", what, a.empty() ? "none" : a, b.empty() ? "none" : b));
  };
  differ("the processor", before.cpu, after.cpu);
  differ("the number of cores", std::to_string(before.cores), std::to_string(after.cores));
  differ("the subcommand", before.subcommand, after.subcommand);
  for (const Entrant& entrant : baseline.entrants) {
    const std::optional<std::size_t> same = entrant_of(now, entrant.name);
    const auto how = [](const Entrant& e) { return e.command.empty() ? "within bench" : "as a process of its own"; };
    if (same) differ(entrant.name.c_str(), how(entrant), how(now.entrants[*same]));
  }
  std::map<std::string, std::pair<std::string, std::string>> libraries;
  for (const auto& [name, version] : before.libraries) libraries[name].first = version;
  for (const auto& [name, version] : after.libraries) libraries[name].second = version;
  for (const auto& [name, versions] : libraries) differ(name.c_str(), versions.first, versions.second);
  return lines;
}

std::vector<std::string> lines_of(const Comparison& comparison) {
  std::vector<std::string> lines = comparison.notes;
  for (const Finding& f : comparison.findings) {
    std::string line = fmt::format("{}{}: {} {}", f.entrant, f.level > 1 ? fmt::format(", {} jobs", f.level) : "",
                                   to_string(f.rule.measure), number(f.change, f.rule));
    if (f.interval)
      line += fmt::format(" ({} to {})", number(f.interval->low, f.rule), number(f.interval->high, f.rule));
    if (f.verdict != Verdict::fine) {
      line += fmt::format(", allowed {}: {}", number(f.rule.threshold, f.rule), to_string(f.verdict));
      line += fmt::format(" (most: {}, {})", f.worst_image, number(f.worst_change, f.rule));
    }
    lines.push_back(std::move(line));
  }
  if (comparison.verdict() != Verdict::regression) return lines;  // by chance then
  for (const std::string& name : comparison.left_front) {
    lines.push_back(fmt::format("{} is no longer on the front: another is as good in time, bytes and SSIM", name));
  }
  return lines;
}

}  // namespace imgmill::bench
