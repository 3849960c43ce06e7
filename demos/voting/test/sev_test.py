#!/usr/bin/env python3
"""The attacks of an administrator on an election in an SEV-SNP Keep: on the processor where there is one, else on tee-model (test/model).

tee-model is not built for this: where it is not there, this says SKIP. The model tries protocol and logic, nothing of silicon.
"""
import functools
import json
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "test/scenario"))
from harness import BUILD, SOURCE, contains, equal, main, scratch, skip, story, true  # noqa: E402

DEMO = SOURCE / "demos/voting"
sys.path.insert(0, str(DEMO / "attacks"))
from election import Election  # noqa: E402

ON_MODEL = not os.path.exists("/dev/sev")
MODEL = "tee-model, a model of the processor; not on silicon"
TOOLS = {("find", tool) for tool in ("gdb", "mem", "vm_readv")} | {("change", tool) for tool in ("gdb", "mem", "vm_writev")}


def needed():
    if ON_MODEL and not os.access(BUILD / "parts/tee-model", os.X_OK):
        skip("no /dev/sev, and tee-model is not built (cmake --build build --target model)")
    if os.geteuid() != 0:
        skip("the attacker is root, and this user is not")


@functools.cache
def table():
    """The rows, the table and the page, made once."""
    rows, page = scratch("rows.json"), scratch("page.html")
    done = subprocess.run([DEMO / "attack_all.sh", "--ways", "sev", "--json", rows, "--html", page], capture_output=True, text=True, timeout=700)
    equal(done.returncode, 0, done.stderr)
    return json.loads(rows.read_text()), done.stdout, page.read_text()


def verdicts(way):
    return {(row["action"], row["tool"]): row["verdict"] for row in table()[0] if row["way"] == way}


@story("the classic in an SEV-SNP Keep: nine votes, the running list, the count", seconds=400)
def classic():
    needed()
    with Election("sev") as election:
        equal(election.on_model, ON_MODEL)
        for choice in (2, 1, 2, 1, 2, 1, 1, 1, 2):
            election.vote(choice)
        contains(election.shown.decode(), "Alice (1) has 5 votes, Bob (2) has 4.", "Alice is elected.")


@story("tools that found and changed the votes of a plain KVM Keep there find and change none of an SEV-SNP Keep's", seconds=800)
def protected():
    needed()
    if not ON_MODEL:
        skip("on the processor: `voting.attacks` has the plain Keep beside it")
    plain, sev = verdicts("model"), verdicts("sev")
    equal({key: plain[key] for key in TOOLS}, {key: "changed" if key[0] == "change" else "found" for key in TOOLS}, "in a plain KVM Keep on the model")
    equal({key: sev[key] for key in TOOLS}, dict.fromkeys(TOOLS, "nothing"), "in an SEV-SNP Keep on the model")
    equal(plain["find", "gcore"], "found")
    equal(sev["find", "gcore"], "impossible", "a dump that was not made counts as nothing found")


@story("each row says that it is of a model, and so do the table and the page", seconds=800)
def said():
    needed()
    if not ON_MODEL:
        skip("these rows are of the processor")
    rows, text, page = table()
    equal({row["on"] for row in rows}, {MODEL})
    lines = [line for line in text.splitlines() if line.startswith("sev")]
    true(lines and all(line.startswith("sev on model*") for line in lines), text)
    for shown in (text, page):
        contains(shown, MODEL, "of a real processor it shows nothing")
    true(page.count("AMD SEV-SNP, on a model*") == len(lines) and "AMD SEV-SNP</td>" not in page, "a row of the page looks like silicon")


main()
