#!/usr/bin/env python3
"""Each rule of the verifier alone turns the outcome of some vector or forgery: nothing else fails there.

A rule that could be switched off without any test's evidence coming out differently is either redundant, which the table
below says by name with its reason, or not tried. The tests' own appraisals are the inputs: the programs record what each came to.

ENARX_BUILD_DIR   the build folder (default: build beside test)
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("ENARX_BUILD_DIR") or SOURCE / "build")
PROGRAMS = ("forged_test", "attest_test")

# Rules that never stand alone, and why they are there all the same.
NEVER_ALONE = {
}


def rules():
    """All ids of docs/attestation.md, which a test of the library holds to be complete."""
    return re.findall(r"^\| `([a-z0-9-]+\.[a-z0-9.-]+)` \|", (SOURCE / "docs/attestation.md").read_text(), re.M)


def recorded():
    """Of each appraisal: what failed, and what was looked at and left undecided."""
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "outcomes"
        file.touch()
        for program in PROGRAMS:
            done = subprocess.run([BUILD / "parts" / program, "--gtest_brief=1"], capture_output=True, text=True, timeout=540,
                                  env={**os.environ, "ENARX_RECORD_OUTCOMES": str(file)})
            if done.returncode != 0:
                sys.exit(f"{program} fails, so its appraisals say nothing:\n{done.stdout[-2000:]}")
        for line in file.read_text().splitlines():
            failed, undecided = line.split("\t")
            yield failed.split(), undecided.split()


def main():
    alone = set()
    for failed, undecided in recorded():
        if len(failed) + len(undecided) == 1:
            alone.update(failed + undecided)
    wrong = 0
    for rule in rules():
        if rule in NEVER_ALONE and rule in alone:
            print(f"{rule}: stands alone after all; take it out of the table")
        elif rule not in NEVER_ALONE and rule not in alone:
            print(f"{rule}: nothing fails by this rule alone")
        else:
            continue
        wrong += 1
    for rule in NEVER_ALONE.keys() - set(rules()):
        print(f"{rule}: is no rule")
        wrong += 1
    print(f"{len(rules())} rules, {len(alone & set(rules()))} of them alone, {len(NEVER_ALONE)} never, {wrong} wrong")
    print(f"{len(rules()) - wrong} passed, {wrong} failed")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
