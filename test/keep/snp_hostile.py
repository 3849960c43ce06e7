#!/usr/bin/env python3
"""An SEV-SNP Keep on a host that lies (tee-model, test/model/snp/hostile.hpp): it ends, says why if it can, and the program sees nothing of it.

ENARX_TEST_MODEL=all   all vectors, each with and without an error code; else a few with each commit.
"""
import concurrent.futures
import ctypes
import itertools
import os
import re
import signal
import subprocess
import time

from snp_keeps import CPUID, FIRST_TABLE, LIES, SECRETS, SHIM_MEMORY, ends, keep, line_of, program, shim_code  # first: it finds the others
from harness import BUILD, Failed, contains, equal, main, scratch, story, succeeded, true, write
from model import ALL, chosen, model

WITH_CODE = {8, 10, 11, 12, 13, 14, 17, 21, 29, 30}
KICK = 0xF0
SPINS = """(module (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 1) (data (i32.const 16) "spins\\n")
    (func (export "_start") (local $i i64)
        (i32.store (i32.const 0) (i32.const 16)) (i32.store (i32.const 4) (i32.const 6))
        (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
        (loop $again (br_if $again (i64.lt_u (local.tee $i (i64.add (local.get $i) (i64.const 1))) (i64.const 0x7fffffffffffffff))))))"""


@story("a Keep on an honest host runs, and what it costs is told", seconds=300)
def honest():
    succeeded(keep(""), "Hello, world!\n")
    equal(keep("", "exit_status", "77", "exit").status, 77)
    equal(keep("", "trap", "unreachable").status, 134)


class Spinning:
    """A Keep whose program computes and asks for nothing: what comes in comes into ring 3."""

    def __init__(self):
        name = time.monotonic_ns()
        self.control = scratch(f"control-{name}")
        line = [*model(), str(BUILD / "enarx"), "run", "--backend=snp", str(write(f"spins-{name}.wat", SPINS))]
        environment = {**os.environ, "TEE_MODEL_CONTROL": str(self.control)}
        self.process = subprocess.Popen(line, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)
        equal(self.process.stdout.readline(), "spins\n")
        time.sleep(0.5)  # until the call that wrote that is over

    def suffers(self, deed):
        with open(f"{self.control}.new", "w") as file:
            file.write(f"{deed}@now")
        os.rename(f"{self.control}.new", self.control)
        until = time.monotonic() + (600 if ALL else 60)
        while os.path.exists(self.control) and time.monotonic() < until:
            # A signal ends KVM_RUN, and the next entry is in the midst of the program.
            self.process.send_signal(signal.SIGRTMAX)
            time.sleep(0.02)
        true(not os.path.exists(self.control), "the model has not looked at what it is to do")

    def goes_on(self):
        time.sleep(0.5)
        return self.process.poll() is None

    def stop(self):
        try:
            self.process.wait(100 if ALL else 10)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
        out, err = self.process.communicate()
        return self.process.returncode, out, err


def inject(vector, code):
    return f"inject:{vector}" + ("" if code is None else f":{code}")


def in_the_program(vector, code):
    spinning = Spinning()
    try:
        spinning.suffers(inject(vector, code))
        if vector == KICK and code is None:
            true(spinning.goes_on(), "a kick ends the Keep")
            return
    finally:
        if vector == KICK and code is None:
            os.killpg(spinning.process.pid, signal.SIGKILL)
        status, out, err = spinning.stop()
    true(status == 125, f"vector {vector}, code {code}: status {status}, {out} {err[-300:]}")
    equal(out, "", f"vector {vector}: the program went on")
    true(re.search("snp-keep-ended-itself|snp-shutdown|shim-gave-up", err), f"vector {vector}, code {code}: {err[-300:]}")


# Each kind always, some of all 768 besides: what WeSee and Heckler do, a page fault, a code too many or too few, the program's own
# exceptions where it has none, a non-maskable interrupt, a machine check, a kick.
KINDS = [(29, 0x72), (29, None), (128, None), (14, 4), (14, None), (0, None), (1, None), (3, None), (6, None), (6, 0), (8, 0), (13, 0),
         (16, None), (2, None), (18, None), (KICK, None), (KICK, 0)]
VECTORS = [(vector, code) for vector in range(256) for code in (None, 0, 0x72)]


def each(trial, cases):
    """Tries all of them, some at a time, and says which went wrong."""
    def tried(case):
        try:
            trial(*case)
            return None
        except Failed as reason:
            return f"{case}: {reason}"
    with concurrent.futures.ThreadPoolExecutor(4 if ALL else 2) as pool:
        wrong = [reason for reason in pool.map(tried, cases) if reason]
    true(not wrong, f"{len(wrong)} of {len(cases)}: " + "; ".join(wrong[:20]))


@story("no vector that the host injects into the program is taken for the program's own; a kick is forgotten", seconds=20000)
def injected():
    each(in_the_program, [*KINDS, *chosen(VECTORS, 4)])


