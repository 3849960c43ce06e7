#!/usr/bin/env python3
"""Certificates and attestation results of the service in the hands of others: OpenSSL, GnuTLS, Go, jwcrypto, PyJWT and crate ear."""
import base64
import json
import pathlib
import shutil
import subprocess
import sys
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "scenario"))
from harness import *  # noqa: E402,F403

from built_peers import rust_peer  # noqa: E402
from service import STEWARD, Service, done, enarx  # noqa: E402

PEER = pathlib.Path(__file__).with_name("certificate_peer")
PYTHONS = pathlib.Path(__file__).with_name("certificate_peers.txt")

READER = """
import json, sys
key, token = open(sys.argv[1], 'rb').read(), open(sys.argv[2]).read()
from jwcrypto import jwk, jws
message = jws.JWS()
message.deserialize(token)
message.allowed_algs = ['ES384']
message.verify(jwk.JWK.from_pem(key))
import jwt
claims = jwt.decode(token, key, algorithms=['ES384'], issuer='steward.example', options={'require': ['exp', 'iat', 'iss', 'cnf', 'submods']})
assert json.loads(message.payload) == claims
print(json.dumps(claims))
"""


def go():
    if not shutil.which("go"):
        skip("go is not installed: https://go.dev/dl, 1.24 or later")
    program = BUILD / "parts" / "certificate-peer"
    built = subprocess.run(["go", "build", "-mod=readonly", "-o", program, "."], cwd=PEER, capture_output=True, text=True, check=False)
    equal(built.returncode, 0, built.stderr)
    return program


def pems(name="keep"):
    for part in ("leaf", "intermediate"):
        done(execute(["openssl", "x509", "-inform", "der", "-in", scratch(f"{name}/{part}.der"), "-out", scratch(f"{part}.pem")]))
    return scratch("leaf.pem"), scratch("intermediate.pem")


def another_root():
    done(execute([STEWARD, "init", "--name", "steward.example", scratch("other")]))
    return scratch("other/root.pem")


def issued(service):
    service.ready_to_release()
    done(service.pull())
    return pems()


def read_by_go(service, name="api.example"):
    write("crl.der", service.get("/pki/crl.der"))
    return execute([go(), service.root, scratch("intermediate.pem"), scratch("leaf.pem"), scratch("crl.der"), name])


@story("Go verifies chain, names, purposes and the revocation list, and finds the EAR; another name it refuses", seconds=180)
def _go():
    service = Service()
    issued(service)
    told = json.loads(done(read_by_go(service)).text)
    equal((told["dns"], told["uris"]), (["api.example"], ["spiffe://steward.example/shop/api"]))
    equal((told["authority"], told["revoked"], told["ou"]), (False, False, ["NO HARDWARE PROTECTION"]))
    true(23.9 < told["hours"] <= 24, f"{told['hours']} hours")
    equal(told["ear"], scratch("keep/ear.jwt").read_text())
    equal(read_by_go(service, "bank.example").status, 1)
    keep = service.status()["keeps"][0]["keep"]
    urllib.request.urlopen(urllib.request.Request(f"http://127.0.0.1:{service.operator}/v1/keeps/{keep}/revoke", method="POST"), timeout=10)
    equal(json.loads(done(read_by_go(service)).text)["revoked"], True)
    equal(execute([go(), another_root(), scratch("intermediate.pem"), scratch("leaf.pem"), scratch("crl.der"), "api.example"]).status, 1)


@story("GnuTLS and OpenSSL verify it for servers and clients, with the list; certtool refuses it below another root", seconds=60)
def _tools():
    if not shutil.which("certtool"):
        skip("gnutls-bin is not installed")
    service = Service()
    leaf, middle = issued(service)
    write("chain.pem", leaf.read_bytes() + middle.read_bytes())
    certtool = ["certtool", "--verify", "--infile", scratch("chain.pem"), "--verify-hostname", "api.example", "--load-ca-certificate"]
    done(execute([*certtool, service.root]))
    true(execute([*certtool, another_root()]).status != 0, "certtool takes it below another root")
    write("crl.der", service.get("/pki/crl.der"))
    done(execute(["openssl", "crl", "-inform", "der", "-in", scratch("crl.der"), "-out", scratch("crl.pem")]))
    for purpose in ("sslserver", "sslclient"):
        done(execute(["openssl", "verify", "-CAfile", service.root, "-untrusted", middle, "-purpose", purpose, "-verify_hostname", "api.example",
                      "-crl_check", "-CRLfile", scratch("crl.pem"), "-x509_strict", leaf]))


@story("jwcrypto and PyJWT verify the EAR by the service's key, and no changed one", seconds=400)
def _ear():
    python = peers(PYTHONS)
    service = Service()
    issued(service)
    write("ear.pem", service.get("/pki/ear.pem"))
    claims = json.loads(done(execute([python, "-c", READER, scratch("ear.pem"), scratch("keep/ear.jwt")])).text)
    keep = claims["submods"]["keep"]
    equal((keep["ear_status"], keep["enarx.workload"], keep["enarx.tenant"]), ("contraindicated", service.workload, service.tenant))
    equal(claims["cnf"]["jwk"]["crv"], "P-256")
    head, body, signature = scratch("keep/ear.jwt").read_text().split(".")
    write("changed", f"{head}.{body[:40]}{'A' if body[40] != 'A' else 'B'}{body[41:]}.{signature}")
    true(execute([python, "-c", READER, scratch("ear.pem"), scratch("changed")]).status != 0, "a changed EAR verifies")


def read_by_rust(key, token):
    return execute([rust_peer("ear_peer"), key, token, "enarx.workload", "enarx.tenant"])


@story("crate ear, of Veraison, verifies the EAR that Go has found in the certificate, and no changed one", seconds=1800)
def _ear_in_rust():
    rust_peer("ear_peer")
    service = Service()
    issued(service)
    write("ear.pem", service.get("/pki/ear.pem"))
    token = json.loads(done(read_by_go(service)).text)["ear"]
    told = json.loads(done(read_by_rust(scratch("ear.pem"), write("token", token))).text)
    equal(told["claims"], {"enarx.workload": service.workload, "enarx.tenant": service.tenant})
    equal(told["status"], "contraindicated")
    head, body, signature = token.split(".")
    payload = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    equal((told["profile"], told["issued"], told["expires"]), (payload["eat_profile"], payload["iat"], payload["exp"]))
    equal(told["policies"], payload["submods"]["keep"]["ear_appraisal_policy_ids"])
    true(read_by_rust(scratch("ear.pem"), write("changed", f"{head}.{body[:40]}{'A' if body[40] != 'A' else 'B'}{body[41:]}.{signature}")).status != 0,
         "a changed EAR verifies")
    done(enarx("key", "sev", "create", "--out", scratch("other.key")))
    done(execute(["openssl", "pkey", "-in", scratch("other.key"), "-pubout", "-out", scratch("other.pem")]))
    true(read_by_rust(scratch("other.pem"), scratch("token")).status != 0, "another key verifies it")


main()
