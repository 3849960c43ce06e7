#!/usr/bin/env python3
"""A KVM Keep from outside: what its host finds, what is left of it, and what it says where it cannot be.

ENARX_TEST_STARTS   how many starts and ends, and how many kills (default: 100)
ENARX_TEST_KEEPS    how many Keeps at the same time (default: 200)
"""
import ctypes
import json
import os
import pathlib
import random
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "scenario"))
from harness import *  # noqa: E402,F403

STARTS = int(os.environ.get("ENARX_TEST_STARTS") or 100)
KEEPS = int(os.environ.get("ENARX_TEST_KEEPS") or 200)


def program(name):
    return BUILD / "parts" / f"keep-program-{name}"


def exec_line(name, *options):
    return [PROGRAM, "exec", *options, program(name)]


def waiting(*options):
    process = start(exec_line("secret", *options))
    wait_for_line(process, "ready")
    return process


def secret():
    """The words of programs/secret.c, from the middle of its buffer."""
    word, words = 0x9E3779B97F4A7C15, []
    for _ in range(70000):
        word ^= word << 13 & 0xFFFFFFFFFFFFFFFF
        word ^= word >> 7
        word ^= word << 17 & 0xFFFFFFFFFFFFFFFF
        words.append(word)
    return struct.pack("<4Q", *words[65000:65004])


def finds(pid, wanted):
    """Whether the administrator finds these bytes in that process' memory."""
    with open(f"/proc/{pid}/maps", encoding="ascii") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in maps:
            begin, end = (int(part, 16) for part in line.split()[0].split("-"))
            for at in range(begin, end, 16 << 20):
                try:
                    memory.seek(at)
                    if wanted in memory.read(min((16 << 20) + 32, end - at)):
                        return True
                except (OSError, ValueError, OverflowError):
                    continue
    return False


@story("what a program sends arrives although it computes on and makes no other call", ours=True)
def sends_and_computes():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    process = start([BUILD / "parts/keep-run", "--sockets", program("sockets"), "late", str(port)])
    wait_for_line(process, "ready")
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        begun = time.monotonic()
        with client.makefile("rb") as lines:
            equal([lines.readline() for _ in range(4)], [b"now\n"] * 4)
        true(time.monotonic() - begun < 2, "it came only when the program had computed for three seconds")
    equal(process.wait(30), 0)


def sealed_here():
    text = execute([PROGRAM, "platform", "info"]).text
    return "Sealed memory: yes" in text


@story("what a program keeps in memory is found in a plain Keep, and not in a sealed one", ours=True)
def sealed():
    if os.geteuid() != 0:
        skip("only the administrator may read another process' memory")
    plain = waiting("--memory=plain")
    true(finds(plain.pid, secret()), "the search itself does not find what is there")
    if not sealed_here():
        skip("this host's KVM has no guest_memfd that can be mapped: `enarx platform info` says what is missing")
    process = waiting("--memory=sealed")
    true(not finds(process.pid, secret()), "the secret is found in a sealed Keep")
    links = [os.readlink(f"/proc/{process.pid}/fd/{fd}") for fd in os.listdir(f"/proc/{process.pid}/fd")]
    true(not any("guest" in link or "gmem" in link for link in links), f"a descriptor of the memory is open: {links}")
    process.stdin.close()
    process.stdin = None
    equal(finish(process).status, 0)


@story("the process that runs a Keep has few system calls left, and no program can be started from it", ours=True)
def filtered():
    place = folder("given")
    process = waiting("--dir", place)
    status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    contains(status, "Seccomp:\t2", "NoNewPrivs:\t1")
    links = [os.readlink(f"/proc/{process.pid}/fd/{fd}") for fd in os.listdir(f"/proc/{process.pid}/fd")]
    equal({link for link in links if os.path.isdir(link)}, {str(place)}, "directories that it has open")


@story("what the caller has open beside the standard streams, the process of a Keep has not", ours=True)
def not_inherited():
    ends = os.pipe()
    process = start(exec_line("secret"), pass_fds=(ends[1],))
    os.close(ends[1])
    wait_for_line(process, "ready")
    true(select.select([ends[0]], [], [], 20)[0], "the process has the caller's pipe open")
    equal(os.read(ends[0], 1), b"")
    equal(process.poll(), None)


def without_landlock():
    """For the program that is started next, the kernel has no Landlock: a filter answers ENOSYS for it."""
    create_ruleset, no_such_call, allow, set_filter, no_new_rights = 444, 0x00050000 | 38, 0x7FFF0000, 22, 38
    lines = (0x20, 0, 0, 0), (0x15, 0, 1, create_ruleset), (0x06, 0, 0, no_such_call), (0x06, 0, 0, allow)
    code = ctypes.create_string_buffer(b"".join(struct.pack("<HBBI", *line) for line in lines))
    given = struct.pack("<HxxxxxxQ", len(lines), ctypes.addressof(code))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(no_new_rights, 1, 0, 0, 0) or libc.prctl(set_filter, 2, given):
        os._exit(99)


