// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A fixed piece of work that no change of imgmill makes faster or slower: how long it takes tells how fast the machine
// is at the moment.
#pragma once

namespace imgmill::bench {

// Milliseconds of processor time that it takes now: one or two.
double lay_yardstick();

}  // namespace imgmill::bench
