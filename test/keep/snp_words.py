#!/usr/bin/env python3
"""What a host says to an SEV-SNP Keep, word by word (tee-model): fields of the GHCB, shared memory that changes while it is read, answers of the secure
processor. What is wrong ends the Keep, or the Keep's key; what means nothing is not looked at."""
import hashlib
import re

from snp_keeps import ANSWER, BOOT, GHCB, LIES, SECRETS, counts, ends, keep, program  # first: it finds the others
from harness import Failed, contains, enarx, equal, main, scratch, story, succeeded, true

# Fields of the GHCB (AMD 56421, table 4); those of the answer to a port's event, and all that is not.
INFO1, INFO2, VALID0, VALID1 = 0x398, 0x3A0, 0x3F0, 0x3F8
OTHERS = (0x0C8, 0x140, 0x160, 0x1F8, 0x308, 0x310, 0x318, 0x330, 0x390, 0x3A8, 0x3E8, 0x400, 0x800, 0x808, 0xFE8, 0xFF8)
ALL_ONES = (1 << 64) - 1
WORDS = b"enarx/v1/provision"  # of the purpose that programs/reports.c names
FAILED, NO_KEY = 5, 13  # EIO, and from then on EACCES


@story("each field of an answer by the GHCB, wrong by itself, ends the Keep or means nothing", seconds=1500)
def fields():
    said = succeeded(program("", "calls")).out

    def wrong(deed):  # of a program that rings its doorbell some times
        ends(program(deed, "calls"), "reason 5:5")
    for value in (1, 2, 0x1234, 0x80000000, 0xFFFFFFFF, ALL_ONES):
        for event in (1, 3):
            wrong(f"poke:{INFO1:#x}:{value:#x}@{event}")
    for value in (0, ALL_ONES ^ 1 << 51, ALL_ONES ^ 1 << 52):  # exit_info_1, exit_info_2 and what is not named as set
        wrong(f"poke:{VALID1:#x}:{value:#x}@2")
    for value in (0, 0x5A5A5A5A5A5A5A5A, ALL_ONES):
        equal(succeeded(program(",".join(f"poke:{field:#x}:{value:#x}@*" for field in (INFO2, VALID0, *OTHERS)), "calls")).out, said)
    equal(succeeded(program(f"poke:{VALID1:#x}:{ALL_ONES:#x}@*", "calls")).out, said)


@story("shared memory that changes while it is read is read once: the boot block, and answers of the secure processor", seconds=600)
def once():
    """Each byte is another one at its second look: there must be none."""
    boot = ",".join(f"read:{at:#x}:0x6b6b6b6b6b6b6b6b@2" for at in range(BOOT, BOOT + 0x200, 8))
    outcome = succeeded(keep(boot), "Hello, world!\n")
    true("host: read" not in outcome.errors, outcome.errors[:400])
    answer = ",".join(f"read:{at:#x}:0x6b6b6b6b6b6b6b6b@2" for at in range(ANSWER, ANSWER + 0x600, 8))
    outcome = succeeded(program(answer, "reports", "1"))
    true("host: read" not in outcome.errors, outcome.errors[:400])
    equal(reports(outcome), ["honest"])
    # The search itself sees a look: the first one.
    contains(keep(boot.replace("@2", "@1")).errors, "host: read 0x600000 at 1")
    contains(program(answer.replace("@2", "@1"), "reports", "1").errors, f"host: read {ANSWER:#x} at 1")


@story("words of the boot block that are wrong, each by itself, never make the program run on anything else", seconds=1500)
def boot_words():
    """Whatever a word of it says instead, the Keep ends with words or the program is the one that it is."""
    for at in range(BOOT, BOOT + 0xA0, 8):
        for value in (0, ALL_ONES, 0x200000):
            outcome = keep(f"read:{at:#x}:{value:#x}@*", timeout=60)
            fine = outcome.status == 0 and outcome.text == "Hello, world!\n"
            named = outcome.status != 0 and outcome.text == "" and re.search(r"enarx: (shim|error): \w", outcome.errors)
            true(fine or named, f"{at:#x} {value:#x}: {outcome.status} {outcome.text} {outcome.errors[-300:]}")