@story("where the kernel has no Landlock, no Keep gets a directory of the host, and all others run", ours=True)
def no_landlock():
    place = folder("given")
    if "Landlock: no" not in execute([PROGRAM, "platform", "info"]).text:
        succeeded(execute([PROGRAM, "run", "--backend=kvm", "--dir", place, guest("hello")]), "Hello, world!\n")
    how = {"preexec_fn": without_landlock}
    for line in (exec_line("hello", "--dir", place), [PROGRAM, "run", "--backend=kvm", "--dir", place, guest("hello")]):
        outcome = execute(line, **how)
        refused(outcome, 125, "Landlock", name="directory-unconfined")
    succeeded(execute([PROGRAM, "run", "--backend=kvm", "--no-cache", guest("hello")], **how), "Hello, world!\n")
    contains(succeeded(execute([PROGRAM, "platform", "info"], **how)).text, "Landlock: no: ")
    checks = json.loads(succeeded(execute([PROGRAM, "platform", "info", "--json"], **how)).text)["backends"]
    kvm = next(backend for backend in checks if backend["name"] == "kvm")
    contains(next(check["info"] for check in kvm["platform"] if check["name"] == "Landlock"), "no: ")


def left_over(since=()):
    """Processes of ours that still run, without those of `since`: other tests' Keeps may run and end beside this one."""
    found = set()
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if (entry / "exe").resolve() == pathlib.Path(PROGRAM).resolve():
                    found.add(entry.name)
            except OSError:
                continue
    return found.difference(since)


@story("starts and ends leave no process and no file behind", ours=True, seconds=3000)
def starts_and_ends():
    before = set(os.listdir("/tmp")) | set(os.listdir("/dev/shm"))
    running = left_over()
    for _ in range(STARTS):
        succeeded(execute([PROGRAM, "run", "--backend=kvm", guest("hello")]), "Hello, world!\n")
    # Other tests may run beside this one: only names of ours count.
    new = {name for name in (set(os.listdir("/tmp")) | set(os.listdir("/dev/shm"))) - before
           if "enarx" in name and not name.startswith(("enarx-story-", "enarx-bench-"))}
    equal(new, set(), "files left behind")
    equal(left_over(running), set(), "processes")


