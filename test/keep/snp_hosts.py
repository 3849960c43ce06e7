#!/usr/bin/env python3
"""What `enarx run --backend=snp` says on hosts that cannot run such a Keep, or refuse this one: each by name, with what to do.

On tee-model (test/model): TEE_MODEL_HOST says what its host lacks.
"""
import os
import re
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../model/strangers"))
from model import model  # noqa: E402

from harness import BUILD, PROGRAM, contains, enarx, environment, equal, execute, guest, main, refused, scratch, story, succeeded, true, write  # noqa: E402

FAILED = 125


def run(*options, host="", module="hello", timeout=120):
    line = [*model(), PROGRAM, "run", "--backend=snp", *options, guest(module)]
    return execute(line, timeout=timeout, env=environment({"TEE_MODEL_HOST": host}) if host else None)


def info(host=""):
    return succeeded(execute([*model(), PROGRAM, "platform", "info"], timeout=60,
                             env=environment({"TEE_MODEL_HOST": host}) if host else None)).text


def says(outcome, name, *words):
    refused(outcome, FAILED, name=name)
    contains(outcome.errors, *words)


def identity(vcpus=4, policy=0x30000, **changes):
    """Files of an ID block for this installation's image, and their options."""
    folder = tempfile.mkdtemp(dir=scratch())
    place = {part: f"{folder}/{part}" for part in ("block", "auth", "key")}
    succeeded(enarx("key", "sev", "create", "--out", place["key"]))
    succeeded(enarx("measure", "snp", f"--vcpus={vcpus}", f"--policy={policy:#x}", f"--id-block={place['block']}",
                    f"--id-auth={place['auth']}", f"--id-key={place['key']}"))
    for part, change in changes.items():
        data = bytearray(open(place[part], "rb").read())
        change(data)
        open(place[part], "wb").write(data)
    return f"--id-block={place['block']}", f"--id-auth={place['auth']}"


@story("a host without the secure processor's device, and one that keeps it from this user, say so and how to get it", seconds=1500)
def device():
    says(run(host="no-sev"), "backend-unavailable", "/dev/sev", "kvm_amd.sev=1")
    says(run(host="sev-denied"), "backend-unavailable", "/dev/sev can be read and written by this user: Permission denied", "udev")
    says(run(host="no-kvm"), "backend-unavailable", "No such file or directory")


@story("a kernel that has no such machines, and firmware that is too old, are named with what to do", seconds=300)
def too_old():
    says(run(host="no-snp"), "backend-unavailable", "kvm_amd.sev=1")
    contains(info("no-snp"), "✗ snp", "✗ KVM offers virtual machines of type 4", "Linux 6.11")
    says(run(host="firmware:1.50"), "backend-unavailable", "It is 1.51 or later: 1.50", "Update the host's firmware")
    contains(info("firmware:1.50"), "✗ snp", "✗ It is 1.51 or later: 1.50")


@story("a host whose every ASID is in use says that, and that a guest has to end first", seconds=300)
def no_asid():
    says(run(host="guests:0"), "snp-no-room", "every ASID is in use", "end a guest")


# On one machine: two Keeps that go on, what is told of the host then and after each has ended, and one Keep too many.
NEIGHBOURS = """
told() {
    tries=0
    until "$0" platform info >info && grep -q "SEV-SNP guests now: $1\\>" info; do
        tries=$((tries + 1))
        [ $tries -lt 300 ] || { cat info; kill -9 $first $second; exit 1; }
        sleep 0.2
    done
    grep -E "SEV-SNP guests now|Keeps at a time" info
}
told 0
"$0" run --backend=snp "$1" >/dev/null & first=$!
told 1
"$0" run --backend=snp "$1" >/dev/null & second=$!
told 2
"$0" run --backend=snp "$2" 2>&1; echo "status $?"
"$0" platform info | grep -E "✗ snp|no room|Keeps at a time"
kill -9 $first; told 1
"$0" run --backend=snp "$2" 2>&1; echo "status $?"
kill -9 $second; told 0
"""


