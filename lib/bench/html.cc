// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench/html.h"

#include <fmt/core.h>

#include <vector>

#include "bench/charts.h"
#include "bench/figures.h"
#include "bench/show.h"
#include "report/page.h"
#include "report/sheet.h"

namespace imgmill::bench {
namespace {

std::string worst_section(const Results& results, std::span<const Pictured> worst) {
  if (worst.empty()) return "";
  std::string text = "<section>\n<h2>Worst images: original, result, difference × 4</h2>\n";
  for (const Pictured& one : worst) {
    const std::string entrant = report::escaped_for_html(results.entrants[one.entrant].name);
    const std::string image = report::escaped_for_html(results.images[one.image].path);
    const Made& made = *results.cell(one.entrant, one.image).made;
    text += fmt::format("<div class=\"trio\"><p>{}: {}, SSIM {:.4f}</p>", entrant, image, made.ssim.value_or(0));
    const auto add = [&](const char* what, const std::string& uri) {
      text += fmt::format("<img src=\"{}\" alt=\"{} of {}\" loading=\"lazy\">", uri, what, image);
    };
    add("original", one.original);
    add("result", one.result);
    add("difference", one.difference);
    text += "</div>\n";
  }
  return text + "</section>\n";
}

}  // namespace

std::string to_html(const Results& results, std::span<const Pictured> worst) {
  const std::vector<Figures> figures = figures_of(results);
  std::string body = legend(results) + cost_chart(results, figures) + time_chart(results) + ssim_chart(results) +
                     scaling_chart(results, figures);
  for (const report::Sheet& sheet : sheets_of(results, figures)) body += report::to_html(sheet);
  return report::html_page(fmt::format("imgmill bench {}", results.setting.subcommand),
                           body + worst_section(results, worst), chart_style());
}

}  // namespace imgmill::bench
