#!/usr/bin/env python3
"""The attestation service: who gets what from it, who does not, and what remains of it."""
import base64
import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "scenario"))
from harness import *  # noqa: E402,F403

from service import STEWARD, Service, done, enarx  # noqa: E402


@story("a Keep gets key and secrets, then a certificate that openssl and certtool verify, and the log has a line for each")
def whole_way():
    service = Service()
    service.ready_to_release()
    pulled = done(service.pull())
    key = json.loads(scratch("app.enx.key").read_text())["data-encryption-key"]
    contains(pulled.text, f"key {key}", "secret PASSWORD hunter2", "/v1/attest/ready 200")
    equal(scratch("keep/deployment.cose").read_bytes(), scratch("d.cose").read_bytes())
    for name in ("leaf", "intermediate"):
        done(execute(["openssl", "x509", "-inform", "der", "-in", scratch(f"keep/{name}.der"), "-out", scratch(f"{name}.pem")]))
    done(execute(["openssl", "verify", "-CAfile", service.root, "-untrusted", scratch("intermediate.pem"), "-purpose", "sslserver",
                  "-verify_hostname", "api.example", scratch("leaf.pem")]))
    shown = done(execute(["openssl", "x509", "-noout", "-text", "-in", scratch("leaf.pem")])).text
    contains(shown, "NO HARDWARE PROTECTION", "DNS:api.example", "URI:spiffe://steward.example/shop/api", "1.3.6.1.5.5.7.1.35",
             "TLS Web Server Authentication, TLS Web Client Authentication")
    if shutil.which("certtool"):
        chain = write("chain.pem", scratch("leaf.pem").read_bytes() + scratch("intermediate.pem").read_bytes())
        done(execute(["certtool", "--verify", "--load-ca-certificate", service.root, "--infile", chain, "--verify-hostname",
                      "api.example"]))
    ear = scratch("keep/ear.jwt").read_text()
    claims = json.loads(base64.urlsafe_b64decode(ear.split(".")[1] + "=="))
    equal(claims["submods"]["keep"]["ear_status"], "contraindicated")
    equal(claims["submods"]["keep"]["enarx.workload"], service.workload)
    equal(claims["submods"]["keep"]["enarx.deployment"], ["shop/api", 1])
    true(base64.urlsafe_b64encode(ear.encode()).rstrip(b"=") in scratch("keep/leaf.der").read_bytes(), "the EAR is in the certificate")
    status = service.status()
    equal((status["serial"], len(status["keeps"]), status["keeps"][0]["kind"]), (1, 1, "none"))
    equal([each["step"] for each in status["decisions"]], ["certificate", "grant"])
    lines = service.get("/metrics", operator=True).decode()
    contains(lines, 'enarx_attest_total{step="grant",result="accepted",rule=""} 1')
    true(status["keeps"][0]["keep"] not in lines, "a metric names a Keep")
    contains(service.get("/", operator=True).decode(), "grant</td>", "accepted")


