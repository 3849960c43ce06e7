#!/usr/bin/env python3
"""Whom evidence is believed by: roots count for their own vendor, certificates are no evidence, and only the kinds asked for count."""
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "scenario"))
from harness import *  # noqa: E402,F403

VECTORS = SOURCE / "test/vectors"  # the committed part: all of this is in it
ENTRIES = json.loads((VECTORS / "MANIFEST.json").read_text())["vectors"]
ROOTS = SOURCE / "src/attest/roots"
ROOT_OF = {"amd-milan": "amd-ark-milan.der", "amd-genoa": "amd-ark-genoa.der", "amd-turin": "amd-ark-turin.der",
           "intel": "intel-sgx-root-ca.der", "aws": "aws-nitro-root-g1.der"}
AT = "2024-01-15T00:00:00Z"
NONCE, PROGRAM_DIGEST = "42" * 64, "17" * 48


def evidence():
    """One good piece of each vendor, with what belongs to it and a time when it is good."""
    report = next(e for e in ENTRIES if e["kind"] == "snp-report" and e["positive"] and e["product"] == "milan")
    quote = next(e for e in ENTRIES if e["kind"] == "tdx-quote-v4" and e["positive"])
    document = next(e for e in ENTRIES if e["kind"] == "nitro-cose-sign1" and e["positive"])
    yield "amd-milan", report, report["expected"]["use_with"], report["expected"]["valid_window"][0]
    yield "intel", quote, [], quote["expected"]["chain_valid_window"][0]
    yield "aws", document, [], document["expected"]["evaluate_at"]


def verify(entry, given, at, *more):
    import datetime
    time = datetime.datetime.fromisoformat(at.replace("Z", "+00:00")) + datetime.timedelta(seconds=2)
    line = [x for path in given for x in ("--endorsements", VECTORS / path)]
    if entry["kind"] != "nitro-cose-sign1":
        time += datetime.timedelta(hours=24)
    return enarx("verify", "--json", "--policy", "authentic", "--at", time.strftime("%Y-%m-%dT%H:%M:%SZ"), *line, *more,
                 VECTORS / entry["path"])


def failed(answer):
    return {r["rule"].split(".", 1)[1] for r in answer["rules"] if r["outcome"] == "failed"}


@story("a root ends chains of its own vendor and processor and no others, whatever evidence it is given for", seconds=120)
def purposes():
    for vendor, entry, given, at in evidence():
        for purpose in ROOT_OF:
            outcome = verify(entry, given, at, "--root", f"{purpose}:{ROOTS / ROOT_OF[vendor]}")
            answer = json.loads(outcome.text)
            equal(answer["exit_status"], 0 if purpose == vendor else 1)
            equal(answer["roots"][0]["for"], [purpose])
            true(answer["roots"][0]["for_was_given"], answer["roots"])
            if purpose != vendor:
                true("chain.root" in failed(answer), failed(answer))


@story("a root without a purpose counts for the evidence at hand, and the answer says for which")
def at_hand():
    for vendor, entry, given, at in evidence():
        outcome = verify(entry, given, at, "--root", ROOTS / ROOT_OF[vendor])
        answer = json.loads(outcome.text)
        equal(answer["exit_status"], 0)
        true(vendor in answer["roots"][0]["for"] and not answer["roots"][0]["for_was_given"], answer["roots"])
        wrong = next(name for name in ROOT_OF if name.split("-")[0] != vendor.split("-")[0])
        equal(json.loads(verify(entry, given, at, "--root", ROOTS / ROOT_OF[wrong]).text)["exit_status"], 1)
    (_, report, given, at), (_, quote, _, _), _ = evidence()
    refused(verify(report, given, at, "--root", ROOTS / ROOT_OF["intel"], VECTORS / quote["path"]), 2, "--root without a purpose, and evidence of intel and of amd")
    outcome = enarx("verify", "--policy", "authentic", "--at", AT, "--root", ROOTS / ROOT_OF["amd-milan"],
                    VECTORS / report["path"])
    contains(outcome.text, "trusted for amd, which is what this evidence is of, in the place of the built-in ones")


@story("a key of a platform is told with the answer, wherever it was given")
def keys():
    _, report, given, at = next(evidence())
    key = VECTORS / next(e for e in ENTRIES if e["kind"] == "cca-trust-anchor")["path"]
    (folder := scratch("endorsements")).mkdir()
    (folder / "key.json").write_bytes(key.read_bytes())
    for option, file, path in (("--root", f"arm:{key}", key), ("--root", key, key), ("--endorsements", folder, folder / "key.json")):
        answer = json.loads(verify(report, given, at, option, file).text)
        equal([r for r in answer.get("roots", []) if r["for"] == ["arm"]], [{"source": str(path), "for": ["arm"], "for_was_given": True}])
    contains(enarx("verify", "--at", AT, "--endorsements", folder, VECTORS / report["path"]).text, f"key     {folder / 'key.json'}, trusted for arm")


