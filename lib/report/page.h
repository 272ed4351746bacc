// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A page of HTML that is one file: no scripts, nothing from elsewhere, light or dark as its reader wishes.
#pragma once

#include <string>
#include <string_view>

namespace imgmill::report {

// `title` is any text; `body` and `more_style` are HTML and CSS already. Colours are in the variables --line, --head,
// --ink and --paper.
std::string html_page(const std::string& title, const std::string& body, std::string_view more_style = {});

}  // namespace imgmill::report
