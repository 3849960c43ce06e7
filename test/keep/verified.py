#!/usr/bin/env python3
"""A Keep that checks its program page by page, on QEMU's TCG with its real ring 0: shim-verified and what it refuses.

Each start takes a second or two. ENARX_TEST_PAGES   how many pages of exec are changed, one at a time (default: 6)
"""
import hashlib
import os
import pathlib
import random
import re
import shutil
import struct
import sys

os.environ["ENARX_TEST_BACKEND"] = "tcg"
sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "scenario"))
import harness  # noqa: E402
from harness import *  # noqa: E402,F403

PARTS = BUILD / "parts"
LIBEXEC = BUILD / "libexec/enarx"
harness.PROGRAM = str(PARTS / "keep-tcg")
PAGES = int(os.environ.get("ENARX_TEST_PAGES") or 6)
PAGE = 4096
PROGRAM_ADDRESS = 0x80_0000  # src/protocol/launch/machine.hpp


def tell(name, *arguments, shim="verified", options=(), **how):
    if not shutil.which("qemu-system-x86_64"):
        skip("qemu-system-x86_64 is not installed")
    return run(name, *arguments, options=["--shim", shim, *options], timeout=100, **how)


def copy_of_exec():
    shutil.copy(LIBEXEC / "exec", scratch("exec"))
    shutil.copy(LIBEXEC / "exec.tree", scratch("exec.tree"))
    return scratch("exec")


def flip(path, at):
    with open(path, "r+b") as file:
        file.seek(at)
        byte = file.read(1)[0]
        file.seek(at)
        file.write(bytes([byte ^ 1]))


def hello(path):
    return tell("hello", options=["--exec", path])


def page_refused(outcome):
    """The page that the shim has refused, or None where it has not."""
    found = re.search(r"program-changed: page (\d+) of", outcome.errors)
    if not found:
        return None
    equal((outcome.status, outcome.text), (125, ""), "a refused program that went on")
    return int(found.group(1))


def segments(path):
    """(flags, offset, address, bytes in the file) of each loadable segment, and the entry."""
    with open(path, "rb") as file:
        head = file.read(64)
        entry, headers = struct.unpack_from("<QQ", head, 24)
        count = struct.unpack_from("<H", head, 56)[0]
        file.seek(headers)
        rows = [struct.unpack("<IIQQQQQQ", file.read(56)) for _ in range(count)]
    return [(row[1], row[2], row[3], row[5]) for row in rows if row[0] == 1], entry


@story("an application runs on the image that checks exec, as on the one that maps it", ours=True, seconds=240)
def runs():
    succeeded(tell("hello"), "Hello, world!\n")
    equal(tell("exit_status", 77, "exit").status, 77)
    succeeded(tell("simd"), "dot 24570 24570\nsaturated 2040 2040\n")
    equal(tell("trap", "unreachable").status, 134)


@story("compiled code that the host hands in ends the Keep that checks its program, and no other", ours=True, seconds=240)
def handed_in():
    # A program that says something else, made to look as if it were compiled of hello, as the host could.
    other = write("other.wat", """(module (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
        (memory (export "memory") 1) (func (export "_start") (call $exit (i32.const 7))))""")
    equal(execute([BUILD / "enarx", "run", "--backend", "nil", other], env={"XDG_CACHE_HOME": str(folder("cache"))}).status, 7)
    kept = next(path for path in scratch("cache").rglob("*") if path.is_file()).read_bytes()
    header = struct.Struct("<8sQ32s32s32s")  # src/protocol/launch/artefact.hpp
    magic, length, _, engine, digest = header.unpack_from(kept)
    module = hashlib.sha256(guest("hello").read_bytes()).digest()
    forged = write("forged", header.pack(magic, length, module, engine, digest) + kept[header.size:])
    outcome = tell("hello", options=["--artefact", forged])
    equal(outcome.text, "")
    refused(outcome, 125, "this Keep takes no code that was compiled elsewhere", name="launch-block-invalid")
    # The image that checks nothing takes it, where its processor is the one that the code is for, or compiles.
    true(tell("hello", shim="kvm", options=["--artefact", forged]).status in (0, 7), "the image that checks nothing refuses, too")


@story("only the pages that a start touches are checked", ours=True, seconds=120)
def counted():
    outcome = succeeded(tell("hello", options=["--verbose"]), "Hello, world!\n")
    checked = int(re.search(r"pages of the program checked 0x([0-9a-f]+)", outcome.errors).group(1), 16)
    whole = os.path.getsize(LIBEXEC / "exec") // PAGE
    true(50 < checked < whole / 4, f"{checked} of {whole} pages")
    print(f"  {checked} of {whole} pages of exec checked")


