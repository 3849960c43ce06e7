#!/usr/bin/env python3
"""Signals in every phase: it cleans up and dies by that signal, at once, and leaves nothing behind."""
import os
import pathlib
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(__file__))
from harness import *  # noqa: E402,F403

LISTEN = '[[files]]\nkind = "listen"\nname = "ingest"\nprot = "tcp"\naddr = "127.0.0.1"\nport = 0\n'


def ended_by(process, number, timeout=5):
    below = children(process.pid)
    process.send_signal(number)
    outcome = finish(process, timeout)
    equal(outcome.status, -number, "the way it ended")
    for child in below:
        deadline = time.monotonic() + 2
        while pathlib.Path(f"/proc/{child}").exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        true(not pathlib.Path(f"/proc/{child}").exists(), f"process {child} was left behind")
    return outcome


@story("SIGINT and SIGTERM end an application that computes, sleeps or waits for input")
def while_it_runs():
    for how in ("compute", "sleep", "read"):
        for number in (signal.SIGINT, signal.SIGTERM):
            process = start_run("spin", how)
            wait_for_line(process, "begun")
            ended_by(process, number)


@story("SIGHUP and SIGQUIT end it, too")
def other_signals():
    for number in (signal.SIGHUP, signal.SIGQUIT):
        process = start_run("spin", "sleep")
        wait_for_line(process, "begun")
        process.send_signal(number)
        outcome = finish(process, 5)
        equal(outcome.status, -number)


@story("a shell sees 130 and 143")
def seen_by_a_shell():
    for name, expected in (("INT", "130"), ("TERM", "143")):
        line = " ".join(f"'{part}'" for part in run_line("spin", "compute"))
        # Job control gives the command its own group, and SIGINT its default meaning.
        script = f"set -m; {line} > out & pid=$!; while ! grep -q begun out; do sleep 0.05; done; kill -{name} $pid; wait $pid; echo $?"
        outcome = execute(["bash", "-c", script], timeout=20)
        contains(outcome.text.split(), expected)


@story("Ctrl-C in a terminal ends it once and quietly")
def terminal():
    leader, follower = pseudo_terminal()
    process = start(run_line("spin", "compute"), stdin=follower, stdout=follower, stderr=follower, start_new_session=True,
                    preexec_fn=lambda: __import__("fcntl").ioctl(0, __import__("termios").TIOCSCTTY, 0))
    os.close(follower)
    shown = b""
    while b"begun" not in shown:
        shown += os.read(leader, 100)
    os.write(leader, b"\x03")
    equal(process.wait(5), -signal.SIGINT)
    os.close(leader)


@story("while it waits for clients", ours=True)
def while_it_listens():
    process = start_run("echo_server", options=["--config", write("Enarx.toml", LISTEN)])
    wait_for_line(process, "listening")
    ended_by(process, signal.SIGTERM)


@story("in every phase of a start: nothing hangs, nothing is left, and it ends by the signal or as it would have", seconds=120)
def in_every_phase():
    cold = {"XDG_CACHE_HOME": str(folder("cold"))}
    for number in (signal.SIGINT, signal.SIGTERM):
        for step in some(range(40), 8):
            environment_ = cold if step % 2 else None
            process = start_run("kernels", "list", "0.01", env=environment_, stdin=subprocess.DEVNULL)
            time.sleep(step * 0.0008 * LONGER)
            below = children(process.pid)
            process.send_signal(number)
            outcome = finish(process, 5)
            true(outcome.status in (-number, 0), f"signal {number} after {step * 0.8 * LONGER:.1f} ms: status {outcome.status}: {outcome.errors}")
            for child in below:
                true(not _alive(child), f"process {child} was left behind")
            if step % 2:
                subprocess.run(["rm", "-rf", str(scratch("cold"))], check=True)
                folder("cold")


def _there(pid):
    """Whether that process runs. One that has ended and waits for the machine's first process to notice runs no more."""
    try:
        state, parent = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[:2]
    except OSError:
        return False
    return (state, parent) != ("Z", "1")


def _alive(pid):
    deadline = time.monotonic() + 5
    while _there(pid):
        if time.monotonic() > deadline:
            return True
        time.sleep(0.01)
    return False


@story("a start that was killed leaves no half-written artefact that a later start would take")
def killed_while_compiling():
    place = {"XDG_CACHE_HOME": str(folder("cache"))}
    for step in some(range(15), 4):
        process = start_run("containers", env=place, stdin=subprocess.DEVNULL)
        time.sleep(0.005 * step * LONGER)
        process.kill()
        process.wait()
        below = children(process.pid)
        true(not any(_alive(child) for child in below), "a child lives on")
    succeeded(run("containers", env=place))


@story("when the command is killed, nothing of the Keep lives on")
def killed():
    process = start_run("spin", "compute")
    wait_for_line(process, "begun")
    below = children(process.pid)
    process.kill()
    process.wait()
    for child in below:
        true(not _alive(child), f"process {child} lives on after its parent was killed")


@story("a signal that is ignored from the start stays ignored (nohup)")
def nohup():
    process = start(["nohup", *run_line("spin", "sleep")])
    wait_for_line(process, "begun")
    process.send_signal(signal.SIGHUP)
    time.sleep(0.3)
    equal(process.poll(), None, "it ended")
    ended_by(process, signal.SIGTERM)


@story("it stops and continues like any job")
def stop_and_continue():
    process = start_run("spin", "sleep")
    wait_for_line(process, "begun")
    process.send_signal(signal.SIGTSTP)
    time.sleep(0.2)
    process.send_signal(signal.SIGCONT)
    ended_by(process, signal.SIGTERM)


main()
