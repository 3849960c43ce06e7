#!/usr/bin/env python3
"""Every vector of a MANIFEST.json gives the outcome that it names, from the built command. No vector is named here.

ENARX_VECTORS     the folder of the set (default: the whole set beside the sources, or else test/vectors)
ENARX_BUILD_DIR   the build folder (default: build beside test)
"""
import datetime
import hashlib
import json
import os
import pathlib
import subprocess
import sys

SOURCE = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("ENARX_BUILD_DIR") or SOURCE / "build")
PROGRAM = str(BUILD / "enarx")
ACCEPTED, REFUSED, UNDECIDED = 0, 1, 3

QUOTES = ("sgx-quote", "sgx-quote-v3", "sgx-quote-v4", "sgx-quote-v5", "tdx-quote-v4", "tdx-quote-v5")
CERTIFICATES = ("amd-vcek-cert", "amd-vlek-cert", "amd-ask-cert")
DOCUMENTS = ("intel-tcbinfo", "intel-qe-identity")

# What a reason of the manifest says -> the rules one of which has to fail. The first phrase found counts.
RULES = [
    ("binding is", ("cca.binding",)),
    ("not hash(RAK)", ("cca.binding",)),
    ("platform token", ("cca.platform.signature", "cca.platform.claims")),
    ("realm token", ("cca.realm.signature", "cca.realm.claims", "cca.binding")),
    ("not ES384", ("nitro.document.algorithm",)),
    ("malformed CBOR", ("nitro.document.form", "cca.token.form")),
    ("tag ", ("cca.token.form",)),
    ("DER is malformed", ("nitro.certificates.form", "nitro.chain.signature", "nitro.document.signature")),
    ("leaf not signed", ("nitro.chain.signature",)),
    ("COSE signature", ("nitro.document.signature",)),
    ("not the AWS Nitro root", ("nitro.chain.root",)),
    ("expired", ("nitro.chain.validity", "snp.chain.validity", "dcap.chain.validity")),
    ("notAfter", ("snp.chain.validity",)),
    ("evoked", ("snp.crl.clean", "dcap.crl.clean")),
    ("REVOKED", ("snp.crl.clean", "dcap.crl.clean")),
    ("another chip", ("snp.leaf.hwid",)),
    ("not by SEV-", ("snp.leaf.issuer",)),
    ("not 1184 bytes", ("snp.report.size",)),
    ("unknown algorithm", ("snp.report.signature-algorithm",)),
    ("r,s out of range", ("snp.report.signature",)),
    ("signature does not verify", ("snp.report.signature",)),
    ("test root", ("dcap.chain.root", "dcap.pck.present")),
    ("certification data type 3", ("dcap.pck.present",)),
    ("pinned Intel", ("dcap.chain.root",)),
    ("not signed by this PCK", ("dcap.qe.signature",)),
    ("incomplete chain", ("dcap.certification.chain",)),
    ("chain signature", ("dcap.chain.signature", "dcap.certification.form", "dcap.certification.chain")),
    ("certificate signature", ("dcap.chain.signature",)),
    ("ASK signature", ("snp.chain.signature", "snp.certificate.form")),
    ("truncated", ("dcap.quote.size", "dcap.certification.form")),
    ("length overflow", ("dcap.quote.size", "dcap.certification.form", "nitro.document.form")),
    ("signature/binding", ("dcap.quote.signature", "dcap.qe.signature", "dcap.qe.binding", "dcap.quote.version",
                           "dcap.quote.key-type", "dcap.quote.tee-type")),
    ("signature", ("endorsements.verified", "dcap.collateral.signature")),
]


class Wrong(Exception):
    """A vector did not come out as its manifest says."""


def find_vectors():
    if os.environ.get("ENARX_VECTORS"):
        return pathlib.Path(os.environ["ENARX_VECTORS"])
    whole = SOURCE / "../shared/vectors"
    if (whole / "MANIFEST.json").exists():
        return whole.resolve()
    print("SKIP whole vector set: ENARX_VECTORS is not set; the committed part is used")
    return SOURCE / "test/vectors"