def reports(outcome):
    """Of each line of programs/reports.c: "honest", or the error."""
    said = []
    for i, line in enumerate(outcome.text.splitlines()):
        wanted = hashlib.sha512(WORDS + b"no" + str(i).encode()).hexdigest()
        if line == f"{i}: 1184 {wanted}":
            said.append("honest")
        elif found := re.fullmatch(rf"{i}: error (\d+)", line):
            said.append(int(found.group(1)))
        else:
            raise Failed(f"a report of something else: {line}")
    return said


def refused(deed, **more):
    """The first report is none, and nothing is asked any more: how many messages the processor has got."""
    outcome, cost = counts(lambda **names: program(deed, "reports", "3", **names, **more))
    equal(outcome.status, 0, outcome.errors)
    equal(reports(outcome), [FAILED, NO_KEY, NO_KEY], f"{deed} {more}")
    return cost["messages"]


@story("reports of an honest host are of what was asked for, and a busy host is asked again with the same message", seconds=300)
def honest():
    equal(reports(succeeded(program("", "reports", "4"))), ["honest"] * 4)
    outcome, cost = counts(lambda **names: program("", "reports", "2", TEE_MODEL_HOST="busy:3", **names))
    equal(reports(succeeded(outcome)), ["honest"] * 2)
    equal(cost["messages"], 2)


def header(algorithm=1, version=1, size=0x60, kind=6, message_version=1, length=0x20 + 1184):
    """Bytes 0x30 to 0x37 of a message, as a word."""
    return algorithm | version << 8 | size << 16 | kind << 32 | message_version << 40 | length << 48


@story("an answer of the secure processor that is wrong in any way is no report, and ends the Keep's key", seconds=1500)
def wrong():
    for changed in ({"algorithm": 0}, {"algorithm": 2}, {"version": 2}, {"size": 0x50}, {"kind": 5}, {"kind": 4}, {"message_version": 2},
                    {"length": 0x20}, {"length": 0x20 + 1183}, {"length": 0xFFFF}):
        equal(refused(f"message-poke:0x30:{header(**changed):#x}@1"), 1)
    for deed in ("message-number@1", "message-cut@1", "message-flip@1", "message-foreign@1", "message-lose@1", "message-replay@1",
                 "message-poke:0:0@1", "message-poke:8:0x1234@1", "message-poke:0x20:0@1", "message-poke:0x20:1@1", "message-poke:0x38:1@1",
                 "message-poke:0x518:1@1"):
        equal(refused(deed), 1, deed)
    # What lies behind the answer is nobody's word.
    equal(reports(succeeded(program("message-poke:0x520:1@1", "reports", "1"))), ["honest"])
    succeeded(program(f"message-poke:0x30:{header():#x}@1", "reports", "1"))  # it is the word that this story takes it for
    # What the host says instead of an answer.
    for status in (0x16, 0x1D, 1 << 32, 3 << 32, 0xFFFFFFFF << 32):
        equal(refused(f"message-error:{status:#x}@1"), 1, f"{status:#x}")


@story("a host that swallows a message and calls itself busy, or is busy for ever, gets no other message under that number", seconds=600)
def busy():
    equal(refused("message-swallow@1"), 2)  # the second one is the first one, byte for byte, whose number the processor has had
    equal(refused("", TEE_MODEL_HOST="busy:100000000"), 0)


@story("another request's answer is no answer", seconds=300)
def another():
    outcome, cost = counts(lambda **names: program("message-replay@2", "reports", "3", **names))
    equal(reports(succeeded(outcome)), ["honest", FAILED, NO_KEY])
    equal(cost["messages"], 2)


@story("a secrets page that is the host's own gives another digest, and no report", seconds=600)
def secrets():
    for kind in (1, 4):  # of its contents, measured or not
        equal(refused(f"type:{SECRETS:#x}:{kind}"), 1)
    files = {part: scratch(part) for part in ("block", "auth", "key")}
    succeeded(enarx("key", "sev", "create", "--out", files["key"]))
    succeeded(enarx("measure", "snp", "--policy=0x30000", f"--id-block={files['block']}", f"--id-auth={files['auth']}", f"--id-key={files['key']}"))
    options = [f"--id-block={files['block']}", f"--id-auth={files['auth']}"]
    succeeded(keep("", options=options), "Hello, world!\n")
    for kind in (1, 4):
        ends(keep(f"type:{SECRETS:#x}:{kind}", options=options), "snp-identity-refused")


main()
