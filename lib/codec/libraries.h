// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Which libraries made some bytes, for whoever wants to know whether they would come out the same again.
#pragma once

#include <map>
#include <string>

#include "codec/codec.h"

namespace imgmill::codec {

// Name → version.
using Libraries = std::map<std::string, std::string>;

// All that decode, draw and correct pictures, as they were when this program was built: within a release of a system
// they change without changing pixels.
const Libraries& reading_libraries();

// Those that write `format`, as they are now; nothing for SVG. Loads the format's module where it has one; throws
// Error{internal} where that fails.
Libraries writing_libraries(Format format);

}  // namespace imgmill::codec
