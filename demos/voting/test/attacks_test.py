#!/usr/bin/env python3
"""The attacks of an administrator, each way that this host has: those that must succeed do, and what protects, protects."""
import json
import os
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "test/scenario"))
from harness import *  # noqa: E402,F403
from harness import SOURCE  # noqa: E402

DEMO = SOURCE / "demos/voting"
sys.path.insert(0, str(DEMO / "attacks"))
from election import Election, NotHere  # noqa: E402

MEMORY = {"gdb", "mem", "vm_readv", "gcore"}
CHANGES = {"gdb", "mem", "vm_writev"}
_matrix = []


def matrix():
    """The whole table, made once."""
    if not _matrix:
        if os.geteuid() != 0:
            skip("the attacker is root, and this user is not")
        path = scratch("matrix.json")
        done = subprocess.run([DEMO / "attack_all.sh", "--ways", "normal,kvm,sealed,sgx", "--json", path], capture_output=True,
                              text=True, timeout=500)
        equal(done.returncode, 0, done.stderr)
        _matrix.extend(json.loads(path.read_text()))
    return _matrix


def verdicts(way, action):
    rows = [row for row in matrix() if row["way"] == way]
    if rows[0]["verdict"] == "absent":
        skip(f"{way}: {rows[0]['how']}")
    return {row["tool"]: row["verdict"] for row in rows if row["action"] == action}


@story("the classic: nine votes, the running list after each, the count", seconds=120)
def classic():
    choices = (2, 1, 2, 1, 2, 1, 1, 1, 2)
    told = 0
    for way in ("normal", "nil", "kvm", "sealed"):
        try:
            with Election(way) as election:
                for choice in choices:
                    election.vote(choice)
                equal(election.listed(), dict(enumerate(choices, 1)), way)
                contains(election.shown.decode(), "Vote 1=2\n", "Alice (1) has 5 votes, Bob (2) has 4.", "Alice is elected.")
                told += 1
        except NotHere as reason:
            true(way in ("kvm", "sealed"), f"{way}: {reason}")
    true(told >= 2, "neither natively nor in a Keep")


@story("it takes nothing for a vote but 1 and 2, and ends when nobody votes any more")
def nonsense():
    run_it = [DEMO / "run_elections.sh", "normal"]
    done = execute(run_it, stdin=b"3\n\nx\n12\n1\n2\n" + b"9" * 100000 + b"\n")
    equal(done.status, 1)
    equal(re.findall(r"Vote \d=\d", done.text)[-2:], ["Vote 1=1", "Vote 2=2"])
    equal(execute([DEMO / "run_elections.sh", "elsewhere"]).status, 2)


@story("natively every tool finds the votes and changes them", seconds=300)
def native():
    found = verdicts("normal", "find")
    equal({found[tool] for tool in MEMORY}, {"found"}, str(found))
    changed = verdicts("normal", "change")
    equal({changed[tool] for tool in CHANGES}, {"changed"}, str(changed))


@story("in a KVM Keep with plain memory, too", seconds=300)
def plain():
    found = verdicts("kvm", "find")
    equal({found[tool] for tool in MEMORY}, {"found"}, str(found))
    changed = verdicts("kvm", "change")
    equal({changed[tool] for tool in CHANGES}, {"changed"}, str(changed))


@story("calls forced into the host process command a plain KVM Keep, which goes on none the wiser", seconds=300)
def commanded():
    equal(verdicts("kvm", "command"), {"calls": "obeyed"})


@story("in sealed memory the tools that read a process find nothing, though each found the votes in plain memory", seconds=300)
def sealed():
    found = verdicts("sealed", "find")
    shown = verdicts("kvm", "find")
    equal({shown[tool] for tool in MEMORY}, {"found"}, "a tool that finds nothing anywhere proves nothing")
    equal({found[tool] for tool in MEMORY}, {"nothing"}, str(found))
    changed = verdicts("sealed", "change")
    equal({changed[tool] for tool in CHANGES}, {"nothing"}, str(changed))


@story("in sealed memory calls forced into the host process meet its system-call filter", seconds=300)
def filtered():
    found = verdicts("sealed", "find")
    with Election("sealed") as election:
        if "Seccomp:\t0" in pathlib.Path(f"/proc/{election.pid}/status").read_text():
            skip("this build's host process has no system-call filter")
    equal(found["calls"], "nothing")


@story("what root reaches through the kernel is shown as it is: sealed memory is no TEE", seconds=300)
def through_the_kernel():
    found = verdicts("sealed", "find")
    for tool in ("unfiltered", "kcore", "devmem"):
        true(found[tool] in ("found", "nothing", "impossible"), f"{tool}: {found[tool]}")
    if found["unfiltered"] == "found":
        row = next(row for row in matrix() if (row["way"], row["tool"], row["action"]) == ("sealed", "unfiltered", "find"))
        contains(row["how"], "the kernel maps the Keep's file again")


@story("what this host has not is said, and counts as no protection", seconds=300)
def absent():
    row = next(row for row in matrix() if row["way"] == "sgx")
    if not os.path.exists("/dev/sgx_enclave"):
        equal(row["verdict"], "absent")
        contains(row["how"], "this host has none")


@story("a tool that never worked shows nothing by finding nothing")
def unproven():
    from matrix import MODEL, doubt, row
    rows = doubt([row("sealed", "find", "mem", "x", "nothing", "nothing", "no vote")])
    equal(rows[0]["verdict"], "unproven")
    rows = doubt([row("kvm", "find", "mem", "x", "found", "5", ""), row("sealed", "find", "mem", "x", "nothing", "nothing", "")])
    equal(rows[1]["verdict"], "nothing")
    on_model = row("sev", "find", "mem", "x", "nothing", "nothing", "") | {"on": MODEL}
    rows = doubt([row("kvm", "find", "mem", "x", "found", "5", ""), on_model])
    equal(rows[1]["verdict"], "unproven", "what worked on this host has not been shown to work on the model")


@story("the attack on descriptors finds what lies in a file of memory that no mapping shows")
def descriptors():
    hide = "import os, time; f = os.memfd_create('urn'); os.write(f, b'Vote 1=2\\nVote 2=1\\n' + bytes(8192)); print('hidden', flush=True); time.sleep(60)"
    hidden = start([sys.executable, "-c", hide])
    wait_for_line(hidden, "hidden")
    done = execute([DEMO / "vote_search.sh", "--with", "descriptors", "--json", hidden.pid])
    equal(json.loads(done.text), {"1": 2, "2": 1})


@story("attacks on what does not run say so")
def nobody():
    for script in ("vote_search.sh", "stealvotes.sh"):
        done = execute([DEMO / script, "no-such-election"])
        equal(done.status, 1)
        contains(done.errors, "there is no process")


main()
