#!/usr/bin/env python3
"""The units of systemd in contrib/: well-formed, tight, and the service does all its work within the calls that its unit allows."""
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "scenario"))
from harness import *  # noqa: E402,F403
from harness import SOURCE  # noqa: E402
from service import Service, done  # noqa: E402

UNITS = {"enarx-steward.service": 2.0, "enarx-serve.service": 4.5}  # the exposure that systemd-analyze finds, at most


def analyze(*words):
    if not shutil.which("systemd-analyze"):
        skip("systemd-analyze missing (apt-get install systemd)")
    outcome = subprocess.run(["systemd-analyze", *map(str, words)], capture_output=True, text=True, check=False)
    return outcome.stdout + outcome.stderr


@story("systemd-analyze has nothing to say against the units but that nothing is installed here")
def verified():
    for name in UNITS:
        said = analyze("verify", SOURCE / "contrib" / name).splitlines()
        equal([line for line in said if "is not executable" not in line and "Command 'man " not in line], [], name)


@story("systemd-analyze security finds each as tight as it has to be")
def tight():
    for name, most in UNITS.items():
        said = analyze("security", "--offline=true", SOURCE / "contrib" / name)
        if "Unknown option" in said or "unrecognized option" in said:
            skip("this systemd-analyze cannot look at files")
        exposure = float(matches(said, r"Overall exposure level for .*: ([0-9.]+)").group(1))
        true(exposure <= most, f"{name}: {exposure}")


def allowed(unit):
    """The system calls of the unit's filter, its groups resolved."""
    def members(group):
        lines = analyze("syscall-filter", group).splitlines()
        names = [line.strip() for line in lines if line.startswith("    ") and not line.strip().startswith("#")]
        return set().union(*(members(name) if name.startswith("@") else {name} for name in names)) if names else set()
    out = set()
    for line in re.findall(r"^SystemCallFilter=(.*)$", (SOURCE / "contrib" / unit).read_text(), re.MULTILINE):
        groups = set().union(*(members(name) for name in line.removeprefix("~").split()))
        out = out - groups if line.startswith("~") else out | groups
    true("read" in out, "the groups could not be resolved")
    return out


@story("starting, releasing, certifying, showing and ending take no system call that the unit forbids", seconds=180)
def within():
    if not shutil.which("strace"):
        skip("strace missing (apt-get install strace)")
    wanted = allowed("enarx-steward.service")
    calls = scratch("calls")
    place = Service(under=["strace", "-f", "-qq", "-o", str(calls)])
    place.ready_to_release()
    done(place.pull())
    place.get("/", operator=True)
    place.get("/log/checkpoint")
    for process in children(place.process.pid):
        os.kill(process, signal.SIGTERM)
    place.process.wait(timeout=20)
    made = set(re.findall(r"^\d+ +(\w+)\(", calls.read_text(), re.MULTILINE)) - {"execve"}
    true("fdatasync" in made or "fsync" in made, "strace saw nothing")
    only_of_root = {"fchown"} if os.geteuid() == 0 else set()  # SQLite's; the unit has a user of its own
    equal(sorted(made - wanted - only_of_root), [])


main()
