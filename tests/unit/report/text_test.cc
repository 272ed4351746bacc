// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/text.h"

#include <catch2/catch.hpp>
#include <limits>
#include <string>

using namespace imgmill;
using report::fitted;
using report::human_bytes;
using report::json_number;
using report::json_string;
using report::printable;

TEST_CASE("printable text is one line whatever a name holds") {
  CHECK(printable("größe 画像 🖼") == "größe 画像 🖼");
  CHECK(printable("a\nb\tc\rd") == "a\\nb\\tc\\rd");
  CHECK(printable("\x1b[31m\x7f") == "\\x1b[31m\\x7f");
  CHECK(printable("caf\xe9") == "caf\\xe9");
  CHECK(printable("\xc2\x9b"
                  "2J") == "\\xc2\\x9b2J");  // a control sequence in eight bits
  CHECK(printable(std::string_view("\0", 1)) == "\\x00");
}

TEST_CASE("only well-formed UTF-8 passes") {
  for (const char* bad : {"\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80", "\xf5\x80\x80\x80", "\xf4\x90\x80\x80",
                          "\xe7\x94", "\x80", "\xff"}) {
    const std::string text = json_string(bad);
    INFO(text);
    CHECK(text.find("\xEF\xBF\xBD") != std::string::npos);
  }
  CHECK(json_string("\xf4\x8f\xbf\xbf\xed\x9f\xbf") == "\"\xf4\x8f\xbf\xbf\xed\x9f\xbf\"");
}

TEST_CASE("JSON strings are escaped") {
  CHECK(json_string("a\"b\\c/\n\x01") == "\"a\\\"b\\\\c/\\n\\u0001\"");
  CHECK(json_string("") == "\"\"");
}

TEST_CASE("JSON numbers are short and always valid") {
  CHECK(json_number(1.5, 3) == "1.5");
  CHECK(json_number(2, 3) == "2");
  CHECK(json_number(100, 0) == "100");
  CHECK(json_number(-0.0001, 2) == "0");
  CHECK(json_number(0.123456789, 6) == "0.123457");
  CHECK(json_number(std::numeric_limits<double>::infinity(), 3) == "null");
}

TEST_CASE("bytes for people") {
  CHECK(human_bytes(0) == "0 B");
  CHECK(human_bytes(1023) == "1023 B");
  CHECK(human_bytes(1536) == "1.5 KB");
  CHECK(human_bytes(1024 * 1024 - 1) == "1.0 MB");
  CHECK(human_bytes(std::uint64_t{5} << 30) == "5.0 GB");
}

TEST_CASE("text is fitted to columns, not bytes") {
  CHECK(fitted("abc", 5) == "abc  ");
  CHECK(fitted("größe", 6) == "größe ");
  CHECK(fitted("a/long/path.png", 9) == "…path.png");
  CHECK(fitted("ääääää", 3) == "…ää");
}
