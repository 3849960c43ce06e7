"""What an administrator reaches with calls made by force in the host process: KVM refuses its descriptors to other
processes, and a filter may forbid the process itself what it does not need; root can ask the kernel to suspend that filter.

`command` reports what KVM did, not what could follow from it. `remap` reads: where a page of the Keep's file is still
mapped, without access and behind the Keep's memory, the kernel is asked to let it show the rest of the file.
"""
import os
import struct

from forced import Thread
from process import AT_ONCE, Impossible, Refused

MMAP, MPROTECT, IOCTL, MREMAP, REMAP_FILE_PAGES = 9, 10, 16, 25, 216
READ, MAY_MOVE = 1, 1
# <linux/kvm.h>
GET_REGS, SET_REGS, SET_USER_MEMORY_REGION = 0x8090AE81, 0x4090AE82, 0x4020AE46
SPARE_SLOT, SPARE_ADDRESS = 400, 0x3F_0000_0000


def _descriptors(pid, what):
    for number in map(int, os.listdir(f"/proc/{pid}/fd")):
        try:
            if what in os.readlink(f"/proc/{pid}/fd/{number}"):
                yield number
        except OSError:
            continue


def _memory(pid):
    return open(f"/proc/{pid}/mem", "r+b", buffering=0)


def _registers_of_a_vcpu(thread, vcpus, page):
    """Reads and sets the registers of the first vCPU that this thread reaches; where it stands."""
    for vcpu in vcpus:
        if thread.call(IOCTL, vcpu, GET_REGS, page) != 0:
            continue
        with _memory(thread.pid) as memory:
            memory.seek(page)
            rip = struct.unpack_from("<18Q", memory.read(144))[16]
        if thread.call(IOCTL, vcpu, SET_REGS, page) == 0:
            return f"vCPU registers read and set (at {rip:#x})"
    return None


def _slot(thread, machines, page):
    """Adds a slot of memory to the machine, and takes it away."""
    for machine in machines:
        for size in (4096, 0):
            region = struct.pack("<IIQQQ", SPARE_SLOT, 0, SPARE_ADDRESS, size, page + 4096)
            with _memory(thread.pid) as memory:
                memory.seek(page)
                memory.write(region)
            if thread.call(IOCTL, machine, SET_USER_MEMORY_REGION, page) != 0:
                break
        else:
            return "memory slot added"
    return None


def command(pid, unfiltered):
    """What KVM did for calls made by force in the process: a list of words."""
    vcpus, machines = list(_descriptors(pid, "kvm-vcpu")), list(_descriptors(pid, "kvm-vm"))
    if not vcpus and not machines:
        raise Impossible("no virtual machine here")
    done = []
    # The thread that runs a vCPU holds it; the first thread is that of the first vCPU, or waits for it.
    with Thread(pid, pid, unfiltered) as thread:
        page = thread.call(MMAP, 0, 8192, 3, 0x22, -1, 0)
        if page < 0:
            raise Refused(f"mmap: {os.strerror(-page)}")
        done = [words for words in (_registers_of_a_vcpu(thread, vcpus, page), _slot(thread, machines, page)) if words]
    if not done:
        raise Refused("KVM refused every call")
    return done


def _kept_pages(pid):
    """Mappings of a guest_memfd that are left in the process, with the page of the file where they begin."""
    with open(f"/proc/{pid}/maps", encoding="ascii", errors="replace") as lines:
        for line in lines:
            if "guest_memfd" in line or "kvm-gmem" in line or "[kvm" in line:
                start, end = (int(number, 16) for number in line.split()[0].split("-"))
                yield start, end - start, int(line.split()[2], 16)


def remap(pid, unfiltered):
    """Yields (where, address, bytes) of the file behind such a page."""
    kept = list(_kept_pages(pid))
    if not kept:
        raise Impossible("no page of a guest_memfd is mapped")
    with Thread(pid, pid, unfiltered) as thread:
        for start, length, offset in kept:
            whole = offset + length
            moved = thread.call(MREMAP, start, length, whole, MAY_MOVE)
            for name, answer in (("mremap", moved), ("mprotect", moved > 0 and thread.call(MPROTECT, moved, whole, READ)),
                                 ("remap_file_pages", moved > 0 and thread.call(REMAP_FILE_PAGES, moved, whole, 0, 0, 0))):
                if answer < 0:
                    raise Refused(f"{name}: {os.strerror(-answer)}")
            with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
                for at in range(0, whole, AT_ONCE):
                    memory.seek(moved + at)
                    yield "the Keep's file, mapped again", at, memory.read(min(AT_ONCE, whole - at))
