#!/usr/bin/env python3
"""sev-snp-measure (PyPI, by the virtee project) computes the same launch digests and key digests, and ours accepts its signatures.
It and the crate sev compute the same of the pages of this installation's Keep, and it reads its VMSA as ours wrote it.

usage: sev_snp_measure.py BUILD    installs the peer below BUILD/peers only with ENARX_PEERS=1, which asks PyPI; the crate is one of rust/
"""
import base64
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import time
import venv

SOURCE = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else SOURCE / "build").resolve()
PROGRAM = str(BUILD / "enarx")
PEER = "sev-snp-measure==0.0.13"
ROOM = BUILD / "peers/python"
KEYS = SOURCE / "test/vectors/keys"
CRATE = BUILD / "peers/rust/release/peers"
ROUNDS = 50

# Runs inside the peer's own Python: cases on standard input, digests and seconds on standard output.
DRIVER = r"""
import json, sys, time
from sevsnpmeasure.gctx import GCTX
out = []
for case in json.load(sys.stdin):
    begun = time.perf_counter()
    context = GCTX(bytes.fromhex(case["seed"]))
    for kind, gpa, data in case["pages"]:
        page = bytes.fromhex(data)
        if kind == 1: context.update_normal_pages(gpa, page)
        elif kind == 2: context.update_vmsa_page(page)
        elif kind == 3: context.update_zero_pages(gpa, 4096)
        elif kind == 4: context.update_unmeasured_pages(gpa, 4096)
        elif kind == 5: context.update_secrets_page(gpa)
        else: context.update_cpuid_page(gpa)
    out.append([context.hex_ld(), time.perf_counter() - begun])
json.dump(out, sys.stdout)
"""
VMSA_GPA = 0xFFFFFFFFF000
DATA = "data_hex_then_zero_padded_to_4096"
SHIM = "snp"
KEEPS = (1, 2, 4, 8, 64)  # with so many vCPUs

# The peer's own layout of a VMSA: the fields that are not zero, from a page on standard input.
VMSA_DRIVER = r"""
import json, sys
from sevsnpmeasure.vmsa import SevEsSaveArea, VmcbSeg
area = SevEsSaveArea.from_buffer_copy(bytes.fromhex(sys.stdin.read()))
def value(field):
    return [field.selector, field.attrib, field.limit, field.base] if isinstance(field, VmcbSeg) else field if isinstance(field, int) else list(field)
found = {name: value(getattr(area, name)) for name, *_ in SevEsSaveArea._fields_}
json.dump({name: v for name, v in found.items() if (any(v) if isinstance(v, list) else v)}, sys.stdout)
"""
# docs/adr/0032: a 64-bit entry with paging on, as Linux's KVM measures it. What is of the image's own is left open.
DATA_SEGMENT = [0x18, 0xC93, 0xFFFFFFFF, 0]
WANTED_VMSA = {
    "es": DATA_SEGMENT, "cs": [0x10, 0xA9B, 0xFFFFFFFF, 0], "ss": DATA_SEGMENT, "ds": DATA_SEGMENT, "fs": DATA_SEGMENT, "gs": DATA_SEGMENT,
    "gdtr": None, "idtr": None, "tr": None, "efer": 0x1D01, "cr4": 0x50660, "cr3": None, "cr0": 0x80010033, "dr7": 0x400, "dr6": 0xFFFF0FF0,
    "rflags": 2, "rip": None, "rsp": None, "star": 0x23_0010_0000_0000, "lstar": None, "sfmask": 0x47700, "g_pat": 0x0007040600070406,
    "sev_features": 1, "xcr0": 7, "mxcsr": 0x1F80, "x87_fcw": 0x37F,
}


def python():
    """The peer's Python, or None with the reason said aloud."""
    found = ROOM / "bin/python"
    if found.exists():
        return str(found)
    if os.environ.get("ENARX_PEERS") != "1":
        return print("SKIP sev-snp-measure: it is not installed; ENARX_PEERS=1 installs it from PyPI")
    venv.create(ROOM, with_pip=True)
    done = subprocess.run([found, "-m", "pip", "install", "--quiet", PEER], check=False, capture_output=True, text=True)
    if done.returncode:
        return print(f"SKIP sev-snp-measure: PyPI gave none: {done.stderr.strip().splitlines()[-1]}")
    return str(found)


def random_case(seed):
    """Pages of all types in any order, from a fixed seed."""
    source = random.Random(seed)
    pages = []
    for _ in range(source.randrange(1, 40)):
        kind = source.randrange(1, 7)
        gpa = VMSA_GPA if kind == 2 else source.randrange(0, 1 << 40) << 12
        data = source.randbytes(source.randrange(1, 4096)).ljust(4096, b"\0") if kind in (1, 2) else b""
        pages.append((kind, gpa, data.hex()))
    return {"name": f"random-{seed}", "seed": source.randbytes(48).hex(), "pages": pages}


def ours(cases):
    def page(kind, gpa, data):
        return {"page_type": kind, "gpa": hex(gpa), **({"data_hex_then_zero_padded_to_4096": data} if data else {})}

    listed = [{"name": case["name"], "seed_launch_digest": case["seed"], "pages": [page(*p) for p in case["pages"]]} for case in cases]
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(listed, file)
        file.flush()
        done = subprocess.run([PROGRAM, "measure", "snp", "--pages", file.name], check=True, capture_output=True, text=True)
    return dict(line.split() for line in done.stdout.splitlines())


