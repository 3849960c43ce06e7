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

# What a start may cost (issue 13), but for the pages validated, which are told in README.md.
REACH = {"measured": 64, "runs": 12, "validated": 900}

# Milliseconds each, of others or guessed; bench/snp/README.md says whose.
PER_MEASURED_PAGE, PER_EXIT, PER_FAULT, PER_VALIDATION, PER_INTERCEPT, PER_MESSAGE = 1.02, 0.005, 0.005, 0.0015, 0.001, 2.0

TABLES, SHIM, FILES = 0x200000, 0x400000, 0x800000  # where a Keep's memory begins: src/protocol/launch/snp.hpp


def counted(module, *options):
    """The model's counts of one run, and how many pages of exec the shim has checked."""
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "counts"
        begun = time.monotonic()
        said = subprocess.run([BUILD / "parts/tee-model", BUILD / "enarx", "run", "--backend=snp", *options, module], check=True,
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env={**os.environ, "TEE_MODEL_COUNTS": str(file)})
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


def main():
    module = sys.argv[1] if len(sys.argv) > 1 else BUILD / "guests/hello.wasm"
    rounds = [counted(module) for _ in range(ROUNDS)]
    of = {name: median(rounds, name) for name in rounds[0]}
    rows = [("measured pages, VMSAs of four vCPUs among them", "measured"), ("exits to the host's process", "runs"),
            ("requests by the GHCB, its MSR among them", "requests"), ("pages validated", "validated"), ("PVALIDATE, each for one page", "pvalidates"),
            ("of these pages not brought in before they were touched", "faults"), ("pages given back", "rescinded"),
            ("#VC", "intercepted"), ("messages to the secure processor", "messages")]
    print("| what | count | reach | |\n|---|---:|---:|---|")
    for what, name in rows:
        reach = REACH.get(name)
        verdict = "" if reach is None else "holds" if of[name] <= reach else "**falls short**"
        print(f"| {what} | {of[name]} | {'' if reach is None else f'<= {reach}'} | {verdict} |")
    print("\n| validated for | pages |\n|---|---:|")
    for what, number in purposes(counted(module, "--log-filter=info")).items():
        print(f"| {what} | {number} |")
    measured = of["measured"] * PER_MEASURED_PAGE
    rest = (of["runs"] * PER_EXIT + of["faults"] * PER_FAULT + of["validated"] * PER_VALIDATION + of["intercepted"] * PER_INTERCEPT +
            of["messages"] * PER_MESSAGE)
    print(f"\nestimate of a Milan: {measured:.0f} ms of measured pages (reach 70), {rest:.1f} ms of exits, faults, validation, #VC and messages, beside exec's own work")
    print(f"on the model: {of['seconds']:.2f} s (reach 2)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
