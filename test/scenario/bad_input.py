#!/usr/bin/env python3
"""Bad applications: one clear line first, the right exit status, nothing printed that the application did not say."""
import os
import sys

sys.path.insert(0, os.path.dirname(__file__))
from harness import *  # noqa: E402,F403


def leb128(value):
    out = b""
    while True:
        byte, value = value & 0x7F, value >> 7
        if not value:
            return out + bytes([byte])
        out += bytes([byte | 0x80])


@story("a file that does not exist")
def missing():
    outcome = refused(run(scratch("no-such-file.wasm")), 127, "no-such-file.wasm", name="module-not-found")
    equal(outcome.text, "")


@story("a name with nothing in it")
def empty_name():
    outcome = enarx("run", "--backend", BACKEND, "")
    true(outcome.status in (2, 126, 127), f"exit status {outcome.status}: {outcome.errors}")


@story("a folder without main.wasm")
def empty_folder():
    outcome = run(folder("nothing"))
    true(outcome.status in (126, 127), f"exit status {outcome.status}")
    refused(outcome, outcome.status, "main.wasm")


@story("a path through a file, and a path that is too long")
def bad_paths():
    write("file", "x")
    outcome = run(scratch("file/below.wasm"))
    refused(outcome, 127 if outcome.status == 127 else 126, "below.wasm")
    long = run("/" + "x" * 5000)
    true(long.status in (126, 127), f"exit status {long.status}")


@story("a text file")
def text():
    refused(run(write("notes.wasm", "Dear diary,\nnothing happened today.\n")), 126, "notes.wasm", name="module-invalid")


@story("an empty file")
def empty():
    refused(run(write("empty.wasm", b"")), 126, "empty.wasm")


@story("an ELF program, a script, and an archive")
def others():
    for name, content in {"elf": b"\x7fELF\x02\x01\x01" + bytes(100), "script": b"#!/bin/sh\necho hi\n",
                          "zip": b"PK\x03\x04" + bytes(50), "zeros": bytes(4096)}.items():
        refused(run(write(name, content)), 126, name)


@story("a file that may not be read")
def unreadable():
    path = write("locked.wasm", guest("hello").read_bytes())
    path.chmod(0)
    if os.access(path, os.R_OK):
        # root reads everything: a file of the kernel's that nobody can read stands in for it
        path = "/proc/self/mem"
    refused(run(path), 126)


@story("a device is no application, and one without an end does not hold us up", seconds=90)
def special_files():
    refused(run("/dev/null", timeout=10), 126, "null")
    refused(run("/dev/zero", timeout=30), 126, "zero")


@story("an application may come through a pipe")
def piped():
    line = " ".join(run_line(scratch("x"))[:-1])
    outcome = execute(["bash", "-c", f"{line} <(cat '{guest('hello')}')"])
    succeeded(outcome, "Hello, world!\n")


