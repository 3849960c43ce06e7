#!/usr/bin/env python3
"""WebAssembly beyond its first version, in text form: what the engine has, an application may use."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "scenario"))
from harness import *  # noqa: E402,F403

# The reference wants each newer feature asked for; Enarx has them on.
ASK = ["-W", "exceptions=y,gc=y,function-references=y,shared-memory=y"] if REFERENCE else []


def ends_with(module, status):
    outcome = run(module, options=ASK)
    equal((outcome.status, outcome.errors), (status, ""), module)


@story("a million tail calls need no stack")
def tail_calls():
    ends_with("tail_call.wat", 1)


@story("an exception is thrown and caught")
def exceptions():
    ends_with("exception.wat", 21)


@story("garbage is collected")
def garbage():
    ends_with("garbage.wat", 33)


@story("several results, bulk memory and reference types")
def multi_value():
    ends_with("multi_value.wat", 17)


@story("a shared memory takes atomic additions")
def shared_memory():
    ends_with("shared_memory.wat", 5)


@story("a command without a memory may end", ours=True)
def no_memory():
    ends_with("no_memory.wat", 6)


@story("text and binary form are told apart by content, not by name")
def by_content():
    renamed = write("module.bin", guest("hello").read_bytes())
    succeeded(run(renamed), "Hello, world!\n")
    text = write("module.txt", guest("tail_call.wat").read_bytes())
    equal(run(text, options=ASK).status, 1)


@story("memory grows up to what 32 bits can address, or what the limit allows")
def growth():
    equal(run("endless_growth.wat").status, 1)


main()
