// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/progress.h"

#include <fmt/core.h>
#include <unistd.h>

#include <string>

#include "report/text.h"

namespace imgmill::report {

Progress::Progress(std::FILE* stream, ProgressMode mode)
    : stream_(stream), mode_(mode), terminal_(::isatty(::fileno(stream)) == 1) {}

void Progress::begin(std::size_t total) {
  total_ = total;
  start_ = last_ = Clock::now();
}

void Progress::advance() {
  ++done_;
  if (mode_ == ProgressMode::never) return;
  using namespace std::chrono_literals;
  const Clock::duration interval = terminal_ ? 100ms : mode_ == ProgressMode::always ? 1s : 10s;
  const Clock::time_point now = Clock::now();
  if (now - last_ >= interval) show(now);
}

void Progress::show(Clock::time_point now) {
  constexpr std::size_t kBar = 30;
  last_ = now;
  const double seconds = std::chrono::duration<double>(now - start_).count();
  const double rate = seconds > 0 ? static_cast<double>(done_) / seconds : 0;
  const double left = rate > 0 ? static_cast<double>(total_ - done_) / rate : 0;
  if (terminal_) {
    const std::size_t filled = total_ > 0 ? kBar * done_ / total_ : kBar;
    say(stream_, fmt::format("\r[{}{}] {}/{}  {:.1f}/s  {:.0f} s left\x1b[K", std::string(filled, '#'),
                             std::string(kBar - filled, '.'), done_, total_, rate, left));
    on_screen_ = true;
  } else {
    say(stream_, fmt::format("progress: {} of {} items, {:.1f}/s, {:.0f} s left\n", done_, total_, rate, left));
  }
  std::fflush(stream_);
}

void Progress::make_way() {
  if (on_screen_) say(stream_, "\r\x1b[K");
  on_screen_ = false;
}

void Progress::finish() {
  if (mode_ == ProgressMode::always) {
    show(Clock::now());
    if (terminal_) say(stream_, "\n");
    on_screen_ = false;
  }
  make_way();
}

}  // namespace imgmill::report