@story("killed at any moment, a Keep is gone with its process", ours=True, seconds=3000)
def killed():
    chance = random.Random(4)
    running = left_over()
    for _ in range(STARTS // 2):
        process = start([PROGRAM, "run", "--backend=kvm", guest("kernels"), "list", "0.01"], stdin=subprocess.DEVNULL)
        time.sleep(chance.random() * 0.02)
        process.kill()
        process.wait(10)
    end = time.monotonic() + 5  # for whoever only takes the Keep's compiled code
    while left_over(running) and time.monotonic() < end:
        time.sleep(0.05)
    equal(left_over(running), set(), "processes")
    succeeded(execute([PROGRAM, "run", "--backend=kvm", guest("hello")]), "Hello, world!\n")


@story("many Keeps run at the same time", ours=True, seconds=300)
def many():
    keeps = [start(exec_line("secret"), stderr=subprocess.STDOUT) for _ in range(KEEPS)]
    for keep in keeps:
        wait_for_line(keep, "ready", 120)
    for keep in keeps:
        keep.stdin.close()
        keep.stdin = None
    for keep in keeps:
        equal(finish(keep, 60).status, 0)


@story("threads of a killed Keep end with it", ours=True)
def threads():
    process = start(exec_line("threads"), stdout=subprocess.DEVNULL)
    time.sleep(0.15)
    process.kill()
    equal(process.wait(10), -signal.SIGKILL)


@story("a program that is no static-pie, and one that is not there, are refused by name", ours=True)
def refused_programs():
    refused(execute([PROGRAM, "exec", "/bin/sh"]), 126, "/bin/sh", name="keep-image")
    refused(execute([PROGRAM, "exec", write("text", "no program")]), 126, "text", name="keep-image")
    refused(execute([PROGRAM, "exec", "/no/such/program"]), 127, "/no/such/program", name="program-not-found")


@story("--timeout and --max-memory bound a program, too", ours=True)
def bounds():
    process = start(exec_line("secret", "--timeout", "300ms"))
    equal(process.wait(10), 124)
    contains(process.stderr.read().decode(), "(timed-out)")
    outcome = execute([PROGRAM, "exec", "--max-memory", "64M", program("memory")])
    true(outcome.status in (1, 137), f"exit status {outcome.status}: {outcome.errors}")


@story("memory that a program gives back is there for it again, in sealed Keeps, too", ours=True)
def reuse():
    for memory in ("plain", "sealed"):
        if memory == "sealed" and not sealed_here():
            skip("this host's KVM has no guest_memfd that can be mapped: `enarx platform info` says what is missing")
        succeeded(execute(exec_line("reuse", f"--memory={memory}", "--max-memory=160M")))


@story("--max-threads says how many threads a program has at the same time", ours=True, seconds=120)
def max_threads():
    for options, expected in (([], 64), (["--max-threads", "3"], 3), (["--max-threads=70"], 70)):
        outcome = succeeded(execute(exec_line("limits", *options), timeout=60))
        contains(outcome.text, f"threads {expected}\n")
    refused(execute(exec_line("limits", "--max-threads", "257")), 125, "--max-threads", name="usage")


@story("a signal that the process of a Keep gets is none of the program's: no call is interrupted", ours=True)
def signals_of_the_host():
    process = start(exec_line("waits"))
    equal(process.stdout.readline(), b"waits\n")
    for part in (b"a", b"b"):
        for _ in range(20):
            os.kill(process.pid, signal.SIGRTMAX)
            time.sleep(0.01)
        process.stdin.write(part), process.stdin.flush()
    outcome = process.wait(10), process.stdout.read().decode()
    equal(outcome, (0, ""))


@story("a program that one of its threads ends while another waits is gone at once", ours=True, seconds=120)
def ends_while_another_waits():
    for delay_us in range(0, 400, 10):
        outcome = execute([*exec_line("waits"), str(delay_us)], timeout=10)
        equal(outcome.status, 7, f"after {delay_us} us: {outcome.errors}")


@story("where the host allows no more threads, a program is told so and goes on", ours=True, seconds=120)
def no_more_threads():
    if not shutil.which("setpriv"):
        skip("setpriv is not installed")
    device = "mount -t tmpfs none /dev && mknod -m 666 /dev/null c 1 3 && mknod -m 666 /dev/kvm c 10 232 && "
    limited = f"bash -c 'ulimit -u 12; {PROGRAM} exec {program('limits')}'"
    outcome = unshared(f"{device} setpriv --reuid=64123 --regid=64123 --clear-groups --bounding-set=-all --inh-caps=-all {limited}")
    if outcome.status == 126 or "Permission denied" in outcome.errors:
        skip("another user cannot reach the build folder")
    threads = int(succeeded(outcome).text.split()[-1])
    true(1 < threads < 12, outcome.text)


@story("what a program asks for and a Keep does not have stands in the log, if one is asked for", ours=True)
def log():
    line = [PROGRAM, "exec", "--max-threads", "2", program("limits")]
    equal(succeeded(execute(line)).errors, "")
    contains(execute([PROGRAM, "--log-filter", "info", *line[1:]]).errors, " INFO shim: no such system call: 0x1c1\n")
    for options, stream in ((["--log-format", "json"], "err"), (["--log-format", "json", "--log-target", "stdout"], "out")):
        outcome = execute([PROGRAM, *options, "--log-filter", "shim=debug", *line[1:]])
        written = getattr(outcome, stream).decode()
        lines = [json.loads(text) for text in written.splitlines() if text.startswith("{")]
        true({"level": "info", "target": "shim", "message": "no such system call: 0x1c1"}.items() <= lines[-1].items(), written)
    equal(execute([PROGRAM, "--log-filter", "warn", *line[1:]]).errors, "")


@story("the shim of ring 0, where the host emulates that, is refused with what to do", ours=True)
def no_ring0():
    if "deprivileged:" not in execute([PROGRAM, "platform", "info"]).text:
        skip("this host has a real ring 0 for a Keep")
    outcome = execute([PROGRAM, "run", "--backend=kvm", "--shim=kvm", guest("hello")])
    refused(outcome, 125, "--shim=kvm", name="ring0-emulated")
    contains(outcome.errors, "--shim=deprivileged")


def unshared(script):
    """In mount name space of its own: what is mounted there, nobody else sees."""
    if os.geteuid() != 0 or not shutil.which("unshare"):
        skip("only the administrator can hide /dev/kvm from a program")
    if execute(["unshare", "-m", "true"]).status != 0:
        skip("this system lets nobody have mounts of their own")
    return execute(["unshare", "-m", "sh", "-c", script])


@story("without /dev/kvm, the error says so, and without --backend another Keep runs", ours=True)
def no_device():
    hide = "mount -t tmpfs none /dev && mknod /dev/null c 1 3 && "
    refused(unshared(f"{hide} {PROGRAM} run --backend=kvm {guest('hello')}"), 125, "/dev/kvm", name="backend-unavailable")
    outcome = unshared(f"{hide} {PROGRAM} run {guest('hello')}")
    equal((outcome.status, outcome.text), (0, "Hello, world!\n"))
    contains(outcome.errors, "backend nil")


@story("without the right to open /dev/kvm, the error names the group to join", ours=True)
def no_permission():
    hide = "mount -t tmpfs none /dev && mknod /dev/null c 1 3 && mknod -m 600 /dev/kvm c 10 232 && "
    run_as = "setpriv --reuid=65534 --regid=65534 --clear-groups env HOME=/nonexistent"
    if not shutil.which("setpriv"):
        skip("setpriv is not installed")
    outcome = unshared(f"{hide} {run_as} {PROGRAM} run --backend=kvm {guest('hello')}")
    if outcome.status == 126 or "Permission denied" in outcome.errors.split("(")[0] and "kvm" not in outcome.first_error:
        skip("another user cannot reach the build folder")
    refused(outcome, 125, "/dev/kvm", name="backend-unavailable")
    contains(outcome.errors, "usermod -aG kvm")


main()
