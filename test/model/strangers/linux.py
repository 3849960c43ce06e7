"""Debian's own kernel, unmodified, as an SNP guest on the model: to a shell, and with its driver to reports."""
import re

from model import ALL, FOLDER  # first: it finds the harness
from debian import FOLDER as STRANGERS  # noqa: E402
from harness import Skipped, contains, equal, execute, main, peers, scratch, story, true  # noqa: E402
from linux_guest import NONCE, Guest, printed_report, reporting_guest
from report import check_signature

@story("Debian's kernel boots to a shell and says that SEV-SNP is active", seconds=1700)
def _():
    guest = Guest()
    guest.script("""
dmesg | grep -o 'Memory Encryption Features active.*'
dmesg | grep -o 'SEV: .*'
sleep 1
echo "slept, $(cat /proc/interrupts | grep -c 'Local timer')"
echo "end of the script"
""")
    outcome = guest.run()
    contains(outcome.text, "Memory Encryption Features active: AMD SEV SEV-ES SEV-SNP", "SEV: Using SNP CPUID table", "SEV: SNP running at VMPL0",
             "end of the script")
    equal(outcome.status, 0)


@story("Debian's kernel starts its other processors itself, and they interrupt each other", seconds=600)
def _():
    guest = Guest()
    guest.script("""
dmesg | grep -o 'smp: Brought up.*'
nproc
i=0; while [ $i -lt 40 ]; do (true) & i=$((i+1)); done; wait
grep -E 'RES|CAL' /proc/interrupts
echo "end of the script"
""")
    outcome = guest.run("--processors", "3")
    contains(outcome.text, "smp: Brought up 1 node, 3 CPUs", "end of the script")
    for line in ("RES", "CAL"):
        counts = re.search(rf"{line}:((?:\s+\d+)+)", outcome.text)
        true(counts and all(int(count) > 0 for count in counts.group(1).split()), f"each processor has {line}")


@story("the kernel's guest driver gets a report with its data, signed under the model's root, and the digest is sev-snp-measure's", seconds=600)
def _():
    guest = reporting_guest()
    outcome = guest.run("--host-data", "5a" * 32, "--pages", scratch("pages"))
    contains(outcome.text, "provider sev_guest")
    report = printed_report(outcome.text)
    equal(len(report.raw), 1184)
    equal(report.data, NONCE.encode())
    equal(report.host_data, b"\x5a" * 32)
    equal(report.policy, 0x30000)
    check_signature(report)
    python = peers(FOLDER / "strangers" / "python_peers.txt")
    predicted = execute([python, FOLDER / "strangers" / "predict_digest.py", scratch("pages")])
    equal(report.measurement.hex(), predicted.text.strip(), "the digest, as sev-snp-measure predicts it" + predicted.err.decode())


def tell(version):
    @story(f"Debian's kernel {version} boots with two processors and gets a report that the model's root vouches for", seconds=900)
    def _():
        if not ALL and not any(STRANGERS.glob(f"linux-binary-{version}*.deb")):
            raise Skipped(f"ENARX_TEST_MODEL=all fetches kernel {version}, and then it stays")
        guest = reporting_guest(version=version)
        outcome = guest.run("--processors", "2")
        contains(outcome.text, "provider sev_guest", "end of the script")
        report = printed_report(outcome.text)
        equal(report.data, NONCE.encode())
        check_signature(report)


for newer in ("7.2", "7.3"):
    tell(newer)


if __name__ == "__main__":
    main()