def compare_digests(peer):
    cases = [random_case(seed) for seed in range(ROUNDS)]
    done = subprocess.run([peer, "-c", DRIVER], input=json.dumps(cases), check=True, capture_output=True, text=True)
    mine = ours(cases)
    for case, (digest, _) in zip(cases, json.loads(done.stdout)):
        if mine[case["name"]] != digest:
            yield f"{case['name']}: we compute {mine[case['name']]}, the peer {digest}"


def keep_pages(folder, vcpus):
    """The pages of a Keep of this installation, as `enarx measure snp` writes them, and its digest."""
    listed = os.path.join(folder, f"pages-{vcpus}")
    done = subprocess.run([PROGRAM, "measure", "snp", "--shim", SHIM, "--vcpus", str(vcpus), "--write-pages", listed],
                          check=True, capture_output=True, text=True)
    return json.loads(pathlib.Path(listed).read_text()), done.stdout.split()[1]


def by_peer(peer, cases):
    """The peer's digests of lists of pages of ours."""
    asked = [{"seed": "00" * 48, "pages": [(page["page_type"], int(page["gpa"], 16), page.get(DATA, "").ljust(8192, "0") if DATA in page else "")
                                           for page in case["pages"]]} for case in cases]
    done = subprocess.run([peer, "-c", DRIVER], input=json.dumps(asked), check=True, capture_output=True, text=True)
    return [digest for digest, _ in json.loads(done.stdout)]


def by_crate(folder, cases):
    """The same by the crate sev; None where it is not built."""
    if not CRATE.exists():
        return print("SKIP sev: it is not built; ENARX_PEERS=1 test/peers/compare.py builds it")
    pathlib.Path(folder, "cases").write_text(json.dumps(cases))
    done = subprocess.run([CRATE, "--launch", os.path.join(folder, "cases")], check=True, capture_output=True, text=True)
    return [json.loads(line)["digest"] for line in done.stdout.splitlines()]


def compare_keeps(peer):
    with tempfile.TemporaryDirectory() as folder:
        cases, digests = zip(*(keep_pages(folder, vcpus) for vcpus in KEEPS))
        for name, theirs in (("sev-snp-measure", by_peer(peer, cases)), ("sev", by_crate(folder, cases))):
            for case, mine, digest in zip(cases, digests, theirs or []):
                if mine != digest:
                    yield f"Keep of {case['name']}: we compute {mine}, {name} {digest}"
    vmsa = next(page[DATA] for page in cases[0]["pages"] if page["page_type"] == 2).ljust(8192, "0")
    read = json.loads(subprocess.run([peer, "-c", VMSA_DRIVER], input=vmsa, check=True, capture_output=True, text=True).stdout)
    for field in {*read, *WANTED_VMSA}:
        if field not in read or field not in WANTED_VMSA or WANTED_VMSA[field] not in (None, read[field]):
            yield f"VMSA, {field}: the peer reads {read.get(field)}"


def compare_id_block(peer):
    """The peer's ID block and signatures, of keys that ours made, stand up to `enarx inspect`; key digests are equal."""
    with tempfile.TemporaryDirectory() as folder:
        def at(name):
            return os.path.join(folder, name)

        for key in ("id", "author"):
            subprocess.run([PROGRAM, "key", "sev", "create", "--out", at(key)], check=True)
        digest = base64.b64encode(random.Random(1).randbytes(48)).decode()
        made = subprocess.run([str(ROOM / "bin/snp-create-id-block"), "--measurement", digest, "--idkey", at("id"), "--authorkey", at("author")],
                              check=True, capture_output=True, text=True).stdout
        parts = made.split("\n")[0].split(",")
        for name, text in (part.split("=", 1) for part in parts):
            pathlib.Path(at(name)).write_bytes(base64.b64decode(text))
        checked = subprocess.run([PROGRAM, "inspect", at("id-auth"), at("id-block")], check=False, capture_output=True, text=True)
        if checked.returncode:
            yield f"the peer's ID block: {checked.stdout}{checked.stderr}"
        for key, label in (("id", "id_key_hash"), ("author", "author_key")):
            wanted = next(line for line in made.splitlines() if line.startswith(label + ":")).split(": ")[1]
            found = subprocess.run([PROGRAM, "key", "sev", "digest", at(key)], check=True, capture_output=True, text=True).stdout
            if base64.b64decode(wanted).hex() != found:
                yield f"digest of the {key} key: {found}, the peer has {base64.b64decode(wanted).hex()}"


def main():
    peer = python()
    if not peer:
        print("0 passed, 0 failed, 1 skipped")
        return 0
    begun = time.monotonic()
    wrong = [*compare_digests(peer), *compare_keeps(peer), *compare_id_block(peer)]
    for line in wrong:
        print(f"FAILED {line}")
    print(f"compared with {PEER} in {time.monotonic() - begun:.1f} s")
    tried = ROUNDS + 4 + len(KEEPS) * (2 if CRATE.exists() else 1)
    print(f"{tried - len(wrong)} passed, {len(wrong)} failed" + ("" if CRATE.exists() else ", 1 skipped"))
    return 1 if wrong else 0


sys.exit(main())
