"""QEMU and OVMF, both Debian's, on the model: a guest that begins with firmware in real mode, and a kernel that the firmware checks."""
import select
import subprocess
import time

from model import ALL, FOLDER  # first: it finds the harness
from harness import Skipped, contains, equal, execute, main, peers, scratch, start, story, succeeded, true
from linux_guest import NONCE, printed_report, reporting_guest
from qemu_guest import COMMAND_LINE, PROCESSOR, available, command_line, firmware
from report import check_signature


SCREEN, STARTED = b"\x1b[8;", b"EFI stub"  # OVMF has its console; the kernel has begun
PATIENCE = 60


def output(process):
    """What the process says next, or nothing within a second."""
    ready, _, _ = select.select([process.stdout], [], [], 1)
    return process.stdout.read1(4096) if ready else b""


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
    outcome = execute(command_line(guest), timeout=1500)
    contains(outcome.text, "EFI stub: Loaded initrd from LINUX_EFI_INITRD_MEDIA_GUID device path", "Memory Encryption Features active: AMD SEV SEV-ES SEV-SNP",
             "SEV: SNP running at VMPL0", "provider sev_guest", "end of the script")
    equal(outcome.status, 0)
    report = printed_report(outcome.text)
    equal(report.data, NONCE.encode())
    check_signature(report)
    equal(report.measurement.hex(), predicted(guest, 1))


@story("OVMF starts a second processor, and so does the kernel behind it", seconds=1700)
def _():
    needs_qemu()
    guest = reporting_guest(first=TELL)
    outcome = execute(command_line(guest, processors=2), timeout=1500)
    contains(outcome.text, "smp: Brought up 1 node, 2 CPUs", "end of the script")
    equal(printed_report(outcome.text).measurement.hex(), predicted(guest, 2))


@story("OVMF starts no kernel whose hash has not been measured", seconds=1700)
def _():
    needs_qemu()
    process = start(command_line(reporting_guest(), hashes=False), stderr=subprocess.DEVNULL)
    seen, until = b"", time.monotonic() + 900
    while time.monotonic() < until and STARTED not in seen and process.poll() is None:
        waits = SCREEN not in seen
        seen += output(process)
        if waits and SCREEN in seen:  # the firmware is up: where the hash is right, the kernel comes at once
            until = time.monotonic() + PATIENCE
    true(SCREEN in seen, seen)
    true(STARTED not in seen, seen)


if __name__ == "__main__":
    main()
