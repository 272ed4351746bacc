// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// imgmill cache: what is kept, filling it ahead of time, throwing parts of it away.
#include <fmt/core.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/system_error.h"
#include "common/batch.h"
#include "common/cache_options.h"
#include "common/exit_code.h"
#include "common/run_main.h"
#include "common/subcommand.h"
#include "plan/values.h"
#include "report/json.h"
#include "report/text.h"

namespace {

using namespace imgmill;
using cache::Amount;
using cache::Tier;

constexpr const char* kUsageText =
    "Usage: imgmill cache stats [--json]\n"
    "       imgmill cache warm [--presets a,b] [--for convert|compress] INPUT...\n"
    "       imgmill cache prune [--older-than 30d] [--max-size 2G] [--tag NAME]\n"
    "       imgmill cache clear\n"
    "\n"
    "stats: what is kept, and what it has saved over all runs. warm: makes results and keeps them without\n"
    "writing any file. prune: throws away what has expired, and what meets all that is given; of what then\n"
    "remains, the least recently used until the rest is within --max-size. clear: throws all away.\n";

constexpr const char* kNotesText =
    "An age is a number of seconds, or has a unit: 90m, 12h, 30d, 4w. On a server an entry's age counts from\n"
    "when it was stored, on disk from when it was last used; a server's size is its own affair (maxmemory).\n"
    "\n"
    "Exit codes: 0 all well, 1 a tier of the cache could not be reached (warm: some items failed), 2 wrong\n"
    "usage or configuration, 4 no input matched.\n";

struct Request {
  std::string action;
  std::vector<std::string> operands;
  std::vector<std::string> presets = {"balanced"};
  std::string program = "convert";
  cache::PruneRule rule;
  bool json = false;
};

[[noreturn]] void refuse(const std::string& message) { throw base::Error(base::ErrorKind::usage, message); }

// --- stats

std::string amount_json(const Amount& amount) {
  return report::Object().count("entries", amount.entries).count("bytes", amount.bytes).done();
}

std::string stats_json(cache::LayeredStore& store, const cache::Statistics& all) {
  report::Object object;
  object.text("type", "cache").count("schema_version", 1).count("hits", all.hits).count("misses", all.misses);
  object.number("hit_rate", all.hit_rate(), 6).number("saved_seconds", all.saved_ms() / 1000, 3);
  for (const Tier tier : cache::kTiers) {
    report::Object counts;
    if (tier != Tier::memory && store.tier(tier) != nullptr)
      counts.raw("holds", amount_json(store.tier(tier)->amount()));
    for (const cache::CountName& count : cache::kCountNames) counts.count(count.name, all.of(tier).*count.member);
    object.raw(to_string(tier), counts.done());
  }
  return object.done() + "\n";
}

std::string human_time(double seconds) {
  constexpr double kMinute = 60, kHour = 3600;
  if (seconds < kMinute) return fmt::format("{:.1f} s", seconds);
  if (seconds < kHour) return fmt::format("{:.1f} min", seconds / kMinute);
  return fmt::format("{:.1f} h", seconds / kHour);
}

std::string stats_text(cache::LayeredStore& store, const cache::Statistics& all) {
  std::string text = fmt::format("{:<8} {:>10} {:>10} {:>10} {:>10} {:>10} {:>8}\n", "tier", "entries", "size", "hits",
                                 "misses", "stores", "errors");
  for (const Tier tier : cache::kTiers) {
    std::string entries = "-", size = "-";
    if (tier != Tier::memory && store.tier(tier) != nullptr) {
      const Amount amount = store.tier(tier)->amount();
      entries = std::to_string(amount.entries);
      size = report::human_bytes(amount.bytes);
    }
    const cache::TierCounts& counts = all.of(tier);
    text += fmt::format("{:<8} {:>10} {:>10} {:>10} {:>10} {:>10} {:>8}\n", to_string(tier), entries, size, counts.hits,
                        counts.misses, counts.stores, counts.errors);
  }
  text += fmt::format("{} of {} look-ups were hits ({:.1f} %), which saved {} of work\n", all.hits,
                      all.hits + all.misses, 100 * all.hit_rate(), human_time(all.saved_ms() / 1000));
  if (store.disk() != nullptr) text += fmt::format("in {}\n", report::printable(store.disk()->folder().native()));
  return text;
}

void stats(cache::LayeredStore& store, const Request& request) {
  const cache::Statistics all = store.disk() != nullptr ? store.disk()->statistics() : cache::Statistics();
  report::say(stdout, request.json ? stats_json(store, all) : stats_text(store, all));
}

// --- prune and clear

void discard(cache::LayeredStore& store, const Request& request) {
  report::Object object;
  object.text("type", request.action).count("schema_version", 1);
  for (const Tier tier : {Tier::disk, Tier::redis}) {
    cache::Store* const one = store.tier(tier);
    if (one == nullptr) continue;
    const Amount gone = request.action == "clear" ? one->clear() : one->prune(request.rule);
    object.raw(to_string(tier), amount_json(gone));
    if (!request.json) {
      report::say(stdout, fmt::format("{}: {} entries went, {}\n", to_string(tier), gone.entries,
                                      report::human_bytes(gone.bytes)));
    }
  }
  if (request.json) report::say(stdout, object.done() + "\n");
}

// --- warm

std::string sibling(const std::string& name) {
  std::error_code ignored;
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", ignored);
  return (self.parent_path() / ("imgmill-" + name)).string();
}

int run_program(std::vector<std::string> words) {
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  pid_t child = 0;
  if (const int error = ::posix_spawn(&child, arguments[0], nullptr, nullptr, arguments.data(), environ); error != 0) {
    throw base::Error(base::ErrorKind::internal, fmt::format("{} can't be run: {}", words[0], base::error_text(error)));
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : apps::kSomeFailed;
}

// The flags that came to this subcommand go on to the one that does the work.
int warm(const Request& request, const std::vector<std::string>& passed_on) {
  if (request.operands.empty()) refuse("no INPUT given (--help tells more)");
  int worst = apps::kAllWell;
  for (const std::string& preset : request.presets) {
    std::vector<std::string> words = {sibling(request.program), "--warm", "--preset", preset};
    words.insert(words.end(), passed_on.begin(), passed_on.end());
    words.emplace_back("--");
    words.insert(words.end(), request.operands.begin(), request.operands.end());
    const int code = run_program(std::move(words));
    if (code == apps::kInterrupted) return code;
    worst = std::max(worst, code);
  }
  return worst;
}

// --- the command line

std::vector<apps::Option> options_for(plan::Settings& settings, Request& request, apps::Invocation& invocation,
                                      std::vector<std::string>& passed_on) {
  using apps::Takes;
  std::vector<apps::Option> options;
  for (const char* name : {"cache_dir", "redis"}) {
    apps::Option option = apps::option_for(*settings.find(name), settings);
    option.take = [take = option.take, flag = option.flag, &passed_on](const std::string& text) {
      take(text);
      passed_on.insert(passed_on.end(), {flag, text});
    };
    options.push_back(std::move(option));
  }
  const auto add = [&](const char* flag, Takes takes, const char* value, const char* group, const char* help,
                       std::function<void(const std::string&)> take) {
    options.push_back({flag, 0, takes, value, group, help, [flag, take = std::move(take)](const std::string& text) {
                         try {
                           take(text);
                         } catch (const base::Error& error) {
                           refuse(fmt::format("{} {}", flag, error.what()));
                         }
                       }});
  };
  const auto pass_on = [&passed_on](const char* flag) {
    return [flag, &passed_on](const std::string& text) { passed_on.insert(passed_on.end(), {flag, text}); };
  };
  constexpr const char *kPrune = "Pruning", *kWarm = "Warming";
  add("--older-than", Takes::value, "AGE", kPrune, "What wasn't used for so long",
      [&](const std::string& text) { request.rule.older_than = plan::parse_duration(text); });
  add("--max-size", Takes::value, "SIZE", kPrune, "What is too much, the least recently used first",
      [&](const std::string& text) { request.rule.max_bytes = plan::parse_size(text); });
  add("--tag", Takes::value, "NAME", kPrune, "What has this tag (preset=speed, run=..., your own); for warm: gets it",
      [&](const std::string& text) {
        request.rule.tag = text;
        pass_on("--tag")(text);
      });
  add("--presets", Takes::value, "NAME,...", kWarm, "Presets to make results with (default balanced)",
      [&](const std::string& text) { request.presets = plan::split_list(text); });
  add("--for", Takes::value, "convert|compress", kWarm, "The subcommand whose results to make (default convert)",
      [&](const std::string& text) {
        if (text != "convert" && text != "compress") refuse(fmt::format("must be convert or compress, not '{}'", text));
        request.program = text;
      });
  add("--set", Takes::value, "KEY=VALUE", kWarm, "A setting of that subcommand", pass_on("--set"));
  add("--config", Takes::value, "FILE", apps::kConfigGroup,
      "A TOML file of settings, over ./imgmill.toml and the user's", [&](const std::string& text) {
        invocation.config = text;
        pass_on("--config")(text);
      });
  add("--json", Takes::nothing, "", apps::kConfigGroup, "The answer of stats, prune and clear as a JSON record",
      [&](const std::string& text) { request.json = plan::parse_switch(text); });
  options.push_back({"--help", 'h', Takes::nothing, "", apps::kConfigGroup, "This text",
                     [&](const std::string&) { invocation.help = true; }});
  options.push_back({"--version", 0, Takes::nothing, "", apps::kConfigGroup, "The version",
                     [&](const std::string&) { invocation.version = true; }});
  return options;
}

int act(cache::LayeredStore& store, const Request& request) {
  if (request.action == "stats") {
    stats(store, request);
  } else {
    discard(store, request);
  }
  std::vector<std::string> problems = store.take_warnings();
  if (problems.empty() && store.statistics().of(Tier::redis).errors > 0) {
    problems.emplace_back("Redis at that address does not answer");
  }
  for (const std::string& problem : problems)
    report::say(stderr, fmt::format("error: {}\n", report::printable(problem)));
  return problems.empty() ? apps::kAllWell : apps::kSomeFailed;
}

int run(std::span<char* const> arguments) {
  plan::Settings settings;
  apps::BatchSettings batch;
  apps::Invocation invocation;
  Request request;
  std::vector<std::string> passed_on;
  apps::add_batch_settings(settings, batch, apps::kConfigGroup);
  apps::pass_over_others(settings);
  const std::vector<apps::Option> options = options_for(settings, request, invocation, passed_on);
  request.operands = apps::parse_command_line(arguments, options);
  if (apps::tell_about(invocation.help, invocation.version, kUsageText, options, kNotesText)) return apps::kAllWell;
  if (request.operands.empty()) refuse("say stats, warm, prune or clear (--help tells more)");
  request.action = request.operands.front();
  request.operands.erase(request.operands.begin());
  if (request.action == "warm") return warm(request, passed_on);
  if (request.action != "stats" && request.action != "prune" && request.action != "clear") {
    refuse(fmt::format("must be stats, warm, prune or clear, not '{}'", request.action));
  }
  if (!request.operands.empty()) {
    refuse(fmt::format("{} takes no operand ('{}')", request.action, request.operands.front()));
  }
  apps::take_other_sources(settings, batch, invocation, "cache");
  batch.cache.off = false;
  const auto store = apps::open_cache(batch.cache, 0, false);
  return act(*store, request);
}

}  // namespace

int main(int argc, char** argv) {
  return apps::run_main([&] { return run({argv + 1, static_cast<std::size_t>(argc > 0 ? argc - 1 : 0)}); });
}
