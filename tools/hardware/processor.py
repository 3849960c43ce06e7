"""What a Keep takes of its processor besides reports: a key that it derives, a counter of the Keep's own, and what exceptions cost."""
import pathlib
import re
import subprocess
import time

from commands import ENARX, OURS, enarx, guest, keep, succeeded
from programs import bound, in_keep, program
from report import Failed, Skip

LOG = "--log-filter=cache=info"


def offered():
    """Whether KVM gives guests a counter of their own."""
    return "Secure TSC (--secure-tsc): offered" in enarx("platform", "info").text


def sealed(folder):
    """Compiled, sealed and kept; then taken from there, by the same key (MSG_KEY_REQ)."""
    cache = {"XDG_CACHE_HOME": str(pathlib.Path(folder) / "sealed")}
    first = succeeded(keep("kernels", "list", "0.001", options=[LOG], env=cache))
    if "there is no key to seal code with" in first.errors:
        raise Failed("the processor gives no key: " + re.search("no key to seal code with: (.*)", first.errors)[1], first.detail())
    second = succeeded(keep("kernels", "list", "0.001", options=[LOG], env=cache))
    if "the code is taken from the cache" not in second.errors:
        raise Failed("the second start does not open what the first has sealed", second.detail())
    return f"compiled and sealed {first.seconds:.3f} s, taken {second.seconds:.3f} s: 184 KiB of module"


def key(folder):
    outcome = succeeded(in_keep(bound(folder, "keep-program-code_key"), "a"))
    if not re.fullmatch(r"[0-9a-f]{64}\n", outcome.text):
        raise Failed(outcome.text.strip(), outcome.detail())
    again = succeeded(in_keep(f"{folder}/keep-program-code_key", "a"))
    if again.text != outcome.text:
        raise Failed("two Keeps of one image have two keys")
    return "the same in two Keeps of one image, given once in each"


def pace(*options, seconds=5):
    """Seconds of a Keep's clock in a second of this host's, and how far apart the times of day are."""
    with subprocess.Popen([str(ENARX), "run", "--backend=snp", *options, str(guest("ticks"))], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          env=OURS) as process:
        def read():
            process.stdin.write(b".")
            process.stdin.flush()
            words = process.stdout.readline().split()
            if len(words) != 2:
                process.kill()
                raise Failed("the Keep has ended")
            return int(words[0]) / 1e9, int(words[1]) / 1e9
        read()
        begun, first = time.monotonic(), read()
        apart = first[1] - time.time()
        time.sleep(seconds)
        last, ended = read(), time.monotonic()
        process.stdin.close()
    return (last[0] - first[0]) / (ended - begun), apart


def clock(*options):
    going, apart = pace(*options)
    if not 0.98 <= going <= 1.02:
        raise Failed(f"it goes {going:.5f} times as fast as the host's")
    return f"{going:.5f} times as fast as the host's, {apart * 1000:+.0f} ms beside it"


def secure_clock():
    if not offered():
        raise Skip("KVM offers no Secure TSC")
    return clock("--secure-tsc")


def secure_digest(folder):
    """The digest with SEV_FEATURES bit 9 is the predicted one: an ID block says so."""
    if not offered():
        raise Skip("KVM offers no Secure TSC")
    place = {part: pathlib.Path(folder) / f"secure-{part}" for part in ("key", "block", "auth")}
    succeeded(enarx("key", "sev", "create", "--out", place["key"]))
    succeeded(enarx("measure", "snp", "--secure-tsc", "--policy=0x30000", f"--id-block={place['block']}", f"--id-auth={place['auth']}", f"--id-key={place['key']}"))
    succeeded(keep("hello", options=["--secure-tsc", f"--id-block={place['block']}", f"--id-auth={place['auth']}"]), out="Hello, world!\n")
    return "as predicted"


def cpuid(folder):
    """One #VC, answered in the Keep: by the program's own clock."""
    with open(f"{folder}/standard-input", "w+", encoding="ascii") as file:
        outcome = succeeded(in_keep(bound(folder, "keep-calls"), stdin=file))
    found = dict(line.split() for line in outcome.text.splitlines())
    return f"{int(found['cpuid']) / 1000:.2f} us (guessed: 1 us)"


def ask(report, folder):
    report.check("processor.key", key, folder)
    report.check("processor.sealed-code", sealed, folder)
    report.check("processor.clock", clock)
    report.check("processor.secure-tsc-clock", secure_clock)
    report.check("processor.secure-tsc-digest", secure_digest, folder)
    report.check("processor.cpuid", cpuid, folder)
    report.check("processor.split-lock", lambda: program(folder, "split_lock"))
