#!/usr/bin/env python3
"""The verifier as a service: evidence in, an attestation result out that others' libraries verify by the service's key."""
import base64
import hashlib
import json
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "scenario"))
from harness import *  # noqa: E402,F403
from harness import SOURCE  # noqa: E402
from service import VERIFIER_TOKEN as TOKEN, Service, ask_for_verdict as ask, enarx  # noqa: E402

VECTORS = pathlib.Path(os.environ.get("ENARX_VECTORS") or SOURCE / "test/vectors")
ENTRIES = json.loads((VECTORS / "MANIFEST.json").read_text())["vectors"]
PEERS = pathlib.Path(__file__).with_name("verdict_peers.txt")

# What a relying party does with a token and the key that the service publishes; prints the claims.
READER = """
import json, sys
form, key_path, token_path = sys.argv[1:]
key, token = open(key_path, 'rb').read(), open(token_path, 'rb').read()
if form == 'jwt':
    from jwcrypto import jwk, jwt
    read = jwt.JWT(jwt=token.decode(), key=jwk.JWK.from_pem(key), algs=['ES384'])
    print(read.claims)
else:
    import cbor2
    from cryptography.hazmat.primitives.serialization import load_pem_public_key
    from pycose.keys import EC2Key
    from pycose.keys.curves import P384
    from pycose.messages import Sign1Message
    message = Sign1Message.decode(token)
    numbers = load_pem_public_key(key).public_numbers()
    message.key = EC2Key(crv=P384, x=numbers.x.to_bytes(48, 'big'), y=numbers.y.to_bytes(48, 'big'))
    assert message.verify_signature(), 'the signature does not verify'
    print(json.dumps(cbor2.loads(message.payload), default=lambda value: value.hex()))
"""


def service():
    place = Service(settings=f'verifier-tokens = ["{hashlib.sha256(TOKEN.encode()).hexdigest()}"]\n')
    (place.folder / "policies/easy.toml").write_text('base = "authentic"\n')
    place.process.terminate()
    place.process.wait()
    place.start()
    return place


def vector():
    """A report of SEV-SNP with what it takes to verify it at any time: its wish, and its fields."""
    entry = next(e for e in ENTRIES if e["kind"] == "snp-report" and e["positive"])
    encoded = lambda path: base64.b64encode((VECTORS / path).read_bytes()).decode()  # noqa: E731
    return {"evidence": encoded(entry["path"]), "nonce": entry["fields"]["report_data"], "policy": "authentic",
            "endorsements": [encoded(path) for path in entry["expected"]["use_with"]]}, entry


def read(place, form, token):
    key, path = write("ear.pem", place.get("/pki/ear.pem")), write("token", token)
    done = subprocess.run([str(peers(PEERS)), "-c", READER, form, str(key), str(path)], capture_output=True, check=False)
    true(done.returncode == 0, f"the peer refuses it: {done.stderr.decode()[-600:]}")
    return json.loads(done.stdout)


def submodule(ear):
    return next(iter(ear["submods"].values()))


@story("good evidence gives an EAR that jwcrypto verifies by the service's key, with the nonce in it; enarx inspect, too", seconds=400)
def jwt():
    place = service()
    wish, _entry = vector()
    status, kind, token = ask(place, wish)
    equal((status, kind), (200, "application/eat+jwt"), token)
    ear = read(place, "jwt", token)
    equal(base64.urlsafe_b64decode(ear["eat_nonce"] + "==").hex(), wish["nonce"])
    equal((ear["iss"], submodule(ear)["ear_status"]), ("steward.example", "warning"))  # authentic: not all was checked
    equal(submodule(ear)["ear_appraisal_policy_ids"], ["urn:x-enarx:policy:authentic"])
    contains(succeeded(enarx("inspect", scratch("token"))).text, "attestation result")
    named = read(place, "jwt", ask(place, {**wish, "policy": "easy"})[2])
    equal(submodule(named)["ear_status"], "warning")
    contains(submodule(named)["ear_appraisal_policy_ids"][0], "ni:///sha-256;")
    contains(place.get("/metrics", operator=True).decode(), 'enarx_verify_total{kind="snp",result="accepted"} 2')


@story("as CWT for whoever accepts that, verified by pycose; no other form is made up", seconds=400)
def cwt():
    place = service()
    wish, _entry = vector()
    status, kind, token = ask(place, wish, accept="application/eat+cwt")
    equal((status, kind), (200, "application/eat+cwt"), token)
    equal(read(place, "cwt", token)["10"], wish["nonce"])
    equal(ask(place, wish, accept="text/html")[0], 406)


@story("evidence of another nonce, changed, or without hardware is contraindicated, and its claims are not told", seconds=400)
def refused_ones():
    place = service()
    wish, _entry = vector()
    evidence = bytearray(base64.b64decode(wish["evidence"]))
    evidence[0x90] ^= 1
    for change in ({"nonce": "11" * 64}, {"evidence": base64.b64encode(evidence).decode()}, {"measurements": ["22" * 48]}):
        ear = read(place, "jwt", ask(place, {**wish, **change})[2])
        equal(submodule(ear)["ear_status"], "contraindicated", str(change))
        true("ear_attester_claims" not in submodule(ear), "claims of refused evidence")


@story("whoever has no token, or asks for what cannot be, is told so as a problem, and nothing is judged")
def wrong():
    place = service()
    wish, _entry = vector()
    for change, status, said in (({"nonce": "11"}, 400, "nonce"), ({"policy": "none"}, 422, "no policy of that name"),
                                 ({"evidence": "aGVsbG8="}, 422, "evidence-unknown"), ({"other": 1}, 400, "a member is none of"),
                                 ({"endorsements": ["aGVsbG8="]}, 422, "endorsement-unusable")):
        got, kind, body = ask(place, {**wish, **change})
        equal((got, kind), (status, "application/problem+json"), body)
        contains(body.decode(), said, "urn:enarx:failure:")
    for body, status in ((b"{", 400), (b"[" * 5000, 400), (b"", 400), (b"x" * 2_000_000, 413)):
        try:
            equal(ask(place, body)[0], status)
        except urllib.error.URLError:
            equal(status, 413)  # closed before all was sent
    for token in (None, "another-token-0123456789"):
        equal(ask(place, wish, token=token)[0], 401)
    true("enarx_verify_total{" not in place.get("/metrics", operator=True).decode(), "something was judged")


main()
