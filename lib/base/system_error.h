// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What the system's error numbers are called in our messages: one lower-case phrase.
#pragma once

#include <string>

namespace imgmill::base {

// "no such file", "is a folder", "permission denied", "no space left on device", …
std::string error_text(int error_number);

}  // namespace imgmill::base
