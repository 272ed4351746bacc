// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/system_error.h"

#include <cctype>
#include <cerrno>
#include <system_error>

namespace imgmill::base {

std::string error_text(int error_number) {
  if (error_number == ENOENT) return "no such file";
  if (error_number == EISDIR) return "is a folder";
  std::string text = std::generic_category().message(error_number);
  // "Permission denied" becomes lower case; "RPC struct is bad" keeps its capitals.
  if (text.size() > 1 && std::islower(static_cast<unsigned char>(text[1])) != 0) {
    text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
  }
  return text;
}

}  // namespace imgmill::base
