// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench/spawner.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <ctime>

#include "base/error.h"
#include "base/load.h"
#include "base/stage_clock.h"
#include "base/system_error.h"

extern char** environ;

namespace imgmill::bench {
namespace {

// What goes over the socket: a header, then the output's name and the words, each closed by NUL.
struct Request {
  std::uint32_t size = 0;
  double timeout_seconds = 0;
};
struct Answer {
  double ms = 0, cpu_ms = 0, wait_ms = 0;
  int exit_code = -1;
  std::uint64_t peak_memory = 0;
  std::array<char, 512> problem{};
};

bool read_all(int fd, void* to, std::size_t size) {
  auto* at = static_cast<char*>(to);
  while (size > 0) {
    const ssize_t count = ::read(fd, at, size);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    at += count;
    size -= static_cast<std::size_t>(count);
  }
  return true;
}

bool write_all(int fd, const void* from, std::size_t size) {
  const auto* at = static_cast<const char*>(from);
  while (size > 0) {
    const ssize_t count = ::send(fd, at, size, MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    at += count;
    size -= static_cast<std::size_t>(count);
  }
  return true;
}

std::string last_line(int fd) {
  constexpr ::off_t kTail = 400;
  const ::off_t end = ::lseek(fd, 0, SEEK_END);
  std::array<char, static_cast<std::size_t>(kTail)> tail{};
  const ssize_t count = ::pread(fd, tail.data(), tail.size(), std::max<::off_t>(0, end - kTail));
  std::string text(tail.data(), static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  text.erase(text.find_last_not_of("\r\n \t") + 1);
  return text.substr(text.find_last_of('\n') + 1);
}

enum class Why { ended, timed_out, unwanted };

// Until the process is done; it is killed when it has had its time, and when nobody waits for it any more.
Why wait_until(::pid_t pid, double timeout_seconds, int socket) {
  const base::Descriptor process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  if (!process.valid()) return Why::ended;  // an old kernel: it has all the time it wants
  pollfd events[] = {{process.get(), POLLIN, 0}, {socket, POLLRDHUP, 0}};
  constexpr double kMostMs = 1e9;
  const int timeout = timeout_seconds > 0 ? static_cast<int>(std::min(timeout_seconds * 1000, kMostMs)) : -1;
  int count = 0;
  while ((count = ::poll(events, 2, timeout)) < 0 && errno == EINTR) {
  }
  if (count > 0 && events[0].revents != 0) return Why::ended;
  ::kill(-pid, SIGKILL);
  return count == 0 ? Why::timed_out : Why::unwanted;
}

// Of the process's first thread, when it is done and not yet forgotten.
double wait_of(::pid_t pid) {
  siginfo_t ignored{};
  while (::waitid(P_PID, static_cast<id_t>(pid), &ignored, WEXITED | WNOWAIT) < 0 && errno == EINTR) {
  }
  return base::wait_for_cpu_ms("/", std::to_string(pid));
}

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

std::string describe(int status, Why why, int errors) {
  if (why == Why::timed_out) return "took too long (--timeout)";
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return "";
  const std::string said = last_line(errors);
  const std::string how = WIFEXITED(status) ? fmt::format("exit code {}", WEXITSTATUS(status))
                                            : fmt::format("killed by signal {}", WTERMSIG(status));
  return said.empty() ? how : fmt::format("{}: {}", how, said);
}

int start(char* const* words, const char* output, int errors, ::pid_t& pid) {
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
  ::posix_spawn_file_actions_init(&files);
  ::posix_spawnattr_init(&attributes);
  constexpr int kPublic = 0666;
  ::posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, *output != '\0' ? output : "/dev/null",
                                     O_WRONLY | O_CREAT | O_TRUNC, kPublic);
  ::posix_spawn_file_actions_adddup2(&files, errors, STDERR_FILENO);
  ::sigset_t all, none;
  ::sigfillset(&all);
  ::sigemptyset(&none);
  ::posix_spawnattr_setsigdefault(&attributes, &all);
  ::posix_spawnattr_setsigmask(&attributes, &none);
  ::posix_spawnattr_setpgroup(&attributes, 0);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
  const int error = ::posix_spawnp(&pid, words[0], &files, &attributes, words, environ);
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&files);
  return error;
}

Answer measured(char* const* words, const char* output, double timeout_seconds, int socket) {
  Answer answer;
  const base::Descriptor errors(::memfd_create("stderr", MFD_CLOEXEC));
  std::string problem;
  base::StageClock clock;
  {
    const base::StageClock::Scope timed(&clock, "command");
    ::pid_t pid = 0;
    const int error = start(words, output, errors.get(), pid);
    if (error != 0) {
      problem = fmt::format("can't run {}: {}", words[0], base::error_text(error));
    } else {
      const Why why = wait_until(pid, timeout_seconds, socket);
      answer.wait_ms = wait_of(pid);
      int status = 0;
      struct rusage usage {};
      while (::wait4(pid, &status, 0, &usage) < 0 && errno == EINTR) {
      }
      constexpr double kMs = 1000;
      constexpr std::uint64_t kKilo = 1024;
      answer.cpu_ms = (seconds(usage.ru_utime) + seconds(usage.ru_stime)) * kMs;
      answer.peak_memory = static_cast<std::uint64_t>(usage.ru_maxrss) * kKilo;
      if (WIFEXITED(status)) answer.exit_code = WEXITSTATUS(status);
      problem = describe(status, why, errors.get());
    }
  }
  answer.ms = clock.stages().front().milliseconds;
  problem.copy(answer.problem.data(), answer.problem.size() - 1);
  return answer;
}

// The small process: until nobody asks any more.
[[noreturn]] void serve(int socket) {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) ::signal(signal, SIG_IGN);
  Request request;
  while (read_all(socket, &request, sizeof request)) {
    std::string text(request.size, '\0');
    if (!read_all(socket, text.data(), text.size())) break;
    std::vector<char*> words;
    for (char* at = text.data(); at < text.data() + text.size(); at += std::strlen(at) + 1) words.push_back(at);
    words.push_back(nullptr);
    const Answer answer = measured(words.data() + 1, words[0], request.timeout_seconds, socket);
    if (!write_all(socket, &answer, sizeof answer)) break;
  }
  ::_exit(0);
}

// Until there is an answer; where it is to stop, the helper hears of it, and kills what it runs.
void await(int socket, const std::atomic<bool>* stop) {
  constexpr int kLookMs = 50;
  pollfd event{socket, POLLIN, 0};
  while (::poll(&event, 1, kLookMs) <= 0) {
    if (stop != nullptr && *stop) ::shutdown(socket, SHUT_WR);
  }
}

}  // namespace

