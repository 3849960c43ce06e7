"""What an administrator sees of a process from outside: its mappings, and which of their pages hold anything."""
import os
import re
import struct
import subprocess
from dataclasses import dataclass

PAGE = 4096
VOTE = re.compile(rb"Vote ([1-9])=([12])\n")
NOT_MEMORY = ("[vvar]", "[vvar_vclock]", "[vsyscall]")
# A page that was ever touched is in memory (63), swapped out (62), or neither and then it holds nothing.
PRESENT_OR_SWAPPED = 0b11 << 62
AT_ONCE = 16 << 20
LARGE = 1 << 30
HEAD = re.compile(r"^[0-9a-f]+-[0-9a-f]+ ")


class Impossible(Exception):
    """This host has not what the attack needs."""


class Refused(Exception):
    """The attack was made, and somebody said no."""


@dataclass
class Mapping:
    start: int
    end: int
    rights: str
    name: str
    offset: int

    @property
    def is_file_of_memory(self):
        return self.name.startswith("/memfd:")


def process_of(name_or_pid):
    """The oldest process of that name (or of that number), and not one of the attackers."""
    if name_or_pid.isdigit():
        return int(name_or_pid)
    own = {os.getpid(), os.getppid()}
    found = subprocess.run(["pgrep", "-f", name_or_pid], capture_output=True, text=True).stdout.split()
    for pid in map(int, found):
        if pid in own:
            continue
        try:
            line = open(f"/proc/{pid}/cmdline", "rb").read().split(b"\0")
        except OSError:
            continue
        program = os.path.basename(line[0])
        if program == name_or_pid.encode() or program.startswith(b"enarx"):
            return pid
    raise SystemExit(f"there is no process {name_or_pid}")


def with_children(pid):
    """The process and all below it: whichever of them holds the Keep."""
    family = [pid]
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/children", encoding="ascii") as children:
            for child in map(int, children.read().split()):
                family += with_children(child)
    return family


def mappings(pid):
    """Every mapping; of the large ones (reserved address space, mostly) only those that hold anything. A file of memory may
    hold what another process has written: what this one has touched says nothing of it."""
    with open(f"/proc/{pid}/smaps", encoding="utf-8", errors="replace") as lines:
        mapping, held = None, 0
        for line in lines:
            if HEAD.match(line):
                if mapping and (held or mapping.end - mapping.start < LARGE or mapping.is_file_of_memory):
                    yield mapping
                mapping, held = _mapping(line), 0
            elif line.startswith(("Rss:", "Swap:")):
                held += int(line.split()[1])
        if mapping and (held or mapping.end - mapping.start < LARGE or mapping.is_file_of_memory):
            yield mapping


def _mapping(line):
    parts = line.split(maxsplit=5)
    start, end = (int(number, 16) for number in parts[0].split("-"))
    name = parts[5].strip() if len(parts) > 5 else ""
    return None if name in NOT_MEMORY else Mapping(start, end, parts[1], name, int(parts[2], 16))


def pieces(pid, mapping):
    """The parts of a mapping that hold anything, as (address, length), none longer than AT_ONCE."""
    if mapping.is_file_of_memory:
        yield from written_parts(pid, mapping)
        return
    with open(f"/proc/{pid}/pagemap", "rb") as pagemap:
        step = AT_ONCE // PAGE
        for first in range(mapping.start // PAGE, mapping.end // PAGE, step):
            count = min(step, mapping.end // PAGE - first)
            pagemap.seek(first * 8)
            words = pagemap.read(count * 8)
            count = len(words) // 8
            if not any(words):
                continue
            run = None
            for index, (word,) in enumerate(struct.iter_unpack("<Q", words)):
                held = word & PRESENT_OR_SWAPPED
                if held and run is None:
                    run = index
                if not held and run is not None:
                    yield (first + run) * PAGE, (index - run) * PAGE
                    run = None
            if run is not None:
                yield (first + run) * PAGE, (count - run) * PAGE


def written_parts(pid, mapping):
    """The same for a file of memory, whoever has written it."""
    first, last = mapping.offset, mapping.offset + mapping.end - mapping.start
    try:
        file = os.open(f"/proc/{pid}/map_files/{mapping.start:x}-{mapping.end:x}", os.O_RDONLY)
    except OSError:
        yield from ((at, min(AT_ONCE, mapping.end - at)) for at in range(mapping.start, mapping.end, AT_ONCE))
        return
    try:
        at = first
        while at < last:
            start = os.lseek(file, at, os.SEEK_DATA)
            end = min(os.lseek(file, start, os.SEEK_HOLE), last, start + AT_ONCE)
            if start >= last:
                return
            yield mapping.start + start - first, end - start
            at = end
    except OSError:  # no more data
        return
    finally:
        os.close(file)


def votes_in(data, base=0):
    """Every cast vote in these bytes: (address, number, choice)."""
    for match in VOTE.finditer(data):
        yield base + match.start(), int(match[1]), int(match[2])
