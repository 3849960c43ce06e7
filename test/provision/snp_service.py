#!/usr/bin/env python3
"""The attestation service and SEV-SNP Keeps, on tee-model: what it grants and certifies for evidence of hardware, and to whom it gives nothing.

Anybody has the model's keys, so the service believes them only where its configuration names their root.
"""
import base64
import hashlib
import json
import pathlib
import re
import socket
import ssl
import sys
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "model/strangers"))
from keeps import KEYS, POLICY, ROOT, another_model, certificates, measurement, tenants_words  # noqa: E402
from harness import PROGRAM, contains, enarx, equal, execute, guest, main, scratch, start, story, succeeded, true, write  # noqa: E402
from model import model  # noqa: E402
from network import free_port, listen  # noqa: E402
from report import Report, check_signature  # noqa: E402
from cbor import decoded  # noqa: E402
from service import STEWARD, VERIFIER_TOKEN, Service, ask_for_verdict as ask, done, pull_line, until  # noqa: E402

PATIENCE = 240  # seconds: a model's second may be a busy machine's minute


def service(root=ROOT, name="service", policy=POLICY, **more):
    settings = f'roots = ["{root}"]\n' if root else ""
    settings += f'verifier-tokens = ["{hashlib.sha256(VERIFIER_TOKEN.encode()).hexdigest()}"]\n'
    return Service(name, hardware=True, settings=settings, files={"policies/model.toml": policy}, **more)


def publish(place, *words, name="app", **what):
    """An application for Keeps of the image and policy that its tenant has named. Its name is a real one: hardware vouches for its Keeps."""
    place.app = name
    place.package_it(name, **what)
    done(place.deployment("--policy", write("policy.toml", POLICY), "--measurement", measurement(), "--dns", "api.example", "--replicas", "3", *words,
                          key_file=f"{name}.enx.key", out=f"{name}.cose"))
    done(place.publish(out=f"{name}.cose", key_file=f"{name}.enx.key"))


def pulls(place, *words):
    return pull_line(place, "--certificates", certificates(), *words, package=f"{place.app}.enx", backend="snp", under=model())


def pull(place, *words):
    return execute(pulls(place, *words), timeout=PATIENCE)


class Server:
    """A TLS server in an SEV-SNP Keep that was pulled from the service."""

    def __init__(self, place, life=None, name="app"):
        self.service, self.port = place, free_port()
        words = ["--not-after", str(int(time.time()) + life)] if life else []
        publish(place, *words, name=name, program="http_server", configuration=listen("tls", self.port))
        self.process = start(pulls(place, "--listen", f"127.0.0.1:{self.port}"))
        until(self.listens, "the application listens", seconds=PATIENCE)

    def listens(self):
        true(self.process.poll() is None, "the Keep has ended")
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            return True
        except OSError:
            return False

    def certificate(self, verified=True):
        """As a user sees it who knows the service's root and the application's name, and nothing else; the application has answered."""
        context = ssl.create_default_context(cafile=self.service.root)
        if not verified:
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with socket.create_connection(("127.0.0.1", self.port), timeout=60) as plain, context.wrap_socket(plain, server_hostname="api.example") as line:
            line.sendall(b"GET / HTTP/1.1\r\nHost: api.example\r\n\r\n")
            contains(line.recv(4096), b"HTTP/1.1 200 OK")
            return line.getpeercert(True)

    def verify(self, *words, **other):
        return enarx("verify", f"https://127.0.0.1:{self.port}", *tenants_words(**other), *words, timeout=60)


def read(certificate):
    return done(execute(["openssl", "x509", "-inform", "der", "-noout", "-text", "-in", write("leaf.der", certificate)])).text


def result_in(certificate):
    """The claims of the EAR in a certificate (id-pe-cmw)."""
    token = re.search(rb'\["application/eat\+jwt","([A-Za-z0-9_-]+)",8\]', certificate).group(1)
    claims = base64.urlsafe_b64decode(token + b"=" * (-len(token) % 4)).split(b".")[1]
    return json.loads(base64.urlsafe_b64decode(claims + b"=" * (-len(claims) % 4)))


