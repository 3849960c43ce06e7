#!/usr/bin/env python3
"""Attestation results (EAR) that `enarx verify` signs, read and verified by the libraries of others: PyJWT and pycose."""
import base64
import json
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "scenario"))
from harness import *  # noqa: E402,F403

VECTORS = pathlib.Path(os.environ.get("ENARX_VECTORS") or SOURCE / "test/vectors")
ENTRIES = json.loads((VECTORS / "MANIFEST.json").read_text())["vectors"]
PEERS = pathlib.Path(__file__).with_name("ear_peers.txt")

# What a relying party does with a token; prints its claims.
READER = """
import json, sys
form, key_path, token_path = sys.argv[1:]
from cryptography.hazmat.primitives.serialization import load_pem_private_key
public = load_pem_private_key(open(key_path, 'rb').read(), None).public_key()
token = open(token_path, 'rb').read()
if form == 'jwt':
    import jwt
    print(jwt.get_unverified_header(token.decode()), file=sys.stderr)
    print(json.dumps(jwt.decode(token.decode(), public, algorithms=['ES384'], options={'verify_iat': True})))
else:
    import cbor2
    from pycose.keys import EC2Key
    from pycose.keys.curves import P384
    from pycose.messages import Sign1Message
    message = Sign1Message.decode(token)
    numbers = public.public_numbers()
    message.key = EC2Key(crv=P384, x=numbers.x.to_bytes(48, 'big'), y=numbers.y.to_bytes(48, 'big'))
    assert message.verify_signature(), 'the signature does not verify'
    claims = cbor2.loads(message.payload)
    assert cbor2.dumps(claims, canonical=True) == message.payload, 'not in deterministic encoding'
    print(json.dumps(claims, default=lambda value: value.hex()))
"""


def read(form, key, token):
    done = subprocess.run([str(peers(PEERS)), "-c", READER, form, str(key), str(token)], capture_output=True)
    true(done.returncode == 0, f"the peer refuses it: {done.stderr.decode()[-600:]}")
    return json.loads(done.stdout)


def new_key(name="key.pem"):
    succeeded(enarx("key", "sev", "create", "--out", scratch(name)))
    return scratch(name)


def nitro(debug=False):
    entry = next(e for e in ENTRIES if e["kind"] == "nitro-cose-sign1" and e["positive"]
                 and e["expected"]["debug_mode"] is debug)
    at = entry["expected"]["evaluate_at"].split(".")[0] + "Z"
    second = int(at[-3:-1]) + 1
    return entry, VECTORS / entry["path"], f"{at[:-3]}{second:02}Z"


def verify(*options, status=0):
    outcome = enarx("verify", "--json", *options)
    true(outcome.status == status, f"exit status {outcome.status}: {outcome.errors} {outcome.text[:2000]}")
    return json.loads(outcome.text)


def appraisal(ear):
    return next(iter(ear["submods"].values()))


@story("a JWT is verified by PyJWT, and holds what the answer holds", seconds=400)
def jwt():
    _entry, evidence, at = nitro()
    key = new_key()
    answer = verify("--policy", "authentic", "--at", at, "--ear-key", key, "--ear-out", scratch("token"), evidence)
    equal(read("jwt", key, scratch("token")), answer["ear"])
    equal(scratch("token").read_text(), answer["ear_token"])
    equal(appraisal(answer["ear"])["ear_attester_claims"], answer["claims"])


@story("a CWT is verified by pycose, and says the same under the numbers of the draft", seconds=400)
def cwt():
    _entry, evidence, at = nitro()
    key = new_key()
    answer = verify("--policy", "authentic", "--at", at, "--ear-key", key, "--ear-form", "cwt", "--ear-out",
                    scratch("token"), evidence)
    claims = read("cwt", key, scratch("token"))
    ear = answer["ear"]
    equal(claims["265"], ear["eat_profile"])
    equal(claims["6"], ear["iat"])
    equal(list(claims["1004"].values()), list(ear["ear_verifier_id"].values()))
    one = appraisal({"submods": claims["266"]})
    tiers = {"none": 0, "affirming": 2, "warning": 32, "contraindicated": 96}
    equal(one["1000"], tiers[appraisal(ear)["ear_status"]])
    equal(list(one["1001"].values()), list(appraisal(ear)["ear_trustworthiness_vector"].values()))
    equal(one["1003"], appraisal(ear)["ear_appraisal_policy_ids"])


@story("a token that was changed, or is held against another key, verifies for nobody", seconds=400)
def forged():
    _entry, evidence, at = nitro()
    key, other = new_key(), new_key("other.pem")
    verify("--policy", "authentic", "--at", at, "--ear-key", key, "--ear-out", scratch("token"), evidence)
    python = peers(PEERS)
    head, body, signature = scratch("token").read_text().split(".")
    for name, wanted, token in (("other", other, f"{head}.{body}.{signature}"),
                                ("changed", key, f"{head}.{body[:20]}{'A' if body[20] != 'A' else 'B'}{body[21:]}.{signature}")):
        path = write(name, token)
        done = subprocess.run([str(python), "-c", READER, "jwt", str(wanted), str(path)], capture_output=True)
        true(done.returncode != 0, f"{name}: verified")


