#!/usr/bin/env python3
"""What hello costs an SEV-SNP Keep, as counts of tee-model (test/model), and what they come to on a Milan by figures of others. `run.py [MODULE]`.

Prints the table of bench/snp/README.md. The model's times say nothing of silicon; its counts are what silicon would do.
"""
import os
import pathlib
import subprocess
import sys
import tempfile
import time

SOURCE = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("ENARX_BUILD_DIR") or SOURCE / "build").resolve()
MODULE = sys.argv[1] if len(sys.argv) > 1 else BUILD / "guests/hello.wasm"
ROUNDS = 3

# Milliseconds each, of others or guessed; bench/snp/README.md says whose.
PER_MEASURED_PAGE, PER_EXIT, PER_FAULT, PER_VALIDATION, PER_INTERCEPT, PER_MESSAGE = 1.02, 0.005, 0.005, 0.0015, 0.001, 2.0


def once():
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "counts"
        begun = time.monotonic()
        subprocess.run([BUILD / "parts/tee-model", BUILD / "enarx", "run", "--backend=snp", MODULE], check=True,
                       stdout=subprocess.DEVNULL, env={**os.environ, "TEE_MODEL_COUNTS": str(file)})
        seconds = time.monotonic() - begun
        for _ in range(50):  # the model ends after its target
            if file.exists() and file.read_text().count("\n") >= 8:
                break
            time.sleep(0.05)
        return {name: int(number) for name, number in (line.split() for line in file.read_text().splitlines())} | {"seconds": seconds}


def median(rounds, name):
    return sorted(each[name] for each in rounds)[len(rounds) // 2]


def main():
    rounds = [once() for _ in range(ROUNDS)]
    of = {name: median(rounds, name) for name in rounds[0]}
    rows = [("measured pages, VMSAs of four vCPUs among them", of["measured"], 64), ("exits to the host's process", of["runs"], 12),
            ("requests by the GHCB, its MSR among them", of["requests"], None), ("pages validated", of["validated"], 900),
            ("of these not brought in before they were touched", of["faults"], None), ("pages given back", of["rescinded"], None),
            ("#VC", of["intercepted"], None), ("messages to the secure processor", of["messages"], None)]
    print("| what | count | reach | |\n|---|---:|---:|---|")
    for what, number, reach in rows:
        verdict = "" if reach is None else "holds" if number <= reach else "**falls short**"
        print(f"| {what} | {number} | {'' if reach is None else f'<= {reach}'} | {verdict} |")
    measured = of["measured"] * PER_MEASURED_PAGE
    rest = (of["runs"] * PER_EXIT + of["faults"] * PER_FAULT + of["validated"] * PER_VALIDATION + of["intercepted"] * PER_INTERCEPT +
            of["messages"] * PER_MESSAGE)
    print(f"\nestimate of a Milan: {measured:.0f} ms of measured pages (reach 70), {rest:.1f} ms of exits, faults, validation, #VC and messages, beside exec's own work")
    print(f"on the model: {of['seconds']:.2f} s (reach 2)")
    return 0


sys.exit(main())
