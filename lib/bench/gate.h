// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Whether results became worse than earlier ones. What is the same in every run (bytes, SSIM) is compared exactly; time
// and memory only count where the difference is more than chance: images are compared one by one with themselves, and
// the interval in which their mean change lies with 90 % must clear the threshold as a whole: one in 20 that just keep to
// it is called worse. Times are taken in units of the yardstick beside each run, without what the run spent waiting for
// a processor.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bench/results.h"
#include "report/statistics.h"

namespace imgmill::bench {

enum class Measure { time, cpu, memory, ssim, bytes, gzip };
std::string_view to_string(Measure measure);

// "time>+10%": what is more than a tenth over the baseline is worse; "ssim<-0.002": what is that much under it.
struct Rule {
  Measure measure = Measure::time;
  double threshold = 0;  // with its sign; a part of the baseline's value where it is relative
  bool relative = false;
  std::string text;
};

inline constexpr std::string_view kUsualRules = "time>+10%,ssim<-0.002,bytes>+2%,memory>+15%";

// Comma-separated. Throws Error{usage}: "must be …".
std::vector<Rule> parse_rules(std::string_view text);

enum class Verdict { fine, inconclusive, regression };
std::string_view to_string(Verdict verdict);

struct Finding {
  std::string entrant;
  int level = 0;  // 0: whatever the level
  Rule rule;
  double change = 0;                         // of the mean, as the rule says: a part or the difference itself
  std::optional<report::Interval> interval;  // of it, where it varies
  Verdict verdict = Verdict::fine;
  std::string worst_image;  // which changed most that way
  double worst_change = 0;
};

struct Comparison {
  std::vector<Finding> findings;
  std::vector<std::string> left_front;  // entrants that nobody beat in the baseline, and somebody does now
  std::vector<std::string> notes;       // what could not be compared
  bool broken = false;                  // what worked in the baseline fails now, or nothing of it took part
  bool undecided = false;               // a rule had nothing to compare

  Verdict verdict() const;  // the gravest
};

// Whether nothing is worse; with `strict` what is inconclusive counts as worse.
bool passes(const Comparison& comparison, bool strict);

// Whether the verdict may change with more runs of the same: it is inconclusive, for the times vary too much.
bool more_rounds_tell(const Comparison& comparison);

// Only what both have is compared: entrants by name, images by their content, levels.
Comparison compare(const Results& baseline, const Results& now, const std::vector<Rule>& rules);

// What the second of two entrants of the same results is better or worse by, over the images that both could do:
// interval of the mean change of each image, as a part of what the first needs; SSIM as a difference.
struct Gain {
  double bytes = 0, time = 0, ssim = 0;  // of the means; time: of the mean factor
  report::Interval bytes_interval, time_interval, ssim_interval;
  double mean_bytes = 0, mean_ssim = 0, mean_ms = 0;  // of the second
  std::size_t images = 0;
  std::size_t lost = 0;  // images that the first could do and the second could not
};
Gain gain_of(const Results& results, std::size_t first, std::size_t second);
std::string to_text(const Gain& gain);

// Why times and bytes of the two say nothing about imgmill: another processor, other libraries. A line each.
std::vector<std::string> differences(const Results& baseline, const Results& now);

// A line for each finding, "balanced: time +15.3 % (13.9 to 16.8 %), more than +10 %: regression (most: a.png, +22 %)";
// where something is worse, who left the front too.
std::vector<std::string> lines_of(const Comparison& comparison);

}  // namespace imgmill::bench
