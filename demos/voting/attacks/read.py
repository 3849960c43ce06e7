"""Ways to read the memory of another process, with what an administrator has. Each yields (where, address, bytes);
`found` is what was found in the pieces before."""
import ctypes
import glob
import os
import stat
import subprocess
import tempfile

from process import AT_ONCE, Impossible, Refused, mappings, pieces, with_children

HERE = os.path.dirname(os.path.abspath(__file__))
LARGEST_DUMP = 4 << 30
libc = ctypes.CDLL(None, use_errno=True)


def mem(pid, _found):
    """/proc/PID/mem, as `dd` would read it."""
    for one in with_children(pid):
        with open(f"/proc/{one}/mem", "rb", buffering=0) as memory:
            for mapping in mappings(one):
                for address, length in pieces(one, mapping):
                    try:
                        memory.seek(address)
                        yield mapping.name or "anonymous memory", address, memory.read(length)
                    except OSError:
                        continue


class Vector(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]


def vm_readv(pid, _found):
    """The system call process_vm_readv."""
    buffer = ctypes.create_string_buffer(AT_ONCE)
    for one in with_children(pid):
        for mapping in mappings(one):
            for address, length in pieces(one, mapping):
                mine = Vector(ctypes.addressof(buffer), length)
                theirs = Vector(address, length)
                got = libc.process_vm_readv(one, ctypes.byref(mine), 1, ctypes.byref(theirs), 1, 0)
                if got > 0:
                    yield mapping.name or "anonymous memory", address, buffer.raw[:got]


def gdb(pid, _found):
    """gdb attaches and dumps whatever it can."""
    with tempfile.TemporaryDirectory() as place:
        for one in with_children(pid):
            commands = os.path.join(place, "commands")
            with open(commands, "w", encoding="ascii") as script:
                for mapping in mappings(one):
                    for address, length in pieces(one, mapping):
                        script.write(f"python gdb.execute('dump binary memory {place}/{address:x} {address} {address + length}')\n")
            done = subprocess.run(["gdb", "-q", "-nx", "-batch", "-p", str(one), "-iex", "set auto-load off",
                                   "-iex", "set debuginfod enabled off", "-ex", f"source {commands}"],
                                  capture_output=True, text=True, timeout=120)
            if "ptrace: " in done.stderr:
                raise Refused(done.stderr.strip().splitlines()[0])
            yield from files_in(place, "what gdb dumped")


def files_in(place, what):
    for path in sorted(glob.glob(os.path.join(place, "*"))):
        if os.path.basename(path) == "commands":
            continue
        with open(path, "rb") as dumped:
            yield what, int(os.path.basename(path), 16), dumped.read()
        os.unlink(path)


def gcore(pid, found):
    """gcore writes a core dump: first as usual, then with what the process wants to have left out."""
    yield from core_dump(pid)
    if not found:
        yield from core_dump(pid, "-a")


def too_large_to_dump(pid):
    """A file of memory is dumped whole, holes and all; where it is reserved address space (tee-model's), no disk is large enough."""
    size = sum(mapping.end - mapping.start for one in with_children(pid) for mapping in mappings(one) if mapping.is_file_of_memory)
    if size > LARGEST_DUMP:
        raise Impossible(f"the dump would have {size >> 30} GiB: reserved memory is a file here")


def core_dump(pid, *everything):
    too_large_to_dump(pid)
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR", "/tmp")) as place:
        for one in with_children(pid):
            done = subprocess.run(["gcore", *everything, "-o", os.path.join(place, "core"), str(one)], capture_output=True,
                                  text=True, timeout=120)
            path = os.path.join(place, f"core.{one}")
            if not os.path.exists(path):
                raise Refused((done.stderr.strip().splitlines() or ["no core dump"])[-1])
            yield from chunks(path, "the core dump")
            os.unlink(path)


def chunks(path, what):
    """A file piece by piece, with an overlap so that nothing is cut in two; holes of a sparse file are jumped over."""
    with open(path, "rb", buffering=0) as file:
        size, at = os.path.getsize(path), 0
        while at < size:
            try:
                at = os.lseek(file.fileno(), at, os.SEEK_DATA)
            except OSError:
                return
            file.seek(at)
            data = file.read(AT_ONCE)
            if data:
                yield what, at, data
            if len(data) < AT_ONCE:
                return
            at += AT_ONCE - 64


def descriptors(pid, _found):
    """pidfd_getfd takes the process's descriptors; what is memory behind them is mapped and read."""
    taken = 0
    for one in with_children(pid):
        process = os.pidfd_open(one)
        try:
            for number in map(int, os.listdir(f"/proc/{one}/fd")):
                link = os.readlink(f"/proc/{one}/fd/{number}")
                if not any(kind in link for kind in ("memfd", "guest_memfd", "gmem", "/dev/shm", "deleted", "kvm")):
                    continue
                copy = libc.syscall(438, process, number, 0)  # pidfd_getfd
                if copy < 0:
                    continue
                taken += 1
                yield from behind(copy, link)
        finally:
            os.close(process)
    if not taken:
        raise Refused("the process has no descriptor with memory behind it")


def behind(copy, link):
    """What can be read or mapped of a descriptor that is ours now."""
    import mmap
    try:
        status = os.fstat(copy)
        if stat.S_ISREG(status.st_mode) and status.st_size:
            for offset in range(0, min(status.st_size, 1 << 32), AT_ONCE):
                try:
                    with mmap.mmap(copy, min(AT_ONCE, status.st_size - offset), prot=mmap.PROT_READ, offset=offset) as view:
                        yield link, offset, view[:]
                except (OSError, ValueError):
                    return
        elif "vcpu" in link:
            try:
                with mmap.mmap(copy, 3 * 4096, prot=mmap.PROT_READ) as view:
                    yield link, 0, view[:]
            except (OSError, ValueError):
                return
    finally:
        os.close(copy)


def kcore(_pid, _found):
    """/proc/kcore: the kernel's own view of all memory."""
    kernel_file("/proc/kcore")


def devmem(_pid, _found):
    """/dev/mem: physical memory."""
    kernel_file("/dev/mem")


def kernel_file(path):
    """What the kernel sees holds copies of every output, too, and nothing says whose a page is: not searched here."""
    if not os.path.exists(path):
        raise Impossible(f"this kernel has no {path}")
    raise Impossible(f"{path} is there and not searched: who reads the kernel's memory reads every Keep without a TEE")


WAYS = {"mem": mem, "vm_readv": vm_readv, "gdb": gdb, "gcore": gcore, "descriptors": descriptors, "kcore": kcore,
        "devmem": devmem}
