#!/usr/bin/env python3
# SPDX-FileCopyrightText: imgmill authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prints the records of `imgmill convert --json=FILE` as a table: table.py FILE"""
import json
import os
import sys


def rows(path):
    with open(path, encoding="utf-8") as file:
        for record in map(json.loads, file):
            if record["type"] != "item":
                continue
            name = os.path.basename(record["input"])
            outputs = record.get("outputs") or []
            if not outputs:
                yield name, record["status"], record.get("error", {}).get("message", ""), "", "", ""
            for output in outputs:
                ssim = output.get("ssim")
                yield (name, record["status"], record.get("engine", ""), "" if ssim is None else f"{ssim:.4f}",
                       f"{output['bytes']:,}", f"{record.get('ms', {}).get('total', 0):.0f}")


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: table.py FILE")
    table = [("file", "status", "engine", "SSIM", "bytes", "ms"), *sorted(rows(sys.argv[1]))]
    widths = [max(len(row[i]) for row in table) for i in range(6)]
    for row in table:
        left = (f"{cell:<{width}}" for cell, width in zip(row[:3], widths))
        right = (f"{cell:>{width}}" for cell, width in zip(row[3:], widths[3:]))
        print("  ".join([*left, *right]).rstrip())


if __name__ == "__main__":
    main()
