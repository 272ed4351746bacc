// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/module.h"

#include <dlfcn.h>

#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <system_error>

#include "base/error.h"

namespace imgmill::base {

namespace {

void* load(const std::string& file) {
  std::error_code error;
  const std::filesystem::path executable = std::filesystem::read_symlink("/proc/self/exe", error);
  const std::filesystem::path beside = executable.parent_path().parent_path() / "lib" / "imgmill" / file;
  const std::filesystem::path installed = std::filesystem::path(IMGMILL_MODULE_DIR) / file;
  std::string reasons;
  for (const std::filesystem::path& path : {beside, installed}) {
    if (!std::filesystem::exists(path, error)) continue;
    // RTLD_NOW: a missing symbol is an error here and not an abort later. Never closed: GLib does not survive it.
    if (void* handle = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL); handle != nullptr) return handle;
    reasons += std::string(": ") + ::dlerror();
  }
  if (reasons.empty()) reasons = " is neither in " + beside.parent_path().string() + " nor in " IMGMILL_MODULE_DIR;
  throw Error(ErrorKind::internal, "the module " + file + reasons);
}

}  // namespace

void* module_symbol(std::string_view name, const char* symbol) {
  static std::mutex mutex;
  static std::map<std::string, void*, std::less<>> handles;
  const std::lock_guard lock(mutex);
  auto found = handles.find(name);
  if (found == handles.end()) {
    found = handles.emplace(std::string(name), load(std::string(name) + "_module.so")).first;
  }
  void* address = ::dlsym(found->second, symbol);
  if (address == nullptr) {
    throw Error(ErrorKind::internal,
                "the module " + std::string(name) + "_module.so has no " + symbol + " (is it of another version?)");
  }
  return address;
}

}  // namespace imgmill::base
