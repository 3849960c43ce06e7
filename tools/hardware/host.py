"""What the host is: kernel, processor, firmware of the secure processor, and whether Enarx finds it ready."""
import ctypes
import fcntl
import json
import mmap
import os
import pathlib
import platform
import re
import shutil
import struct

from commands import enarx, execute, succeeded
from report import Failed, Skip

# include/uapi/linux/psp-sev.h: struct sev_issue_cmd, and struct sev_user_data_snp_status of 32 bytes.
ISSUE, STATUS = 0xC010_5300, 9
FLAGS = ("mask_chip_id", "mask_chip_key", "vlek_en", "feature_info", "rapl_dis", "ciphertext_hiding_cap", "ciphertext_hiding_en")


COMPLAINTS = r"\b(BUG:|Oops|WARNING: .* at (arch/x86/(kvm|virt)|virt/kvm|drivers/crypto/ccp)|SEV.*(fail|error)|RMP.*(fault|violation)|kvm_amd:.*(fail|error))"


def read(path, otherwise=""):
    try:
        return pathlib.Path(path).read_text(errors="replace").strip()
    except OSError:
        return otherwise


def kernel():
    system = re.search(r'^PRETTY_NAME="?(.*?)"?$', read("/etc/os-release"), re.MULTILINE)
    parameters = [f"{path.name}={read(path)}" for path in sorted(pathlib.Path("/sys/module/kvm_amd/parameters").glob("*"))
                  if path.name in ("sev_snp", "sev_es", "debug_swap", "ciphertext_hiding_asids", "avic")]
    line = [word for word in read("/proc/cmdline").split() if re.match(r"(mem_encrypt|iommu|amd_iommu|kvm_amd|nosmt|mitigations|psp)", word)]
    return f"Linux {platform.release()}, {system[1] if system else 'unknown system'}; kvm_amd: {' '.join(parameters) or 'says nothing'}; started with: {' '.join(line) or 'nothing of this'}"


def processor():
    fields = dict(re.findall(r"^(cpu family|model|model name|stepping|microcode)\s*: (.*)$", read("/proc/cpuinfo").split("\n\n")[0], re.MULTILINE))
    threads = read("/sys/devices/system/cpu/smt/control", "unknown")
    return f"{fields.get('model name')}, family {fields.get('cpu family')} model {fields.get('model')} stepping {fields.get('stepping')}, microcode {fields.get('microcode')}, {os.cpu_count()} processors, SMT {threads}"


