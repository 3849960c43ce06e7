#!/usr/bin/env python3
"""Programs of test/keep/programs in SEV-SNP Keeps on tee-model: each bound to an image of its own, as exec is to shim-snp."""
import os
import shutil
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../model/strangers"))
from model import model  # noqa: E402

from harness import BUILD, contains, equal, execute, folder, main, scratch, story, succeeded  # noqa: E402

PARTS = BUILD / "parts"


def run(name, *arguments, options=(), cpus=4):
    program = scratch(name)
    shutil.copy(PARTS / f"keep-program-{name}", program)
    succeeded(execute([PARTS / "keep-bind", PARTS / "shim-snp", program, f"{program}.shim", f"{program}.tree"]))
    return execute([*model(), str(PARTS / "keep-run"), f"--shim={program}.shim", f"--cpus={cpus}", *options, str(program), *arguments], timeout=200)


@story("system calls, memory, signals, timers and clocks are as in a KVM Keep", seconds=1500)
def calls():
    equal(run("hello", "world").status, 42)
    for name in ("calls", "memory", "signals", "clean_state", "events", "timers", "signal_files", "selects", "reuse"):
        equal(run(name).status, 0, name)


@story("variables that the host adds do not reach the program: the Keep does not begin", seconds=300)
def variables():
    for variable in ("A=b", "GLIBC_TUNABLES=glibc.malloc.check=3", "OPENSSL_ia32cap=0"):
        outcome = run("hello", "world", options=[f"--env={variable}"])
        equal(outcome.status, 125, outcome.text + outcome.errors)
        contains(outcome.errors, "the program cannot be loaded")


@story("files and sockets of the host are reached as in a KVM Keep", seconds=600)
def outside():
    equal(run("files", options=[f"--dir={folder('dir')}:5"]).status, 0, "files")
    equal(run("sockets", options=["--sockets"]).status, 0, "sockets")


@story("each thread has a vCPU that the launch has made, and what one takes away no other has any more", seconds=900)
def threads():
    equal(run("threads", "10", cpus=5).status, 0, "threads")
    equal(run("translations", cpus=2).status, 0, "translations")
    contains(run("limits", cpus=3).text, "threads 3")


@story("a fault that cannot be told from the host's ends the Keep, and says where the program was", seconds=300)
def doubted():
    outcome = run("escape")
    equal(outcome.status, 125)
    contains(outcome.errors, "shim-gave-up", "the program was at 0x", "only the host can have sent, or that cannot be told from one; vector 0x20000d")  # a far jump


main()
