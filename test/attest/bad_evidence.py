#!/usr/bin/env python3
"""Bad evidence, endorsements, times and policies: each a message that names file, offset and field; nothing is guessed."""
import base64
import json
import os
import pathlib
import resource
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "scenario"))
from harness import *  # noqa: E402,F403

VECTORS = pathlib.Path(os.environ.get("ENARX_VECTORS") or SOURCE / "test/vectors")
ENTRIES = json.loads((VECTORS / "MANIFEST.json").read_text())["vectors"]
AT = "2025-06-01T00:00:00Z"
KINDS = ("snp-report", "sgx-quote-v3", "tdx-quote-v4", "tdx-quote-v5", "nitro-cose-sign1", "cca-token",
         "enarx-attestation-csr")
LENGTHS = 24 if not os.environ.get("ENARX_LONG") else 100_000  # of each kind; all of them with ENARX_LONG


def good(kind):
    return next(e for e in ENTRIES if e["kind"] == kind and e["positive"])


def content(kind):
    return (VECTORS / good(kind)["path"]).read_bytes()


def verify(*arguments, at=AT):
    return enarx("verify", "--policy", "authentic", "--at", at, *arguments)


def judged(outcome, path, *parts):
    """Refused, in words that name the file, and where in it."""
    true(outcome.status == 1, f"exit status {outcome.status}: {outcome.text}{outcome.errors}")
    contains(outcome.text, f"{path}: refused", *parts)
    for crash in ("terminate called", "AddressSanitizer", "runtime error:"):
        true(crash not in outcome.errors, outcome.errors)
    return outcome


def where(outcome):
    """Each rule that failed names what was expected and found, and offset and field of it."""
    answer = json.loads(outcome.text)
    for rule in answer["rules"]:
        if rule["outcome"] == "failed":
            true(rule.get("expected") and rule.get("found") and rule.get("field"), f"{answer['evidence']}: {rule}")
            true("offset" in rule, f"no offset: {rule}")


@story("an empty file, text, and bytes of nothing are no evidence")
def nothing():
    for name, bytes_, part in (("empty", b"", "the file is empty"), ("text", b"Dear diary,\n", "byte 0"),
                               ("zeros", bytes(5000), "byte 0"), ("noise", bytes(range(251)) * 9, "byte 0"),
                               ("elf", b"\x7fELF\x02\x01\x01" + bytes(100), "byte 0")):
        path = write(name, bytes_)
        judged(verify(path), path, part, "at byte 0, first field", "expected VERSION")
        if bytes_:
            contains(verify(path).text, f"found {bytes_[:8].hex()}")


@story("hexadecimal and base64 are no evidence, and the answer says which it is; - is standard input")
def spelling():
    whole = content("tdx-quote-v4")
    path = write("hex", whole.hex().encode())
    judged(verify(path), path, "looks like hexadecimal")
    path = write("base64", base64.encodebytes(whole))
    judged(verify(path), path, "looks like base64")
    done = subprocess.run([PROGRAM, "verify", "--policy", "authentic", "--at", AT, "-"], input=whole, capture_output=True,
                          timeout=20)
    true(done.returncode == 0, done.stdout.decode() + done.stderr.decode())


@story("evidence in the place of an endorsement is named")
def evidence_as_endorsement():
    report = VECTORS / good("snp-report")["path"]
    quote = VECTORS / good("sgx-quote-v3")["path"]
    refused(verify("--endorsements", quote, report), 1, quote.name, "byte 0", "evidence, a SGX quote",
            name="endorsement-unusable")


@story("an endorsement or a key in the place of evidence is named, with where it belongs")
def misplaced():
    for kind, words in (("amd-crl", ("certificate revocation list", "--endorsements")),
                        ("intel-intermediate", ("X.509 certificate", "--endorsements")),
                        ("intel-tcbinfo", ("TCB info", "--endorsements")), ("cca-trust-anchor", ("platform keys", "--root")),
                        ("sgx-sigstruct", ("SGX SIGSTRUCT", "enarx inspect"))):
        path = VECTORS / good(kind)["path"]
        judged(verify(path), path, *words)


