#!/usr/bin/env python3
"""Traps: exit status 134, and a WebAssembly backtrace with function names and source lines."""
import os
import re
import sys

sys.path.insert(0, os.path.dirname(__file__))
from harness import *  # noqa: E402,F403

KINDS = ["unreachable", "out-of-bounds", "divide-by-zero", "overflow", "recursion", "wrong-function", "null-function",
         "abort"]


def trapped(program, how):
    outcome = run(program, how)
    equal(outcome.status, 134, f"exit status of {program} {how}")
    equal(outcome.text, "before the trap\n", "what was printed before")
    return outcome


@story("every kind of trap ends with 134 and keeps what was printed before")
def kinds():
    for how in KINDS:
        trapped("trap", how)


@story("the first line says what kind of trap it was", ours=True)
def words():
    for how, word in {"unreachable": "unreachable", "out-of-bounds": "memory", "divide-by-zero": "zero",
                      "overflow": "overflow", "recursion": "stack", "wrong-function": "indirect|signature|type",
                      "null-function": "null|uninitialized|table|element"}.items():
        outcome = refused(trapped("trap", how), 134, name="trap")
        matches(outcome.first_error, word)


@story("the backtrace names the functions, innermost first")
def names():
    for program in ("trap", "trap_without_lines"):
        for how in ("unreachable", "divide-by-zero"):
            errors = trapped(program, how).errors
            matches(errors, r"(?s)trap_now.*middle_of_the_stack.*main.*_start")


@story("with DWARF it names source lines")
def lines():
    source = (SOURCE / "test/wasm/c/trap.c").read_text().splitlines()
    line = next(number for number, text in enumerate(source, 1) if "seven / zero" in text)
    matches(trapped("trap", "divide-by-zero").errors, rf"trap\.c:{line}\b")


@story("without names there are still frames")
def frames():
    frames_ = re.findall(r"(?m)^ +(at |\d+:).*0x[0-9a-f]+", trapped("trap_without_names", "unreachable").errors)
    true(len(frames_) >= 4, f"{len(frames_)} frames")


@story("a backtrace of infinite recursion has an end", ours=True)
def recursion():
    errors = trapped("trap", "recursion").errors
    true(len(errors.splitlines()) < 200, f"{len(errors.splitlines())} lines")
    contains(errors, "deeper_and_deeper")


@story("a trap in the start function is a trap", ours=True)
def start_function():
    outcome = run("trapping_start.wat")
    equal(outcome.status, 134)
    contains(outcome.errors, "unreachable")


main()
