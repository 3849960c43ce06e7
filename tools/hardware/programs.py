"""Programs in SEV-SNP Keeps: system calls, threads, memory that grows and goes back, ends of every kind."""
import os
import pathlib
import shutil
import signal
import subprocess
import time

from commands import ENARX, OURS, PARTS, execute, guest, keep, succeeded
from host import firmware_status
from report import Failed, Skip


def bound(folder, name):
    """A program with an image of its own, as exec is to shim-snp."""
    program = pathlib.Path(folder) / name
    if not (PARTS / name).exists() or not (PARTS / "keep-bind").exists():
        raise Skip(f"{name} or keep-bind is not built")
    shutil.copy(PARTS / name, program)
    succeeded(execute([PARTS / "keep-bind", PARTS / "shim-snp", program, f"{program}.shim", f"{program}.tree"]))
    return program


def in_keep(program, *arguments, options=(), cpus=4, **how):
    return execute([PARTS / "keep-run", f"--shim={program}.shim", f"--cpus={cpus}", *options, program, *arguments], **how)


def program(folder, name, *arguments, options=(), cpus=4, status=0, words=""):
    outcome = in_keep(bound(folder, f"keep-program-{name}"), *arguments, options=options, cpus=cpus)
    if outcome.status != status or words not in outcome.text + outcome.errors:
        raise Failed(f"exit status {outcome.status} instead of {status}, or not {words!r}", outcome.text[-1000:] + "\n" + outcome.detail())
    return f"as in other Keeps, exit status {status}, {outcome.seconds:.3f} s"


def words(lines):
    """Threads of a WebAssembly program."""
    text = b"one two two three three three\n" * lines
    few = keep("words", options=["--vcpus=2"], stdin=text)
    many = keep("words", options=["--vcpus=8"], stdin=text)
    if succeeded(few).text != succeeded(many).text:
        raise Failed("with 2 vCPUs and with 8 it says different things", few.text[:500] + many.text[:500])
    return f"the same with 2 vCPUs, {few.seconds:.3f} s, and with 8, {many.seconds:.3f} s"


def limited(_folder):
    outcome = keep("memory", options=["--max-memory=8M"])
    if outcome.status == 0:
        raise Failed("it got more than its limit", outcome.detail())
    return f"ends: {outcome.first_error()}"


def stopped(_folder):
    outcome = keep("endless", options=["--timeout=3s"])
    if outcome.status != 124:
        raise Failed(f"exit status {outcome.status} instead of 124", outcome.detail())
    return f"ends what computes in {outcome.seconds:.3f} s with 124"


def started(seconds=4):
    process = subprocess.Popen([str(ENARX), "run", "--backend=snp", str(guest("endless"))], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL, env=OURS, start_new_session=True)
    time.sleep(seconds)
    if process.poll() is not None:
        raise Failed(f"it ended by itself with {process.returncode}")
    return process


def interrupted(_folder):
    process = started()
    process.send_signal(signal.SIGINT)
    begun = time.monotonic()
    try:
        status = process.wait(30)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        raise Failed("no end within 30 s of SIGINT") from None
    if status != -signal.SIGINT:
        raise Failed(f"ended with {status}")
    return f"dies by SIGINT within {(time.monotonic() - begun) * 1000:.0f} ms"


def killed(_folder):
    """The firmware's count of guests says whether one has stayed; the model's firmware does not count."""
    before = firmware_status()["guests"]
    process = started()
    within = firmware_status()["guests"]
    os.killpg(process.pid, signal.SIGKILL)
    process.wait(30)
    succeeded(keep("hello"), out="Hello, world!\n")
    for _ in range(50):
        after = firmware_status()["guests"]
        if after <= before:
            return f"guests before {before}, with it {within}{'' if within > before else ' (the firmware does not count it)'}, behind {after}; the next Keep starts"
        time.sleep(0.1)
    raise Failed(f"guests before {before}, with it {within}, behind {after}")


def many(_folder):
    """As many at once as there is room for; the next is refused by name."""
    processes, reason = [], ""
    try:
        for number in range(2000):
            path = subprocess.Popen([str(ENARX), "run", "--backend=snp", "--vcpus=1", str(guest("endless"))], stdin=subprocess.DEVNULL,
                                    stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=OURS, start_new_session=True)
            processes.append(path)
            try:
                path.wait(0.7)
            except subprocess.TimeoutExpired:
                continue
            reason = path.stderr.read().decode(errors="replace")
            break
        if "(snp-no-room)" not in reason:
            raise Failed(f"after {len(processes) - 1}: {reason.splitlines()[:1]}")
        return f"{len(processes) - 1} at once, the next is refused as snp-no-room"
    finally:
        for process in processes:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            process.stderr.close()


def ask(report, folder, quick, with_many):
    data = pathlib.Path(folder) / "data"
    data.mkdir()
    report.check("program.hello", lambda: program(folder, "hello", "world", status=42))
    report.check("program.calls", lambda: program(folder, "calls"))
    report.check("program.memory", lambda: program(folder, "memory"))
    report.check("program.threads", lambda: program(folder, "threads", "10", cpus=5))
    report.check("program.translations", lambda: program(folder, "translations", cpus=2))
    report.check("program.limits", lambda: program(folder, "limits", cpus=3, words="threads 3"))
    report.check("program.doubted-fault", lambda: program(folder, "escape", status=125, words="only the host can have sent"))
    report.check("program.files", lambda: program(folder, "files", options=[f"--dir={data}:5"]))
    report.check("program.sockets", lambda: program(folder, "sockets", options=["--sockets"]))
    for name in () if quick else ("signals", "clean_state", "events", "timers", "signal_files", "selects", "reuse", "waits"):
        report.check(f"program.{name}", program, folder, name)
    report.check("application.threads", words, 20 if quick else 2000)
    report.check("application.memory-limit", limited, folder)
    report.check("life.time-limit", stopped, folder)
    report.check("life.interrupted", interrupted, folder)
    report.check("life.killed", killed, folder)
    if with_many:
        report.check("life.as-many-as-there-is-room-for", many, folder)