def public_jwk(key):
    """The public half of a key, as relying parties are given it."""
    der = subprocess.run(["openssl", "ec", "-in", str(key), "-pubout", "-outform", "DER"], capture_output=True, check=True).stdout
    x, y = (base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in (der[-96:-48], der[-48:]))
    return write(key.name + ".jwk", json.dumps({"kty": "EC", "crv": "P-384", "x": x, "y": y}))


@story("enarx inspect shows tokens of both forms, and checks their signature by the key beside them")
def inspected():
    _entry, evidence, at = nitro()
    key, other = new_key(), new_key("other.pem")
    for form in ("jwt", "cwt"):
        ear = verify("--policy", "authentic", "--at", at, "--ear-key", key, "--ear-form", form, "--ear-out", scratch(form),
                     evidence)["ear"]
        alone = json.loads(succeeded(enarx("inspect", "--json", scratch(form))).text)
        contains(alone["kind"], "attestation result (EAR)", form.upper())
        equal(alone["claims"]["eat_profile"], ear["eat_profile"])
        equal(alone["claims"]["ear_verifier_id"], ear["ear_verifier_id"])
        equal(appraisal(alone["claims"])["ear_trustworthiness_vector"], appraisal(ear)["ear_trustworthiness_vector"])
        for given, status in ((key, 0), (other, 1)):
            outcome = enarx("inspect", "--json", scratch(form), public_jwk(given))
            equal(outcome.status, status)
            check = next(c for c in json.loads(outcome.text)[0]["checks"] if c["check"] == "signature")
            equal(check["outcome"], "failed" if status else "passed")
        token = bytearray(scratch(form).read_bytes())
        token[len(token) // 2] ^= 1
        equal(enarx("inspect", write("changed", bytes(token)), public_jwk(key)).status, 1)


@story("what strict accepts is affirming, what authentic accepts only a warning, for not all was checked")
def tiers():
    entry, evidence, at = nitro()
    weak = appraisal(verify("--policy", "authentic", "--at", at, evidence)["ear"])
    equal(weak["ear_status"], "warning")
    true("nitro.measurement" in weak["ear_verifier_claims"]["not_checked"], "the measurement was checked")
    policy = write("policy.toml", 'base = "strict"\n[rules]\nnitro.report-data = false\n')
    pcr0 = entry["fields"]["pcrs"]["0"]
    once = appraisal(verify("--policy", policy, "--at", at, "--measurement", pcr0, evidence)["ear"])
    equal(once["ear_trustworthiness_vector"]["executables"], 2)
    equal(once["ear_status"], "warning")  # a rule of strict is off
    single_use = entry["fields"]["nonce"] or entry["fields"]["user_data"]
    sure = verify("--at", at, "--report-data", single_use, "--measurement", pcr0, evidence)["ear"]
    equal(appraisal(sure)["ear_status"], "affirming")
    equal(sorted(appraisal(sure)["ear_trustworthiness_vector"]), ["executables", "hardware", "instance-identity",
                                                                  "runtime-opaque"])


@story("refused evidence is contraindicated in the aspect that failed, and its claims are not told")
def refusals():
    _entry, evidence, at = nitro(debug=True)
    answer = verify("--policy", "strict", "--at", at, evidence, status=1)
    one = appraisal(answer["ear"])
    equal(one["ear_status"], "contraindicated")
    equal(one["ear_trustworthiness_vector"]["runtime-opaque"], 96)
    true("ear_attester_claims" not in one, "claims of refused evidence")
    equal(one["ear_verifier_claims"]["failed"], list(dict.fromkeys(r["rule"] for r in answer["rules"] if r["outcome"] == "failed")))


@story("undecided evidence is neither affirmed nor contraindicated")
def undecided():
    _entry, evidence, at = nitro()
    one = appraisal(verify("--policy", "strict", "--at", at, evidence, status=3)["ear"])
    equal(one["ear_status"], "none")


@story("the nonce of the token is the report data that were asked for")
def nonce():
    entry = next(e for e in ENTRIES if e["kind"] == "snp-report" and e["positive"])
    leaf = next(e for e in ENTRIES if e["path"] == entry["expected"]["use_with"][0])
    given = [x for p in entry["expected"]["use_with"] for x in ("--endorsements", VECTORS / p)]
    at = entry["expected"]["valid_window"][1].split("T")[0] + "T00:00:00Z"
    ear = verify("--policy", "authentic", "--at", at, *given, "--report-data", entry["fields"]["report_data"],
                 VECTORS / entry["path"])["ear"]
    import base64  # pylint: disable=import-outside-toplevel
    equal(base64.urlsafe_b64decode(ear["eat_nonce"] + "==").hex(), entry["fields"]["report_data"])
    true(leaf["positive"], "the leaf is good")


@story("a key that is none, and options that do not go together, are said so")
def wrong_use():
    _entry, evidence, at = nitro()
    key = new_key()
    refused(enarx("verify", "--json", "--ear-key", write("text", "hello"), evidence), 2, "text", name="key-unusable")
    refused(enarx("verify", "--ear-key", key, evidence), 2, "--ear-out")
    refused(enarx("verify", "--ear-form", "cwt", evidence), 2, "--ear-key")
    refused(enarx("verify", "--ear-key", key, "--ear-out", scratch("token"), evidence, evidence), 2, "--ear-out")
    write("taken", "mine")
    refused(enarx("verify", "--policy", "authentic", "--at", at, "--ear-key", key, "--ear-out", scratch("taken"), evidence),
            2, "taken")
    equal(scratch("taken").read_text(), "mine")


if __name__ == "__main__":
    main()