@story("a Keep that hardware protects is granted and certified under the root that was named: certificate, result, user and page say so", seconds=600)
def certified():
    here = Server(service())
    shown = here.certificate()
    text = read(shown)
    true("NO HARDWARE" not in text, text)
    contains(text, "DNS:api.example", "URI:spiffe://steward.example/shop/api")
    keep = result_in(shown)["submods"]["keep"]
    equal((keep["ear_status"], keep["enarx.evidence"]), ("affirming" if not POLICY.count("false") else "warning", "snp"))
    equal((keep["enarx.workload"], keep["enarx.tenant"]), (here.service.workload, here.service.tenant))
    claims = keep["ear_attester_claims"]
    equal((claims["measurement"], claims["vmpl"], claims["product"]), (measurement(), 0, "Milan-B1"))
    # A user, with the model's root and on this connection.
    told = here.verify("--workload", here.service.workload, "--tenant", here.service.tenant)
    contains(succeeded(told).text, "accepted (SEV-SNP report)", here.service.workload, f"measurement: {measurement()}")
    for rule, other in (("snp.chain.root", {"root": None, "endorsements": KEYS / "ark.pem"}),
                        ("snp.measurement", {"measurement": "11" * 48}), ("ready.workload", {"workload": "22" * 32})):
        refused = here.verify(**other)
        equal(refused.status, 1, refused.text + refused.errors)
        contains(refused.text, f"failed  {rule}")
    one = here.service.status()["keeps"][0]
    equal(one["kind"], "snp")
    page = here.service.get("/", operator=True).decode()
    contains(page, "shop/api", one["keep"][:16], "snp")
    true(here.process.poll() is None, "the Keep has ended")


@story("a service that was told no root, or another model's, gives such a Keep nothing, and says why; with the root it does", seconds=600)
def no_root():
    for number, (root, rule) in enumerate(((None, "snp.chain.complete"), (another_model(), "snp.chain.signature"))):
        place = service(root, name=f"service{number}")
        publish(place, name=f"app{number}")
        outcome = pull(place)
        equal((outcome.status, outcome.text), (125, ""), outcome.errors)
        contains(outcome.errors, "(release-denied)", rule, "ARK-Milan")
        decision = place.status()["decisions"][0]
        equal((decision["step"], decision["accepted"], decision["rule"]), ("grant", False, rule))
        equal(place.status()["keeps"], [])
    place = service(name="service2")
    publish(place, name="app2")
    succeeded(pull(place), "")  # what it says is not its host's to hear
    equal([each["step"] for each in place.status()["decisions"]], ["certificate", "grant"])


@story("a Keep without hardware gets nothing where hardware has to vouch for it", seconds=300)
def hardware_is_demanded():
    place = service()
    publish(place)
    outcome = execute(pull_line(place, backend="nil"), timeout=60)
    equal((outcome.status, outcome.text), (125, ""), outcome.errors)
    contains(outcome.errors, "(release-denied)", "release.hardware")


@story("its certificate is renewed on new evidence; a revoked Keep is on the list, gets no other, and serves on", seconds=900)
def renewed():
    began = time.monotonic()
    pulled = Server(service())
    life = max(12, int(3 * (time.monotonic() - began)))
    pulled.process.kill()
    here = Server(service(name="renewing"), life=life, name="again")
    first = here.certificate()
    until(lambda: here.certificate() != first, "it is renewed", seconds=life)
    second = here.certificate()
    equal(result_in(second)["submods"]["keep"]["enarx.evidence"], "snp")
    contains([each["step"] for each in here.service.status()["decisions"]], "renewal")
    keep = here.service.status()["keeps"][0]["keep"]
    urllib.request.urlopen(urllib.request.Request(f"http://127.0.0.1:{here.service.operator}/v1/keeps/{keep}/revoke", method="POST"), timeout=10)
    write("crl.der", here.service.get("/pki/crl.der"))
    listed = done(execute(["openssl", "crl", "-inform", "der", "-in", scratch("crl.der"), "-noout", "-text"])).text
    serial = done(execute(["openssl", "x509", "-inform", "der", "-noout", "-serial", "-in", write("leaf.der", second)])).text.strip().split("=")[1]
    contains(listed, serial)
    denied = lambda: [each for each in here.service.status()["decisions"] if each["step"] == "renewal" and each.get("rule") == "release.granted"]  # noqa: E731
    until(denied, "the revoked one asks once more", seconds=life)
    equal(here.certificate(verified=False), second)
    true(here.process.poll() is None, "the Keep has ended")