FOLDER = find_vectors()
VECTORS = json.loads((FOLDER / "MANIFEST.json").read_text())["vectors"]


def of_kind(*kinds, positive=True):
    return [v["path"] for v in VECTORS if v["kind"] in kinds and v["positive"] is positive]


def verify(evidence, *, at, endorsements=(), policy="authentic", roots=(), more=()):
    """The JSON of `enarx verify`, with the exit status that has to be the same."""
    line = [PROGRAM, "verify", "--json", "--policy", policy, "--at", at, *more]
    for path in endorsements:
        line += ["--endorsements", str(FOLDER / path)]
    for path in roots:
        line += ["--root", str(FOLDER / path)]
    done = subprocess.run([*line, str(FOLDER / evidence)], capture_output=True, timeout=60)
    if not done.stdout:
        return {"exit_status": done.returncode, "rules": [], "claims": None, "error": done.stderr.decode()}
    answer = json.loads(done.stdout)
    if answer["exit_status"] != done.returncode:
        raise Wrong(f"exit status {done.returncode}, but {answer['exit_status']} in the JSON")
    return answer


def not_passed(answer):
    return [f"{r['rule']} {r['outcome']}: {r.get('found')}" for r in answer["rules"]
            if r["outcome"] in ("failed", "undecided")] or answer.get("error")


def expect(answer, status, claims=True):
    if answer["exit_status"] != status:
        raise Wrong(f"exit status {answer['exit_status']} instead of {status}: {not_passed(answer)}")
    expect_places(answer)
    if (answer["claims"] is not None) != (status == ACCEPTED and claims):
        raise Wrong("claims without acceptance, or none with it")
    return answer


def expect_places(answer):
    """What failed is named with its field."""
    for rule in answer["rules"]:
        if rule["outcome"] == "failed" and not (rule.get("field") and rule.get("expected") and rule.get("found")):
            raise Wrong(f"no field, or nothing expected or found: {rule}")


def expect_refusal(answer, reason):
    rules = next((rules for phrase, rules in RULES if phrase in reason), None)
    if rules is None:
        raise Wrong(f"no rule is known for the reason {reason!r}")
    expect(answer, REFUSED)
    failed = {r["rule"] for r in answer["rules"] if r["outcome"] == "failed"}
    if not failed & set(rules):
        raise Wrong(f"none of {rules} failed, but {sorted(failed)}: {answer.get('error')}")


def moment(text, hours=0):
    time = datetime.datetime.fromisoformat(text.replace("Z", "+00:00")) + datetime.timedelta(hours=hours)
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


def not_before(path):
    """Of the vector's certificate, a day later: within its window."""
    entry = next(v for v in VECTORS if v["path"] == path)
    return moment(entry["fields"]["not_before"], 24)


def same(found, wanted, where):
    if isinstance(wanted, dict):
        for key, value in wanted.items():
            if key not in found:
                raise Wrong(f"{where} has no {key}")
            same(found[key], value, f"{where}.{key}")
    elif isinstance(found, bool) and isinstance(wanted, int):
        same(int(found), int(wanted), where)
    elif found != wanted:
        raise Wrong(f"{where} is {found!r} instead of {wanted!r}")


# Fields of the manifest that are no fields of a manual, or stand elsewhere.
def snp_fields(fields):
    out = {k: v for k, v in fields.items() if not k.endswith(("_raw", "_version"))}
    for absent in ("flags", "product_from_cpuid", "policy_bits_raw", "cpuid", "cpuid_step"):
        out.pop(absent, None)
    for tcb in ("reported_tcb", "current_tcb", "committed_tcb", "launch_tcb"):
        names = {"bl": "boot_loader", "ucode": "microcode"}
        out[tcb] = {names.get(k, k): v for k, v in fields[tcb].items()}
    return out


def quote_fields(fields):
    out = {**{k: v for k, v in fields.items() if k != "body"}, **fields["body"]}
    for absent in ("auth_size", "quote_size", "outer_cert_type", "cert_type", "body_type", "body_size", "pck_issuer",
                   "pck_serial", "padding", "trailing_padding"):
        out.pop(absent, None)
    return out


