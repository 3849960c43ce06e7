"""SEV-SNP Keeps on tee-model for stories: an application that enarx runs, or a program of test/keep/programs with an image of its own, on a host that
does what TEE_MODEL_HOSTILE and TEE_MODEL_HOST say (test/model/README.md)."""
import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../model/strangers"))
from model import ALL, model  # noqa: E402

from harness import BUILD, contains, execute, guest, scratch, succeeded, true  # noqa: E402

PARTS = BUILD / "parts"
PATIENCE = 1200 if ALL else 120  # seconds
LIES = "TEE_MODEL_HOSTILE"
# Places of every such Keep (src/protocol/launch/snp.hpp).
SECRETS, CPUID, FIRST_TABLE, SHIM_MEMORY = 0x200000, 0x201000, 0x202000, 0x480000
BOOT, BLOCK, REQUEST, ANSWER, GHCB = 0x600000, 0x700000, 0x74E000, 0x74F000, 0x750000


def shim_code():
    """A page of the shim's code through which each event goes."""
    symbols = subprocess.run(["nm", str(BUILD / "libexec/enarx/shim-snp")], capture_output=True, text=True, check=True).stdout
    address, = (line.split()[0] for line in symbols.splitlines() if line.endswith(" shim_event"))
    return int(address, 16) & ~0xFFF


def environment_of(deeds, more):
    return {**({LIES: deeds} if deeds else {}), **more}


def keep(deeds, application="hello", *arguments, options=(), timeout=PATIENCE, **more):
    """`more`: variables of the model. Compiled code is not taken: what a start does would depend on those before."""
    line = [*model(), str(BUILD / "enarx"), "run", "--backend=snp", "--no-cache", *options, application if "/" in str(application) else guest(application), *arguments]
    return execute(line, env=environment_of(deeds, more), timeout=timeout)


def bound(name):
    """The program, and beside it the image that holds it to its digest."""
    program = scratch(name)
    if not program.exists():
        shutil.copy(PARTS / f"keep-program-{name}", program)
        succeeded(execute([PARTS / "keep-bind", PARTS / "shim-snp", program, f"{program}.shim", f"{program}.tree"]))
    return program


def line_of(name, *arguments, options=(), cpus=1):
    program = bound(name)
    return [*model(), str(PARTS / "keep-run"), f"--shim={program}.shim", f"--cpus={cpus}", *options, str(program), *arguments]


def program(deeds, name, *arguments, cpus=1, timeout=PATIENCE, **more):
    return execute(line_of(name, *arguments, cpus=cpus), env=environment_of(deeds, more), timeout=timeout)


def ends(outcome, *words):
    """The Keep has ended for the reason that is meant."""
    true(outcome.status == 125, f"status {outcome.status}: {outcome.errors[-400:]}")
    contains(outcome.errors, *words)
    return outcome


def counts(outcome_of):
    """What a run has cost: (its outcome, count by name)."""
    path = scratch("counts")
    outcome = outcome_of(TEE_MODEL_COUNTS=str(path))
    return outcome, {name: int(number) for name, number in (line.split() for line in path.read_text().splitlines())}
