// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pipeline/naming.h"

#include <fmt/core.h>
#include <sys/stat.h>

#include <algorithm>
#include <map>
#include <unordered_map>
#include <utility>

#include "base/error.h"

namespace imgmill::pipeline {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse(const std::string& message) { throw base::Error(base::ErrorKind::usage, message); }

std::string filled_in(const Naming& naming, const Product& product, const std::string& relative) {
  const fs::path path(relative);
  std::string source_extension = path.extension().string();
  if (!source_extension.empty()) source_extension.erase(0, 1);
  const std::pair<std::string_view, std::string> places[] = {{"dir", path.parent_path().string()},
                                                             {"stem", path.stem().string()},
                                                             {"variant", product.variant_name},
                                                             {"ext", product.extension},
                                                             {"source_ext", source_extension}};
  const std::string name_template = !naming.name_template.empty()  ? naming.name_template
                                    : product.variant_name.empty() ? "{dir}/{stem}.{ext}"
                                                                   : "{dir}/{stem}-{variant}.{ext}";
  std::string name;
  std::string_view rest = name_template;
  while (!rest.empty()) {
    const auto open = rest.find('{');
    name += rest.substr(0, open);
    if (open == std::string_view::npos) break;
    const auto close = rest.find('}', open);
    const std::string_view key = rest.substr(open + 1, close == std::string_view::npos ? close : close - open - 1);
    const auto* place =
        std::find_if(std::begin(places), std::end(places), [&](const auto& p) { return p.first == key; });
    if (close == std::string_view::npos || place == std::end(places)) {
      refuse(fmt::format(
          "--name: {{{}}} is no place; there are {{dir}}, {{stem}}, {{variant}}, {{ext}} and {{source_ext}}", key));
    }
    name += place->second;
    rest.remove_prefix(close + 1);
  }
  name.erase(0, name.find_first_not_of('/'));  // an empty {dir} must not lead to the root folder
  if (name.empty() || name.back() == '/') refuse("--name gives an empty name for " + relative);
  return name;
}

// -o names a folder unless there is one input and nothing says that it is one.
bool is_folder(const Naming& naming) {
  std::error_code ignored;
  const std::string& output = *naming.output;
  if (output.ends_with('/') || fs::is_directory(output, ignored)) return true;
  if (naming.single && (naming.one_of || naming.products.size() == 1)) return false;
  const bool like_a_file = std::any_of(naming.products.begin(), naming.products.end(), [&](const Product& product) {
    return fs::path(output).extension() == "." + product.extension;
  });
  if (fs::exists(output, ignored) || like_a_file) {
    refuse(fmt::format("-o {}: there may be several results, so this must be a folder (end its name in '/'{})", output,
                       naming.single ? ", or ask for one of --formats and one of --variants" : ""));
  }
  return true;
}

void refuse_clashes(std::span<const Job> jobs) {
  const fs::path here = fs::current_path();
  std::unordered_map<std::string, const Job*> by_output;
  for (const Job& job : jobs) {
    if (job.to_stdout) continue;
    for (const Destination& output : job.outputs) {
      const auto [other, is_new] = by_output.emplace((here / output.path).lexically_normal().string(), &job);
      if (is_new) continue;
      if (other->second == &job) {
        refuse(fmt::format("{}: two of its results would both be {} (put {{variant}} and {{ext}} into --name)",
                           job.input.string(), output.path.string()));
      }
      refuse(
          fmt::format("{} and {} would both write {} (give them names of their own, e.g. --name "
                      "'{{dir}}/{{stem}}.{{source_ext}}.{{ext}}')",
                      other->second->input.string(), job.input.string(), output.path.string()));
    }
  }
}

// By inode, so that links don't hide it: a result is written through a link to what the link names.
void refuse_inputs_as_outputs(std::span<const Job> jobs, bool in_place) {
  struct stat status {};
  std::map<std::pair<dev_t, ino_t>, const Job*> existing;
  for (const Job& job : jobs) {
    if (job.to_stdout) continue;
    for (const Destination& output : job.outputs) {
      if (::stat(output.path.c_str(), &status) == 0 && S_ISREG(status.st_mode)) {
        existing.emplace(std::pair(status.st_dev, status.st_ino), &job);
      }
    }
  }
  if (existing.empty()) return;
  for (const Job& job : jobs) {
    if (job.from_stdin || ::stat(job.input.c_str(), &status) != 0) continue;
    const auto found = existing.find({status.st_dev, status.st_ino});
    if (found == existing.end() || (in_place && found->second == &job)) continue;
    refuse(fmt::format("{} is an input and would be overwritten by the result of {} (choose another -o or --name{})",
                       job.input.string(), found->second->input.string(),
                       found->second == &job ? ", or --in-place where there is one" : ""));
  }
}

bool is_below(const fs::path& path, const fs::path& folder) {
  const fs::path here = fs::current_path();
  const fs::path way = (here / path).lexically_normal().lexically_relative((here / folder / "").lexically_normal());
  return !way.empty() && *way.begin() != "..";
}

bool makes_pictures(const Naming& naming) {
  return std::any_of(naming.products.begin(), naming.products.end(),
                     [](const Product& product) { return product.format != codec::Format::svg; });
}

// What a search finds below the output folder is left out, unless the whole folder that is searched lies there.
bool leaves_out_results(const Naming& naming, const Input& input) {
  return naming.output && is_below(*naming.output, input.root) && !is_below(input.root, *naming.output);
}

// A search that found this input would find its results too, the next time.
void refuse_results_as_inputs(const Naming& naming, const Input& input, const Job& job) {
  if (!input.searched || naming.in_place || !makes_pictures(naming) || leaves_out_results(naming, input)) return;
  for (const Destination& output : job.outputs) {
    if (!is_below(output.path, input.root)) continue;
    refuse(
        fmt::format("{} is searched for inputs and would hold results, which the next run would find (-o FOLDER puts "
                    "them elsewhere)",
                    input.root.string()));
  }
}

fs::path path_of(const Naming& naming, const Product& product, const Input& input, bool below_folder) {
  if (below_folder) return fs::path(*naming.output) / filled_in(naming, product, input.relative);
  if (naming.output) {
    const bool is_asked_for = &product == naming.products.data() || !naming.one_of;
    return is_asked_for ? fs::path(*naming.output) : fs::path(*naming.output).replace_extension(product.extension);
  }
  return input.root / filled_in(naming, product, input.relative);
}

}  // namespace