@story("an event while the shim runs ends the Keep, whatever its vector", seconds=20000)
def in_the_shim():
    # Entry 1 is before the first instruction, where there is no table of interrupts yet; 2 and later ones are in the midst of host calls.
    def trial(i, vector, code):
        outcome = keep(f"{inject(vector, code)}@1")
        true(outcome.status == 125 and re.search("snp-shutdown|snp-not-entered", outcome.errors), f"at 1: {outcome.status} {outcome.errors[-300:]}")
        outcome = ends(program(f"{inject(vector, code)}@{2 + i % 5}", "calls"), "snp-keep-ended-itself")
        contains(outcome.errors, "reason 6:")
    line_of("calls")  # made once, before several run it
    each(trial, [(i, *case) for i, case in enumerate([(14, 0), (128, None), (29, 0x72), *chosen(VECTORS, 3)])])


@story("an event at an entry that the host's kernel makes by itself, after a request by the MSR or a fault for a fresh page, ends the Keep", seconds=20000)
def in_the_kernel():
    # More memory than the launch brings in ahead, a page after the other.
    touches = str(write("touches.wat", """(module (memory (export "memory") 64) (func (export "_start") (local $i i32)
        (loop $again
            (i32.store8 (local.get $i) (i32.const 1))
            (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 4096))) (i32.const 0x400000))))))"""))
    counts = scratch("counts")
    succeeded(keep("exits@*", touches, TEE_MODEL_COUNTS=str(counts)), "")
    until = time.monotonic() + 60
    while "faults" not in (counts.read_text() if counts.exists() else "") and time.monotonic() < until:
        time.sleep(0.1)  # the model writes them when the target has gone
    told = dict(line.split() for line in counts.read_text().splitlines())
    entries = int(told["faults"]) + int(told["requests"])
    true(entries > 500, f"{entries} entries")
    # Every vector once, and with it entries from the first to the last; the first dozen, where the processor is set up, always.
    spread = [(vector, code, 2 + (i * 997) % (entries - 100)) for i, (vector, code) in enumerate(VECTORS)]
    first = [(*KINDS[i % len(KINDS)], 2 + i) for i in range(12 if ALL else 3)]

    def trial(vector, code, entry):
        outcome = ends(keep(f"exits@*,{inject(vector, code)}@{entry}", touches), "host: inject")
        true(re.search("reason 6:|snp-shutdown", outcome.errors), outcome.errors[-300:])
        equal(outcome.text, "")
    each(trial, [*first, *chosen(spread, 3)])


@story("an event of a vCPU that waits to be wanted ends the machine, whatever its vector", seconds=1500)
def in_a_vcpu_that_waits():
    # The second one's first entry: before its first instruction. Its later ones, while it is not wanted: it has no stack, and no table of interrupts.
    for vector, code in [(14, 0), (128, None), (29, 0x72), (KICK, None), *chosen(VECTORS, 3)]:
        outcome = program(f"run:1@2-9,{inject(vector, code)}@1/1", "goes_on", cpus=2, timeout=60)
        true(outcome.status == 125 and re.search("snp-shutdown|snp-not-entered", outcome.errors), f"{vector}: {outcome.status} {outcome.errors[-300:]}")
        equal(outcome.text, "", f"vector {vector}: the program has begun")


@story("answers of the GHCB and its MSR that are out of form end the Keep", seconds=1500)
def answers():
    for number, reason in ((1, "5:3"), (2, "5:3"), (3, "5:4")):
        for value in ("0", "0x1", "0x13", "0x81", "0xffffffffffffffff"):
            outcome = keep(f"msr:{value}@{number}")
            ends(outcome, f"reason {reason}")
            equal(outcome.text, "")
    for info1 in (1, 2, 3, 0xFFFFFFFF):
        ends(keep(f"answer:0x398:{info1}@1"), "reason 5:5")
    ends(keep("silent@1"), "reason 5:5")
    # What means nothing where all went well is not looked at; nor is what the host says of the C-bit.
    succeeded(keep("answer:0x3a0:0x1234567890@1,answer:0x398:0x100000000@2"), "Hello, world!\n")
    succeeded(keep("msr:0x2000122000001@1"), "Hello, world!\n")


@story("memory that the host takes away, or puts back as it was, is not used again", seconds=1500)
def memory():
    # Code of the shim; page tables of the program; a page that nobody looks at any more.
    for page, used in ((shim_code(), True), (FIRST_TABLE, True), (SHIM_MEMORY, False)):
        for deed in (f"unvalidate:{page:#x}@2", f"save:{page:#x}@2,replay:{page:#x}@2"):
            outcome = keep(deed)
            if used:
                # The shim meets it, or the program on its way.
                true(re.search("reason 6:29|only the host can have sent.*0x404001d", ends(outcome).errors), outcome.errors[-300:])
            else:
                equal(outcome.status, 0)


