"""Debian's QEMU on the model, with Debian's OVMF as an SNP guest's firmware that starts Debian's kernel.

QEMU is Debian 13's, with its own libraries beside it. One thing in it is changed: where it asks its processor (CPUID), qemu/beside.c answers.
"""
import pathlib
import re
import shutil
import struct
import subprocess

from model import FOLDER, model  # first: it finds the harness
import debian
from harness import Skipped, scratch

QEMU = ("qemu-system-x86", "trixie")
OVMF = ("ovmf-amdsev", "forky")  # Debian 13's has no build that checks a kernel's hash
COMMAND_LINE = "console=ttyS0 loglevel=5 nokaslr printk.devkmsg=on reboot=k panic=-1 cryptomgr.notests nowatchdog rcupdate.rcu_cpu_stall_suppress=1"
PROCESSOR = "EPYC-v4"
_CPUID, _UNDEFINED = b"\x0f\xa2", b"\x0f\x0b"


def _segments(content):
    """Address, place in the file and size of what an ELF file has mapped."""
    offset, count = struct.unpack_from("<Q", content, 0x20)[0], struct.unpack_from("<H", content, 0x38)[0]
    for i in range(count):
        kind, _, at, address, _, size = struct.unpack_from("<IIQQQQ", content, offset + 56 * i)
        if kind == 1:
            yield address, at, size


def _asking_kvm(program, folder):
    """A copy of the program in which each CPUID is an undefined instruction."""
    copy = folder / (program.name + "-asks-kvm")
    if copy.exists():
        return copy
    content = bytearray(program.read_bytes())
    segments = list(_segments(content))
    text = subprocess.run(["objdump", "-d", "--no-show-raw-insn", program], capture_output=True, text=True, check=True).stdout
    for found in re.finditer(r"^ *([0-9a-f]+):\tcpuid", text, re.M):
        address = int(found.group(1), 16)
        at = next(place + address - begin for begin, place, size in segments if begin <= address < begin + size)
        if content[at:at + 2] != _CPUID:
            raise AssertionError(f"no CPUID at {address:#x} of {program}")
        content[at:at + 2] = _UNDEFINED
    copy.write_bytes(content)
    copy.chmod(0o755)
    return copy


def _beside(folder):
    """What is loaded beside it."""
    source, library = FOLDER / "strangers" / "qemu" / "beside.c", folder / "beside.so"
    if not library.exists() or library.stat().st_mtime < source.stat().st_mtime:
        subprocess.run(["clang-22", "-O2", "-Wall", "-Wextra", "-shared", "-fPIC", "-o", library, source], check=True)
    return library


def available():
    """Whether all is here already, and nothing is to be fetched."""
    return (debian.FOLDER / f"{QEMU[0]}-{QEMU[1]}" / "whole").exists() and any(debian.FOLDER.glob(f"{OVMF[0]}_*.deb"))


def firmware():
    return next(debian.package(*OVMF).rglob("OVMF.amdsev.fd"))


def _program():
    if shutil.which("objdump") is None:
        raise Skipped("no objdump (binutils)")
    folder = debian.with_libraries(*QEMU)
    program = debian.program(folder, "qemu-system-x86_64")
    program[-1] = _asking_kvm(pathlib.Path(program[-1]), folder)
    return [program[0], "--preload", _beside(folder), *program[1:], "-L", folder / "usr/share/qemu", "-L", folder / "usr/share/seabios"]


def command_line(guest, processors=1, hashes=True):
    """QEMU with OVMF that is to start a guest of linux_guest.py; its output is the console. `scratch("initrd")` and COMMAND_LINE are what
    goes with the kernel."""
    initrd = scratch("initrd")
    initrd.write_bytes(guest.files.bytes())
    platform = f"sev-snp-guest,id=platform,policy=0x30000,cbitpos=51,reduced-phys-bits=1,kernel-hashes={'on' if hashes else 'off'}"
    machine = "q35,confidential-guest-support=platform,memory-backend=memory,kernel-irqchip=split,vmport=off"
    return [*model(), *_program(), "-accel", "kvm", "-cpu", PROCESSOR, "-smp", processors, "-m", "512M", "-machine", machine,
            "-object", "memory-backend-memfd,id=memory,size=512M,share=true", "-object", platform,
            "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot", "-serial", "stdio",
            "-bios", firmware(), "-kernel", guest.kernel, "-initrd", initrd, "-append", COMMAND_LINE]