std::vector<Job> name_outputs(std::span<const Input> inputs, const Naming& naming) {
  const bool to_stdout =
      naming.output == "-" || (!naming.output && naming.single && inputs.size() == 1 && inputs[0].from_stdin);
  if (to_stdout && !naming.single) refuse("-o - takes one input (a file or '-')");
  if (to_stdout && naming.one_of) {
    refuse("standard output can't tell what --fallback made of it (give it a name, -o FILE)");
  }
  if (to_stdout && naming.products.size() > 1) {
    refuse("standard output takes one result (one of --formats, one of --variants)");
  }
  const bool below_folder = naming.output && !to_stdout && is_folder(naming);
  std::vector<Job> jobs;
  jobs.reserve(inputs.size());
  for (const Input& input : inputs) {
    const bool is_result = input.searched && makes_pictures(naming) && leaves_out_results(naming, input) &&
                           is_below(input.path, *naming.output);
    if (is_result) continue;
    Job job{jobs.size(), input.path, input.from_stdin, input.relative, {}, to_stdout, input.problem};
    for (const Product& product : naming.products) {
      job.outputs.push_back({to_stdout ? "-" : path_of(naming, product, input, below_folder), product});
    }
    refuse_results_as_inputs(naming, input, job);
    jobs.push_back(std::move(job));
  }
  refuse_clashes(jobs);
  refuse_inputs_as_outputs(jobs, naming.in_place);
  return jobs;
}

}  // namespace imgmill::pipeline
