#!/usr/bin/env python3
"""Standard streams and files at their limits: nothing is lost, nothing hangs, the application hears what happened."""
import os
import signal
import subprocess
import sys

sys.path.insert(0, os.path.dirname(__file__))
from harness import *  # noqa: E402,F403

MEMORY = '[[files]]\nkind = "dir"\npath = "/data"\nsource = "memory"\n'


@story("`| head -1` ends the writer as it would end a native program")
def closed_pipe():
    writer = start(run_line("endless"), stdin=subprocess.DEVNULL)
    head = subprocess.run(["head", "-1"], stdin=writer.stdout, capture_output=True, timeout=20, check=True)
    writer.stdout.close()
    writer.stdout = None
    contains(head.stdout.decode(), "one line of an endless number of lines")
    outcome = finish(writer, 10)
    # The application is told by EPIPE and says so; or it dies by SIGPIPE as a native program would.
    true(outcome.status in (9, -signal.SIGPIPE, 128 + signal.SIGPIPE), f"exit status {outcome.status}")
    if outcome.status == 9 and not REFERENCE:  # Wasmtime calls it an I/O error
        contains(outcome.errors, "EPIPE")


@story("closed standard output: the application hears of it, and we do not crash")
def closed_output():
    outcome = execute(["sh", "-c", 'exec "$@" >&-', "sh", *run_line("copy")], stdin=b"x" * 10)
    true(outcome.status in (0, 3, 125), f"exit status {outcome.status}: {outcome.errors}")


@story("closed standard input reads as an end or an error, not as another file")
def closed_input():
    outcome = execute(["sh", "-c", 'exec "$@" <&-', "sh", *run_line("copy")])
    true(outcome.status in (0, 2), f"exit status {outcome.status}: {outcome.errors}")
    equal(outcome.text, "")


@story("closed standard error does not stop the application")
def closed_errors():
    outcome = execute(["sh", "-c", 'exec "$@" 2>&-', "sh", *run_line("hello")])
    equal((outcome.status, outcome.text), (0, "Hello, world!\n"))


@story("all three closed at once")
def all_closed():
    outcome = execute(["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh", *run_line("exit_status", 7)])
    true(outcome.status in (7, 125), f"exit status {outcome.status}")


@story("a full device is said to the application")
def full_device():
    with open("/dev/full", "wb") as full:
        outcome = execute(run_line("copy"), stdin=b"x" * 100, stdout=full)
    equal(outcome.status, 3)
    contains(outcome.errors, "No space left")


@story("a full disk is said to the application, and what was written stays")
def full_disk():
    disk = folder("disk")
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(disk)], capture_output=True, text=True)
    if mounted.returncode != 0:
        skip(f"no small file system may be mounted here: {mounted.stderr.strip()}")
    try:
        outcome = run("stream", "write", "/data/big", 10, options=["--dir", f"{disk}::/data"])
        equal(outcome.status, 1)
        contains(outcome.errors, "No space left")
        true((disk / "big").stat().st_size > 1 << 20, "what fitted is there")
    finally:
        subprocess.run(["umount", str(disk)], check=False)


@story("a mount of mode ro is read-only, and so is a host's read-only file system", ours=True)
def read_only():
    write("data/file", b"x" * (1 << 20))
    config = write("Enarx.toml", '[[files]]\nkind = "dir"\npath = "/data"\nsource = "host"\nhost_path = "data"\nmode = "ro"\n')
    options = ["--config", config]
    contains(succeeded(run("stream", "read", "/data/file", options=options)).text, "bytes 1048576")
    for arguments in (("stream", "write", "/data/new", 1), ("stream", "write", "/data/file", 1), ("many_files", "/data", 1)):
        outcome = run(*arguments, options=options)
        equal(outcome.status, 1, f"{arguments} in a read-only directory")
        matches(outcome.errors, "(?i)read-only|permitted|denied|capab")
    equal(os.listdir(scratch("data")), ["file"])


@story("ten thousand arguments and a hundred kilobytes of one")
def many_arguments():
    given = [f"argument-{number}" for number in range(10_000)]
    outcome = succeeded(run("arguments", *given))
    equal(outcome.text.splitlines()[2:], given)
    long = "x" * 100_000
    equal(succeeded(run("arguments", long)).text.splitlines()[2], long)


@story("a thousand environment variables")
def many_variables():
    options = [part for number in range(1000) for part in ("--env", f"V{number}={number}")]
    found = [line for line in succeeded(run("environment", options=options)).text.splitlines() if line[0] == "V"]
    equal(len(found), 1000)


@story("a file of 1 GiB of the host is streamed through", seconds=120)
def gigabyte_of_the_host():
    data = folder("data")
    with open(data / "big", "wb") as big:
        big.truncate(1 << 30)
    options = ["--dir", f"{data}::/data"]
    contains(succeeded(run("stream", "read", "/data/big", options=options, timeout=60)).text, f"bytes {1 << 30} ")


@story("a file of 1 GiB in memory is written", ours=True, seconds=120)
def gigabyte_in_memory():
    options = ["--config", write("Enarx.toml", MEMORY)]
    contains(succeeded(run("stream", "write", "/data/big", 1024, options=options, timeout=60)).text, f"bytes {1 << 30} ")


@story("1 GiB from standard input to standard output", seconds=120)
def gigabyte_through_pipes():
    line = " ".join(f"'{part}'" for part in run_line("copy"))
    outcome = execute(["sh", "-c", f"head -c 1073741824 /dev/zero | {line} | wc -c"], timeout=90)
    equal(outcome.text.strip(), str(1 << 30))


@story("a terminal is a terminal to the application")
def terminal():
    leader, follower = pseudo_terminal()
    process = start(run_line("hello"), stdin=follower, stdout=follower, stderr=follower)
    os.close(follower)
    shown = b""
    while chunk := _read(leader):
        shown += chunk
    os.close(leader)
    equal(process.wait(10), 0)
    equal(shown.replace(b"\r\n", b"\n"), b"Hello, world!\n")


def _read(descriptor):
    try:
        return os.read(descriptor, 4096)
    except OSError:  # a terminal whose other side has closed gives EIO
        return b""


@story("standard streams that are files: position and appending are the host's")
def files_as_streams():
    with open(scratch("log"), "ab") as log:
        for _ in range(3):
            execute(run_line("hello"), stdout=log)
    equal(scratch("log").read_text(), "Hello, world!\n" * 3)
    with open(write("input", b"0123456789"), "rb") as source:
        source.seek(4)
        equal(execute(run_line("copy"), stdin=source).text, "456789")


main()
