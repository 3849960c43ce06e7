#!/usr/bin/env python3
"""sev-snp-measure (PyPI, by the virtee project) computes the same launch digests and key digests, and ours accepts its signatures.

usage: sev_snp_measure.py BUILD    installs the peer below BUILD/peers only with ENARX_PEERS=1, which asks PyPI
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
    wrong = [*compare_digests(peer), *compare_id_block(peer)]
    for line in wrong:
        print(f"FAILED {line}")
    print(f"compared with {PEER} in {time.monotonic() - begun:.1f} s")
    print(f"{ROUNDS + 3 - len(wrong)} passed, {len(wrong)} failed")
    return 1 if wrong else 0


sys.exit(main())
