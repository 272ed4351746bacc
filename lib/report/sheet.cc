// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/sheet.h"

#include <fmt/core.h>

#include <algorithm>
#include <string_view>

#include "report/text.h"

namespace imgmill::report {
namespace {

using Row = std::vector<std::string>;

std::size_t columns_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string aligned(const std::string& cell, std::size_t width, bool to_the_right) {
  const std::string padding(width - std::min(width, columns_of(cell)), ' ');
  return to_the_right ? padding + cell : cell + padding;
}

Row names_of(const std::vector<Column>& columns) {
  Row names;
  for (const Column& column : columns) names.push_back(column.name);
  return names;
}

std::string text_row(const Sheet& sheet, const Row& row, const std::vector<std::size_t>& widths) {
  std::string line;
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (i > 0) line += "  ";
    line += aligned(printable(row[i]), widths[i], sheet.columns[i].is_number);
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

template <class Escape>
std::string escaped(const std::string& text, const Escape& escape) {
  std::string safe;
  for (const char c : printable(text)) safe += escape(c);
  return safe;
}

std::string html_row(const Sheet& sheet, const Row& row, std::string_view tag) {
  std::string line = "<tr>";
  for (std::size_t i = 0; i < row.size(); ++i) {
    line += fmt::format("<{}{}>{}</{}>", tag, sheet.columns[i].is_number ? " class=\"number\"" : "",
                        escaped_for_html(row[i]), tag);
  }
  return line + "</tr>\n";
}

}  // namespace

std::string escaped_for_html(const std::string& text) {
  return escaped(text, [](char c) {
    return c == '&'   ? std::string("&amp;")
           : c == '<' ? std::string("&lt;")
           : c == '>' ? std::string("&gt;")
           : c == '"' ? std::string("&quot;")
                      : std::string(1, c);
  });
}

std::string escaped_for_markdown(const std::string& text) {
  constexpr std::string_view kMarkup = "\\`*_{}[]<>#|~&!";
  return escaped(text, [&](char c) {
    std::string safe(kMarkup.find(c) != std::string_view::npos ? 1 : 0, '\\');
    return safe += c;
  });
}

std::string to_text(const Sheet& sheet) {
  const Row names = names_of(sheet.columns);
  std::vector<std::size_t> widths(names.size());
  const auto widen = [&](const Row& row) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], columns_of(printable(row[i])));
  };
  widen(names);
  for (const Row& row : sheet.rows) widen(row);
  std::string text = sheet.title + "\n" + text_row(sheet, names, widths);
  for (const Row& row : sheet.rows) text += text_row(sheet, row, widths);
  return text;
}

std::string to_markdown(const Sheet& sheet) {
  const auto line = [](const Row& row) {
    std::string text = "|";
    for (const std::string& cell : row) text += fmt::format(" {} |", escaped_for_markdown(cell));
    return text += '\n';
  };
  std::string text = fmt::format("## {}\n\n{}|", escaped_for_markdown(sheet.title), line(names_of(sheet.columns)));
  for (const Column& column : sheet.columns) text += column.is_number ? " ---: |" : " --- |";
  text += "\n";
  for (const Row& row : sheet.rows) text += line(row);
  return text;
}

std::string to_html(const Sheet& sheet) {
  std::string html = fmt::format("<section>\n<h2>{}</h2>\n<table>\n<thead>\n{}</thead>\n<tbody>\n",
                                 escaped_for_html(sheet.title), html_row(sheet, names_of(sheet.columns), "th"));
  for (const Row& row : sheet.rows) html += html_row(sheet, row, "td");
  return html + "</tbody>\n</table>\n</section>\n";
}

}  // namespace imgmill::report
