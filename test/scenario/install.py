#!/usr/bin/env python3
"""An installed tree works from wherever it lies: bin/, libexec/enarx/, man pages and completions."""
import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.dirname(__file__))
from harness import *  # noqa: E402,F403


def installed():
    prefix = scratch("prefix")
    done = subprocess.run(["cmake", "--install", str(BUILD), "--prefix", str(prefix)], capture_output=True, text=True, check=False)
    equal(done.returncode, 0, done.stderr)
    return prefix


@story("cmake --install gives a command that runs", ours=True)
def runs():
    prefix = installed()
    outcome = execute([prefix / "bin/enarx", "run", "--backend", BACKEND, guest("hello")])
    succeeded(outcome, "Hello, world!\n")
    true((prefix / "libexec/enarx/exec").exists(), "no exec below libexec/enarx")


@story("it still runs where the tree was moved to, and by a link from elsewhere", ours=True)
def moved():
    shutil.move(installed(), scratch("another place"))
    command = scratch("another place/bin/enarx")
    succeeded(execute([command, "run", "--backend", BACKEND, guest("hello")]), "Hello, world!\n")
    os.symlink(command, scratch("link"))
    succeeded(execute([scratch("link"), "run", "--backend", BACKEND, guest("hello")]), "Hello, world!\n")
    found = execute(["enarx", "run", "--backend", BACKEND, guest("hello")],
                    env={"PATH": f"{command.parent}:{os.environ['PATH']}"})
    succeeded(found, "Hello, world!\n")


@story("a tree without its exec says what is missing", ours=True)
def without_exec():
    prefix = installed()
    (prefix / "libexec/enarx/exec").unlink()
    refused(execute([prefix / "bin/enarx", "run", "--backend", BACKEND, guest("hello")]), 125, "exec")


@story("man pages and completions are installed", ours=True)
def extras():
    prefix = installed()
    files = [str(path.relative_to(prefix)) for path in prefix.rglob("*") if path.is_file()]
    for part in ("man/man1/enarx", "bash-completion", "zsh", "fish"):
        true(any(part in name for name in files), f"no {part} among {files}")
    for page in prefix.rglob("man1/*"):
        if shutil.which("man"):
            shown = subprocess.run(["man", "--warnings", "-l", str(page)], capture_output=True, text=True, check=False,
                                   env={**os.environ, "MANPAGER": "cat", "LC_ALL": "C.UTF-8"})
            equal((shown.returncode, shown.stderr), (0, ""), page.name)


main()