@story("a file that is not there, a folder, and a device are told apart from evidence")
def no_files():
    refused(verify(scratch("missing")), 2, "missing", name="file-not-found")
    refused(verify(folder("folder")), 2, "folder")
    true(verify("/dev/zero").status == 1, "an endless device is evidence")


@story("evidence of each kind, cut at any length, is refused with the place where something is missing", seconds=600)
def truncated():
    for kind in KINDS:
        whole = content(kind)
        step = max(1, len(whole) // LENGTHS)
        for length in sorted({*range(1, len(whole), step), 1, 2, 3, 47, 48, len(whole) - 1}):
            if length >= len(whole):
                continue
            path = write("cut", whole[:length])
            outcome = verify(path)
            true(outcome.status == 1, f"{kind} cut to {length} bytes: exit status {outcome.status}: {outcome.text}")
            contains(outcome.text, "byte")
            where(verify("--json", path))


@story("two pieces of evidence in one file are refused, whichever stands first", seconds=120)
def glued():
    for first in KINDS:
        for second in KINDS[:3]:
            path = write("glued", content(first) + content(second))
            outcome = verify(path)
            true(outcome.status == 1, f"{first} and {second}: exit status {outcome.status}: {outcome.text}")
            contains(outcome.text, "byte")
            where(verify("--json", path))


@story("of several leaves of other chips none is taken: undecided, and each is named with its chip and TCB")
def other_chips():
    reports = [e for e in ENTRIES if e["kind"] == "snp-report" and e["positive"] and e["fields"]["signing_key"] == "VCEK"
               and e["product"] == "milan"]
    report = reports[0]
    others = [e["path"] for e in ENTRIES if e["kind"] == "amd-vcek-cert" and e["positive"]
              and e["path"] not in report["expected"]["use_with"]][:3]
    given = [x for p in others for x in ("--endorsements", VECTORS / p)]
    outcome = verify(*given, VECTORS / report["path"])
    true(outcome.status == 3, f"exit status {outcome.status}: {outcome.text}")
    contains(outcome.text, "snp.leaf.present", report["fields"]["chip_id"], *others, "chip ", "TCB ", "collateral fetch")


@story("enarx inspect names offset and field of what is cut off or of no form, and what stands there")
def inspected():
    for kind in ("sgx-sigstruct", "sgx-measurement-stream", "tdx-event-log", "amd-vcek-cert", "amd-crl", "intel-tcbinfo",
                 "nitro-cose-sign1", "sgx-quote-v3", "tdx-quote-v4", "snp-report", "cca-token", "enarx-attestation-csr"):
        whole = content(kind)
        path = write("cut", whole[:len(whole) // 2])
        outcome = enarx("inspect", "--json", path)
        true(outcome.status == 1, f"half of {kind}: exit status {outcome.status}: {outcome.text}")
        wrong = [c for c in json.loads(outcome.text)["checks"] if c["outcome"] == "failed"]
        true(wrong, f"half of {kind}: nothing wrong")
        for check in wrong:
            true(check.get("field") and "offset" in check and check.get("expected") and check.get("found"), f"{kind}: {check}")


@story("a certificate of another product is named, with what was wanted")
def other_product():
    report = good("snp-report")
    chain = [p for p in report["expected"]["use_with"] if p.endswith(".pem")]
    leaf = next(e["path"] for e in ENTRIES if e["kind"] == "amd-vcek-cert" and e["positive"]
                and e["product"] != report["product"])
    outcome = verify("--endorsements", VECTORS / leaf, *[x for p in chain for x in ("--endorsements", VECTORS / p)],
                     VECTORS / report["path"])
    judged(outcome, VECTORS / report["path"], leaf)


@story("times before 2000, in the future of no calendar, or in a zone that is none are usage errors that say so")
def times():
    evidence = VECTORS / good("snp-report")["path"]
    for at in ("1999-12-31T23:59:59Z", "2025-02-30T00:00:00Z", "2025-01-01T25:00:00Z", "2025-01-01T00:00:00",
               "2025-01-01T00:00:00 MEZ", "2025-01-01T00:00:00+99:00", "yesterday", "", "1735689600"):
        refused(enarx("verify", "--at", at, evidence), 2, "--at", at or "''")


@story("a policy with an unknown rule or setting is an error with line and column, and the nearest name")
def policies():
    evidence = VECTORS / good("snp-report")["path"]
    path = write("policy.toml", 'base = "strict"\n[rules]\nsnp.policy.debuq = false\n')
    outcome = refused(enarx("verify", "--policy", path, evidence), 2, f"{path}:3:", "snp.policy.debuq",
                      name="policy-invalid")
    contains(outcome.errors, "snp.policy.debug")
    path = write("policy.toml", 'base = "strict"\n[rules]\nsnp.report.signature = false\n')
    refused(enarx("verify", "--policy", path, evidence), 2, f"{path}:3:", "cannot be turned off")


@story("an endorsement twice with different contents is refused, and both files are named; so is JSON of the answer")
def twice():
    report = good("snp-report")
    leaf = VECTORS / report["expected"]["use_with"][0]
    changed = bytearray(leaf.read_bytes())
    changed[-1] ^= 1
    other = write("other.der", bytes(changed))
    given = ("--endorsements", leaf, "--endorsements", other, VECTORS / report["path"])
    refused(verify(*given), 1, leaf.name, "other.der", name="endorsement-unusable")
    answer = json.loads(verify("--json", *given).text)
    equal(answer["verdict"], "refused")
    contains(answer["error"]["text"], leaf.name, "other.der")


@story("a damaged endorsement is refused with its file and byte")
def damaged():
    report = good("snp-report")
    leaf = VECTORS / report["expected"]["use_with"][0]
    bad = write("bad.der", leaf.read_bytes()[:-7])
    refused(verify("--endorsements", bad, VECTORS / report["path"]), 1, "bad.der", "byte", name="endorsement-unusable")


@story("a quote of 1 GiB is refused without reading it all")
def huge():
    path = scratch("huge")
    with open(path, "wb") as file:
        file.write(content("tdx-quote-v4"))
        file.truncate(1 << 30)
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    done = subprocess.run(["/bin/sh", "-c", f"ulimit -v 200000; exec '{PROGRAM}' verify '{path}'"], capture_output=True,
                          timeout=20)
    true(done.returncode == 1, f"exit status {done.returncode}: {done.stderr.decode()}")
    contains(done.stdout.decode(), "huge: refused")
    true(before >= 0, "no usage")


@story("one verification is a process of at most 10 ms of processor time")
def quick():
    report = good("snp-report")
    at = report["expected"]["valid_window"][1].split("T")[0] + "T00:00:00Z"
    line = [PROGRAM, "verify", "--policy", "authentic", "--at", at]
    for path in report["expected"]["use_with"]:
        line += ["--endorsements", str(VECTORS / path)]
    best = 1.0
    for _ in range(25):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run([*line, str(VECTORS / report["path"])], capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        true(done.returncode == 0, done.stdout.decode())
        best = min(best, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    print(f"enarx verify, one SEV-SNP report: {best * 1000:.1f} ms of processor time at best")
    true(best <= 0.010, f"{best * 1000:.1f} ms")


@story("what accepted evidence does not prove is told on request, from a dated table")
def explained():
    report = next(e for e in ENTRIES if e["kind"] == "snp-report" and e["positive"] and e["product"] == "milan"
                  and e["fields"]["signing_key"] == "VCEK")
    at = report["expected"]["valid_window"][1].split("T")[0] + "T00:00:00Z"
    given = [x for p in report["expected"]["use_with"] for x in ("--endorsements", VECTORS / p)]
    plain = verify(*given, VECTORS / report["path"], at=at)
    true("BadFuse" not in succeeded(plain).text, "told without request")
    text = succeeded(verify("--explain", *given, VECTORS / report["path"], at=at)).text
    contains(text, "cannot be shown  BadFuse", "Battering RAM", "AMD-SB-3015", "snp.platform.smt", "source:")
    known = json.loads(verify("--explain", "--json", *given, VECTORS / report["path"], at=at).text)["known"]
    matches(known["as_of"], r"^20\d\d-\d\d-\d\d$")
    true(any(a["id"] == "BadFuse" and a["shown"] == "cannot be shown" for a in known["advisories"]), "no BadFuse")


if __name__ == "__main__":
    main()
