#!/usr/bin/env python3
"""attack_all.sh [--ways W,W] [--json FILE] [--html FILE]: every attack on every way to run the election.

Each attack runs against an election of its own, in which five of nine votes are cast; what it finds is compared with what
was cast. To change votes counts only if the machine's own later list shows the change. An attack protects nobody by
failing: "nothing" stands in the table only for a tool that found votes in a Keep's plain memory, or natively, before.

Each row says what it ran on. Where there is no SEV, but tee-model is built, the rows of sev are on that model of the processor, and
the same tools have to find the votes in a plain KVM Keep on the model first. They attack enarx' process, which is the host's;
never tee-model's, which stands for the silicon: who reads that one has opened the processor.
"""
import argparse
import json
import os
import subprocess
import sys
import time

import calls
from election import Election, NotHere
from process import Impossible, Refused, votes_in
import report

HERE = os.path.dirname(os.path.abspath(__file__))
WAYS = ("normal", "kvm", "sealed", "sev", "sgx")
CHANGES = (("gdb", "gdb writes"), ("mem", "/proc/PID/mem, written"), ("vm_writev", "process_vm_writev"))
SEARCHES = (("gdb", "gdb dumps all mappings"), ("mem", "/proc/PID/mem, read"), ("vm_readv", "process_vm_readv"),
            ("gcore", "core dump by gcore"), ("descriptors", "all descriptors, pidfd_getfd"),
            ("kcore", "/proc/kcore"), ("devmem", "/dev/mem"))
MEMORY_TOOLS = {"gdb", "mem", "vm_readv", "gcore", "vm_writev"}
EARLY = (2, 1, 2, 1, 2)
MACHINES = ("kvm", "sealed", "sev")
HOST, MODEL = "this host", "tee-model, a model of the processor; not on silicon"
HARDWARE = {"sev": "/dev/sev", "sgx": "/dev/sgx_enclave"}


def attack(script, tool, pid):
    """Runs the script as an administrator would; returns its exit status and what it said."""
    done = subprocess.run([sys.executable, os.path.join(HERE, script), "--with", tool, *(["--json"] if script == "search.py" else []),
                           str(pid)], capture_output=True, text=True, timeout=300)
    return done.returncode, done.stdout.strip(), done.stderr.strip()


def row(way, action, tool, name, verdict, found, how):
    return {"way": way, "action": action, "tool": tool, "attack": name, "verdict": verdict, "found": found, "how": how, "on": HOST}


def search(way, tool, name):
    with Election(way) as election:
        for choice in EARLY:
            election.vote(choice)
        status, said, complaint = attack("search.py", tool, election.pid)
        if status == 3:
            return row(way, "find", tool, name, "impossible", "-", complaint.split(": ", 1)[-1])
        found = {int(k): v for k, v in json.loads(said).items()} if said else {}
        right = sum(election.cast.get(number) == choice for number, choice in found.items())
        if right:
            return row(way, "find", tool, name, "found", f"{right} of {len(election.cast)} votes",
                       "the running list, as the program keeps it")
        return row(way, "find", tool, name, "nothing", "nothing", last_line(complaint) or "no vote in anything it could read")


def last_line(text):
    return text.splitlines()[-1].split(": ", 1)[-1] if text else ""


def change(way, tool, name):
    with Election(way) as election:
        for choice in EARLY:
            election.vote(choice)
        _, _, complaint = attack("steal.py", tool, election.pid)
        for _ in range(4):
            election.vote(2)
        listed = election.listed()
        forged = [number for number, choice in listed.items() if election.cast[number] != choice]
        if forged:
            result = election.shown.decode().splitlines()[-1]
            return row(way, "change", tool, name, "changed", f"{len(forged)} votes changed", f"the machine's own list shows it; {result}")
        return row(way, "change", tool, name, "nothing", "nothing", last_line(complaint) or "no vote found that could be changed")


