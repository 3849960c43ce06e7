#!/usr/bin/env python3
"""The launch of an SEV-SNP Keep on tee-model (test/model): kernel's interface and firmware are code of its own, which shares no file with ours.

Its firmware computes the launch digest of what really comes, and compares it with the ID block that `enarx measure snp` makes of what should come.
"""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../model/strangers"))
from model import model  # noqa: E402

from harness import BUILD, contains, enarx, equal, execute, main, scratch, story, succeeded  # noqa: E402

SHIM = "snp"
POLICY = 0x30000


def launch(vcpus, *options, on=None):
    program = [str(BUILD / "parts/keep-snp"), f"--shim={BUILD}/libexec/enarx/shim-{SHIM}", f"--exec={BUILD}/libexec/enarx/exec"]
    return execute([*(model() if on is None else on), *program, f"--cpus={vcpus}", *options], timeout=120)


def identity(vcpus, policy=POLICY, author=False):
    """Options that name an ID block for so many vCPUs and what signs it."""
    name = f"{vcpus}-{policy:x}-{author}"
    files = {part: str(scratch(f"{part}-{name}")) for part in ("block", "auth", "id", "author")}
    for key in ("id", "author"):
        succeeded(enarx("key", "sev", "create", "--out", files[key]))
    succeeded(enarx("measure", "snp", f"--shim={SHIM}", f"--vcpus={vcpus}", f"--policy={policy:#x}", f"--id-block={files['block']}",
                    f"--id-auth={files['auth']}", f"--id-key={files['id']}", *([f"--author-key={files['author']}"] if author else [])))
    return files, [f"--id-block={files['block']}", f"--id-auth={files['auth']}"]


@story("the digest that is predicted is the one that the launch has, for each number of vCPUs", seconds=1500)
def predicted():
    for vcpus in (1, 2, 4, 8):
        outcome = succeeded(launch(vcpus, *identity(vcpus)[1]))
        contains(outcome.text, "launched: ", f" {vcpus} vCPUs")
    succeeded(launch(2, *identity(2, author=True)[1]))


def refuses(outcome, *words):
    equal(outcome.status, 125)
    contains(outcome.errors, *words)


@story("a launch of another number of vCPUs than the ID block's is refused, and says so", seconds=1500)
def other_number():
    refuses(launch(3, *identity(4)[1]), "for another image or another number of vCPUs")


@story("an ID block for another policy, and one whose signature is wrong, are refused by name", seconds=1500)
def other_identity():
    refuses(launch(1, *identity(1, policy=0xB0000)[1]), "the policy asks for")
    files, options = identity(1)
    auth = bytearray(open(files["auth"], "rb").read())
    auth[0x40] ^= 1
    open(files["auth"], "wb").write(auth)
    refuses(launch(1, *options), "signature over the ID block")


@story("a policy that the platform does not take is refused before anything is launched", seconds=1500)
def other_policy():
    refuses(launch(1, "--policy=0"), "a launch with policy 0x0")


@story("a host without SEV-SNP says what it has not")
def no_platform():
    if os.path.exists("/dev/sev"):
        return
    refuses(launch(1, on=[]), "/dev/sev cannot be opened: No such file or directory")


main()
