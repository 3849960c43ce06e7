#!/usr/bin/env python3
"""Lists the functions of a program in the order in which its runs first enter them, for --symbol-ordering-file.

    order_symbols.py PROGRAM OUTPUT RUN...

PROGRAM is a static-pie with symbols. Each RUN is a command line that ends up executing PROGRAM; a run's functions come
after those of the runs before it. Every function gets a breakpoint that is taken away when it is hit, so a run takes
hardly longer than usual.
"""
import ctypes, os, shlex, signal, subprocess, sys

PTRACE_TRACEME, PTRACE_CONT, PTRACE_GETREGS, PTRACE_SETREGS, PTRACE_SETOPTIONS = 0, 7, 12, 13, 0x4200
O_EXITKILL, O_TRACEEXEC = 0x100000, 0x10
EVENT_EXEC = signal.SIGTRAP | (4 << 8)
RIP, WORDS = 16, 27  # struct user_regs_struct
libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]


def ptrace(request, pid, data=0):
    if libc.ptrace(request, pid, None, data) < 0:
        raise OSError(ctypes.get_errno(), "ptrace")


def functions(program):
    """address -> name of every function"""
    found = {}
    for line in subprocess.run(["llvm-nm-22", "--defined-only", program], check=True, capture_output=True, text=True).stdout.splitlines():
        address, kind, name = line.split(maxsplit=2)
        if kind in "tTwW":
            found.setdefault(int(address, 16), name)
    return found


def base_of(pid, program):
    inode = os.stat(program).st_ino
    for line in open(f"/proc/{pid}/maps"):
        fields = line.split()
        if int(fields[4]) == inode and int(fields[2], 16) == 0:
            return int(fields[0].split("-")[0], 16)
    raise SystemExit("the program is not mapped")


class Registers(ctypes.Structure):
    _fields_ = [("words", ctypes.c_ulonglong * WORDS)]


def start(command):
    pid = os.fork()
    if pid == 0:
        ptrace(PTRACE_TRACEME, 0)
        os.execv(command[0], command)
    os.waitpid(pid, 0)
    ptrace(PTRACE_SETOPTIONS, pid, O_EXITKILL | O_TRACEEXEC)
    return pid


def run_until_program(pid, program):
    while os.path.realpath(f"/proc/{pid}/exe") != os.path.realpath(program):
        ptrace(PTRACE_CONT, pid)
        _, status = os.waitpid(pid, 0)
        if os.WIFEXITED(status) or os.WIFSIGNALED(status):
            raise SystemExit("the run never executed the program")


def trace(command, program, names):
    """the names in the order of their first use"""
    pid = start(command)
    run_until_program(pid, program)
    base = base_of(pid, program)
    order, original = [], {}
    with open(f"/proc/{pid}/mem", "r+b", buffering=0) as memory:
        for address in names:
            memory.seek(base + address)
            original[address] = memory.read(1)
            memory.seek(base + address)
            memory.write(b"\xcc")
        deliver = 0
        while True:
            ptrace(PTRACE_CONT, pid, deliver)
            _, status = os.waitpid(pid, 0)
            if os.WIFEXITED(status) or os.WIFSIGNALED(status):
                return order
            deliver = os.WSTOPSIG(status)
            registers = Registers()
            ptrace(PTRACE_GETREGS, pid, ctypes.addressof(registers))
            address = registers.words[RIP] - 1 - base
            if deliver != signal.SIGTRAP or address not in original:
                continue
            deliver = 0
            order.append(names[address])
            memory.seek(base + address)
            memory.write(original[address])
            registers.words[RIP] -= 1
            ptrace(PTRACE_SETREGS, pid, ctypes.addressof(registers))


def main():
    program, output, *runs = sys.argv[1:]
    names = functions(program)
    order = {}
    for run in runs:
        for name in trace(shlex.split(run), program, names):
            order.setdefault(name)
        print(f"{len(order)} functions after: {run}")
    with open(output, "w") as file:
        file.writelines(name + "\n" for name in order)


if __name__ == "__main__":
    main()
