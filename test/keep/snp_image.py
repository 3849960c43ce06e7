#!/usr/bin/env python3
"""Which instructions the image of an SEV-SNP Keep has: none for which a processor asks the host, but where the GHCB says what is asked."""
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../scenario"))
from harness import BUILD, equal, main, story, true  # noqa: E402

IMAGE = BUILD / "libexec/enarx/shim-snp"
# KVM's intercepts of such a guest: each would be #VC, or an exit with registers that nobody has looked at.
ASKS = "cpuid rdpmc rdtscp rdpru in out ins insb insl insw outs outsb outsl outsw hlt invd wbinvd monitor mwait xsetbv vmmcall vmcall vmgexit".split()


def code():
    """(function, instruction, operands) of all of the image's code."""
    text = subprocess.run(["objdump", "-d", "--no-show-raw-insn", str(IMAGE)], capture_output=True, text=True, check=True).stdout
    function = ""
    for line in text.splitlines():
        if found := re.match(r"[0-9a-f]+ <(.*)>:$", line):
            function = found.group(1)
        elif found := re.match(r"\s+[0-9a-f]+:\s+((?:repz? |repnz |lock )*)(\S+)\s*(.*)$", line):
            yield function, (found.group(1) + found.group(2)).strip(), found.group(3)


@story("the host is asked by VMGEXIT alone", ours=True)
def asks():
    found = [(function, instruction) for function, instruction, _ in code() if instruction.split()[-1] in ASKS]
    true(found, "no VMGEXIT at all: the code is not seen")
    equal({instruction for _, instruction in found} - {"repz vmmcall", "vmgexit"}, set())  # one, whatever objdump calls it
    # Asking by the MSR, a page's event, the doorbell, the end.
    true(len(found) <= 8, f"{len(found)} of them: {found}")


@story("whether PVALIDATE has changed anything is looked at before an instruction that could change the flag", ours=True)
def validates():
    instructions = list(code())
    places = [i for i, (_, instruction, _) in enumerate(instructions) if instruction == "pvalidate"]
    true(len(places) >= 2, f"{len(places)} of them")
    for i in places:
        behind = instructions[i + 1][1]
        true(re.match(r"(jb|jae|setb|setae|cmovb|cmovae|sbb)", behind), f"{instructions[i]}, then {behind}")


def of_functions():
    found = {}
    for function, instruction, operands in code():
        found.setdefault(function, []).append((instruction, operands))
    return found


@story("both ends of a page are read once it is validated, which drops what caches hold of it from before", ours=True)
def ends():
    validating = {name: body for name, body in of_functions().items() if any(instruction == "pvalidate" for instruction, _ in body)}
    # In the entry, which validates the image's own memory, and in Machine::accept(); Machine::give_back() rescinds.
    taking = {name: body for name, body in validating.items() if "give_back" not in name}
    true(len(taking) >= 2 and any("accept" in name for name in taking), f"{list(validating)}")
    for name, body in taking.items():
        behind = [operands for _, operands in body[[instruction for instruction, _ in body].index("pvalidate"):]]
        last = [found.group(1) for operands in behind if (found := re.match(r"0xfff(\([^)]+\)),%", operands))]
        true(last, f"{name} does not read the last byte")
        true(any(operands.startswith(last[0] + ",%") for operands in behind), f"{name} does not read the first byte")


@story("the image neither gives a page other rights nor makes a VMSA of one: it has no RMPADJUST")
def adjusts():
    instructions = {instruction.split()[-1] for _, instruction, _ in code()}
    true("pvalidate" in instructions, "this disassembler does not know the instructions")
    equal(instructions & {"rmpadjust", "rmpupdate", "rmpquery", "psmash"}, set())


@story("the GHCB's MSR is the only one that is written")
def registers():
    instructions = list(code())
    writes = [i for i, (_, instruction, _) in enumerate(instructions) if instruction == "wrmsr"]
    true(writes, "none")
    for i in writes:
        function = instructions[i][0]
        loads = [operands for place, instruction, operands in instructions[max(0, i - 40):i] if place == function and instruction == "mov" and operands.endswith(",%ecx")]
        equal(loads[-1:], ["$0xc0010130,%ecx"], f"before WRMSR in {function}")


main()
