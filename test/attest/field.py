#!/usr/bin/env python3
"""Files from the field: what guests of clouds and users of other projects have in hand, as they have it.

test/vectors/field/MANIFEST.json says where each comes from, under which licence, and what is right for it; WANTED below says
that of those on which it is silent. No file is left out.
"""
import hashlib
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "scenario"))
from harness import *  # noqa: E402,F403

FIELD = SOURCE / "test/vectors/field"
VECTORS = SOURCE / "test/vectors"
ENTRIES = json.loads((FIELD / "MANIFEST.json").read_text())["entries"]
PERMISSIVE = {"Apache-2.0", "MIT"}
ACCEPTED, REFUSED, UNDECIDED = 0, 1, 3
TEST_KEY = "public part of cca/ec.p256.jwk"  # the file itself holds the private one, too, and is refused for it
MILAN = ["--endorsements", VECTORS / "roots/amd-milan-vcek-chain.pem"]
GENOA = ["--endorsements", VECTORS / "roots/amd-genoa-vcek-chain.pem"]

# path: exit status of `enarx verify` under authentic, the time, what is given along, words of the answer.
WANTED = {
    "snp/azure-2026-07.evidence.json": (ACCEPTED, "2026-07-20T12:00:00Z", [], ["inside  field /snp_report, base64"]),
    "snp/azure-coco-v2.evidence.json": (ACCEPTED, "2026-01-01T00:00:00Z", MILAN,
                                        ["inside  field /hcl_report, base64, byte 32 of an Azure HCL report"]),
    "snp/azure-coco-v0.hcl.bin": (ACCEPTED, "2024-01-01T00:00:00Z", ["--endorsements", FIELD / "snp/azure-coco-v0.vcek-chain.pem"],
                                  ["inside  byte 32 of an Azure HCL report"]),
    "snp/azure-coco-genoa.evidence.json": (ACCEPTED, "2026-01-01T00:00:00Z", GENOA, ["inside  field /report, byte 32"]),
    "snp/genoa-v5-live.evidence.json": (ACCEPTED, "2026-06-01T00:00:00Z", GENOA, ["field /evidence/attestation_report, base64"]),
    "snp/azure-imds.evidence.json": (ACCEPTED, "2026-01-01T00:00:00Z", MILAN, ["inside  field /evidence/hcl_report, base64, byte 32"]),
    "snp/azure-imds.hcl.bin": (UNDECIDED, "2026-01-01T00:00:00Z", [], ["snp.leaf.present"]),
    "snp/tsm-report.cbor": (ACCEPTED, "2026-01-01T00:00:00Z", [], ["inside  field outblob"]),
    "snp/tsm-report.json": (ACCEPTED, "2026-01-01T00:00:00Z", [], ["inside  field /outblob, base64"]),
    "openpcc/azure_sevsnp_report.txt": (UNDECIDED, "2026-01-01T00:00:00Z", [], ["PEM block REPORT, byte 32 of an Azure HCL report"]),
    "openpcc/gce_sevsnp_report.txt": (UNDECIDED, "2026-01-01T00:00:00Z", [], ["PEM block REPORT", "snp.leaf.present"]),
    "openpcc/azure_tdx_report.txt": (ACCEPTED, "2026-01-01T00:00:00Z", [], ["PEM block QUOTE"]),
    "openpcc/gce_tdx_report.txt": (ACCEPTED, "2026-01-01T00:00:00Z", [], ["PEM block REPORT"]),
    "snp/openpcc-azure-genoa.hcl.bin": (UNDECIDED, "2026-01-01T00:00:00Z", [], ["snp.leaf.present"]),
    "snp/dstack.attestation.bin": (UNDECIDED, "2026-01-01T00:00:00Z", [], ["inside  byte 4"]),
    "snp/cocos-vmpl2.report.bin": (UNDECIDED, "2026-01-01T00:00:00Z", [], ["inside  the first 1184 bytes", "snp.leaf.present"]),
    "tdx/gcp-2026-07-21-b.quote.bin": (ACCEPTED, "2026-07-21T12:00:00Z", [], []),
    "tdx/attested-tls.hcl.bin": (REFUSED, "2026-01-01T00:00:00Z", [], ["an Azure HCL report of TDX", "TDREPORT", "quote"]),
    "tdx/az.hcl.bin": (REFUSED, "2026-01-01T00:00:00Z", [], ["an Azure HCL report of TDX", "TDREPORT", "quote"]),
    "tdx/az.evidence.json": (ACCEPTED, "2026-01-01T00:00:00Z", [], ["inside  field /td_quote, base64"]),
    "tdx/dstack-quote-report.json": (ACCEPTED, "2026-01-01T00:00:00Z", [], ["inside  field /quote, hexadecimal"]),
    "tdx/dcap-qvl-tdx-quote.hex": (REFUSED, "2026-01-01T00:00:00Z", [], ["looks like hexadecimal"]),
    "tdx/dcap-qvl-tappd.quote.bin": (ACCEPTED, "2025-01-01T00:00:00Z", [], []),
    "tdx/live.tdreport.bin": (REFUSED, "2026-01-01T00:00:00Z", [], ["TDREPORT", "enarx inspect"]),
    "sgx/inclavare-tls-cert.pem": (ACCEPTED, "2022-01-01T00:00:00Z", [], ["PEM block CERTIFICATE"]),
    "nitro/dstack.wrapper.bin": (ACCEPTED, "2025-12-25T16:10:00Z", [], ["inside  byte 4"]),
    "nitro/nsm-qvl.wrapper.bin": (ACCEPTED, "2025-12-25T16:10:00Z", [], ["inside  byte 4"]),
    "nitro/dstack-dbg.wrapper.bin": (ACCEPTED, "2025-12-25T10:00:00Z", [], ["inside  byte 4"]),
    "nitro/evervault.b64": (REFUSED, "2023-09-18T15:10:00Z", [], ["looks like base64"]),
    "nitro/evervault.cose": (ACCEPTED, "2023-09-18T15:10:00Z", [], []),
    "cca/veraison-e2e.cbor": (ACCEPTED, "2026-01-01T00:00:00Z", [TEST_KEY], []),
    "cca/veraison-good.cbor": (ACCEPTED, "2026-01-01T00:00:00Z", [TEST_KEY], []),
    "cca/tf-rmm.cbor": (UNDECIDED, "2026-01-01T00:00:00Z", [], ["cca.platform.key"]),
    "cca/token-02.cbor": (UNDECIDED, "2026-01-01T00:00:00Z", [], ["cca.platform.key"]),
    "cca/parsec.cbor": (REFUSED, "2026-01-01T00:00:00Z", [], ["byte 0"]),
    "cca/psa-evidence.cbor": (REFUSED, "2026-01-01T00:00:00Z", [], ["a COSE_Sign1 of another kind (algorithm -7)"]),
}