def cpuid(leaf):
    """The processor's own words; the kernel's device for that is root's."""
    if platform.machine() != "x86_64":
        raise Skip("no x86-64")
    # push rbx; mov r8, rsi; mov eax, edi; xor ecx, ecx; cpuid; mov [r8], eax; mov [r8+4], ebx; mov [r8+8], ecx; mov [r8+12], edx; pop rbx; ret
    code = bytes.fromhex("53 49 89 f0 89 f8 31 c9 0f a2 41 89 00 41 89 58 04 41 89 48 08 41 89 50 0c 5b c3")
    try:
        page = mmap.mmap(-1, mmap.PAGESIZE, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    except OSError as error:
        raise Skip(f"this system lets no program make code: {error.strerror}") from None
    page.write(code)
    place = ctypes.addressof(ctypes.c_char.from_buffer(page))
    registers = (ctypes.c_uint32 * 4)()
    ctypes.CFUNCTYPE(None, ctypes.c_uint32, ctypes.c_void_p)(place)(leaf, ctypes.addressof(registers))
    return list(registers)


def encryption():
    if cpuid(0x8000_0000)[0] < 0x8000_001F:
        raise Skip("the processor has no CPUID 8000_001F: a virtual machine, or a model")
    eax, ebx, ecx, edx = cpuid(0x8000_001F)
    seen = f"CPUID 8000_001F {eax:#010x} {ebx:#010x} {ecx:#010x} {edx:#010x}"
    if not eax & 1 << 4:
        raise Skip(f"{seen}: the processor does not offer SEV-SNP here; a virtual machine, or a model")
    seen += f"; C-bit {ebx & 63}, {ebx >> 6 & 63} bits of address lost, {ebx >> 12 & 15} VMPLs, {ecx} ASIDs, the first of SEV alone {edx}, Secure TSC {eax >> 8 & 1}, coherent without eviction {ebx >> 31}"
    if ebx & 63 != 51:
        raise Failed(f"the C-bit is not 51, for which the image is made: {seen}")
    return seen


def firmware_status():
    """The fields of SNP_PLATFORM_STATUS."""
    try:
        device = os.open("/dev/sev", os.O_RDWR | os.O_CLOEXEC)
    except OSError as error:
        raise Failed(f"/dev/sev: {error.strerror}") from None
    try:
        answer = ctypes.create_string_buffer(32)
        issue = bytearray(struct.pack("<IQI", STATUS, ctypes.addressof(answer), 0))
        try:
            fcntl.ioctl(device, ISSUE, issue, True)
        except OSError as error:
            raise Failed(f"SNP_PLATFORM_STATUS: {error.strerror}, status {struct.unpack('<IQI', issue)[2]:#x}") from None
    finally:
        os.close(device)
    names = ("api_major", "api_minor", "state", "rmp", "build", "flags", "guests", "current_tcb", "reported_tcb")
    return dict(zip(names, struct.unpack("<BBBBIIIQQ", answer.raw)))


def firmware():
    status = firmware_status()
    set_flags = [name for bit, name in enumerate(FLAGS) if status["flags"] >> bit & 1]
    return (f"interface {status['api_major']}.{status['api_minor']}, build {status['build']}, state {status['state']}, RMP initialised {status['rmp'] & 1}, "
            f"{status['guests']} guests, TCB {status['current_tcb']:#018x}, reported {status['reported_tcb']:#018x}, flags {status['flags']:#x} ({', '.join(set_flags) or 'none'})")


def room():
    found = [f"{name}: {value}" for name in ("capacity", "current") for value in re.findall(r"^sev_es (\d+)", read(f"/sys/fs/cgroup/misc.{name}"), re.MULTILINE)]
    if not found:
        told = re.search(r"Keeps at a time: (\d+ of \d+ free.*)", enarx("platform", "info").text)
        if told:
            return told[1]
        raise Skip("neither the kernel (cgroup controller misc) nor the firmware says")
    return f"SEV-ES and SEV-SNP guests: {', '.join(found)}"


def kernel_log(pattern):
    """Lines of the kernel's log that match, without addresses of memory; Skip where this user may not read it."""
    if not shutil.which("dmesg"):
        raise Skip("there is no dmesg")
    outcome = execute(["dmesg"], seconds=30)
    if outcome.status != 0:
        raise Skip("this user may not read the kernel's log (as root: dmesg | grep -iE 'sev|snp|rmp')")
    return [line for line in outcome.text.splitlines() if re.search(pattern, line, re.IGNORECASE)]


def complaints_before():
    try:
        return set(kernel_log(COMPLAINTS))
    except Skip:
        return set()


def log():
    lines = [re.sub(r"^\[[^]]*\] ?", "", line) for line in kernel_log(r"\b(sev|sev-snp|snp|rmp|rmptable|ccp|psp)\b")]
    if not lines:
        raise Skip("the kernel's log has no word of it (any more)")
    return f"{len(lines)} lines: {' | '.join(lines[:12])}"


def complaints(before):
    """What the kernel says behind all that it did not say before."""
    lines = [line for line in kernel_log(COMPLAINTS) if line not in before]
    if lines:
        raise Failed(f"{len(lines)} lines", "\n".join(lines[-20:]))
    return "no complaint"


def _flat(parts, depth=0):
    for part in parts:
        yield depth, part
        yield from _flat(part["parts"], depth + 1)


def backend():
    """What `enarx platform info` says of SEV-SNP."""
    information = json.loads(succeeded(enarx("platform", "info", "--json", seconds=60)).text)
    return information["version"], next(each for each in information["backends"] if each["name"] == "snp")


def ready():
    version, snp = backend()
    parts = [part for _, part in _flat([*snp["platform"], *snp["setup"]])]
    if not snp["usable"]:
        missing = [part for part in parts if not part["pass"]]
        detail = "\n".join(f"{part['name']}: {part['info'] or 'no'}" + (f". {part['advice']}" if part["advice"] else "") for part in missing)
        raise Failed(f"this host cannot run SEV-SNP Keeps: {'; '.join(part['name'] for part in missing) or 'this build has none'}", detail)
    return f"Enarx {version}: ready; " + ", ".join(f"{part['name']}: {part['info']}" for part in parts if part["info"])


def ask(report):
    """Returns whether the rest is worth trying."""
    report.check("host.kernel", kernel)
    report.check("host.processor", processor)
    if report.check("host.platform-info", ready) is None:
        return False
    report.check("host.cpuid", encryption)
    report.check("host.firmware", firmware)
    report.check("host.room", room)
    report.check("host.kernel-log", log)
    return True