# ---- evidence as a Keep gives it out, judged by the service ----

MOUNT = '[[files]]\nkind = "dir"\npath = "/dev/attestation"\nsource = "attestation"\n'
NONCE = "nonce of a relying party"


def evidence():
    """What an application in a Keep gives away: the report, what it is of, and its host's certificates."""
    line = [*model(), PROGRAM, "run", "--backend=snp", "--config", write("Enarx.toml", MOUNT), "--certificates", certificates(),
            guest("attestation"), "evidence", NONCE]
    return succeeded(execute(line, timeout=PATIENCE)).out


def verdict(place, wish, **changes):
    status, kind, token = ask(place, {**wish, **changes})
    equal((status, kind), (200, "application/eat+jwt"), token)
    claims = token.decode().split(".")[1]
    return next(iter(json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["submods"].values()))


@story("evidence as a Keep gives it out is judged by the service: nonce, workload and configuration, with the certificates in it as hints", seconds=600)
def judged():
    place, content = service(), evidence()
    claims, _ = decoded(content)
    check_signature(Report(claims["report"]))
    workload, configuration = claims["workload"].hex(), claims["configuration"].hex()
    wish = {"evidence": base64.b64encode(content).decode(), "nonce": NONCE.encode().hex(), "policy": "model", "measurements": [measurement()]}
    good = verdict(place, wish)
    equal((good["ear_status"], good["enarx.workload"], good["enarx.configuration"]), ("warning", workload, configuration))
    verdict_named = verdict(place, wish, workload=workload, configuration=configuration)
    equal(verdict_named["ear_status"], "warning")
    for changes in ({"nonce": b"another nonce".hex()}, {"workload": "11" * 32}, {"configuration": "22" * 32}):
        refused = verdict(place, wish, **changes)
        equal((refused["ear_status"], refused["ear_verifier_claims"]["failed"]), ("contraindicated", ["snp.report-data"]))
        true("enarx.workload" not in refused and "ear_attester_claims" not in refused, "it says what it does not believe")
    # Claims beside a report that is of others.
    changed = bytearray(content)
    changed[content.index(claims["workload"])] ^= 1
    forged = verdict(place, wish, evidence=base64.b64encode(bytes(changed)).decode())
    equal(forged["ear_verifier_claims"]["failed"], ["snp.report-data"])
    # The report alone: its data are the nonce, or the digest of all three.
    bare = {"evidence": base64.b64encode(claims["report"]).decode(), "endorsements": [base64.b64encode(certificates().read_bytes()).decode()]}
    equal(verdict(place, wish, **bare, nonce=Report(claims["report"]).data.hex())["ear_status"], "warning")
    equal(verdict(place, wish, **bare, workload=workload, configuration=configuration)["ear_status"], "warning")
    equal(ask(place, {**wish, **bare, "workload": workload})[0], 422)
    # Another service, which was not told of the model.
    other = service(None, name="other")
    true("snp.chain.complete" in verdict(other, wish)["ear_verifier_claims"]["undecided"], "it believes the model")
    equal(verdict(other, wish, endorsements=[base64.b64encode((KEYS / "ark.pem").read_bytes()).decode()])["ear_verifier_claims"]["failed"], ["snp.chain.root"])
    told = succeeded(enarx("inspect", write("evidence", content))).text
    contains(told, workload, configuration, NONCE.encode().hex(), measurement())
    equal(enarx("inspect", write("changed", bytes(changed))).status, 1)
    dry = execute([STEWARD, "explain-release", "--config", place.folder / "steward.toml", "--deployment", deployment(place), scratch("evidence")])
    contains(dry.text + dry.errors, "passed snp.measurement", "passed snp.chain.root")


def deployment(place):
    place.package_it()
    done(place.deployment("--policy", write("policy.toml", POLICY), "--measurement", measurement()))
    return scratch("d.cose")


if __name__ == "__main__":
    main()
