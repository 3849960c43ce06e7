#!/usr/bin/env python3
"""What an SEV-SNP Keep gives out, report and certificates, by others' verifiers: Google's go-sev-guest, the crate `sev`, and VirTEE's
snpguest. Each takes it under the model's root alone, and not when a byte has changed.
"""
import functools
import json
import os
import re
import shutil
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../model/strangers"))
from model import model  # noqa: E402  first: it finds the harness
from harness import BUILD, PROGRAM, SOURCE, Skipped, contains, enarx, equal, execute, folder, guest, main, scratch, story, succeeded, true, write  # noqa: E402,E501
from cbor import decoded  # noqa: E402
from cryptography import x509  # noqa: E402
from cryptography.hazmat.primitives.serialization import Encoding  # noqa: E402
from report import KEYS, Report  # noqa: E402
from verdict import go_sev_guest, of_go, of_snpguest, snpguest  # noqa: E402

MOUNT = '[[files]]\nkind = "dir"\npath = "/dev/attestation"\nsource = "attestation"\n'
AMDS_ROOT = SOURCE / "src/attest/roots/amd-ark-milan.der"
CRATE = BUILD / "peers/rust/release/peers"  # of test/peers
# A byte of: version, policy, report data, measurement, host data, chip, TCB that was reported; R and S of the signature.
PARTS = {"version": 0x00, "policy": 0x08, "report data": 0x50, "measurement": 0x90, "host data": 0xC0, "reported TCB": 0x180, "chip": 0x1A0,
         "R": 0x2A0, "S": 0x2E8}


@functools.cache
def given(keys):
    """What a Keep hands to whoever asks, its host having this chain: its report, and the certificates beside it with the root of the model."""
    chain = write("chain.pem", (keys / "vcek.pem").read_bytes() + (keys / "ask.pem").read_bytes())
    line = [*model(), PROGRAM, "run", "--backend=snp", "--config", write("Enarx.toml", MOUNT), "--certificates", chain, guest("attestation"), "evidence",
            "for others to judge"]
    claims, rest = decoded(succeeded(execute(line, timeout=240)).out)
    equal(rest, b"")
    vcek, ask = re.findall(b"-----BEGIN.*?-----END CERTIFICATE-----\n", claims["certificates"], re.S)
    return Report(claims["report"]), {"vcek": vcek, "ask": ask, "ark": (keys / "ark.pem").read_bytes()}


def certificates(files):
    place = folder("given")
    for name, content in files.items():
        (place / f"{name}.pem").write_bytes(content)
    return place


def amds(files):
    """The same chain below AMD's own root."""
    return files | {"ark": x509.load_der_x509_certificate(AMDS_ROOT.read_bytes()).public_bytes(Encoding.PEM)}


def changed(report):
    for part, at in PARTS.items():
        raw = bytearray(report.raw)
        raw[at] ^= 1
        yield part, Report(bytes(raw))


def expected(report):
    return {"report_data": report.data.hex(), "measurement": succeeded(enarx("measure", "snp")).text.split()[-1]}


@story("go-sev-guest takes a Keep's report with its certificates under the model's root, and neither under AMD's nor with a byte changed", seconds=1500)
def by_go():
    go_sev_guest()
    report, files = given(KEYS / "as-amd")
    place, wanted = certificates(files), expected(report)
    contains(succeeded(of_go(report, certificates=place, **wanted)).text, "accepted")
    contains(of_go(report, "--amd", certificates=place, **wanted).text, "refused: VCEK could not be verified by any trusted roots")
    for part, other in changed(report):
        outcome = of_go(other, certificates=place)
        true(outcome.status == 1 and outcome.text.startswith("refused"), f"{part}: {outcome.text}")
    for name, other in (("report_data", "00" * 64), ("measurement", "11" * 48)):
        contains(of_go(report, certificates=place, **wanted | {name: other}).text, "refused")


@story("snpguest takes it under the model's root, and neither under AMD's nor with a byte changed", seconds=900)
def by_snpguest():
    snpguest()
    report, files = given(KEYS)
    place, wanted = certificates(files), expected(report)
    chain, signature = of_snpguest(report, place, **wanted)
    contains(succeeded(chain).text, "VCEK was signed by the AMD ASK")
    contains(succeeded(signature).text, "VEK signed the Attestation Report")
    true(of_snpguest(report, place, **wanted | {"measurement": "11" * 48})[1].status != 0, "another measurement")
    for part, other in changed(report):
        true(of_snpguest(other, place)[1].status != 0, f"{part} has changed")
    chain, _ = of_snpguest(report, certificates(amds(files)))
    true(chain.status != 0 and "ASK was signed by the AMD ARK" not in chain.text, chain.text)


def by_crate(report, files):
    """What the crate's verify() says of chain and report."""
    case = {"kind": "snp", "name": "a Keep's", "evidence": str(write("evidence.bin", report.raw))}
    for name, field in (("ark", "ark"), ("ask", "ask"), ("vcek", "leaf")):
        case[field] = str(write(f"{field}.der", x509.load_pem_x509_certificate(files[name]).public_bytes(Encoding.DER)))
    return json.loads(succeeded(execute([CRATE, write("cases", json.dumps([case]))])).text)["outcome"]


@story("the crate sev takes it under the model's root, and neither under AMD's nor with a byte changed", seconds=900)
def by_sev():
    if not CRATE.exists():
        raise Skipped("the crate's program is not built: ENARX_PEERS=1 test/peers/compare.py builds it")
    report, files = given(KEYS)
    equal(by_crate(report, files), "accepted")
    equal(by_crate(report, amds(files)), "refused")
    for part, other in changed(report):
        equal((part, by_crate(other, files)), (part, "refused"))


@story("under the root of another model each of them refuses it", seconds=900)
def other_model():
    keys = scratch("other-keys")
    shutil.rmtree(keys, ignore_errors=True)
    keys.mkdir()
    succeeded(execute([*model(), "--make-keys", keys], timeout=300))
    report, files = given(KEYS)
    if CRATE.exists():
        equal(by_crate(report, files | {"ark": (keys / "ark.pem").read_bytes()}), "refused")
    go_sev_guest()
    report, files = given(KEYS / "as-amd")
    theirs = {name: (keys / "as-amd" / f"{name}.pem").read_bytes() for name in ("ark", "ask")}
    contains(of_go(report, certificates=certificates(files | theirs)).text, "refused")


if __name__ == "__main__":
    main()