CCA_NAMES = {"265": "profile", "10": "challenge", "2396": "implementation-id", "256": "instance-id", "2401": "config",
             "2395": "lifecycle", "2402": "hash-algo-id", "2400": "service-indicator", "44236": "hash-algo-id",
             "44240": "public-key-hash-algo-id", "44235": "personalization-value", "44237": "public-key",
             "44238": "initial-measurement", "44239": "extensible-measurements"}


def cca_fields(fields):
    return {f"cca-{part}-{CCA_NAMES[label]}": value for part in ("platform", "realm")
            for label, value in fields[part].items() if label in CCA_NAMES}


def judge_report(vector):
    expected = vector["expected"]
    use = expected["use_with"]
    leaf = next(p for p in use if p.endswith(".der"))
    at = moment(expected["valid_window"][0], 24) if vector["positive"] else not_before(leaf)
    answer = verify(vector["path"], at=at, endorsements=use)
    if not vector["positive"]:
        return expect_refusal(answer, expected["reason"])
    same(expect(answer, ACCEPTED)["claims"], snp_fields(vector["fields"]), "claims")
    first, last = expected["valid_window"]
    for late in (moment(first, -1), moment(last, 1)):
        expect_refusal(verify(vector["path"], at=late, endorsements=use), "expired")
    strict = verify(vector["path"], at=at, endorsements=use, policy="strict")
    return expect(strict, REFUSED if strict_fails(strict) else UNDECIDED)


def strict_fails(answer):
    return any(r["outcome"] == "failed" for r in answer["rules"])


def judge_certificate(vector):
    at = moment(vector["fields"]["not_before"], 24) if "fields" in vector else "2024-01-01T00:00:00Z"
    known = of_kind("amd-root-chain") + of_kind("amd-crl")
    expect(verify(vector["path"], at=at, endorsements=known), REFUSED)  # as evidence
    answer = verify(vector["path"], at=at, endorsements=known, more=["--certificate"])
    if "no evidence of a Keep" not in answer["warning"] or "accept" in answer["verdict"]:
        raise Wrong(f"a certificate passes for more than it is: {answer['verdict']}")
    if vector["positive"]:
        return expect(answer, ACCEPTED, claims=False)
    return expect_refusal(answer, vector["expected"].get("reason") or "ASK signature")


def judge_quote(vector):
    expected = vector["expected"]
    if vector["positive"] is None:
        answer = verify(vector["path"], at="2025-06-01T00:00:00Z")
        print(f"depends, by the manifest: {vector['path']}: exit status {answer['exit_status']}, {not_passed(answer)}")
        return None
    if vector["positive"] is False:
        reason = expected.get("reason") or expected["conclusion"]
        return expect_refusal(verify(vector["path"], at="2025-06-01T00:00:00Z"), reason)
    first, last = expected["chain_valid_window"]
    answer = expect(verify(vector["path"], at=moment(first, 24)), ACCEPTED)
    same(answer["claims"], quote_fields(vector["fields"]), "claims")
    for late in (moment(first, -1), moment(last, 1)):
        expect_refusal(verify(vector["path"], at=late), "expired")
    expect(verify(vector["path"], at=moment(first, 24), policy="strict"), REFUSED if vector["fields"]["body"]["debug"]
           or strict_fails(verify(vector["path"], at=moment(first, 24), policy="strict")) else UNDECIDED)
    for evaluation in expected["tcb_evaluations"]:
        if (FOLDER / evaluation["tcbinfo"]).exists():
            judge_evaluation(vector, evaluation, first)
    return None


def policy_without(*rules):
    path = BUILD / "test-policy.toml"
    path.write_text('base = "authentic"\n[rules]\n' + "".join(f"{rule} = false\n" for rule in rules))
    return str(path)


