#!/usr/bin/env python3
"""The cache of compiled artefacts: the user's own, quick, and never trusted where it cannot be."""
import os
import shutil
import stat
import subprocess
import sys
import threading

sys.path.insert(0, os.path.dirname(__file__))
from harness import *  # noqa: E402,F403


def cache():
    return {"XDG_CACHE_HOME": str(scratch("cache"))}


def artefacts():
    return [path for path in scratch("cache").rglob("*") if path.is_file()]


def filled(program="containers"):
    """Runs a program once with an empty cache; returns the one artefact."""
    shutil.rmtree(scratch("cache"), ignore_errors=True)
    folder("cache").chmod(0o700)
    succeeded(run(program, env=cache()))
    found = artefacts()
    equal(len(found), 1, "artefacts")
    return found[0]


def works(**how):
    outcome = run("containers", env=cache(), **how)
    succeeded(outcome)
    true(outcome.text.endswith("destroyed at the end\n"), outcome.text)
    return outcome


@story("an artefact exists after the first start, for nobody else to read or write", ours=True)
def modes():
    artefact = filled()
    equal(stat.S_IMODE(artefact.stat().st_mode), 0o600, "mode of the artefact")
    for place in artefact.parents:
        if place == scratch("cache"):
            break
        equal(stat.S_IMODE(place.stat().st_mode), 0o700, f"mode of {place.name}")


@story("the second start is faster than the first", ours=True)
def faster():
    first = second = 1e9
    for _ in range(3):
        shutil.rmtree(scratch("cache"), ignore_errors=True)
        first = min(first, works().seconds)
        second = min(second, works().seconds)
    true(second < 0.6 * first, f"{second * 1000:.1f} ms after {first * 1000:.1f} ms")


@story("another module gets another artefact, the same module under another name does not", ours=True)
def by_content():
    filled()
    copy = scratch("other.wasm")
    shutil.copy(guest("containers"), copy)
    succeeded(run(copy, env=cache()))
    equal(len(artefacts()), 1)
    succeeded(run("hello", env=cache()))
    equal(len(artefacts()), 2)


@story("an artefact that is truncated, empty or changed is ignored and made again", ours=True, seconds=120)
def damaged():
    artefact = filled()
    whole = artefact.read_bytes()
    for length in (0, 1, 16, len(whole) // 2, len(whole) - 1):
        artefact.write_bytes(whole[:length])
        works()
        equal(artefact.stat().st_size, len(whole), f"size after it was cut to {length}")
    for place in (0, 40, len(whole) // 3, len(whole) // 2, len(whole) - 10):
        changed = bytearray(whole)
        changed[place] ^= 0x55
        artefact.write_bytes(bytes(changed))
        works()
    artefact.write_bytes(os.urandom(len(whole)))
    works()


@story("another backend and another Enarx.toml have artefacts of their own", ours=True)
def apart():
    filled("hello")
    config = write("Enarx.toml", "[env]\nONE = '1'\n")
    succeeded(run("hello", env=cache(), options=["--config", config]))
    equal(len(artefacts()), 2, "artefacts of two configurations")
    if os.access("/dev/kvm", os.R_OK | os.W_OK):
        for backend in ("nil", "kvm"):
            succeeded(run("hello", env=cache(), options=["--backend", backend]))
        equal(len(artefacts()), 3, "artefacts of two backends")
        equal(len({path.parent for path in artefacts()}), 2, "folders of backends")


def open_in(process):
    """What a process has open in the cache, or has to give code to."""
    found = []
    for link in os.scandir(f"/proc/{process.pid}/fd"):
        target = os.readlink(link.path)
        if target.startswith(str(scratch("cache"))) or target.startswith("socket:"):
            found.append(target)
    return found


@story("while the application runs, nothing of the cache is open to it", ours=True)
def closed():
    if BACKEND == "kvm":
        skip("what the Keep has open is a matter of the host's handles: test/keep/intruder.py")
    filled()
    shutil.rmtree(scratch("cache"))
    folder("cache").chmod(0o700)
    for _ in range(2):  # with code that goes back, and with code that is there
        process = start_run("copy", env=cache())
        process.stdin.write(b"line\n")
        process.stdin.flush()
        wait_for_line(process, "line")
        equal(open_in(process), [], "open files of the application's process")
        finish(process)
        equal(len(artefacts()), 1)


@story("code that earlier versions kept, where Keeps could write it, is not read and goes", ours=True)
def earlier():
    current = filled()
    old = scratch("cache/enarx") / current.name
    shutil.copy(current, old)
    write("cache/enarx/notes.txt", b"the user's own")
    current.unlink()
    works()
    true(not old.exists(), "code of an earlier version stays")
    true(scratch("cache/enarx/notes.txt").exists(), "a file that is none has gone")


@story("an artefact of another module in its place is not taken", ours=True)
def exchanged():
    other = filled("hello").read_bytes()
    artefact = filled("containers")
    artefact.write_bytes(other)
    works()


@story("a cache that others may write to is not used", ours=True)
def loose_modes():
    artefact = filled()
    artefact.chmod(0o666)
    artefact.write_bytes(b"forged")
    works()
    inner = artefact.parent
    inner.chmod(0o777)
    works()


@story("a cache of another owner is not used", ours=True)
def foreign_owner():
    if os.geteuid() != 0:
        skip("only root can make a folder of another owner")
    artefact = filled()
    forged = os.urandom(1000)
    artefact.write_bytes(forged)
    for path in [artefact, *[p for p in artefact.parents if p.is_relative_to(scratch("cache")) and p != scratch("cache")]]:
        os.chown(path, 65534, 65534)
    works()
    equal(artefact.read_bytes(), forged, "what lies in another's cache")


@story("links in the place of the cache or of an artefact are not followed to write", ours=True)
def links():
    artefact = filled()
    victim = write("victim", b"precious")
    artefact.unlink()
    artefact.symlink_to(victim)
    works()
    equal(victim.read_bytes(), b"precious")


@story("without a cache, in a read-only one and on a full disk it runs all the same", ours=True)
def no_cache():
    for place in ("/proc/nowhere", "/dev/null", ""):
        succeeded(run("hello", env={"XDG_CACHE_HOME": place, "HOME": "/nonexistent"}), "Hello, world!\n")
    succeeded(run("hello", env={"XDG_CACHE_HOME": None, "HOME": None}), "Hello, world!\n")
    disk = folder("cache")
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16k,mode=700", "tmpfs", str(disk)], capture_output=True, check=False)
    if mounted.returncode != 0:
        skip("no small file system may be mounted here")
    try:
        works()
    finally:
        subprocess.run(["umount", str(disk)], check=False)


@story("eight first starts at once leave one good artefact", ours=True)
def at_once():
    outcomes = []
    threads = [threading.Thread(target=lambda: outcomes.append(run("containers", env=cache()))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for outcome in outcomes:
        succeeded(outcome)
    equal(len(outcomes), 8)
    equal(len(artefacts()), 1, "files in the cache")
    works()


main()