std::vector<std::string> words_of(std::string_view command) {
  std::vector<std::string> words;
  bool in_word = false;
  char quote = 0;
  for (std::size_t i = 0; i < command.size(); ++i) {
    const char c = command[i];
    const bool blank = quote == 0 && (c == ' ' || c == '\t' || c == '\n');
    if (blank) {
      in_word = false;
      continue;
    }
    if (!std::exchange(in_word, true)) words.emplace_back();
    if (quote == 0 && (c == '\'' || c == '"')) {
      quote = c;
    } else if (c == quote) {
      quote = 0;
    } else if (c == '\\' && quote != '\'' && i + 1 < command.size()) {
      words.back() += command[++i];
    } else {
      words.back() += c;
    }
  }
  if (quote != 0) {
    throw base::Error(base::ErrorKind::usage, fmt::format("has a quote that isn't closed: {}", command));
  }
  return words;
}

Spawner::Spawner(int at_once) {
  helpers_.reserve(static_cast<std::size_t>(at_once));
  for (int i = 0; i < at_once; ++i) {
    int ends[2];
    const bool joined = ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0;
    const ::pid_t pid = joined ? ::fork() : -1;
    if (pid == 0) {
      for (Helper& other : helpers_) other.socket = {};  // or they never hear of the end
      ::close(ends[0]);
      serve(ends[1]);
    }
    if (pid < 0) {
      throw base::Error(base::ErrorKind::internal, fmt::format("can't start programs: {}", base::error_text(errno)));
    }
    ::close(ends[1]);
    helpers_.push_back({pid, base::Descriptor(ends[0])});
  }
}

Spawner::~Spawner() {
  for (Helper& helper : helpers_) {
    helper.socket = {};
    int status = 0;
    while (::waitpid(helper.pid, &status, 0) < 0 && errno == EINTR) {
    }
  }
}

Spawner::Helper& Spawner::take() {
  const std::lock_guard lock(mutex_);
  const auto free = std::find_if(helpers_.begin(), helpers_.end(), [](const Helper& h) { return !h.busy; });
  if (free == helpers_.end()) throw base::Error(base::ErrorKind::internal, "more programs at once than were foreseen");
  free->busy = true;
  return *free;
}

Ended Spawner::run(std::span<const std::string> words, const std::filesystem::path& output, double timeout_seconds,
                   const std::atomic<bool>* stop) {
  std::string text = output.string() + '\0';
  for (const std::string& word : words) text += word + '\0';
  const Request request{static_cast<std::uint32_t>(text.size()), timeout_seconds};
  Helper& helper = take();
  Answer answer;
  const int socket = helper.socket.get();
  const bool asked = write_all(socket, &request, sizeof request) && write_all(socket, text.data(), text.size());
  if (asked) await(socket, stop);
  const bool answered = asked && read_all(socket, &answer, sizeof answer);
  {
    const std::lock_guard lock(mutex_);
    helper.busy = false;
  }
  if (!answered) return {"the process that runs other programs is gone"};
  return {answer.problem.data(), answer.exit_code, answer.ms, answer.cpu_ms, answer.wait_ms, answer.peak_memory};
}

}  // namespace imgmill::bench