def judge_evaluation(vector, evaluation, chain_from):
    """One TCB info with the identity of the quoting enclave that is nearest in date."""
    start, end = (moment(t) for t in evaluation["window"])
    at = max(start, min(end, moment(chain_from)))
    off = ["dcap.collateral.issued"] + (["dcap.chain.validity"] if at < moment(chain_from) else [])
    given = [evaluation["tcbinfo"], *of_kind("intel-tcb-signing-cert")]
    if "qe_identity" in evaluation:
        given.append(evaluation["qe_identity"])
    answer = verify(vector["path"], at=at, endorsements=given, policy=policy_without(*off))
    where = evaluation["tcbinfo"]
    status = evaluation["converged_status"]
    if status == "NotFound":
        expect(answer, REFUSED)
        if not any(r["rule"] == "dcap.tcb.level" and r["outcome"] == "failed" for r in answer["rules"]):
            raise Wrong(f"{where}: no level fits, but dcap.tcb.level did not fail")
        return
    claims = expect(answer, ACCEPTED)["claims"]
    same(claims["tcb_status"], status, where)
    same(claims["platform_tcb"], {"tcb_status": evaluation["platform_status"], "tcb_date": evaluation["tcb_date"],
                                  "advisory_ids": evaluation["advisories"]}, where)
    if "qe_identity" in evaluation:
        same(claims["quoting_enclave_tcb"]["tcb_status"], evaluation["qe_status"], where)
    if "module_status" in evaluation:
        same(claims["tdx_module_tcb"]["tcb_status"], evaluation["module_status"], where)


def judge_nitro(vector):
    expected = vector["expected"]
    if not vector["positive"]:
        base = next((v for v in VECTORS if v["path"] == vector["provenance"].get("derived_from")), None)
        at = base["expected"]["evaluate_at"] if base else "2023-01-01T00:00:00Z"
        return expect_refusal(verify(vector["path"], at=moment(at)), expected["reason"])
    at = moment(expected["evaluate_at"], 1 / 3600)
    same(expect(verify(vector["path"], at=at), ACCEPTED)["claims"],
         {**vector["fields"], "debug": expected["debug_mode"]}, "claims")
    strict = expect(verify(vector["path"], at=at, policy="strict"), REFUSED if expected["debug_mode"] else UNDECIDED)
    single_use = vector["fields"]["nonce"] or vector["fields"]["user_data"]
    if single_use and not expected["debug_mode"]:
        bound = ["--report-data", single_use, "--measurement", vector["fields"]["pcrs"]["0"]]
        expect(verify(vector["path"], at=at, policy="strict", more=bound), ACCEPTED)
        bound[1] = single_use[:-1] + ("0" if single_use[-1] != "0" else "1")
        expect(verify(vector["path"], at=at, policy="strict", more=bound), REFUSED)
    return strict


def judge_token(vector):
    """Which key is right the manifest does not say: of all anchors, one by one, exactly one has to fit."""
    anchors = of_kind("cca-trust-anchor")
    answers = [verify(vector["path"], at="2025-01-01T00:00:00Z", endorsements=[anchor]) for anchor in anchors]
    accepted = [a for a in answers if a["exit_status"] == ACCEPTED]
    if not vector["positive"]:
        if accepted:
            raise Wrong("accepted")
        return any_refusal(answers, vector["expected"]["reason"])
    if not accepted:
        raise Wrong(f"no anchor fits: {not_passed(answers[0])}")
    same(accepted[0]["claims"], cca_fields(vector["fields"]), "claims")
    return expect(verify(vector["path"], at="2025-01-01T00:00:00Z"), UNDECIDED)


def any_refusal(answers, reason):
    errors = []
    for answer in answers:
        try:
            return expect_refusal(answer, reason)
        except Wrong as wrong:
            errors.append(str(wrong))
    raise Wrong("; ".join(errors))


def judge_request(vector):
    chains = of_kind("amd-root-chain") if vector["path"].startswith("snp/") else []
    answer = expect(verify(vector["path"], at="2023-02-01T00:00:00Z", endorsements=chains), ACCEPTED)
    same(answer["claims"]["debug"] if "debug" in answer["claims"] else False, False, "debug")


