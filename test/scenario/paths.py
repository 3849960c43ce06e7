#!/usr/bin/env python3
"""Paths mean the same everywhere: each call, with each form of path, answers as it does natively.

The program (test/wasm/c/path_matrix.c) runs natively, as WebAssembly on a directory of the host and on one in memory, and
by `enarx exec`. What differs is listed here, each difference with its reason; a line of the list that explains nothing fails
as well, so that the list stays what is true.
"""
import os
import re
import sys

sys.path.insert(0, os.path.dirname(__file__))
from harness import *  # noqa: E402,F403

NATIVE = BUILD / "parts" / "path_matrix"

# Paths that lead out of the folder. "d/.." and "ld/.." do not.
OUT = r"\.\.|\.\./|\.\./q|d/\.\./\.\./q|up|up/.*|out|out/.*"
ABSOLUTE = r"/|//|/f"
NO_UTF8 = r".*\\x.*"
ANY = r"(?s).*"  # answer that it has natively; a Keep looks at nothing outside


def difference(reason, calls, paths, right, ours):
    """Where call, path, and both answers match, that is as it should be, for this reason."""
    pattern = re.compile(f"({calls})\\|({paths})")

    def explains(line, native, found):
        return pattern.fullmatch(line) and re.fullmatch(right, native) and re.fullmatch(ours, found)

    return reason, explains


IN_WASI = [
    difference("no path leads out of a directory", ".*", OUT, ANY, "PERM"),
    difference("a Keep has no root: the C library finds no directory that bears the path's beginning", ".*", ABSOLUTE, ANY, "NOTCAPABLE"),
    difference("paths of WASI are UTF-8", ".*", NO_UTF8, ANY, "ILSEQ"),
]
IN_EXEC = [
    difference("no path leads out of a folder", ".*", OUT, ANY, "XDEV"),
    difference("a Keep has no root", ".*", ABSOLUTE, ANY, "NOENT|XDEV"),
]


def matrix(line, place, *, link=True, **popen):
    """The answers by call and path."""
    if link:
        folder("outside")
        os.symlink(scratch("outside"), place / "out")
    done = execute(line, timeout=120, **popen)
    succeeded(done)
    answers = {}
    for text in done.text.splitlines():
        call, path, answer = text.split("|", 2)
        answers[f"{call}|{path}"] = answer
    true(len(answers) > 2500, f"only {len(answers)} answers")
    return answers


def native(link=True):
    place = folder("native")
    opened = os.open(place, os.O_RDONLY | os.O_DIRECTORY)
    arguments = ["out"] if link else []

    def third():
        os.dup2(opened, 3, inheritable=True)

    try:
        # Of a folder beside the others: what leads out leads to names of its own.
        return matrix([NATIVE, *arguments], place, link=link, pass_fds=(3,), preexec_fn=third)
    finally:
        os.close(opened)


def compare(expected, found, differences):
    equal(sorted(set(expected) ^ set(found)), [], "calls that only one of them has made")
    unexplained, used = [], set()
    for line, right in expected.items():
        if right == found[line]:
            continue
        reasons = [reason for reason, explains in differences if explains(line, right, found[line])]
        used.update(reasons[:1])
        if not reasons:
            unexplained.append(f"{line}: {right[:150]} natively, {found[line][:150]} in the Keep")
    shown = "\n    ".join(unexplained[:40])
    true(not unexplained, f"{len(unexplained)} answers differ:\n    {shown}")
    equal([reason for reason, _ in differences if reason not in used], [], "differences that are listed, and there are none")


@story("a directory of the host answers every call on every path as Linux does", ours=True, seconds=200)
def host_directory():
    place = folder("keep")
    found = matrix(run_line("path_matrix", "out", options=["--dir", f"{place}::/d"]), place)
    compare(native(), found, IN_WASI)


@story("a directory in memory answers every call on every path as Linux does", ours=True, seconds=200)
def memory_directory():
    config = write("Enarx.toml", '[[files]]\nkind = "dir"\npath = "/d"\nsource = "memory"\n')
    found = matrix(run_line("path_matrix", options=["--config", config]), None, link=False)
    compare(native(link=False), found, IN_WASI)


@story("a native program in a Keep gets Linux's answer to every call on every path", ours=True, seconds=200)
def native_program():
    if BACKEND != "kvm":
        skip("`enarx exec` runs programs in KVM Keeps only")
    place = folder("keep")
    found = matrix([PROGRAM, "exec", "--dir", place, NATIVE, "out"], place)
    compare(native(), found, IN_EXEC)


@story("rights of new files are masked: no program of another user comes into being", ours=True)
def rights():
    if BACKEND != "kvm":
        skip("WASI names no rights; `enarx exec` runs programs in KVM Keeps only")
    place = folder("keep")
    succeeded(execute([PROGRAM, "exec", "--dir", place, BUILD / "parts" / "keep-program-files", "rights"], preexec_fn=lambda: os.umask(0o22)))
    modes = {name: oct((place / name).stat().st_mode & 0o7777) for name in os.listdir(place)}
    equal(modes, {"file": "0o755", "folder": "0o755"})


main()
