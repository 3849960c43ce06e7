"""Debian's own kernel, unmodified, as an SNP guest on the model: to a shell, and with its driver to reports."""
import re

from model import model  # noqa: F401 first: it finds the harness
from harness import contains, equal, main, story, true  # noqa: E402
from linux_guest import Guest
from report import Report, check_signature

NONCE = "0123456789abcdef" * 4


def printed_report(text, name="report"):
    """A report that the guest's shell has printed, 32 bytes a line."""
    return Report(bytes.fromhex("".join(re.findall(rf"{name} ([0-9a-f]{{64}})", text))))


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


@story("the kernel's guest driver gets a report with its data, signed under the model's root", seconds=600)
def _():
    guest = Guest()
    for module in ("configfs", "ghash-generic", "gcm", "tsm", "sev-guest"):
        guest.add_module(module)
    guest.script(f"""
mount -t configfs none /sys/kernel/config
mkdir /sys/kernel/config/tsm/report/r
cd /sys/kernel/config/tsm/report/r
echo "provider $(cat provider)"
printf {NONCE} > inblob
cat outblob > /tmp/report
hexdump -v -e '32/1 "%02x" "\\n"' /tmp/report | while read line; do echo "report $line"; done
""")
    outcome = guest.run("--host-data", "5a" * 32)
    contains(outcome.text, "provider sev_guest")
    report = printed_report(outcome.text)
    equal(len(report.raw), 1184)
    equal(report.data, NONCE.encode())
    equal(report.host_data, b"\x5a" * 32)
    equal(report.policy, 0x30000)
    true(any(report.measurement), "a measurement")
    check_signature(report)


main()
