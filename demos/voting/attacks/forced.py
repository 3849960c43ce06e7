"""ptrace: a thread of the victim, stopped, and system calls made in it by force."""
import ctypes
import os

from process import Impossible, Refused, mappings

libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.restype = ctypes.c_long
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]

# <sys/ptrace.h>
SINGLESTEP, GETREGS, SETREGS, DETACH, SEIZE, INTERRUPT = 9, 12, 13, 17, 0x4206, 0x4207
WALL = 0x40000000
# struct user_regs_struct of <sys/user.h>: 27 words
FIELDS = ("r15 r14 r13 r12 rbp rbx r11 r10 r9 r8 rax rcx rdx rsi rdi orig_rax rip cs eflags rsp ss fs_base gs_base ds es fs gs").split()
SUSPEND_SECCOMP = 1 << 21
SYSCALL = b"\x0f\x05"
SIGSYS = 31


class Registers(ctypes.Structure):
    _fields_ = [(name, ctypes.c_ulonglong) for name in FIELDS]


class Thread:
    """A thread of the victim, stopped; goes on as if nothing had been when the block ends."""

    def __init__(self, pid, tid, unfiltered=False):
        self.pid, self.tid = pid, tid
        self.options = SUSPEND_SECCOMP if unfiltered else 0

    def __enter__(self):
        if libc.ptrace(SEIZE, self.tid, None, self.options) != 0:
            reason = os.strerror(ctypes.get_errno())
            raise Impossible(f"no filter can be suspended: {reason}") if self.options else Refused(f"ptrace: {reason}")
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
        if not os.WIFSTOPPED(status) or os.WSTOPSIG(status) == SIGSYS:
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