# What is no evidence: endorsements, keys and logs, and whether `enarx collateral pack` takes them.
ENDORSEMENTS = ("snp/azure-coco-v0.vcek-chain.pem", "snp/caci.thim-uvm_host_amd_certificate.json", "snp/caci.thim-host-amd-cert-base64",
                "snp/dstack.ask.pem", "snp/coco-genoa_ask_ark_asvk.pem", "snp/coco-milan_ask_ark_asvk.pem",
                "snp/coco-turin_ask_ark_asvk.pem", "snp/sev-vcek_turin.der", "snp/sev-cert_chain_turin.pem",
                "collateral/pck_crl_platform.der")
OTHERS = {"openpcc/sev_certificates.txt": "PEM", "cca/ec.p256.jwk": "platform keys", "cca/ec.p384.jwk": "platform keys",
          "tdx/live.ccel.bin": "event log", "tdx/live2.ccel.bin": "event log"}


def public_key():
    whole = json.loads((FIELD / "cca/ec.p256.jwk").read_text())
    return write("cpak.jwk", json.dumps({name: value for name, value in whole.items() if name != "d"}).encode())


def verify(path, at, *more, policy="authentic"):
    if TEST_KEY in more:
        more = ("--root", public_key())
    return enarx("verify", "--policy", policy, "--at", at, *more, FIELD / path)


