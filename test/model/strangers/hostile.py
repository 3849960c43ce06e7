"""Two of these, others with each commit; ENARX_TEST_MODEL=all is all. What a host of the model can do to a guest, with Debian's kernel as the one that suffers it: it ends, and says nothing more."""
import re

from model import chosen  # first: it finds the harness
from harness import Failed, contains, main, story  # noqa: E402
from linux_guest import Guest, printed_report, reporting_guest

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


def replayed():
    """A page of code put back as it was: nothing but its validation is lost."""
    return f"save:{timer()}@{LATE - 1},replay:{timer()}@{LATE}"


def no_report(deed):
    """The kernel's driver takes no report, and its key is not used again."""
    guest = reporting_guest(again=True)
    outcome = guest.run(env={"TEE_MODEL_HOSTILE": deed}, timeout=200)
    contains(outcome.text, "end of the script")
    if printed_report(outcome.text).raw:
        raise Failed(f"the driver takes a report under {deed}")
    return outcome


def hidden():
    """Without the leaf that tells of SNP the kernel is no guest of its."""
    outcome = suffers_silently("hide:0x8000001f:0:0:0xffffffff")
    if "end of the script" in outcome.text:
        raise Failed("the kernel goes on without memory encryption")


def suffers_silently(deed, script="echo end of the script"):
    guest = Guest()
    guest.script(script)
    return guest.run(env={"TEE_MODEL_HOSTILE": deed}, timeout=150)


INVENTED = "invent:7:0:2:0x10000"  # LA57, page tables of five levels, which the processor has not


def invented():
    outcome = suffers_silently(INVENTED)
    contains(outcome.err.decode(), "the firmware has corrected the CPUID page", "the firmware does not take its own CPUID page")


DEEDS = [
    ("a page taken away after its validation is no page of the guest's any more", lambda: suffers(f"unvalidate:{timer()}@{LATE}")),
    ("an old page put back is not validated", lambda: suffers(replayed())),
    ("two pages in each other's place are refused by the reverse map", lambda: suffers(f"swap:{timer()}:{address_of('do_syscall_64')}@{LATE}")),
    ("a page in another's place, too, is refused by the reverse map", lambda: suffers(f"remap:{timer()}:{address_of('do_syscall_64')}@{LATE}")),
    ("a page that the host calls shared is not used as a private one", lambda: suffers(f"share:{timer()}@{LATE}")),
    ("an exception #VC that nobody raised ends the kernel", lambda: suffers(f"inject:29:0x72@{LATE}")),
    ("a GHCB MSR that answers for another page ends the kernel", lambda: suffers("msr:0x13@4")),
    ("a CPUID page that hides the processor's protection ends the kernel", hidden),
    ("a CPUID page that invents a feature is not taken by the firmware", invented),
    ("an old answer of the firmware's is no report", lambda: no_report("message-replay@1")),
    ("an answer of the firmware's that was cut is no report", lambda: no_report("message-cut@1")),
    ("an answer of another number is no report", lambda: no_report("message-number@1")),
    ("an answer with a wrong bit is no report", lambda: no_report("message-flip@1")),
    ("an answer for another guest is no report", lambda: no_report("message-foreign@1")),
    ("an answer that never comes is no report", lambda: no_report("message-lose@1")),
    ("a message that the firmware has had and the host calls too early is not sent anew", lambda: no_report("message-swallow@1")),
    ("secrets that are the host's own give no report", lambda: no_report("type:0x32000:1")),
]


def tell(sentence, trial):
    @story(sentence, seconds=900)
    def _():
        trial()


if __name__ == "__main__":
    for one in chosen(DEEDS, 2):
        tell(*one)
    main()
