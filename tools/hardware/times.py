"""What things cost on this host. A figure is no verdict: the line says it, and beside it what others measured or the reach names."""
import re
import statistics
import time

from commands import enarx, guest, keep, succeeded
from host import firmware_status
from programs import bound, in_keep
from report import Failed


def median(values):
    return statistics.median(values)


def seconds(rounds, *options, module="hello", arguments=()):
    return [succeeded(keep(module, *arguments, options=options)).seconds for _ in range(rounds)]


def measured_page(rounds, vcpus):
    """The difference of so many VMSAs, each of which is a page more for the secure processor."""
    few, many = median(seconds(rounds, "--vcpus=1")), median(seconds(rounds, f"--vcpus={vcpus}"))
    return f"{(many - few) * 1000 / (vcpus - 1):.3f} ms: 1 vCPU {few * 1000:.0f} ms, {vcpus} vCPUs {many * 1000:.0f} ms (a Milan, by others: 1.02 ms; vCPUs have a cost of their own, too)"


def start(rounds):
    found = seconds(rounds)
    return f"median {median(found) * 1000:.0f} ms of {rounds}, {min(found) * 1000:.0f} to {max(found) * 1000:.0f} (to be <= 150 on a Milan)"


def phases(_rounds):
    outcome = succeeded(keep("hello", options=["--timings"]))
    return "; ".join(f"{name} {value} ms" for name, value in re.findall(r"^ {2}(\S.*?) {2,}([\d.]+) ms$", outcome.errors, re.MULTILINE))


def calls(folder):
    """Nanoseconds of one system call of a program, by the program's own clock: bench/keep/calls.c."""
    with open(f"{folder}/standard-input", "w+", encoding="ascii") as file:
        outcome = succeeded(in_keep(bound(folder, "keep-calls"), stdin=file))
    found = dict(line.split() for line in outcome.text.splitlines())
    return f"in the shim {int(found['shim']) / 1000:.2f} us, by a host that looks {int(found['polled']) / 1000:.2f} us, by an exit {int(found['rung']) / 1000:.2f} us (papers: 2 to 5 us for the exit alone)"


def touch(rounds):
    """64 MiB more of memory: each page is asked of the host, validated and cleared."""
    few, many = (median(seconds(rounds, module="memory", arguments=[size])) for size in ("8", "72"))
    return f"{(many - few) / 16384 * 1e6:.2f} us for each of 16384 pages: 8 MiB {few:.3f} s, 72 MiB {many:.3f} s (guessed: 6.5 us)"


def message(rounds, folder):
    """Evidence asks the secure processor once: the difference to a run of the same application that asks for nothing."""
    def run(*words):
        return enarx("run", "--backend=snp", "--config", f"{folder}/Enarx.toml", guest("attestation"), *words)
    asked = median([succeeded(run("evidence", "time")).seconds for _ in range(rounds)])
    other = median([run("show", "nothing").seconds for _ in range(rounds)])
    return f"{(asked - other) * 1000:.1f} ms: with evidence {asked * 1000:.0f} ms, without {other * 1000:.0f} ms (guessed: 2 ms)"


def one_after_another(count):
    """Every ASID comes back, and the firmware counts as many guests as before."""
    before, begun = firmware_status()["guests"], time.monotonic()
    for number in range(count):
        outcome = keep("hello", options=["--vcpus=1"])
        if outcome.status != 0:
            raise Failed(f"the {number + 1}. of {count}: {outcome.first_error()}", outcome.detail())
    took = time.monotonic() - begun
    for _ in range(50):  # a machine is taken down behind the process' end
        after = firmware_status()["guests"]
        if after <= before:
            return f"{count} Keeps, {took / count * 1000:.0f} ms each, guests before {before}, behind {after}"
        time.sleep(0.1)
    raise Failed(f"{after} guests are left of {count} Keeps, before there were {before}")


def ask(report, folder, quick):
    """`quick`: one round of each, where times say nothing (a model)."""
    rounds = 1 if quick else 9
    report.check("time.phases", phases, rounds)
    report.check("time.start", start, 1 if quick else 30)
    report.check("time.measured-page", measured_page, rounds, 17 if quick else 101)
    report.check("time.call", calls, folder)
    report.check("time.first-touch", touch, rounds)
    report.check("time.evidence", message, rounds, folder)
    report.check("life.one-after-another", one_after_another, 3 if quick else 100)