def forced(way, unfiltered):
    """Calls made by force in the host process; the election must go on as if nothing had been."""
    name = "forced calls, filter suspended" if unfiltered else "calls forced with ptrace"
    tool = "unfiltered" if unfiltered else "calls"
    attempts = (("command", commanded),) if way == "kvm" else (("command", commanded), ("find", remapped))
    for action, attempt in attempts:
        with Election(way) as election:
            for choice in EARLY:
                election.vote(choice)
            try:
                yield row(way, action, tool, name, *attempt(election, unfiltered))
            except Impossible as reason:
                yield row(way, action, tool, name, "impossible", "-", str(reason))
            except (Refused, OSError) as reason:
                yield row(way, action, tool, name, "nothing", "nothing", str(reason))


def forced_on_model(way):
    """What is not tried there, as it could show nothing."""
    why = "not tried: the Keep's own filter refuses them before the model hears of them, and so it does for a plain KVM Keep there"
    yield row(way, "command", "calls", "calls forced with ptrace", "impossible", "-", why)
    why = "not tried: a filter is the way to the model; suspended, there is no processor"
    yield row(way, "command", "unfiltered", "forced calls, filter suspended", "impossible", "-", why)


def commanded(election, unfiltered):
    done = calls.command(election.pid, unfiltered)
    for _ in range(4):
        election.vote(2)
    return "obeyed", "the Keep obeys", f"{', '.join(done)}; its memory was not read this way"


def remapped(election, unfiltered):
    found = {number: choice for _, base, data in calls.remap(election.pid, unfiltered) for _, number, choice in votes_in(data, base)}
    right = sum(election.cast.get(number) == choice for number, choice in found.items())
    if not right:
        return "nothing", "nothing", "no vote in what could be mapped"
    return "found", f"{right} of {len(election.cast)} votes", "the kernel maps the Keep's file again for the process itself"


def hardware_row(way, reason):
    present = os.path.exists(HARDWARE[way])
    why = reason if present else f"this host has none (no {HARDWARE[way]})"
    return row(way, "-", "-", "all", "absent", "-", why)


def attacks_on(way, on):
    for tool, name in CHANGES:
        yield change(way, tool, name)
    for tool, name in SEARCHES:
        if way != "model" or tool in MEMORY_TOOLS:
            yield search(way, tool, name)
    if on == MODEL:
        yield from forced_on_model(way) if way == "sev" else ()
        return
    if way in MACHINES:
        yield from forced(way, False)
    if way in MACHINES and way != "kvm":  # plain memory has fallen already
        yield from forced(way, True)


def rows_of(way):
    try:
        with Election(way) as election:
            on = MODEL if election.on_model else HOST
    except NotHere as reason:
        yield hardware_row(way, str(reason)) if way in HARDWARE else row(way, "-", "-", "all", "absent", "-", str(reason))
        return
    # What finds nothing on the model has to have found votes there, where nothing protects them.
    for one in ("model", way) if on == MODEL and way != "model" else (way,):
        for entry in attacks_on(one, on):
            yield entry | {"on": on}


def doubt(rows):
    """A memory tool that never worked on this host, or on the model, shows nothing there by finding nothing."""
    works = {(r["on"], r["action"], r["tool"]) for r in rows if r["verdict"] in ("found", "changed")}
    for entry in rows:
        if entry["verdict"] == "nothing" and entry["tool"] in MEMORY_TOOLS and (entry["on"], entry["action"], entry["tool"]) not in works:
            entry["verdict"] = "unproven"
            entry["how"] += f"; but this tool found nothing anywhere on {'this host' if entry['on'] == HOST else 'the model'}"
    return rows


def main():
    parser = argparse.ArgumentParser(prog="attack_all.sh", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ways", default=",".join(WAYS))
    parser.add_argument("--json")
    parser.add_argument("--html")
    arguments = parser.parse_args()
    started = time.monotonic()
    rows = []
    report.head()
    for way in arguments.ways.split(","):
        for entry in rows_of(way):
            rows.append(entry)
            report.line(entry)
    doubt(rows)
    report.foot(rows, time.monotonic() - started)
    if arguments.json:
        with open(arguments.json, "w", encoding="utf-8") as file:
            json.dump(rows, file, indent=1)
    if arguments.html:
        with open(arguments.html, "w", encoding="utf-8") as file:
            file.write(report.page(rows))


if __name__ == "__main__":
    main()