@story("exec changed in a page that a start touches is refused there, and the page is named", ours=True, seconds=240)
def touched():
    loads, entry = segments(LIBEXEC / "exec")
    text = next(offset + entry - address for _, offset, address, size in loads if address <= entry < address + size)
    for at in (0x18, text):  # its header; its first instruction
        path = copy_of_exec()
        flip(path, at)
        equal(page_refused(hello(path)), at // PAGE)


@story("exec changed where nothing looks runs as before", ours=True, seconds=240)
def untouched():
    path = copy_of_exec()
    flip(path, os.path.getsize(path) - 1)  # names of symbols, which no segment holds
    succeeded(hello(path), "Hello, world!\n")


@story("exec changed anywhere runs as before or is refused at that page", ours=True, seconds=3000)
def sampled():
    chance = random.Random(9)
    loads, _ = segments(LIBEXEC / "exec")
    spots = [row for row in loads if row[3] > 64 * PAGE]
    ran = 0
    for number in range(PAGES):
        _, offset, _, size = spots[number % len(spots)]
        at = offset + chance.randrange(size)
        path = copy_of_exec()
        flip(path, at)
        outcome = hello(path)
        page = page_refused(outcome)
        true(page in (None, at // PAGE), f"byte {at} changed, page {page} refused")
        if page is None:
            succeeded(outcome, "Hello, world!\n")
            ran += 1
    print(f"  {PAGES - ran} of {PAGES} changes refused, {ran} where hello looks at nothing")


@story("a changed tree, a tree of another program and exec of another size are refused", ours=True, seconds=240)
def trees():
    path = copy_of_exec()
    flip(f"{path}.tree", 5)
    equal(page_refused(hello(path)), 0)
    path = copy_of_exec()
    bound = bind(PARTS / "keep-program-hello")
    with open(f"{path}.tree", "r+b") as tree:
        tree.write(pathlib.Path(f"{bound}.tree").read_bytes())
    equal(page_refused(hello(path)), 0)
    path = copy_of_exec()
    with open(path, "ab") as longer:
        longer.write(b"x")
    outcome = hello(path)
    equal(outcome.status, 125)
    contains(outcome.errors, "program-changed: the program has another size")


# Says a line, waits for a byte, and traps. What reports a trap is code of exec that nothing has touched before.
WAITS_AND_TRAPS = """(module
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\\10\\00\\00\\00\\07\\00\\00\\00")
  (data (i32.const 16) "before\\n")
  (data (i32.const 32) "\\40\\00\\00\\00\\01\\00\\00\\00")
  (func (export "_start")
    (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 48)))
    (drop (call $read (i32.const 0) (i32.const 32) (i32.const 1) (i32.const 48)))
    unreachable))"""


@story("exec overwritten while it runs is refused at the next page that it needs", ours=True, seconds=240)
def overwritten():
    tell("hello")  # or skip
    process = start(run_line(write("trap.wat", WAITS_AND_TRAPS), options=["--shim", "verified"]))
    wait_for_line(process, "before", 100)
    memory = next(f"/proc/{process.pid}/fd/{fd}" for fd in os.listdir(f"/proc/{process.pid}/fd")
                  if "memfd:keep" in os.readlink(f"/proc/{process.pid}/fd/{fd}"))
    size = os.path.getsize(LIBEXEC / "exec")
    with open(memory, "r+b", buffering=0) as ram:
        ram.seek(PROGRAM_ADDRESS)
        true(ram.read(4) == b"\x7fELF", "exec does not lie where this story looks for it")
        ram.seek(PROGRAM_ADDRESS)
        ram.write(b"\xcc" * size)
    process.stdin.write(b"x")
    process.stdin.flush()
    outcome = finish(process, 100)
    page = page_refused(outcome)
    true(page is not None, f"{outcome.status}: {outcome.errors}")
    print(f"  page {page} refused")


def bind(program, image="shim-verified"):
    """A copy of the program in the story's folder, with its tree, and beside it the shim that loads it alone."""
    copy = scratch(program.name)
    shutil.copy(program, copy)
    made = execute([PARTS / "keep-bind", PARTS / image, copy, f"{copy}.shim", f"{copy}.tree"])
    equal((made.status, made.errors), (0, ""))
    return copy


def tell_program(copy, *arguments, shim=None, options=()):
    if not shutil.which("qemu-system-x86_64"):
        skip("qemu-system-x86_64 is not installed")
    return execute([harness.PROGRAM, f"--shim={shim or f'{copy}.shim'}", *options, copy, *arguments], timeout=100)


@story("native programs behave as on the image that maps them", ours=True, seconds=600)
def programs():
    for name in ("memory", "signals", "clean_state", "escape"):
        for variant in ("", "-musl"):
            program = PARTS / f"keep-program-{name}{variant}"
            if not program.exists():
                print(f"SKIP {name}{variant}: musl-gcc is not installed")
                continue
            outcome = tell_program(bind(program))
            equal(outcome.status, 0, f"{name}{variant}: {outcome.text}{outcome.errors}")


@story("memory that the host gives dirty is zero when the program finds it", ours=True, seconds=300)
def dirty():
    for name in ("memory", "reuse", "hello"):
        program = bind(PARTS / f"keep-program-{name}")
        clean, soiled = tell_program(program), tell_program(program, options=["--dirty"])
        equal((soiled.status, soiled.text), (clean.status, clean.text), f"{name}: {soiled.text}{soiled.errors}")
    program = bind(PARTS / "keep-program-translations")
    equal(tell_program(program, options=["--dirty", "--cpus=2"]).status, 0, "with threads")


@story("the processor's own instructions for SHA-256 leave programs and their threads as they were", ours=True, seconds=300)
def instructions():
    if not os.access("/dev/kvm", os.R_OK | os.W_OK):
        skip("/dev/kvm cannot be opened; QEMU's TCG has no such instructions")
    if "sha_ni" not in pathlib.Path("/proc/cpuinfo").read_text():
        print("SKIP by instructions: this processor has none for SHA-256; the other way runs")
    for name in ("memory", "signals", "clean_state", "threads"):
        copy = bind(PARTS / f"keep-program-{name}", "shim-verified-deprivileged")
        outcome = execute([PARTS / "keep-run", f"--shim={copy}.shim", copy], timeout=100)
        equal(outcome.status, 0, f"{name}: {outcome.text}{outcome.errors}")
        flip(copy, 0x18)
        outcome = execute([PARTS / "keep-run", f"--shim={copy}.shim", copy], timeout=100)
        equal(outcome.status, 125)
        contains(outcome.errors, "program-changed: page 0 of")


@story("an image loads the program that it was made for and no other, and without one none", ours=True, seconds=240)
def bound_images():
    first, second = bind(PARTS / "keep-program-hello"), bind(PARTS / "keep-program-memory")
    equal(tell_program(first, "world").status, 42)
    outcome = tell_program(second, shim=f"{first}.shim")
    equal(outcome.status, 125)
    contains(outcome.errors, "program-changed")
    outcome = tell_program(first, shim=PARTS / "shim-verified")
    equal(outcome.status, 125)
    contains(outcome.errors, "the program cannot be loaded")


def by_hand(program):
    """Tree and root of a program, by the words of src/protocol/program/tree.hpp alone."""
    def node_pages(content):
        return [content[at:at + PAGE].ljust(PAGE, b"\0") for at in range(0, len(content), PAGE)]
    content, levels = program.read_bytes(), []
    size, pages = len(content), node_pages(content)
    while True:
        pages = node_pages(b"".join(hashlib.sha256(page).digest() for page in pages))
        levels.insert(0, b"".join(pages))
        if len(pages) == 1:
            return b"".join(levels), struct.pack("<Q", size) + hashlib.sha256(pages[0]).digest()


@story("tree and root are what the format says, computed a second time", ours=True)
def second_time():
    tree, root = by_hand(LIBEXEC / "exec")
    true(tree == (LIBEXEC / "exec.tree").read_bytes(), "another tree")
    image = (LIBEXEC / "shim-verified").read_bytes()
    equal(image.count(root), 1, "the root in the image")
    equal((PARTS / "shim-verified").read_bytes(), image.replace(root, bytes(40)), "more than the root was changed")


@story("the tool that binds an image says what it cannot use, and makes the same image each time", ours=True)
def binding():
    image, program = PARTS / "shim-verified", PARTS / "keep-program-hello"
    out = (scratch("a"), scratch("a.tree"))
    for line, word in (([image, scratch("none"), *out], "none"), ([program, program, *out], "not an image of the shim"),
                       ([image, write("empty", ""), *out], "empty"), ([image, program, "/no/such/folder/x", "y"], "cannot be written")):
        outcome = execute([PARTS / "keep-bind", *line])
        equal(outcome.status, 1)
        contains(outcome.errors, word)
    equal(execute([PARTS / "keep-bind"]).status, 2)
    made = [execute([PARTS / "keep-bind", image, LIBEXEC / "exec", scratch(name), scratch(f"{name}.tree")]).status for name in "ab"]
    equal(made, [0, 0])
    for name in "ab":
        true(scratch(name).read_bytes() == (LIBEXEC / "shim-verified").read_bytes(), "another image")
        true(scratch(f"{name}.tree").read_bytes() == (LIBEXEC / "exec.tree").read_bytes(), "another tree")


main()
