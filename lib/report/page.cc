// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/page.h"

#include <fmt/core.h>

#include "report/sheet.h"

namespace imgmill::report {
namespace {

constexpr const char* kStyle =
    ":root { color-scheme: light dark; --line: #d0d7de; --head: #f3f5f7; --ink: #1f2328; --paper: #fff; }\n"
    "@media (prefers-color-scheme: dark) {\n"
    "  :root { --line: #3a414a; --head: #1c2128; --ink: #d9dee4; --paper: #0f1318; }\n"
    "}\n"
    "body { font: 15px/1.5 system-ui, sans-serif; max-width: 75rem; margin: 2rem auto; padding: 0 1rem;\n"
    "  color: var(--ink); background: var(--paper); }\n"
    "section { overflow-x: auto; }\n"
    "table { border-collapse: collapse; font-variant-numeric: tabular-nums; }\n"
    "th, td { padding: .25rem .75rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }\n"
    "th { background: var(--head); }\n"
    ".number { text-align: right; white-space: nowrap; }\n";

}  // namespace

std::string html_page(const std::string& title, const std::string& body, std::string_view more_style) {
  const std::string name = escaped_for_html(title);
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width\">\n<title>{}</title>\n<style>\n{}{}</style>\n</head>\n"
      "<body>\n<h1>{}</h1>\n{}</body>\n</html>\n",
      name, kStyle, more_style, name, body);
}

}  // namespace imgmill::report
