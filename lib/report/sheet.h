// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A table under a title, and the three ways to write it. Cells hold any text: each way makes it safe for itself.
#pragma once

#include <string>
#include <vector>

namespace imgmill::report {

struct Column {
  std::string name;
  bool is_number = false;  // aligned to the right
};

struct Sheet {
  std::string title;
  std::vector<Column> columns;
  std::vector<std::vector<std::string>> rows;  // a cell for each column
};

std::string to_text(const Sheet& sheet);      // columns that line up; for a terminal
std::string to_markdown(const Sheet& sheet);  // as GitHub and GitLab read it
std::string to_html(const Sheet& sheet);      // a <section>

// For HTML outside of tags and inside of quoted attributes.
std::string escaped_for_html(const std::string& text);

// What is markup in Markdown stands as itself.
std::string escaped_for_markdown(const std::string& text);

}  // namespace imgmill::report