@story("what is not the tenant's, not the service's or not newer is refused, and nothing is taken")
def publishing():
    service = Service()
    service.package_it()
    done(enarx("key", "tenant", "create", "--out", scratch("mallory.key")))
    done(service.deployment("--allow-no-hardware", out="d.cose", serial=5))
    done(service.publish())
    contains(done(service.publish()).errors, "set already")
    tried = [
        (dict(serial=4), [], "serial-conflict"),
        (dict(serial=5), ["--replicas", "9"], "serial-conflict"),
        (dict(serial=6, key="mallory.key"), [], "deployment-refused"),
        (dict(serial=6, name="other/api"), [], "deployment-refused"),
        (dict(serial=6, name="shop/../x"), [], "deployment-refused"),
        (dict(serial=6), ["--dns", "bank.example"], "deployment-refused"),
        (dict(serial=6), ["--policy", write("p.toml", 'base = "strict"\n')], "deployment-refused"),
    ]
    for number, (how, words, name) in enumerate(tried):
        out = f"d{number}.cose"
        done(service.deployment("--allow-no-hardware", *words, out=out, **how))
        refused_one = service.publish(out=out, key=how.get("key", "tenant.key"))
        equal(refused_one.status, 1, str(how))
        contains(refused_one.errors, f"({name})")
    changed = bytearray(scratch("d.cose").read_bytes())
    changed[len(changed) // 2] ^= 1
    write("changed.cose", bytes(changed))
    contains(service.publish(out="changed.cose").errors, "deployment-refused")
    contains(enarx("deployment", "status", "shop/api", "--steward", service.url, "--cacert", service.root, "--key",
                   scratch("mallory.key")).errors, "deployment-unknown")
    contains(enarx("deployment", "withdraw", "shop/api", "--steward", service.url, "--cacert", service.root, "--key",
                   scratch("mallory.key")).errors, "deployment-unknown")
    equal(service.status()["serial"], 5)


@story("a key that the configuration names no more ends and adds nothing of what it published: whoever has it may be a thief")
def _former_key():
    service = Service()
    service.package_it()
    done(service.deployment("--allow-no-hardware"))
    where = ["--steward", service.url, "--cacert", service.root, "--key", scratch("tenant.key")]
    done(service.publish())
    config = service.folder / "steward.toml"
    whole = config.read_text()

    def started_with(text):
        service.process.terminate()
        service.process.wait(TIMEOUT_S)
        config.write_text(text)
        service.start()
        return [service.url if str(each).startswith("https://") else each for each in where]

    for changed in (whole.replace(service.tenant, "11" * 32), whole.replace('deployments = ["shop/"]', 'deployments = ["bank/"]')):
        true(changed != whole, "the configuration is the same")
        there = started_with(changed)
        contains(enarx("deployment", "withdraw", "shop/api", *there).errors, "deployment-unknown")
        contains(service.publish(words=["--registry", "registry.example/shop"]).errors, "deployment-refused")
    there = started_with(whole)
    equal(service.status()["withdrawn"], None)
    done(enarx("deployment", "withdraw", "shop/api", *there))
    true(service.status()["withdrawn"], "it is not withdrawn")


@story("each denial names its rule; a second grant, a replay and an answer to nothing get nothing")
def denials():
    service = Service()
    service.ready_to_release()
    contains(service.pull("twice", out="k1").text, "409", "keep-not-empty")
    contains(service.pull("replay", out="k2").text, "403", "authenticator.context")
    answered = service.pull("no-challenge", out="k3").text
    contains(answered, "authenticator.context", "/v1/attest 400", "request-invalid")
    contains(service.pull(name="shop/none", out="k4").text, "403", "release.deployment")
    contains(service.pull(workload="11" * 32, out="k5").text, "403", "release.workload")
    contains(service.pull(out="k6").text, "409", "replicas-exhausted")
    rules = {each.get("rule") for each in service.status()["decisions"]}
    true({"authenticator.context", "release.workload"} <= rules, str(rules))
    done(enarx("deployment", "withdraw", "shop/api", "--steward", service.url, "--cacert", service.root, "--key", scratch("tenant.key")))
    contains(service.pull(out="k7").text, "403", "release.deployment")


@story("hardware that is required is required; without the tenant's right to do without, nothing is published")
def hardware():
    service = Service()
    service.package_it()
    done(service.deployment())
    done(service.publish())
    contains(service.pull().text, "403", "release.hardware")


@story("a Keep is renewed on a new connection, not when it was revoked, and then it is in the list")
def renewal():
    service = Service()
    service.ready_to_release()
    done(execute(service.words("renew"), stdin=b"\n"))
    keep = service.status()["keeps"][0]["keep"]
    serial = done(execute(["openssl", "x509", "-inform", "der", "-in", scratch("keep/leaf.der"), "-noout", "-serial"])).text
    request = urllib.request.Request(f"http://127.0.0.1:{service.operator}/v1/keeps/{keep}/revoke", method="POST")
    urllib.request.urlopen(request, timeout=10)
    write("crl.der", service.get("/pki/crl.der"))
    text = done(execute(["openssl", "crl", "-inform", "der", "-in", scratch("crl.der"), "-noout", "-text"])).text
    contains(text, serial.strip().split("=")[1])


@story("killed at any moment it starts again with what it said; a database of yesterday is not taken for today's")
def restart():
    service = Service()
    service.ready_to_release()
    shutil.copytree(service.folder, scratch("old"))
    done(service.pull(out="k1"))
    time.sleep(1.5)
    service.process.send_signal(signal.SIGKILL)
    service.process.wait()
    service.start()
    equal(len(service.status()["keeps"]), 1)
    done(service.pull(out="k2"))
    time.sleep(1.5)
    service.process.send_signal(signal.SIGTERM)
    equal(service.process.wait(timeout=15), 0)
    for name in os.listdir(service.folder):
        if name.startswith("steward.db"):
            os.remove(service.folder / name)
    for name in os.listdir(scratch("old")):
        if name.startswith("steward.db"):
            shutil.copy(scratch("old") / name, service.folder / name)
    outcome = execute([STEWARD, "serve", "--config", service.folder / "steward.toml"], timeout=20)
    equal(outcome.status, 1)
    contains(outcome.errors, "(log-damaged)")


@story("slow and broken clients cost nobody else anything")
def slow():
    service = Service()
    service.ready_to_release()
    idle = [socket.create_connection(("127.0.0.1", service.port)) for _ in range(300)]
    for each in idle:
        each.send(b"\x16")
    begin = time.monotonic()
    done(service.pull())
    true(time.monotonic() - begin < 5, "honest Keeps wait")
    for each in idle:
        each.close()
    for body, status in ((os.urandom(300_000), 413), (b"\x9f" * 4000, 400), (b"\xa2\x01\x81\x01\x02\x63", 400)):
        context = ssl.create_default_context(cafile=service.root)
        request = urllib.request.Request(service.url + "/v1/attest/challenge", data=body, method="POST")
        try:
            urllib.request.urlopen(request, timeout=10, context=context)
            raise Failed("it was taken")
        except urllib.error.HTTPError as error:
            equal(error.code, status)
        except urllib.error.URLError:
            equal(status, 413)  # closed before all was sent


@story("a folder that is there, a wrong word, a key that others read, a wrong setting: each is told, and nothing is made")
def refusals():
    service = Service()
    service.process.send_signal(signal.SIGTERM)
    service.process.wait()
    config = service.folder / "steward.toml"
    good = config.read_text()
    serve = [STEWARD, "serve", "--config", config]
    contains(execute([STEWARD, "init", service.folder]).errors, "(file-exists)")
    equal(execute([STEWARD, "sreve"]).status, 2)
    equal(execute([STEWARD, "serve", "--confg", "x"]).status, 2)
    equal(execute([STEWARD, "--help"]).status, 0)
    equal(execute([STEWARD, "init", "--name", "A B", scratch("new")]).status, 2)
    true(not scratch("new").exists(), "something is left")
    for text, name in ((good + "\nx = 1\n", "service-configuration-invalid"), (good.replace("127.0.0.1:0\"]", "nowhere\"]"), "service-configuration-invalid"),
                       (good.replace('operator = "127.0.0.1:0"', 'operator = "0.0.0.0:0"'), "service-configuration-invalid"),
                       ("policies = \"none\"\n" + good.replace('policies = "policies"', ""), "service-unusable")):
        config.write_text(text)
        outcome = execute(serve)
        equal(outcome.status, 1)
        contains(outcome.errors, f"({name})")
    config.write_text(good)
    (service.folder / "ear.key").chmod(0o644)
    contains(execute(serve).errors, "(service-unusable)", "ear.key", "0600")
    (service.folder / "ear.key").chmod(0o600)
    shutil.copy(service.folder / "root.key", service.folder / "intermediate.key")
    contains(execute(serve).errors, "(ca-unusable)")


@story("rotate-kek seals all secrets by another key while the service does not run; Keeps get the same ones after it")
def another_key():
    service = Service()
    service.ready_to_release()
    kek, rotate = service.folder / "kek", [STEWARD, "rotate-kek", "--config", service.folder / "steward.toml"]
    former = kek.read_bytes()
    contains(execute(rotate).errors, "(store-in-use)")
    equal((kek.read_bytes(), (service.folder / "kek.next").exists()), (former, False))
    service.process.send_signal(signal.SIGTERM)
    service.process.wait(timeout=15)
    contains(done(execute(rotate)).text, "sealed 2 secrets by a new key")
    true(kek.read_bytes() != former, "the key is the same")
    equal((kek.stat().st_mode & 0o777, (service.folder / "kek.next").exists()), (0o600, False))
    service.start()
    contains(done(service.pull()).text, "secret PASSWORD hunter2")
    equal(execute(rotate[:2]).status, 2)


@story("rotate-kek and serve beside a folder without its key make no store in it")
def no_key():
    service = Service()
    service.process.send_signal(signal.SIGTERM)
    service.process.wait(timeout=15)
    (service.folder / "kek").rename(service.folder / "elsewhere")
    for path in service.folder.glob("steward.db*"):
        path.unlink()
    for command in ("rotate-kek", "serve"):
        outcome = execute([STEWARD, command, "--config", service.folder / "steward.toml"])
        equal(outcome.status, 1, outcome.errors)
        contains(outcome.errors, "(kek-unusable)")
        equal(list(service.folder.glob("steward.db*")), [])


@story("of several who set a secret at once one has, and Keeps get what that one has set")
def at_once():
    service = Service()
    service.package_it()
    done(service.deployment("--allow-no-hardware", "--replicas", "9"))
    passwords = [f"of {number}" for number in range(6)]
    with concurrent.futures.ThreadPoolExecutor(len(passwords)) as pool:
        told = list(pool.map(lambda password: done(service.publish(password=password)), passwords))
    first = [password for password, outcome in zip(passwords, told) if "PASSWORD" not in outcome.text + outcome.errors]
    contains(done(service.pull()).text, f"secret PASSWORD {first[0] if first else 'nobody'}")
    equal(len(first), 1, str([outcome.text + outcome.errors for outcome in told]))


@story("a deployment names the policy authentic or strict by its name, and the service needs no file for either")
def policies_by_name():
    service = Service()
    service.package_it()
    for serial, policy in ((1, "authentic"), (2, "strict")):
        done(service.deployment("--allow-no-hardware", "--replicas", "3", "--policy", policy, serial=serial, out=f"{policy}.cose"))
        done(service.publish(out=f"{policy}.cose"))
        contains(done(service.pull(serial=serial, out=policy)).text, "/v1/attest/ready 200")
    equal(service.deployment("--policy", "lax", out="lax.cose").status, 2)


main()
