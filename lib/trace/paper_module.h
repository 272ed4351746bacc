// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The boundary to the module that evens out the paper of a scan with OpenCV. A module, because linking OpenCV would
// cost every start of the program some 20 ms, and only unevenly lit scans need it.
#pragma once

#include <cstdint>

extern "C" {

// Makes ink the darker side of a grey plane (width × height bytes, in place) and its paper evenly light. 0, or another
// value where memory did not suffice.
int imgmill_even_out_paper(std::uint8_t* plane, int width, int height);
}
