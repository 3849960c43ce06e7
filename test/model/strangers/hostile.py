"""One of these, another with each commit; ENARX_TEST_MODEL=all is all. What a host of the model can do to a guest, with Debian's kernel as the one that suffers it: it ends, and says nothing more."""
import re

from model import chosen  # first: it finds the harness
from harness import Failed, contains, main, story  # noqa: E402
from linux_guest import Guest

LATE = 20000  # entries: the kernel runs, and its first process has not begun


def suffers(deed):
    guest = Guest()
    guest.script("echo end of the script")
    outcome = guest.run(env={"TEE_MODEL_HOSTILE": deed}, timeout=150)
    contains(outcome.err.decode(), "tee-model: host: ")
    if outcome.status == 0 and "end of the script" in outcome.text:
        raise Failed(f"the kernel goes on under {deed}")
    return outcome


_symbols = {}


def address_of(symbol):
    """The page of a function of the kernel, in physical memory: it is loaded where it was linked for. The guest itself is asked, once."""
    if not _symbols:
        guest = Guest()
        guest.script("grep -E ' (do_syscall_64|asm_sysvec_apic_timer_interrupt)$' /proc/kallsyms")
        found = re.findall(r"\b(ffffffff[0-9a-f]{8}) [tT] (\w+)$", guest.run().text.replace("\r", ""), re.M)
        _symbols.update({name: (int(address, 16) - 0xffffffff80000000) & ~0xfff for address, name in found})
    return _symbols[symbol]


def timer():
    return address_of("asm_sysvec_apic_timer_interrupt")


DEEDS = [
    ("a page taken away after its validation is no page of the guest's any more", lambda: f"unvalidate:{timer()}@{LATE}"),
    ("an old page put back is not validated", lambda: f"save:{timer()}@{LATE - 10000},replay:{timer()}@{LATE}"),
    ("two pages in each other's place are refused by the reverse map", lambda: f"swap:{timer()}:{address_of('do_syscall_64')}@{LATE}"),
    ("an exception #VC that nobody raised ends the kernel", lambda: f"inject:29:0x72@{LATE}"),
    ("a GHCB MSR that answers for another page ends the kernel", lambda: "msr:0x13@4"),
]


def tell(sentence, deed):
    @story(sentence, seconds=900)
    def _():
        suffers(deed())


if __name__ == "__main__":
    for one in chosen(DEEDS, 1):
        tell(*one)
    main()