def judge_document(vector):
    """A document alone says nothing of a platform; given with any quote it has to verify."""
    quote = next(v for v in VECTORS if v["kind"] == "sgx-quote-v3" and v["positive"])
    at = moment(quote["expected"]["chain_valid_window"][0], 24)
    answer = verify(quote["path"], at=at, endorsements=[vector["path"], *of_kind("intel-tcb-signing-cert")],
                    policy=policy_without("dcap.collateral.issued", "dcap.tcb.level"))
    if vector["positive"]:
        return expect(answer, ACCEPTED)
    return expect_refusal(answer, vector["expected"]["reason"])


def judge_endorsement(vector):
    """Certificates and lists: with any evidence of the vendor they have to verify."""
    amd = vector["kind"].startswith("amd")
    evidence = next(v for v in VECTORS if v["positive"] and v["kind"] == ("snp-report" if amd else "sgx-quote-v3"))
    use = evidence["expected"].get("use_with", [])
    window = evidence["expected"].get("valid_window") or evidence["expected"]["chain_valid_window"]
    issuers = of_kind("amd-root-chain" if amd else "intel-intermediate")
    given = [*use, *issuers, vector["path"]] if vector["kind"].endswith("-crl") else [*use, vector["path"]]
    expect(verify(evidence["path"], at=moment(window[0], 24), endorsements=given), ACCEPTED)


def judge_case(vector):
    case = json.loads((FOLDER / vector["path"]).read_text())
    evidence = next(case[k] for k in ("report", "ask", "quote", "token", "document", "evidence") if k in case)
    given = [case[k] for k in ("leaf", "chain", "crl", "tcbinfo", "qe_identity") if k in case]
    at = case.get("at") or not_before(case["leaf"])
    more = ["--certificate"] if "ask" in case else []
    expect_refusal(verify(evidence, at=at, endorsements=given, more=more), vector["expected"]["reason"])


def judge_root(vector):
    """No document may rest on it."""
    for document in VECTORS:
        if document["kind"] == "nitro-cose-sign1" and document["positive"]:
            at = moment(document["expected"]["evaluate_at"], 1 / 3600)
            expect(verify(document["path"], at=at, roots=[vector["path"]]), REFUSED)


def judge_anchor(vector):
    token = next(v for v in VECTORS if v["kind"] == "cca-token" and v["positive"])
    answer = verify(token["path"], at="2025-01-01T00:00:00Z", endorsements=[vector["path"]])
    if not vector["positive"]:
        expect(answer, REFUSED)
    elif answer["exit_status"] == REFUSED and not strict_fails(answer):
        raise Wrong(f"a key that is no key: {not_passed(answer)}")


JUDGES = {
    **dict.fromkeys(QUOTES, judge_quote),
    **dict.fromkeys(CERTIFICATES, judge_certificate),
    **dict.fromkeys(DOCUMENTS, judge_document),
    **dict.fromkeys(("amd-crl", "amd-root-chain", "intel-crl", "intel-root", "intel-intermediate",
                     "intel-tcb-signing-cert"), judge_endorsement),
    "snp-report": judge_report,
    "nitro-cose-sign1": judge_nitro,
    "nitro-root-negative": judge_root,
    "cca-token": judge_token,
    "cca-trust-anchor": judge_anchor,
    "enarx-attestation-csr": judge_request,
    "case": judge_case,
}


def main():
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    passed, failed, unjudged = 0, 0, {}
    for vector in VECTORS:
        if wanted not in vector["path"]:
            continue
        content = FOLDER / vector["path"]
        try:
            if hashlib.sha256(content.read_bytes()).hexdigest() != vector["sha256"]:
                raise Wrong("the file is not the one of the manifest")
            judge = JUDGES.get(vector["kind"])
            if judge is None:
                unjudged[vector["kind"]] = unjudged.get(vector["kind"], 0) + 1
                continue
            judge(vector)
            passed += 1
        except Exception as wrong:  # pylint: disable=broad-except
            failed += 1
            print(f"FAILED {vector['path']} ({vector['kind']}, {vector['positive']}): {type(wrong).__name__}: {wrong}")
    for kind, count in unjudged.items():
        print(f"no evidence, for `enarx inspect` and `enarx measure`: {count} of kind {kind}")
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed or not passed else 0)


if __name__ == "__main__":
    main()
