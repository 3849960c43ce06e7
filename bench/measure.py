"""What all measurements share: the two programs, medians taken in turn, and tables in Markdown.

WASMTIME        the peer (default: wasmtime of PATH), version 48
ENARX_PROGRAM   the program measured (default: build/enarx beside this folder)
ENARX_BACKEND   its backend (default: nil)
"""
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(__file__).resolve().parents[1]
BUILD = pathlib.Path(os.environ.get("ENARX_BUILD_DIR") or SOURCE / "build").resolve()
ENARX = os.environ.get("ENARX_PROGRAM") or str(BUILD / "enarx")
BACKEND = os.environ.get("ENARX_BACKEND") or "nil"
WASMTIME = os.environ.get("WASMTIME") or shutil.which("wasmtime")
GUESTS = BUILD / "guests"


def need(program, how):
    found = shutil.which(program)
    if not found:
        sys.exit(f"{program} is missing: {how}")
    return found


def wasmtime(*arguments):
    if not WASMTIME:
        sys.exit("wasmtime 48 is missing: put it into PATH or name it by WASMTIME "
                 "(cargo install wasmtime-cli --version 48.0.8 --locked)")
    return [WASMTIME, "run", *map(str, arguments)]


def enarx(*arguments):
    return [ENARX, "run", "--backend", BACKEND, *map(str, arguments)]


def workspace():
    """A folder that is gone when the measurement ends."""
    return tempfile.TemporaryDirectory(prefix="enarx-bench-", dir=os.environ.get("ENARX_BENCH_DIR"))


def output(line, **how):
    done = subprocess.run(list(map(str, line)), capture_output=True, text=True, check=False, **how)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, line))} ended with {done.returncode}: {done.stderr[-500:]}")
    return done.stdout


def in_turn(commands, rounds, measure):
    """Medians of `measure(line)` for each named command, the commands taking turns so that noise meets all alike."""
    found = {name: [] for name in commands}
    for _ in range(rounds):
        for name, line in commands.items():
            found[name].append(measure(line))
    return {name: statistics.median(values) for name, values in found.items()}


def hyperfine(commands, runs, prepare=None, env=None):
    """Medians in milliseconds of whole processes, in several batches that take turns."""
    need("hyperfine", "apt-get install hyperfine")
    batches = 5
    found = {name: [] for name in commands}
    with tempfile.TemporaryDirectory() as place:
        for _ in range(batches):
            for name, line in commands.items():
                report = os.path.join(place, "report.json")
                call = ["hyperfine", "-N", "--style=none", "--warmup=3", f"--runs={max(runs // batches, 3)}",
                        f"--export-json={report}"]
                if prepare and prepare.get(name):
                    call += ["--prepare", prepare[name]]
                done = subprocess.run([*call, " ".join(f"'{part}'" for part in line)], env={**os.environ, **(env or {})},
                                      capture_output=True, text=True, check=False)
                if done.returncode != 0:
                    sys.exit(f"hyperfine: {done.stderr[-500:]}")
                found[name] += json.loads(pathlib.Path(report).read_text())["results"][0]["times"]
    return {name: statistics.median(times) * 1000 for name, times in found.items()}


def table(title, columns, rows):
    print(f"\n### {title}\n")
    print("| " + " | ".join(columns) + " |")
    print("|" + "|".join("---" if number == 0 else "---:" for number in range(len(columns))) + "|")
    for row in rows:
        print("| " + " | ".join(f"{cell:.2f}" if isinstance(cell, float) else str(cell) for cell in row) + " |")
    sys.stdout.flush()


def verdict(holds):
    return "yes" if holds else "**no**"
