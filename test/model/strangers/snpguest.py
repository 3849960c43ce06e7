"""VirTEE's snpguest in an SNP guest on the model: a report and derived keys; and outside of it, with its crate `sev`, the verdict
under the model's root."""
import re
import shutil
import subprocess

from model import ALL  # first: it finds the harness
from debian import FOLDER as STRANGERS
from harness import Skipped, contains, equal, execute, main, scratch, story, succeeded, true
from linux_guest import Guest, printed_report
from report import KEYS

VERSION = "0.11.0"
PROGRAM = STRANGERS / "snpguest" / "bin" / "snpguest"
SCRIPT = """
export RUST_BACKTRACE=0
snpguest report /tmp/report /tmp/request --random --vmpl 0 && echo "a report"
print() { hexdump -v -e '32/1 "%02x" "\\n"' $2 | while read line; do echo "$1 $line"; done; }
print report /tmp/report
print request /tmp/request
snpguest key /tmp/key1 vcek --vmpl 0
snpguest key /tmp/key2 vcek --vmpl 0
snpguest key /tmp/key3 vcek --vmpl 0 --guest_field_select 8
print first /tmp/key1
print second /tmp/key2
print measured /tmp/key3
"""


def program():
    if not PROGRAM.exists():
        if not ALL:
            raise Skipped("ENARX_TEST_MODEL=all builds snpguest from crates.io, some minutes, and then it stays")
        if shutil.which("cargo") is None:
            raise Skipped("no cargo")
        made = subprocess.run(["cargo", "install", "snpguest", "--version", VERSION, "--locked", "--root", STRANGERS / "snpguest"],
                              capture_output=True, text=True)
        if made.returncode != 0:
            raise Skipped(f"snpguest does not build: {made.stderr[-500:]}")
    return PROGRAM


def words(text, name):
    return "".join(re.findall(rf"{name} ([0-9a-f]{{64}})", text))


def asks(**how):
    guest = Guest()
    for module in ("configfs", "ghash-generic", "gcm", "tsm", "sev-guest"):
        guest.add_module(module)
    guest.files.program(program())
    guest.script(SCRIPT)
    return guest.run("--memory", "768", **how)


def verdict(report):
    """What the crate `sev` says of a report, and of the certificates."""
    certificates = scratch("certificates")
    certificates.mkdir(exist_ok=True)
    for name in ("ark", "ask", "vcek"):
        shutil.copy(KEYS / f"{name}.pem", certificates)
    path = scratch("report.bin")
    path.write_bytes(report.raw)
    chain = execute([program(), "verify", "certs", certificates])
    signature = execute([program(), "verify", "attestation", certificates, path])
    return chain, signature


@story("snpguest gets a report that the crate sev accepts under the model's root, and keys that stay the same", seconds=1700)
def _():
    outcome = asks()
    contains(outcome.text, "a report")
    report = printed_report(outcome.text)
    equal(report.data.hex(), words(outcome.text, "request"))
    chain, signature = verdict(report)
    succeeded(chain)
    contains(chain.text, "ARK was self-signed", "ASK was signed by the AMD ARK", "VCEK was signed by the AMD ASK")
    succeeded(signature)
    contains(signature.text, "VEK signed the Attestation Report")
    first, second, measured = (words(outcome.text, name) for name in ("first", "second", "measured"))
    equal(len(first), 64)
    equal(first, second, "the same request's key")
    true(first != measured, "the measurement is mixed into the key that asks for it")


if __name__ == "__main__":
    main()
