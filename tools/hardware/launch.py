"""The launch: whether the processor comes to the digest that was predicted, which policies are taken, which calls it takes and how long."""
import re
import shutil
import statistics
import tempfile

from commands import ENARX, enarx, execute, guest, keep, refused, succeeded
from report import Failed, Skip

HELLO = "Hello, world!\n"
POLICY, NO_SMT, ONE_SOCKET, DEBUG = 0x30000, 0x20000, 0x130000, 0xB0000


class Identity:
    """ID blocks under keys that are made for this run and go with it."""

    def __init__(self, folder):
        self.folder = folder
        for key in ("id", "author"):
            succeeded(enarx("key", "sev", "create", "--out", f"{folder}/{key}"))

    def options(self, vcpus, author=False, policy=POLICY):
        place = tempfile.mkdtemp(dir=self.folder)
        succeeded(enarx("measure", "snp", f"--vcpus={vcpus}", f"--policy={policy:#x}", f"--id-block={place}/block", f"--id-auth={place}/auth",
                        f"--id-key={self.folder}/id", *([f"--author-key={self.folder}/author"] if author else [])))
        return [f"--vcpus={vcpus}", f"--id-block={place}/block", f"--id-auth={place}/auth"]


def hello(*options):
    outcome = succeeded(keep("hello", options=options), out=HELLO)
    return f"the application's output and nothing else, {outcome.seconds:.3f} s"


def digest(identity, vcpus, author):
    outcome = succeeded(keep("hello", options=identity.options(vcpus, author)), out=HELLO)
    value = succeeded(enarx("measure", "snp", f"--vcpus={vcpus}")).text.split()[-1]
    return f"{value} is the processor's, too{', author key' if author else ''}, {outcome.seconds:.3f} s"


def other_number(identity):
    options = identity.options(4)
    return refused(keep("hello", options=["--vcpus=3", *options[1:]]), "snp-identity-refused")


def bad_signature(identity):
    options = identity.options(1)
    path = options[2].partition("=")[2]
    with open(path, "r+b") as file:  # one bit of the signature over the ID block
        file.seek(0x40)
        byte = file.read(1)[0]
        file.seek(0x40)
        file.write(bytes([byte ^ 1]))
    return refused(keep("hello", options=options), "snp-identity-refused")


def policy_refused(policy):
    return refused(keep("hello", options=[f"--guest-policy={policy:#x}"]), "snp-policy-refused")


def policy_either(policy):
    """Kernel and setup decide; both answers are good, anything else is not."""
    outcome = keep("hello", options=[f"--guest-policy={policy:#x}"])
    return "taken" if outcome.status == 0 and outcome.text == HELLO else refused(outcome, "snp-policy-refused")


def calls(folder):
    """The launch's calls by strace: how often, how long, and what was answered with an error, such as a CPUID page that was corrected."""
    if not shutil.which("strace"):
        raise Skip("there is no strace")
    outcome = execute(["strace", "-f", "-T", "-e", "trace=ioctl,fallocate", "-o", f"{folder}/strace", ENARX, "run", "--backend=snp", guest("hello")])
    with open(f"{folder}/strace", encoding="utf-8", errors="replace") as file:
        lines = file.read().splitlines()
    found = {}
    for line in lines:
        call = re.search(r"\b(?:ioctl\(\d+(?:<[^>]*>)?, (\w+(?:\([^)]*\))?)|(fallocate)\().*\) += +(-?\w+)(?: (E[A-Z]+))?.*<([\d.]+)>$", line)
        if call:
            name = call[1] or call[2]
            found.setdefault(f"{name} {call[4]}" if call[4] else name, []).append(float(call[5]) * 1e6)
    if outcome.status != 0 or not any("KVM_RUN" in name for name in found):
        raise Skip(f"strace and this Keep do not go together: {outcome.first_error()}")
    return "; ".join(f"{name} {len(times)} x {statistics.median(times):.0f} us" for name, times in sorted(found.items(), key=lambda each: -sum(each[1])))


def answered_again():
    """Behind a Keep that was refused the next one starts: nothing of it has stayed."""
    try:
        policy_refused(0x3FFFF)
    except Failed as failure:
        raise Skip(f"nothing was refused: {failure}") from None
    return hello()


def ask(report, folder):
    """Returns whether a Keep runs at all."""
    if report.check("launch.hello", hello) is None:
        return False
    identity = Identity(folder)
    for vcpus, author in ((1, False), (2, True), (4, False), (16, False)):
        report.check(f"launch.digest-{vcpus}", digest, identity, vcpus, author)
    report.check("launch.identity-other-number", other_number, identity)
    report.check("launch.identity-bad-signature", bad_signature, identity)
    report.check("launch.policy-reserved-bit-zero", policy_refused, 0)
    report.check("launch.policy-firmware-255.255", policy_refused, 0x3FFFF)
    report.check("launch.policy-no-smt", policy_either, NO_SMT)
    report.check("launch.policy-one-socket", policy_either, ONE_SOCKET)
    report.check("launch.after-a-refusal", answered_again)
    report.check("launch.calls", calls, folder)
    return True
