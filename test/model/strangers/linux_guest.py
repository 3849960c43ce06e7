"""Debian's kernel as an SNP guest on the model, with a shell script of ours as its first process."""
import os
import pathlib
import re

from model import model  # first: it finds the harness
import debian
from harness import BUILD, execute, scratch
from initramfs import Initramfs
from report import Report

# Kernels by version: the package's name, and the suite that has it where it is not this machine's own.
KERNELS = {"6.12": (r"linux-image-6\.12\.\d+\+deb12-cloud-amd64", None),
           "7.2": (r"linux-image-7\.2\.\d+\+deb13-cloud-amd64", "trixie-backports"),
           "7.3": (r"linux-image-7\.3\.\d+\+deb13-cloud-amd64", "trixie-backports")}
KERNEL = os.environ.get("ENARX_TEST_MODEL_KERNEL") or "6.12"  # of all guests for which nothing else is said
COMMAND_LINE = "console=ttyS0 loglevel=5 nokaslr printk.devkmsg=on reboot=k panic=-1 tsc_early_khz={khz}"
NONCE = "0123456789abcdef" * 4
TOOLS = "sh mount uname dmesg grep insmod ls mkdir sleep cat reboot hexdump dd wc".split()


def _khz():
    """The kernel has no other clock to measure the counter with: it is told the host's."""
    found = re.search(r"cpu MHz\s*: ([\d.]+)", pathlib.Path("/proc/cpuinfo").read_text())
    return int(float(found.group(1)) * 1000)


def _depends(path):
    """Names of the modules that a module needs, from its .modinfo."""
    import lzma
    content = lzma.decompress(path.read_bytes()) if path.suffix == ".xz" else path.read_bytes()
    found = re.search(rb"\0depends=([^\0]*)\0", content)
    return [name for name in found.group(1).decode().split(",") if name] if found else []


class Guest:
    """What is in the guest's memory, and its start."""

    def __init__(self, version=KERNEL):
        pattern, suite = KERNELS[version]
        name = debian.newest(pattern, suite)
        # Debian 13 has the kernel and its modules in packages of their own.
        parts = [name] if suite is None else [name.replace("linux-image", f"linux-{part}") for part in ("binary", "modules")]
        folders = [debian.package(part, suite) for part in parts]
        self.kernel = next(path for folder in folders for path in folder.rglob("vmlinuz*"))
        self._modules = {re.sub(r"\.ko(\.xz)?$", "", path.name).replace("-", "_"): path 
                         for folder in folders for path in folder.rglob("*.ko*")}
        self.order = []
        self.files = Initramfs()
        for folder in ("proc", "sys", "dev", "tmp"):
            self.files.folder(folder)
        self.files.device("dev/console", 5, 1)
        busybox = debian.package("busybox-static") / "bin" / "busybox"
        self.files.file("bin/busybox", busybox.read_bytes())
        for tool in TOOLS:
            self.files.link(f"bin/{tool}", "busybox")

    def add_module(self, name):
        """A module and what it needs; the script loads all in this order."""
        name = name.replace("-", "_")
        if name in self.order or name not in self._modules:
            return  # there already, or a part of the kernel
        for needed in _depends(self._modules[name]):
            self.add_module(needed)
        self.order.append(name)
        self.files.module(self._modules[name])

    def script(self, text):
        """The first process: what the shell says goes to the kernel's log, and so to the console."""
        loads = "\n".join(f"insmod /modules/{self._modules[name].name.removesuffix('.xz')}" for name in self.order)
        self.files.file("init", f"""#!/bin/sh
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs dev /dev 2>/dev/null
exec >/dev/kmsg 2>&1
{loads}
{text}
reboot -f
""".encode())

    def run(self, *options, env=None, timeout=400, append=""):
        """Starts it and waits for its end. The outcome's text is the console."""
        initrd = scratch("initrd")
        initrd.write_bytes(self.files.bytes())
        return execute([*model(), BUILD / "parts" / "snp-linux", "--kernel", self.kernel, "--initrd", initrd, "--append",
                        COMMAND_LINE.format(khz=_khz()) + append, *options], env=env, timeout=timeout)


def printed_report(text, name="report"):
    """A report that the guest's shell has printed, 32 bytes a line."""
    return Report(bytes.fromhex("".join(re.findall(rf"{name} ([0-9a-f]{{64}})", text))))


def reporting_guest(again=False, version=KERNEL, first=""):
    """A guest whose shell asks its kernel's driver for a report, and prints it. `again`: once more, should the first one fail; `first`: what
    it does before."""
    guest = Guest(version)
    for module in ("configfs", "ghash-generic", "gcm", "tsm", "sev-guest"):
        guest.add_module(module)
    guest.script(f"""{first}
mount -t configfs none /sys/kernel/config
mkdir /sys/kernel/config/tsm/report/r
cd /sys/kernel/config/tsm/report/r
echo "provider $(cat provider)"
printf {NONCE} > inblob
cat outblob > /tmp/report{" || cat outblob > /tmp/report" if again else ""}
hexdump -v -e '32/1 "%02x" "\\n"' /tmp/report | while read line; do echo "report $line"; done
echo end of the script
""")
    return guest
