#!/usr/bin/env python3
"""What the host of an SEV-SNP Keep sees and is asked, on tee-model: nothing of the program's memory but what it was shown, and no other request than
docs/snp.md has. Each search is also made where it must find something."""
import re
import struct

from snp_keeps import BLOCK, LIES, PARTS, counts, keep, line_of, program  # first: it finds the others
from harness import BUILD, contains, enarx, equal, execute, main, scratch, story, succeeded, true, write
from model import model

TEXT = b"shown\n"  # in no file, either: its letters are turned round while it runs
# What the Keep finds in the word by which a host says that it looks for calls by itself: it rings for each, and the host is looked at while it has it.
RINGS = f"read:{BLOCK + 0x50:#x}:0@*"
PROCESS = b"a word of the process that runs the Keep"
# An application and a program that hold a secret right behind the text that they write: it is in no file, and made while they run.
SEED, WORDS = 0x9E3779B97F4A7C15, 512
APPLICATION = """(module (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 1) (data (i32.const 4096) "tohpi\\0d")
    (func (export "_start") (local $at i32) (local $word i64)
        (i64.store (i32.const 4096) (i64.xor (i64.load (i32.const 4096)) (i64.const 0x70707070707)))
        (local.set $at (i32.const 4104)) (local.set $word (i64.const 0x9e3779b97f4a7c15))
        (loop $again
            (local.set $word (i64.xor (local.get $word) (i64.shl (local.get $word) (i64.const 13))))
            (local.set $word (i64.xor (local.get $word) (i64.shr_u (local.get $word) (i64.const 7))))
            (local.set $word (i64.xor (local.get $word) (i64.shl (local.get $word) (i64.const 17))))
            (i64.store (local.get $at) (local.get $word))
            (br_if $again (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 8))) (i32.const 8200))))
        (i32.store (i32.const 0) (i32.const 4096)) (i32.store (i32.const 4) (i32.const 6))
        (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))"""


def markers():
    """Any two words of the secret that lie side by side."""
    word, words = SEED, []
    for _ in range(WORDS):
        word ^= word << 13 & 0xFFFFFFFFFFFFFFFF
        word ^= word >> 7
        word ^= word << 17 & 0xFFFFFFFFFFFFFFFF
        words.append(word)
    return [struct.pack("<2Q", *words[i:i + 2]) for i in range(0, WORDS, 2)]


def seen(run):
    """All that the host could see of a run, and what was found in it."""
    path = scratch("view")
    path.unlink(missing_ok=True)
    outcome = succeeded(run(TEE_MODEL_VIEW=str(path)))
    equal(outcome.out, TEXT)
    view = path.read_bytes()
    path.unlink()
    return view, [marker for marker in markers() if marker in view]


def application(backend, deeds="", **more):
    options = [f"--backend={backend}", *(["--shim=kvm"] if backend == "kvm" else [])]
    line = [*model(), str(BUILD / "enarx"), "run", *options, str(write("secret.wat", APPLICATION))]
    return execute(line, env={**({LIES: deeds} if deeds else {}), **more}, timeout=200)


@story("nothing that an application has in memory is found in all that its host can see; the same search finds it in a KVM Keep", seconds=900)
def of_an_application():
    # The memory of the process that runs the Keep, too, as it is behind the first call that the host answers.
    view, found = seen(lambda **more: application("snp", f"{RINGS},process@2-5", NAMED=PROCESS.decode(), **more))
    true(TEXT in view, "what the application has written is not in the view: the search sees nothing")
    true(PROCESS in view, "the process is not in the view: the search does not see it")
    equal(found, [], "found in what the host sees")
    _, found = seen(lambda **more: application("kvm", **more))
    equal(len(found), WORDS // 2, "not found in a plain Keep: the search itself is wrong")
    _, found = seen(lambda **more: application("snp", RINGS, TEE_MODEL_MUTANT="ciphertext", **more))
    # But for the words that lie on two pages, which need not be neighbours.
    true(len(found) >= WORDS // 2 - 1, f"{len(found)} found where memory is not encrypted: the search itself is wrong")


@story("a program that writes what lies beside a secret shows the host what it writes and no byte more", seconds=300)
def of_a_program():
    view, found = seen(lambda **more: program(f"{RINGS},process@2-5", "beside", **more))
    true(TEXT in view, "what the program has written is not in the view: the search sees nothing")
    equal(found, [], "found in what the host sees")
    # The same program, the same search, an image of the shim for KVM.
    _, found = seen(lambda **more: execute([*model(), PARTS / "keep-run", f"--shim={BUILD}/libexec/enarx/shim-kvm", PARTS / "keep-program-beside"], env=more))
    equal(len(found), WORDS // 2, "not found in a plain Keep: the search itself is wrong")


# AMD 56421, 2.3.1: by the MSR the version, the features, a registration. 4.1: by the page an OUT, which is a host call, and a guest request.
BY_MSR = {0x002: "information", 0x080: "features", 0x012: "registration"}
BY_PAGE = {0x80000011: "guest request"}


@story("a Keep asks its host for nothing but version, features, a GHCB for each vCPU, host calls and messages to the secure processor", seconds=600)
def asked():
    for name, arguments, cpus in (("reports", ("2",), 1), ("threads", ("1",), 5), ("memory", (), 1)):
        errors = succeeded(program("", name, *arguments, cpus=cpus, TEE_MODEL_LOG="1")).errors
        by_msr = [int(word, 16) & 0xFFF for word in re.findall(r"tee-model: GHCB MSR (0x[0-9a-f]+)", errors)]
        by_page = [int(word, 16) for word in re.findall(r"tee-model: GHCB event (0x[0-9a-f]+)", errors)]
        true(by_msr.count(0x002) == by_msr.count(0x080) == 1, f"{name}: {by_msr}")
        equal(set(by_msr) - set(BY_MSR), set(), f"{name}: by the MSR")
        equal(set(by_page) - set(BY_PAGE), set(), f"{name}: by the page")
        equal(len(by_page), 2 if name == "reports" else 0, f"{name}: guest requests")


@story("VMGEXIT of a program, which ring 3 may execute, asks for nothing", seconds=300)
def by_the_program():
    runs = []
    for times in ("0", "5"):
        outcome, cost = counts(lambda **more: program(RINGS, "vmgexit", times, **more))  # noqa: B023
        equal(succeeded(outcome).text, "before\nafter\n")
        runs.append(cost["runs"])
    equal(runs[0], runs[1], "the host was asked")


def told(*leaves, cpus=1):
    lines = succeeded(program("", "cpuid", *(str(part) for leaf in leaves for part in leaf), cpus=cpus)).text.splitlines()
    return {(int(line.split()[0], 0), int(line.split()[1], 0)): tuple(int(word, 16) for word in line.split()[2:]) for line in lines}


@story("CPUID tells a program each register by itself, and the room that XSAVE needs", seconds=300)
def registers():
    told_of = told((0, 0), (0xD, 0), (0xD, 1), (0xD, 2), (0x8000001F, 0), (0x40000000, 0))
    equal(b"".join(word.to_bytes(4, "little") for word in (told_of[0, 0][1], told_of[0, 0][3], told_of[0, 0][2])), b"AuthenticAMD")
    equal(told_of[0xD, 0][1], 0x340)
    equal(told_of[0xD, 2], (0x100, 0x240, 0, 0))
    equal(told_of[0x8000001F, 0][1] & 0x3F, 51)
    equal(told_of[0x40000000, 0], (0, 0, 0, 0), "what is in no page is nothing, and nobody's word")


main()
