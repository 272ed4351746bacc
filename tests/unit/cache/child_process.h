// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A second process for the tests of what processes share. It is killed and waited for when this is destroyed.
#pragma once

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <stdexcept>

namespace imgmill::test {

class ChildProcess {
 public:
  // Runs `body` in the child, whose exit code is 0 where that returns true. No Catch macros in it.
  template <class Body>
  explicit ChildProcess(Body body) : pid_(::fork()) {
    if (pid_ < 0) throw std::runtime_error("no fork");
    if (pid_ != 0) return;
    int code = 1;
    try {
      code = body() ? 0 : 1;
    } catch (...) {
      code = 2;
    }
    ::_exit(code);
  }
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  ~ChildProcess() { kill(); }

  // Its exit code, or 128 + the signal that ended it.
  int wait() {
    int status = 0;
    if (pid_ > 0) ::waitpid(pid_, &status, 0);
    pid_ = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }
  void kill() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    wait();
  }

 private:
  pid_t pid_;
};

// One process tells another that something has happened.
class Signal {
 public:
  Signal() {
    if (::pipe(ends_) != 0) throw std::runtime_error("no pipe");
  }
  Signal(const Signal&) = delete;
  Signal& operator=(const Signal&) = delete;
  ~Signal() {
    ::close(ends_[0]);
    ::close(ends_[1]);
  }
  void give() const {
    if (::write(ends_[1], "x", 1) != 1) throw std::runtime_error("no signal");
  }
  void await() const {
    char byte = 0;
    if (::read(ends_[0], &byte, 1) != 1) throw std::runtime_error("no signal");
  }

 private:
  int ends_[2];
};

}  // namespace imgmill::test