@story("how many Keeps run and how many more can is told while they run, and each that ends makes room", seconds=600)
def neighbours():
    outcome = execute([*model(), "sh", "-c", NEIGHBOURS, PROGRAM, guest("endless"), guest("hello")], timeout=400, env=environment({"TEE_MODEL_HOST": "guests:2"}))
    said = [re.sub(r".*(SEV-SNP guests now|Keeps at a time): ", "", line) for line in outcome.text.splitlines()]
    equal(said[:6], ["0", "2 of 2 free", "1", "1 of 2 free", "2", "0 of 2 free; a guest has to end first"], outcome.text)
    contains(outcome.text, "status 125", "status 0", "Hello, world!")
    contains(outcome.text, "(snp-no-room)")
    equal(said[-2:], ["0", "2 of 2 free"], outcome.text)
    contains(info(), "Keeps at a time: 99 of 99 free", "SEV-SNP guests now: 0")


@story("a policy that kernel or firmware do not take is refused before anything is launched", seconds=300)
def policy():
    says(run("--guest-policy=0"), "snp-policy-refused", "a launch with policy 0x0")
    says(run("--guest-policy=0x3ffff"), "snp-policy-refused", "asks for what this platform has not")
    says(run("--guest-policy=0x20000", host="kernel:6.12"), "snp-policy-refused", "a launch with policy 0x20000")
    says(run(host="start:0x07"), "snp-policy-refused", "--guest-policy=0x30000")


@story("an ID block for another image or number of vCPUs, and one whose signature is wrong, are refused by name", seconds=300)
def other_identity():
    says(run(*identity(vcpus=3)), "snp-identity-refused", "for another image or another number of vCPUs")

    def flip(data):
        data[0x40] ^= 1
    says(run(*identity(auth=flip)), "snp-identity-refused", "signature over the ID block")
    says(run("--guest-policy=0xb0000", *identity()), "snp-policy-refused", "the policy asks for")


@story("an ID block's own policy is the launch's, and files that are no ID block are refused before the launch", seconds=300)
def identity_files():
    block, auth = identity()
    says(run(block), "usage", "--id-block and --id-auth go together")
    short = write("short", b"x" * 95)
    says(run(f"--id-block={short}", auth), "snp-identity-refused", "is no ID block: it has 95 bytes, not 96")
    says(run(f"--id-block={scratch('none')}", auth), "file-not-found", "none")
    says(run("--host-data=00", block, auth), "usage", "--host-data")


@story("what is an SEV-SNP Keep's is refused with another backend, and numbers of vCPUs that no Keep has", seconds=300)
def misplaced():
    refused(enarx("run", "--backend=nil", "--vcpus=2", guest("hello")), FAILED, name="usage")
    says(run("--vcpus=0"), "keep-plan", "from 1 to 128")
    says(run("--vcpus=129"), "keep-plan", "from 1 to 128")
    says(run("--vcpus=many"), "usage", "--vcpus")


@story("a host that has no memory left for the launch, or for a page later, says so", seconds=300)
def no_memory():
    says(run(host="memory:20"), "snp-launch-refused", "the host may be short of memory")
    says(run(host="call:0xaed4:12"), "launch-failed", "no memory left")
    outcome = run(host="memory:400")
    equal(outcome.status, 137, outcome.errors)
    contains(outcome.errors, "out-of-memory")


@story("a processor that refuses the CPUID page even as it has corrected it is named, after one more try", seconds=300)
def cpuid():
    says(run(host="cpuid:refused"), "snp-launch-refused", "CPUID page")


@story("whatever else firmware and kernel answer to a launch ends by name, with nothing left of the Keep", seconds=600)
def other_answers():
    for host, name in (("start:0x01", "snp-launch-refused"), ("start:0x15", "snp-launch-refused"), ("start:0x17", "snp-no-room"),
                       ("update:0x1a", "snp-launch-refused"), ("finish:0x0b", "snp-identity-refused"),
                       ("finish:0x55", "snp-launch-refused"), ("call:0xaed2:22", "snp-launch-refused"), ("call:0xae41:17", "snp-launch-refused")):
        refused(run(host=host), FAILED, name=name)


@story("hardware that is demanded and not there is refused; what there is, is told", seconds=300)
def demanded():
    line = [*model(), PROGRAM, "run", "--require-hardware", guest("hello")]
    refused(execute(line, timeout=60, env=environment({"TEE_MODEL_HOST": "no-snp"})), FAILED, name="hardware-required")
    contains(info(), "✔ snp (AMD SEV-SNP): ready", "interface 1.55", "Keeps at a time")


main()
