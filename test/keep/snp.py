#!/usr/bin/env python3
"""SEV-SNP Keeps, whole, on tee-model (test/model): what `enarx run` does with an application is the same as natively, and what is measured is what was predicted.

More of the same by command: ENARX_TEST_PROGRAM=test/model/enarx.sh ENARX_TEST_BACKEND=snp python3 test/scenario/signals.py, and the other stories of test/scenario and test/wasm.
"""
import os
import re
import signal
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../model/strangers"))
from model import model  # noqa: E402

from harness import PROGRAM, contains, enarx, environment, equal, execute, folder, guest, main, scratch, start, story, succeeded, true  # noqa: E402


def line(module, *arguments, options=()):
    return [*model(), PROGRAM, "run", "--backend=snp", *options, guest(module), *arguments]


def run(module, *arguments, options=(), host=None, **how):
    changes = {"TEE_MODEL_HOST": host} if host else {}
    return execute(line(module, *arguments, options=options), timeout=200, env=environment(changes), **how)


@story("hello comes out, and nothing else, in a few exits", seconds=1500)
def hello():
    outcome = succeeded(run("hello"), out="Hello, world!\n")
    equal(outcome.errors, "")
    log = execute(line("hello"), timeout=200, env=environment({"TEE_MODEL_LOG": "1"})).errors
    entries = len(re.findall(r"ioctl 0xae80", log))
    true(0 < entries <= 12, f"{entries} times into the Keep")


@story("exit status, a trap and a signal that a program dies by are the process' own", seconds=300)
def ends():
    equal(run("exit_status", "77", "exit").status, 77)
    trap = run("trap")
    equal(trap.status, 134)
    contains(trap.errors, "(trap)", "trap_now")


@story("arguments, variables and standard streams are the application's", seconds=300)
def streams():
    text = b"a line\n" * 20000
    equal(run("copy", stdin=text).out, text)
    contains(run("arguments", "one", "two words", "").text, "one", "two words")


@story("files of a directory that was handed in are read and written, and no others", seconds=300)
def files():
    given = folder("given")
    outcome = run("files", options=["--dir", f"{given}::/data"], host=None)
    true("Permission denied" not in outcome.errors, outcome.errors)
    contains(run("files").errors + run("files").text, "errno 76")


@story("an interrupt ends it as a native program, and the time limit ends one that computes", seconds=300)
def stopped():
    process = start(line("endless"), env=environment())
    time.sleep(3)
    true(process.poll() is None, "it ended by itself")
    process.send_signal(signal.SIGINT)
    equal(process.wait(20), -signal.SIGINT)
    limited = run("endless", options=["--timeout=3s"])
    equal(limited.status, 124)
    contains(limited.errors, "timed-out")


@story("memory grows with the application, and a limit holds", seconds=600)
def memory():
    succeeded(run("memory"))
    true(run("memory", options=["--max-memory=8M"]).status != 0, "it got more than its limit")


@story("an ID block of the predicted digest is what the launch stands up to, for one, two and four vCPUs", seconds=900)
def measured():
    for vcpus in (1, 2, 4):
        place = tempfile.mkdtemp(dir=scratch())
        succeeded(enarx("key", "sev", "create", "--out", f"{place}/key"))
        succeeded(enarx("measure", "snp", f"--vcpus={vcpus}", "--policy=0x30000", f"--id-block={place}/block",
                        f"--id-auth={place}/auth", f"--id-key={place}/key"))
        options = [f"--vcpus={vcpus}", f"--id-block={place}/block", f"--id-auth={place}/auth", "--host-data=" + "5a" * 32]
        succeeded(run("hello", options=options), out="Hello, world!\n")


@story("on Linux 6.12 as on 7.3, and with firmware that corrects the CPUID page, the same Keep runs", seconds=600)
def kernels():
    for host in ("kernel:6.12", "cpuid:half", "firmware:1.51"):
        succeeded(run("hello", host=host), out="Hello, world!\n")


@story("threads of exec have a vCPU each, and it makes no more than there are", seconds=600)
def threads():
    succeeded(run("hello", options=["--vcpus=1"]), out="Hello, world!\n")
    # exec makes a thread for each processor that it is told of, and does not go on without one.
    log = execute(line("words", options=["--vcpus=2"]), timeout=400, env=environment({"TEE_MODEL_LOG": "1"}), stdin=b"one two\n")
    equal((log.status, log.text), (0, "    1 one\n    1 two\n"), log.errors[-500:])
    equal(len(set(re.findall(r"ioctl 0xae80 \(0\) of (\d+)", log.errors))), 2, "vCPUs that ran")


@story("a Keep that is killed leaves no process, and a second one starts at once", seconds=300)
def killed():
    process = start(line("endless"), env=environment())
    time.sleep(2)
    process.kill()
    equal(process.wait(10), -signal.SIGKILL)
    succeeded(run("hello"), out="Hello, world!\n")


main()
