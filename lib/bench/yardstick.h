// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A fixed piece of work that no change of imgmill makes faster or slower, for all of it is done by libraries: how long
// it takes tells how fast the machine is at the moment.
#pragma once

#include <string>

namespace imgmill::bench {

// Milliseconds of processor time that it takes now: half a millisecond or one.
double lay_yardstick();

// What it is made of: times in units of one yardstick can't be compared with those in units of another.
std::string yardstick_version();

// The yardstick beside runs that follow each other: laid between them, as often as is worth it.
class Yardstick {
 public:
  Yardstick() : ms_(lay_yardstick()) {}

  // How long it takes, as last seen.
  double ms() const { return ms_; }

  // A run of so many ms is over. Lays it for about a thirtieth of that, several times where there is time for it;
  // not at all after runs so short that it would take longer than they do.
  void follow(double run_ms);

 private:
  double ms_;
  double credit_ms_ = 0;  // may be laid for so long; less than 0 after it took longer than that
};

}  // namespace imgmill::bench