@story("each file is the one of the manifest, under a permissive licence, and judged here")
def whole():
    for entry in ENTRIES:
        path = entry["path"]
        equal(hashlib.sha256((FIELD / path).read_bytes()).hexdigest(), entry["sha256"])
        true(entry["licence"] in PERMISSIVE and entry["repo"] and entry["commit"], entry)
        true((path in WANTED) + (path in ENDORSEMENTS) + (path in OTHERS) == 1, f"{path} is judged once")
    equal(len(ENTRIES), len(WANTED) + len(ENDORSEMENTS) + len(OTHERS))


@story("evidence of clouds and projects, in whatever it comes, is judged as it is, and the answer says where it stood", seconds=240)
def evidence():
    wrong = []
    for path, (status, at, more, words) in WANTED.items():
        outcome = verify(path, at, *more)
        missing = [w for w in words if w not in outcome.text]
        if outcome.status != status or missing:
            wrong.append(f"{path}: exit status {outcome.status} instead of {status}, without {missing}:\n{outcome.text}{outcome.errors}")
    true(not wrong, "\n".join(wrong))


@story("a debug enclave is refused by strict for that, and quotes below a level of Intel's list for that")
def strict():
    outcome = verify("nitro/dstack-dbg.wrapper.bin", "2025-12-25T10:00:00Z", policy="strict")
    equal(outcome.status, REFUSED)
    contains(outcome.text, "nitro.enclave.debug")
    collateral = [VECTORS / "tdx/collateral" / name for name in ("tcbinfo-b0c06f000000-v3-eval17-2025-06-19.json",
                                                                "tdqeidentity-v2-eval17-2025-06-19.json")]
    given = [x for path in (*collateral, VECTORS / "roots/intel-tcb-signing-2025-2032.der") for x in ("--endorsements", path)]
    outcome = verify("tdx/dcap-qvl-tappd.quote.bin", "2025-07-01T00:00:00Z", *given)
    equal(outcome.status, REFUSED)
    contains(outcome.text, "dcap.tcb.level")
    true("nitro.enclave.debug" not in verify("nitro/dstack.wrapper.bin", "2025-12-25T16:10:00Z", policy="strict").text, "a debug enclave")


@story("certificates and lists in every form that clouds and projects keep them in are endorsements, and no evidence")
def endorsements():
    for path in ENDORSEMENTS:
        succeeded(enarx("collateral", "pack", "--out", scratch(pathlib.Path(path).name), FIELD / path))
        outcome = verify(path, "2026-01-01T00:00:00Z")
        equal(outcome.status, REFUSED)
        contains(outcome.text, "an endorsement and no evidence")
    refused(enarx("collateral", "pack", "--out", scratch("words"), FIELD / "openpcc/sev_certificates.txt"), 1, "PEM blocks and nothing else",
            name="endorsement-unusable")


@story("enarx inspect knows each of them, and of a log whether it belongs to its quote")
def inspected():
    for entry in ENTRIES:
        path = entry["path"]
        outcome = enarx("inspect", "--json", FIELD / path)
        if path in OTHERS and path.endswith(".txt") or path in ("cca/parsec.cbor", "cca/psa-evidence.cbor"):
            continue
        if path.endswith((".hex", ".b64")):
            contains(outcome.errors, "looks like")
            continue
        true(outcome.status in (0, 1) and outcome.text, f"{path}: {outcome.status} {outcome.errors}")
        if path in WANTED and any(w.startswith("inside") for w in WANTED[path][3]):
            true(json.loads(outcome.text).get("inside"), f"{path}: {outcome.text[:300]}")


if __name__ == "__main__":
    main()
