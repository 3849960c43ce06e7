"""QEMU and OVMF, both Debian's, on the model: a guest that begins with firmware in real mode, and a kernel that the firmware checks."""
import re

from model import ALL, FOLDER  # first: it finds the harness
from harness import Skipped, contains, equal, execute, main, peers, scratch, story, succeeded, true
from linux_guest import NONCE, printed_report, reporting_guest
from qemu_guest import COMMAND_LINE, PROCESSOR, available, firmware, run
from report import check_signature


def needs_qemu():
    if not ALL and not available():
        raise Skipped("ENARX_TEST_MODEL=all fetches QEMU and OVMF, 40 MB, and then they stay")


TELL = """
dmesg | grep -o 'Memory Encryption Features active.*'
dmesg | grep -o 'SEV: .*'
dmesg | grep -o 'smp: Brought up.*'
"""


def predicted(guest, processors):
    """The launch digest by IBM's sev-snp-measure: firmware, hashes of the kernel and what goes with it, and QEMU's processors."""
    tool = peers(FOLDER / "strangers" / "python_peers.txt").parent / "sev-snp-measure"
    return succeeded(execute([tool, "--mode", "snp", "--vmm-type", "QEMU", "--vcpus", processors, "--vcpu-type", PROCESSOR, "--ovmf", firmware(),
                              "--kernel", guest.kernel, "--initrd", scratch("initrd"), "--append", COMMAND_LINE])).text.strip()


@story("QEMU starts OVMF as an SNP guest, OVMF starts Debian's kernel, and its report has the digest that sev-snp-measure predicts", seconds=1700)
def _():
    needs_qemu()
    guest = reporting_guest(first=TELL)
    outcome = run(guest)
    contains(outcome.text, "EFI stub: Loaded initrd from LINUX_EFI_INITRD_MEDIA_GUID device path", "Memory Encryption Features active: AMD SEV SEV-ES SEV-SNP",
             "SEV: SNP running at VMPL0", "provider sev_guest", "end of the script")
    equal(outcome.status, 0)
    report = printed_report(outcome.text)
    equal(report.data, NONCE.encode())
    check_signature(report)
    equal(report.measurement.hex(), predicted(guest, 1))


@story("OVMF starts no kernel whose hash has not been measured", seconds=900)
def _():
    needs_qemu()
    guest = reporting_guest()
    outcome = run(guest, hashes=False)
    true("Linux version" not in outcome.text, outcome.text[-2000:])


if __name__ == "__main__":
    main()
