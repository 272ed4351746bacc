// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Parts of the program that are loaded on first need, because their libraries cost more at start-up than most runs
// ever use. A module is NAME_module.so in ../lib/imgmill beside the executable's folder, or where it was installed.
#pragma once

#include <string_view>

namespace imgmill::base {

// The address of `symbol` in module `name` ("vips", "rsvg"). Loads the module once and keeps it; thread-safe.
// Throws Error{internal} when it can't be loaded or lacks the symbol.
void* module_symbol(std::string_view name, const char* symbol);

}  // namespace imgmill::base