@story("a root that its own key did not sign, or that is damaged, is refused, and so is a key for a vendor that has none")
def damaged():
    _, report, given, at = next(evidence())
    whole = (ROOTS / ROOT_OF["amd-milan"]).read_bytes()
    for name, content in (("bit", whole[:-1] + bytes([whole[-1] ^ 1])), ("name", whole.replace(b"ARK-Milan", b"ARK-Milam")),
                          ("key", whole[:400] + bytes([whole[400] ^ 1]) + whole[401:])):
        for prefix in ("", "amd:"):
            outcome = verify(report, given, at, "--root", f"{prefix}{write(name, content)}")
            true(outcome.status == 1 and "accepted" not in outcome.text, f"{name}: {outcome.text}")
            contains(outcome.errors, "endorsement-unusable")
    key = VECTORS / next(e for e in ENTRIES if e["kind"] == "cca-trust-anchor")["path"]
    refused(verify(report, given, at, "--root", f"amd:{key}"), 2, "a key")
    refused(verify(report, given, at, "--root", f"arm:{ROOTS / ROOT_OF['aws']}"), 2, "no key")
    refused(verify(report, given, at, "--root", f"adm-milan:{ROOTS / ROOT_OF['aws']}"), 2, "'adm-milan' is nothing that a root is for")
    refused(verify(report, given, at, "--root", "/no/such:file"), 2, "no file '/no/such:file'")


@story("a certificate is no evidence, whatever is expected of it, and --certificate says so with its answer")
def certificates():
    chains = [x for e in ENTRIES if e["kind"] in ("amd-root-chain", "amd-crl") for x in ("--endorsements", VECTORS / e["path"])]
    for entry in [e for e in ENTRIES if e["kind"] in ("amd-vcek-cert", "amd-vlek-cert", "amd-ask-cert") and e["positive"]]:
        path = VECTORS / entry["path"]
        for more in ((), ("--report-data", NONCE, "--measurement", PROGRAM_DIGEST)):
            outcome = enarx("verify", "--at", AT, *chains, *more, path)
            true(outcome.status == 1 and "accepted" not in outcome.text, outcome.text)
            contains(outcome.text, "an endorsement and no evidence: give it with --endorsements")
        at = entry["fields"]["not_before"][:10] + "T23:59:59Z"
        outcome = enarx("verify", "--certificate", "--policy", "authentic", "--at", at, *chains, path)
        contains(outcome.text, "It is no evidence of a Keep", "a good chain (certificate, an endorsement)")
        true("accepted" not in outcome.text, outcome.text)
        equal(outcome.status, 0)
        refused(enarx("verify", "--certificate", "--report-data", NONCE, *chains, path), 2, "--certificate")


@story("evidence of a kind that is not accepted is refused for that alone, and kinds have names")
def kinds():
    for vendor, entry, given, at in evidence():
        own = {"amd-milan": "snp", "intel": "tdx", "aws": "nitro"}[vendor]
        equal(verify(entry, given, at, "--kind", own).status, 0)
        equal(verify(entry, given, at, "--kind", f"cca,{own},csr").status, 0)
        outcome = verify(entry, given, at, "--kind", "cca,sgx")
        equal(outcome.status, 1)
        equal({r["rule"] for r in json.loads(outcome.text)["rules"] if r["outcome"] == "failed"}, {"evidence.kind"})
        for wrong in ("", "sev", "snp,", "snp tdx"):
            refused(verify(entry, given, at, "--kind", wrong), 2, "--kind")


@story("a policy that sets values of one kind leaves evidence of another undecided, until its kind is named")
def values_of_one_kind():
    for vendor, entry, given, at in evidence():
        own = {"amd-milan": "snp", "intel": "tdx", "aws": "nitro"}[vendor]
        for section, value in (("snp", "chip-ids = []"), ("sgx", "mr-signers = []"), ("tdx", "mr-seams = []")):
            policy = write("policy.toml", f'base = "authentic"\n[{section}]\n{value}\n')
            answer = json.loads(verify(entry, given, at, "--policy", policy).text)
            # Of its own kind: compared, and an empty list allows nothing.
            equal(answer["exit_status"], 1 if section == own else 3)
            if section == own:
                continue
            finding = next(r for r in answer["rules"] if r["rule"] == "evidence.expectations")
            equal(finding["outcome"], "undecided")
            contains(json.dumps(finding), f"[{section}]", f"--kind {own}")
            equal(verify(entry, given, at, "--policy", policy, "--kind", own).status, 0)


if __name__ == "__main__":
    main()
