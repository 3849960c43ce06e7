"""The switches of a hostile host, each on a guest of which every step is known: that they do what they say, for those who use them on
Keeps. No stranger is here."""
import re
import subprocess
import time

from model import model  # first: it finds the harness
from harness import BUILD, contains, equal, main, scratch, story, succeeded, true
from small_guest import DATA, SECRET, SHARED, SHOWN, image, reads, run, view

LAST = "the end\n"


@story("a machine's processors, made alike before the launch is finished, run at once in whatever order the host enters them", seconds=1500)
def _():
    for deeds in ("", "hold:0@1-40", "hold:0@1-20,hold:1@1-30"):
        outcome = succeeded(run(4, deeds))
        for number in range(4):
            contains(outcome.text, f"processor {number}\n")
        contains(outcome.text, LAST)


@story("a host runs a processor for which user space has not called, and what that one leaves for is lost", seconds=200)
def _():
    contains(succeeded(run(2, others=300)).text, "processor 0\n", "processor 1\n", LAST)
    outcome = run(2, "run:1:50@1", others=300)
    contains(outcome.err.decode(), "tee-model: host: run 0x1 at 1", "exit 39")


@story("a word of shared memory is another one at the second look", seconds=100)
def _():
    equal(reads(succeeded(run())), ["00000000"] * 3)
    equal(reads(succeeded(run(deeds=f"read:{DATA:#x}:0x4242@2"))), ["00000000", "00004242", "00000000"])
    equal(reads(succeeded(run(deeds=f"read:{DATA - 2:#x}:0x42420000@2-3"))), ["00000000", "00004242", "00004242"])


@story("answers by the GHCB are wrong in any field, or not there", seconds=300)
def _():
    for deeds in ("answer:0x398:1@5", "answer:0x398:0xffffffff00000000@*", "poke:0x398:7@5", "poke:0x39c:1@5/0"):
        outcome = run(deeds=deeds)
        equal(outcome.status, 2, f"the guest goes on under {deeds}: {outcome.text}")
        contains(outcome.err.decode(), "GHCB MSR 0x42100")
    succeeded(run(deeds="poke:0x3a0:0xffffffffffffffff@*"))  # it looks at nothing there
    equal(run(deeds="silent@5").status, 2)
    contains(run(deeds="msr:0x13@33").err.decode(), "GHCB MSR 0x62100")  # behind 32 pages: the registration
    contains(run(deeds="msr:0x100000015@7").err.decode(), "GHCB MSR 0x32100")


@story("PVALIDATE says what it has not done, and a guest that looks ends itself", seconds=100)
def _():
    for deeds in ("pvalidate:1:0@1", "pvalidate:0:1@2", "pvalidate:6:1@3"):
        contains(run(deeds=deeds).err.decode(), "GHCB MSR 0x22100")


@story("a page of the guest's that is taken, put back, mapped elsewhere or given away ends it", seconds=300)
def _():
    code, stack = 0x1000000, 0x1002000
    for deeds, said in ((f"unvalidate:{code:#x}@40", "exit 8"), (f"save:{code:#x}@39,replay:{code:#x}@40", "exit 8"), (f"remap:{code:#x}:{stack:#x}@40", "exit 39"),
                        (f"swap:{code:#x}:{stack:#x}@40", "exit 39"), (f"share:{code:#x}@40", "exit 39")):
        outcome = run(deeds=deeds)
        equal(outcome.status, 1, deeds)
        contains(outcome.err.decode(), said)


@story("a deed is done when a file asks for it while the guest runs", seconds=100)
def _():
    control = scratch("control")
    line = [*model(), BUILD / "parts" / "snp-linux", "--kernel", image(), "--memory", "32", "--append", "1"]
    guest = subprocess.Popen([str(part) for part in line], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                             env={"PATH": "/usr/bin", "TEE_MODEL_HOSTILE": f"shared:{DATA + 8:#x}:1@40", "TEE_MODEL_CONTROL": str(control)})
    seen = b""
    while seen.count(b"read ") < 3 and guest.poll() is None:
        seen += guest.stdout.read1()
    time.sleep(0.5)
    true(guest.poll() is None, "the guest waits for a word that is set and cleared by its host")
    new = scratch("new")
    new.write_text(f"shared:{DATA + 8:#x}:0@now\n")
    new.rename(control)
    out, err = guest.communicate(timeout=60)
    equal(guest.returncode, 0, err.decode())
    contains(out.decode(), LAST)
    true(not control.exists(), "the file is gone once it has been read")


@story("what KVM answers by itself is an entry more where that is to count", seconds=100)
def _():
    entries = [succeeded(run(deeds=f"{more}show:0x1000000@*")).err.count(b"host: show") for more in ("", "exits@*,")]
    true(0 < entries[0] < entries[1], f"entries: {entries}")


@story("all that the host can see holds what the guest has shown, and not what it has in memory", seconds=100)
def _():
    succeeded(run(2, TEE_MODEL_VIEW=view(), others=10))
    seen = view().read_bytes()
    true(SHOWN in seen, "what was written to shared memory is there")
    true(SECRET not in seen, "what was in private memory alone is not")
    succeeded(run(1, TEE_MODEL_VIEW=view(), TEE_MODEL_MUTANT="ciphertext"))
    true(SECRET in view().read_bytes(), "a search finds it where memory is not encrypted")


@story("each machine's processor has random numbers of its own: else two Keeps could have one key", seconds=300)
def _():
    drawn = [re.search(r"random (\w+)", run().text).group(1) for _ in range(3)]
    equal(len(set(drawn)), 3, drawn)


if __name__ == "__main__":
    main()
