#!/usr/bin/env python3
"""progress.py FOLDER [TARGET...]: runs ninja there and shows how far it is.

On a terminal ninja and cargo draw that themselves. Elsewhere (a log, CI) there is a line each half minute, and whatever is
no progress: warnings and errors.
"""
import os, re, subprocess, sys, time

BETWEEN = 30  # seconds
QUIET = 2  # seconds: what is done sooner needs no word
STEP = re.compile(r"^\[(\d+)/(\d+)\] (.*)")
CRATE = re.compile(r"^\s+Compiling (\S+ v\S+)")
NOISE = re.compile(r"^\s+(Finished|Downloaded|Downloading|Updating|Locking|Adding|Blocking)\b|^ninja: no work to do|^$")


def say(text, started):
    seconds = int(time.monotonic() - started)
    print(f"build: {seconds // 60}:{seconds % 60:02} {text}", file=sys.stderr, flush=True)


def follow(lines):
    started = last = time.monotonic()
    last += QUIET - BETWEEN
    at, crates = "", 0
    for line in lines:
        line = line.rstrip("\n")
        if step := STEP.match(line):
            done, of, what = int(step[1]), int(step[2]), step[3]
            at = f"{100 * done // of} %"
            now = f"{at}, {what}"
        elif crate := CRATE.match(line):
            crates += 1
            now = f"{at or '0 %'}, and crate {crates} of Wasmtime's hundred: {crate[1]}"
        else:
            if not NOISE.match(line):
                print(line, file=sys.stderr, flush=True)
            continue
        if time.monotonic() - last >= BETWEEN:
            last = time.monotonic()
            say(now, started)


def main():
    os.chdir(sys.argv[1])
    command = ["ninja", *sys.argv[2:]]
    if sys.stderr.isatty():
        os.environ.setdefault("NINJA_STATUS", "build: %p, %es  ")
        os.dup2(2, 1)
        os.execvp(command[0], command)
    os.environ.pop("NINJA_STATUS", None)  # the lines are read by their usual form
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace") as ninja:
        follow(ninja.stdout)
    return ninja.returncode


if __name__ == "__main__":
    sys.exit(main())
