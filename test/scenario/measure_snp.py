#!/usr/bin/env python3
"""enarx measure snp of this installation: the launch digest of an SEV-SNP Keep, computed here a second time from the image's file."""
import hashlib
import json
import os
import struct
import sys

sys.path.insert(0, os.path.dirname(__file__))
from harness import *  # noqa: E402,F403

IMAGE = BUILD / "libexec/enarx/shim-snp"
NORMAL, VMSA, SECRETS, CPUID = 1, 2, 5, 6
SECRETS_GPA, CPUID_GPA, IMAGE_GPA, VMSA_GPA = 0x200000, 0x201000, 0x400000, 0xFFFFFFFFF000
MOST_PAGES = 64  # of a Keep with the usual number of vCPUs: a millisecond each


def segment(elf):
    """The one segment of the image, as its file has it."""
    offset, count = struct.unpack_from("<Q", elf, 0x20)[0], struct.unpack_from("<H", elf, 0x38)[0]
    for i in range(count):
        kind, _, at, _, place, size = struct.unpack_from("<IIQQQQ", elf, offset + 56 * i)
        if kind == 1:
            equal(place, IMAGE_GPA)
            return elf[at:at + size]
    raise Failed("the image has no segment")


def vmsa(image):
    """What Linux makes of the first registers (APM volume 2, table B-4)."""
    _, _, _, start, _, system_call, stack, root, gdt, idt, tss, tss_limit, idt_limit = struct.unpack_from("<13Q", image)
    page = bytearray(4096)
    for place in (0x00, 0x20, 0x30, 0x40, 0x50):  # ES, SS, DS, FS, GS
        struct.pack_into("<HHIQ", page, place, 0x18, 0xC93, 0xFFFFFFFF, 0)
    struct.pack_into("<HHIQ", page, 0x10, 0x10, 0xA9B, 0xFFFFFFFF, 0)
    struct.pack_into("<HHIQ", page, 0x60, 0, 0, 0x4F, gdt)
    struct.pack_into("<HHIQ", page, 0x80, 0, 0, idt_limit, idt)
    struct.pack_into("<HHIQ", page, 0x90, 0x40, 0x8B, tss_limit, tss)
    for place, value in {
        0x0D0: 0x1D01, 0x148: 0x50660, 0x150: 1 << 51 | root, 0x158: 0x80010033, 0x160: 0x400, 0x168: 0xFFFF0FF0, 0x170: 2, 0x178: start,
        0x1D8: stack, 0x200: 0x23_0010_0000_0000, 0x208: system_call, 0x218: 0x47700, 0x268: 0x0007040600070406, 0x3B0: 1, 0x3E8: 7,
        0x408: 0x1F80, 0x410: 0x37F,
    }.items():
        struct.pack_into("<Q", page, place, value)
    return bytes(page)


def pages(vcpus):
    image = segment(IMAGE.read_bytes())
    yield SECRETS, SECRETS_GPA, None
    yield CPUID, CPUID_GPA, None
    for at in range(0, len(image), 4096):
        yield NORMAL, IMAGE_GPA + at, image[at:at + 4096].ljust(4096, b"\0")
    for _ in range(vcpus):
        yield VMSA, VMSA_GPA, vmsa(image)


def digest(vcpus):
    """SEV-SNP firmware ABI 8.17.2."""
    so_far = bytes(48)
    for kind, gpa, contents in pages(vcpus):
        hashed = hashlib.sha384(contents).digest() if contents else bytes(48)
        so_far = hashlib.sha384(so_far + hashed + struct.pack("<HB5xQ", 0x70, kind, gpa)).digest()
    return so_far.hex()


def measured(*options):
    return succeeded(enarx("measure", "snp", "--shim=snp", *options))


@story("the digest is of the shim's file, secrets page, CPUID page and a VMSA for each vCPU, and of nothing else", ours=True)
def launch_digest():
    for vcpus in (1, 2, 4, 128):
        equal(measured(f"--vcpus={vcpus}").text, f"vcpus-{vcpus} {digest(vcpus)}\n")
    equal(measured().text, measured("--vcpus=4").text)
    equal(json.loads(measured("--json").text), [{"name": "vcpus-4", "digest": digest(4)}])


@story("a launch of the usual number of vCPUs adds at most 64 pages", ours=True)
def few_pages():
    count = len(list(pages(4)))
    true(count <= MOST_PAGES, f"{count} pages")
    print(f"  {count} pages, some {count * 1.02:.0f} ms on a Milan")


@story("the list of pages that is written is one from which the same digest comes", ours=True)
def written_list():
    written = measured(f"--write-pages={scratch('list')}").text
    listed = json.loads(scratch("list").read_text())
    equal([(page["page_type"], int(page["gpa"], 16)) for page in listed["pages"]], [(kind, gpa) for kind, gpa, _ in pages(4)])
    equal(succeeded(enarx("measure", "snp", "--pages", scratch("list"))).text, written)
    refused(enarx("measure", "snp", "--shim=snp", f"--write-pages={scratch('list')}"), 1, "file-exists")


@story("what is written down of a release is what its images and their Keeps have", ours=True)
def written_down():
    lines = [line.split() for line in (BUILD / "share/enarx/digests").read_text().splitlines() if not line.startswith("#")]
    images = {line[1]: line[2] for line in lines if line[0] == "sha256"}
    equal(images, {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in IMAGE.parent.iterdir() if path.name in images})
    equal(set(images), {"exec", "shim-snp", "shim-verified", "shim-kvm", "shim-deprivileged"})
    told = {line[1]: line[2] for line in lines if line[0] == "snp"}
    equal({name: told[name] for name in ("vcpus-1", "vcpus-4", "vcpus-128")}, {f"vcpus-{n}": digest(n) for n in (1, 4, 128)})
    equal({line[1] for line in lines if line[0] == "kvm"}, {"kvm", "deprivileged"})


@story("an ID block is made of it as of a list of pages", ours=True)
def id_block():
    measured("--vcpus=2", "--policy=0x30000", f"--id-block={scratch('block')}")
    equal(scratch("block").read_bytes()[:48].hex(), digest(2))


@story("what cannot be measured says why", ours=True)
def bad_input():
    for vcpus in ("0", "129", "4294967295"):
        refused(enarx("measure", "snp", "--shim=snp", f"--vcpus={vcpus}"), 1, "keep-plan", "from 1 to 128")
    for line in (["--vcpus=x"], ["--vcpus=4294967296"], ["--shim=kvm"], ["--pages=p", "--vcpus=2"], ["--launch-digest=00", "--shim=snp"],
                 ["--pages=p", "--launch-digest=00"]):
        refused(enarx("measure", "snp", *line), 2, "usage")


main()
