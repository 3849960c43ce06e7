#!/usr/bin/env python3
"""What hello costs an SEV-SNP Keep, as counts of tee-model (test/model), and what they come to on a Milan by figures of others. `run.py [MODULE]`.

Prints the tables of bench/snp/README.md. The model's times say nothing of silicon; its counts are what silicon would do.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

SOURCE = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("ENARX_BUILD_DIR") or SOURCE / "build").resolve()
ROUNDS = 3

# What a start with compiled code at hand may cost.
REACH = {"measured": 64, "runs": 12, "validated": 900}

# Milliseconds each, of others or guessed; bench/snp/README.md says whose.
PER_MEASURED_PAGE, PER_EXIT, PER_FAULT, PER_VALIDATION, PER_INTERCEPT, PER_MESSAGE = 1.02, 0.005, 0.005, 0.0015, 0.001, 2.0

TABLES, SHIM, FILES = 0x200000, 0x400000, 0x800000  # where a Keep's memory begins: src/protocol/launch/snp.hpp


def counted(module, *options, cache=None):
    """The model's counts of one run, and how many pages of exec the shim has checked. `cache`: the folder of compiled code; else one of this run alone."""
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "counts"
        begun = time.monotonic()
        said = subprocess.run([BUILD / "parts/tee-model", BUILD / "enarx", "run", "--backend=snp", *options, module], check=True,
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                              env={**os.environ, "TEE_MODEL_COUNTS": str(file), "XDG_CACHE_HOME": str(cache or folder)})
        counts = {"seconds": time.monotonic() - begun}
        for _ in range(50):  # the model ends after its target
            if file.exists() and "\nmessages " in file.read_text():
                break
            time.sleep(0.05)
        time.sleep(0.05)
        counts |= {name: int(number) for name, number in (line.split() for line in file.read_text().splitlines())}
        checked = re.search(r"pages of the program checked 0x([0-9a-f]+)", said.stderr)
        return counts | {"checked": int(checked.group(1), 16) if checked else 0}


def purposes(counts):
    """Where the validated pages went: what, and how many."""
    places = {int(name.split("@")[1], 16): number for name, number in counts.items() if "@" in name}
    programs = sum(number for place, number in places.items() if place >= FILES)
    return {
        "shim's own memory": places.get(SHIM, 0),
        "page tables; module and launch block, copied": places.get(TABLES, 0),
        "exec's file, copied and checked": counts["checked"],
        "the rest of the program's: heap, stack, compiled code, linear memory, nodes of exec's hash tree": programs - counts["checked"],
    }


def median(rounds, name):
    return sorted(each[name] for each in rounds)[len(rounds) // 2]


def both_starts(module):
    """Counts of a first start, which compiles, and of one that finds the code sealed: medians."""
    firsts, laters = [], []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as cache:
            firsts.append(counted(module, cache=cache))
            laters.append(counted(module, cache=cache))
    return [{name: median(rounds, name) for name in rounds[0] if all(name in each for each in rounds)} for rounds in (firsts, laters)]


def estimate(of):
    """Milliseconds of measured pages, and of all else but exec's own work."""
    rest = (of["runs"] * PER_EXIT + of["faults"] * PER_FAULT + of["validated"] * PER_VALIDATION + of["intercepted"] * PER_INTERCEPT +
            of["messages"] * PER_MESSAGE)
    return of["measured"] * PER_MEASURED_PAGE, rest


def main():
    module = sys.argv[1] if len(sys.argv) > 1 else BUILD / "guests/hello.wasm"
    first, ready = both_starts(module)
    rows = [("measured pages, VMSAs of four vCPUs among them", "measured"), ("exits to the host's process", "runs"),
            ("requests by the GHCB, its MSR among them", "requests"), ("pages validated", "validated"), ("PVALIDATE, each for one page", "pvalidates"),
            ("of these pages not brought in before they were touched", "faults"), ("pages given back", "rescinded"),
            ("#VC", "intercepted"), ("messages to the secure processor", "messages")]
    print("| what | first start | code ready | reach, code ready | |\n|---|---:|---:|---:|---|")
    for what, name in rows:
        reach = REACH.get(name)
        verdict = "" if reach is None else "holds" if ready[name] <= reach else "**falls short**"
        print(f"| {what} | {first[name]} | {ready[name]} | {'' if reach is None else f'<= {reach}'} | {verdict} |")
    print("\n| validated for | pages |\n|---|---:|")
    for what, number in purposes(counted(module, "--no-cache", "--log-filter=info")).items():
        print(f"| {what} | {number} |")
    for start, of in (("first start", first), ("code ready", ready)):
        measured, rest = estimate(of)
        print(f"\n{start}, estimate of a Milan: {measured:.0f} ms of measured pages (reach 70), {rest:.1f} ms of exits, faults, validation, #VC and "
              f"messages, beside exec's own work; on the model {of['seconds']:.2f} s (reach 2 with code ready)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