@story("memory that the host maps elsewhere, swaps or calls shared is not used again", seconds=900)
def moved():
    for page in (shim_code(), FIRST_TABLE):
        for deed in (f"remap:{page:#x}:{SHIM_MEMORY:#x}@2", f"swap:{page:#x}:{SHIM_MEMORY:#x}@2", f"share:{page:#x}@2"):
            ends(keep(deed), "snp-memory-fault")
    # Pages that the launch added, before the Keep has looked at them: what was measured is not what would be found.
    for page in (SECRETS, CPUID):
        for deed in (f"unvalidate:{page:#x}@1", f"save:{page:#x}@1,replay:{page:#x}@1"):
            ends(keep(deed), "reason 6:29")
        ends(keep(f"swap:{page:#x}:{shim_code():#x}@1"), "snp-memory-fault")


@story("a page is the Keep's only where PVALIDATE has done it, and by this very instruction", seconds=900)
def validated():
    # The first pages are the image's, in assembler; the last ones are memory of the program, in C++.
    for number in (1, 40, 600):
        for status, carry in ((1, 0), (2, 0), (6, 0), (0, 1), (6, 1)):
            outcome = keep(f"pvalidate:{status}:{carry}@{number}")
            ends(outcome, "reason 5:6")
            equal(outcome.text, "")


@story("a CPUID page that hides what the shim needs, or that has another C-bit, ends the Keep before anything is believed", seconds=900)
def cpuid():
    hidden = ("hide:1:0:2:0x40000000", "hide:1:0:2:0x4000000", "hide:7:0:1:1", "hide:7:0:1:0x80", "hide:7:0:1:0x100000")
    for deed in hidden:  # RDRAND, XSAVE, FSGSBASE, SMEP, SMAP
        ends(keep(deed), "reason 5:8")
    ends(keep("hide:0x8000001f:0:1:1"), "reason 5:2")
    ends(keep("invent:0x8000001f:0:1:4"), "reason 5:2")


@story("a CPUID page that invents a feature is not taken by the firmware, however often the host tries", seconds=300)
def invented():
    for deed in ("invent:1:0:2:0x20", "invent:7:0:2:0x10000", "invent:0xd:0:0:0x8"):
        ends(keep(deed), "snp-launch-refused", "CPUID page")


@story("a CPUID page that the firmware has corrected is what the Keep is launched with", seconds=300)
def corrected():
    for deed in ("invent-once:1:0:2:0x20", "invent-once:7:0:2:0x10000", "invent-once:0xd:0:0:0x8"):
        succeeded(keep(deed), "Hello, world!\n")


@story("a guest of more features than the image knows ends itself before anything is believed", seconds=300)
def features():
    for bits in (1 << 2, 1 << 3, 1 << 4, 1 << 14, 1 << 40):  # reflected #VC, restricted and alternate injection, ...
        outcome = ends(keep(f"features:{bits:#x}"), "reason 5:1")
        equal(outcome.text, "")


def nudge(process):
    """A signal to each of its threads ends their KVM_RUN."""
    for thread in os.listdir(f"/proc/{process.pid}/task"):
        ctypes.CDLL(None).syscall(234, process.pid, int(thread), int(signal.SIGRTMAX))  # tgkill


@story("where the host does not hear that one vCPU ends the Keep, the others do nothing more for the program", seconds=300)
def deaf():
    line = line_of("goes_on", cpus=2)
    # An error code too many: the second vCPU ends the Keep where it holds no lock.
    environment = {**os.environ, LIES: f"deaf@*,{inject(KICK, 0)}@20/1"}
    told = scratch("told")
    with open(told, "w") as errors:
        process = subprocess.Popen(line, env=environment, stdout=subprocess.PIPE, stderr=errors, start_new_session=True)
    try:
        os.set_blocking(process.stdout.fileno(), False)
        until = time.monotonic() + 100
        written = 0
        while "host: inject" not in told.read_text():
            true(time.monotonic() < until and process.poll() is None, f"{process.poll()}: {told.read_text()[-400:]}")
            written += len(process.stdout.read() or b"")
            if written > 0:
                nudge(process)
            time.sleep(0.02)
        true(written > 0, "the program has written nothing")
        time.sleep(1)
        process.stdout.read()
        time.sleep(2)
        equal(process.stdout.read() or b"", b"", "the program goes on")
        true(process.poll() is None, "the host has heard of the end")
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@story("a vCPU that the host runs before it is wanted waits, and takes nothing of the first one's", seconds=900)
def order():
    succeeded(keep("run:2@2"), "Hello, world!\n")
    succeeded(keep("run:1@2,run:2@2,run:3@3"), "Hello, world!\n")
    # Each by itself, at each entry of the first; in each order.
    for cpu in (1, 2, 3):
        succeeded(keep(f"run:{cpu}:5@{2 + cpu}-{5 + cpu}"), "Hello, world!\n")
    for first in itertools.permutations((1, 2, 3)):
        succeeded(keep(",".join(f"run:{cpu}:2@{2 + i}" for i, cpu in enumerate(first))), "Hello, world!\n")


@story("whichever vCPU the host runs first is the first one of the Keep, and the one that it takes for it waits for good", seconds=300)
def another_first():
    # The Keep counts as they come; a host that counts otherwise than it runs them gets no call to answer.
    outcome = keep("run:1:20@1", options=["--timeout=10s"])
    equal((outcome.status, outcome.text), (124, ""), outcome.errors[-300:])


if __name__ == "__main__":
    main()
