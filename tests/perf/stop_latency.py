#!/usr/bin/env python3
# SPDX-FileCopyrightText: imgmill authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long an item goes on after its --timeout: stop_latency.py PROGRAM FILE [TRIES] [-- OPTIONS...].

Runs the whole item once, then TRIES times (20) with a timeout somewhere in its course, evenly spread, and prints for each
stage in which it was stopped the median and the largest time from the timeout to the item's end."""
import json
import statistics
import subprocess
import sys
import tempfile


def run(program, file, options, timeout=None):
    with tempfile.TemporaryDirectory(prefix="imgmill-stop-") as scratch:
        command = [program, "-q", "--no-cache", "--json", "-j", "1", "-o", scratch + "/", *options, file]
        if timeout is not None:
            command += ["--timeout", f"{timeout:.3f}"]
        out = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False).stdout
    return json.loads(out.splitlines()[0])


def main():
    arguments = sys.argv[1:]
    options = []
    if "--" in arguments:
        options = arguments[arguments.index("--") + 1:]
        arguments = arguments[:arguments.index("--")]
    program, file = arguments[:2]
    tries = int(arguments[2]) if len(arguments) > 2 else 20
    whole = run(program, file, options)["ms"]
    print("whole:", ", ".join(f"{name} {value:.0f}" for name, value in whole.items()), "ms")
    late = {}
    for number in range(tries):
        timeout = whole["total"] * (number + 0.5) / tries / 1000
        record = run(program, file, options, timeout)
        if record.get("error", {}).get("kind") != "timeout":
            continue  # this run was faster
        stage = list(record["ms"])[-1]
        late.setdefault(stage, []).append(record["ms"]["total"] - timeout * 1000)
    for stage, times in late.items():
        print(f"{stage}: median {statistics.median(times):.0f} ms, largest {max(times):.0f} ms, of {len(times)}")


if __name__ == "__main__":
    main()