@story("a module that is cut off anywhere", seconds=120)
def truncated():
    whole = guest("hello").read_bytes()
    for length in [1, 3, 4, 7, 8, 9, 10, 40, 100, 1000, len(whole) // 2, len(whole) - 1]:
        outcome = run(write("cut.wasm", whole[:length]))
        if length == 8:
            refused(outcome, 126)  # an empty module: valid, with nothing to start
        elif outcome.status != 0:  # a cut custom section at the end may be no harm to the code
            refused(outcome, 126, "cut.wasm")
        else:
            true(length > len(whole) // 2, f"{length} bytes of {len(whole)} ran")


@story("a module with single bytes changed never brings exec down", seconds=180)
def damaged():
    import random
    whole = bytearray(guest("hello").read_bytes())
    dice = random.Random(1)
    for _ in range(60):
        changed = bytearray(whole)
        for _ in range(3):
            changed[dice.randrange(8, len(changed))] = dice.randrange(256)
        outcome = run(write("changed.wasm", bytes(changed)), options=["--timeout", "5"], timeout=20)
        true(0 <= outcome.status <= 255, f"died by signal {-outcome.status}")
        true("panicked" not in outcome.errors and "terminate called" not in outcome.errors, outcome.errors)


@story("a module of a later version, and sections that claim gigabytes")
def wrong_headers():
    refused(run(write("later.wasm", b"\0asm\x02\0\0\0")), 126)
    huge = b"\0asm\x01\0\0\0\x01" + leb128(0xFFFFFFF0) + b"\x60"
    refused(run(write("huge.wasm", huge)), 126)
    many = b"\0asm\x01\0\0\0\x01" + leb128(6) + leb128(0xFFFFFFFF) + b"\x60"
    refused(run(write("many.wasm", many)), 126)


def large_module(last_body, functions=4000):
    """A binary module of many functions, the last of which has that body."""
    step = b"\x20\x00\x41\x25\x6c\x41\x0b\x73\x21\x00"  # local 0 times 37, xor 11
    body = b"\x00" + step * 150 + b"\x20\x00\x0b"
    last = b"\x00" + last_body + b"\x20\x00\x0b"

    def section(number, content):
        return bytes([number]) + leb128(len(content)) + content

    bodies = (leb128(len(body)) + body) * (functions - 1) + leb128(len(last)) + last
    return b"\0asm\1\0\0\0" + b"".join([
        section(1, b"\1\x60\1\x7f\1\x7f"),
        section(3, leb128(functions) + b"\0" * functions),
        section(10, leb128(functions) + bodies),
    ])


@story("a large module that is wrong at its end is refused before any of it is compiled, and what is wrong is named", seconds=300, ours=True)
def large_and_wrong():
    options = ["--no-cache"]
    good = write("good.wasm", large_module(b""))
    compiled = run(good, options=options, timeout=200)  # has nothing to start
    legacy = large_module(b"\x06\x40\x19\x0b")  # try, catch_all, end: exceptions as they were before the standard's
    wrong = run(write("wrong.wasm", legacy), options=options, timeout=200)
    refused(wrong, 126, "legacy_exceptions", f"offset {hex(len(legacy) - 7)}", name="module-invalid")
    true(wrong.seconds < compiled.seconds / 3, f"{wrong.seconds:.2f} s, where compiling takes {compiled.seconds:.2f} s")


@story("text form with a mistake names the line")
def wrong_text():
    outcome = refused(run(write("wrong.wat", "(module\n  (func (export \"_start\")\n    (i32.ad)))\n")), 126)
    contains(outcome.errors, "3:")


@story("text form that nests without end")
def deep_text():
    outcome = run(write("deep.wat", "(module " + "(" * 200_000))
    refused(outcome, 126)


@story("an import that nothing serves is named")
def unmet_import():
    refused(run("unmet_import.wat"), 126, "sky", "fly_to_the_moon", name="import-unknown")


@story("an import of WASI with the wrong type is named")
def wrong_import():
    refused(run("wrong_signature.wat"), 126, "fd_write", name="import-mismatch")


@story("a module with nothing to start")
def no_start():
    refused(run("no_start.wat"), 126, "_start", name="start-missing")


@story("a component is recognised, and said to be not supported yet")
def component():
    refused(run("component.wat"), 126, "component", name="component-unsupported")
    binary = write("component.wasm", b"\0asm\x0d\0\x01\0")
    refused(run(binary), 126, "component", name="component-unsupported")


@story("a program of wasi-threads is recognised, and said to be not supported yet")
def threads():
    refused(run("thread_spawn.wat"), 126, "thread", name="threads-unsupported")


@story("wrong command lines say what is wrong and where help is")
def command_lines():
    for line in (["run"], ["run", "--no-such-option", "x.wasm"], ["rnu", "x.wasm"], ["run", "--dir"],
                 ["run", "--max-memory", "lots", str(guest("hello"))], ["run", "--timeout", "-1", str(guest("hello"))],
                 ["run", "--env", "=x", str(guest("hello"))]):
        outcome = enarx(*line)
        true(outcome.status in (2, 125), f"{line}: exit status {outcome.status}: {outcome.errors}")
        true(outcome.errors.strip() and outcome.text == "", f"{line}: {outcome.errors!r} {outcome.text!r}")


@story("a directory of --dir that does not exist, and a file in its place")
def directories():
    refused(run("hello", options=["--dir", f"{scratch('nowhere')}::/x"]), 125, "nowhere", name="directory-unavailable")
    file = write("file", "")
    refused(run("hello", options=["--dir", f"{file}::/x"]), 125, "file", name="directory-unavailable")


@story("a configuration file that does not exist, or is a directory")
def no_configuration():
    refused(run("hello", options=["--config", scratch("nothing.toml")]), 125, "nothing.toml")
    refused(run("hello", options=["--config", folder("toml")]), 125, "toml")


@story("an application that uses up its descriptors gets EMFILE and goes on", seconds=90)
def descriptors():
    write("data/file", "content")
    outcome = succeeded(run("descriptors", "/data/file", options=["--dir", f"{scratch('data')}::/data"], timeout=60))
    contains(outcome.text, "stopped by EMFILE", "opened some: yes", "opens again: yes")
    config = write("Enarx.toml", "[limits]\nopen_files = 300\n")
    options = ["--config", config, "--dir", f"{scratch('data')}::/data"]
    for count, reached in ((290, "yes"), (300, "no")):  # of 300; the streams and the directory are among them
        outcome = succeeded(run("descriptors", "/data/file", count, options=options, timeout=60))
        contains(outcome.text, "stopped by EMFILE", f"opened some: {reached}")


@story("as many files are open at once as the configuration allows, whatever the user's own limit for descriptors is", seconds=90, ours=True)
def many_descriptors():
    import resource
    write("data/file", "content")
    config = write("Enarx.toml", "[limits]\nopen_files = 4000\n")
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if 0 < most < 4100:
        skip(f"the administrator allows {most} descriptors")
    for count, options in ((1000, []), (3980, ["--config", config])):
        line = run_line("descriptors", "/data/file", count, options=[*options, "--dir", f"{scratch('data')}::/data"])
        outcome = succeeded(execute(line, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (256, most)), timeout=60))
        contains(outcome.text, "opened some: yes", "opens again: yes")


@story("when the host's own descriptors run out the application still gets an error, not a crash")
def few_descriptors():
    import resource
    write("data/file", "content")
    line = run_line("descriptors", "/data/file", options=["--dir", f"{scratch('data')}::/data"])
    outcome = execute(line, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (200, 200)))
    succeeded(outcome)
    contains(outcome.text, "stopped by EMFILE", "opens again: yes")


@story("where the system gives too little memory the application is told, or we end with 137")
def little_memory():
    import resource
    limit = 8 << 30
    line = run_line("memory", 500)
    outcome = execute(line, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)))
    true(outcome.status in (0, 3, 125, 137), f"exit status {outcome.status}: {outcome.errors}")
    tight = 64 << 20
    outcome = execute(line, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (tight, tight)))
    true(outcome.status in (125, 126, 137), f"exit status {outcome.status}: {outcome.errors}")
    true(outcome.errors.strip(), "no word about it")


main()
