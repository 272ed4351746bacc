// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Files that appear under their name whole or not at all.
#pragma once

#include <filesystem>

#include "base/bytes.h"

namespace imgmill::base {

// Writes a temporary file in the same folder and renames it to `path`, replacing what stands there; the permissions
// are those of a new file under the process's umask. After a failure nothing of it remains and what stood at `path`
// is as it was. Throws Error{output} with the system's reason ("no space left on device").
void write_file(const std::filesystem::path& path, ByteView bytes);

// The same where a user says where: a character device or a pipe (/dev/null, >(command)) is not replaced but written
// into, a block device refused.
void write_where_named(const std::filesystem::path& path, ByteView bytes);

// Removes what writers left in `folder` that died in write_file (by SIGKILL, or with the machine), and nothing that one
// is still at. Never throws for what it can't remove.
void remove_leftovers(const std::filesystem::path& folder);

// As write_where_named, but a regular file that already holds exactly these bytes is left untouched (its mtime stays).
// Returns whether it wrote.
bool write_if_changed(const std::filesystem::path& path, ByteView bytes);

// Whether a regular file at `path` holds exactly these bytes. An unreadable or missing one doesn't.
bool holds(const std::filesystem::path& path, ByteView bytes);

}  // namespace imgmill::base
