#!/usr/bin/env python3
"""Evidence of an SEV-SNP Keep on tee-model, from the processor's signature to the application, and what is handed to such a Keep.

Reports are signed by keys that anybody can have (build/parts/tee-model-keys), so nothing counts but under the root that the stories name.
"""
import hashlib
import os
import shutil
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../model/strangers"))
from model import model  # noqa: E402  first: it finds the harness
from harness import PROGRAM, contains, enarx, equal, execute, folder, guest, main, scratch, start, story, succeeded, true, write  # noqa: E402,E501
from cbor import decoded  # noqa: E402
from keeps import POLICY, ROOT, another_model, certificates, measurement, tenants_words  # noqa: E402
from report import KEYS, Report, check_signature  # noqa: E402

MOUNT = '[[files]]\nkind = "dir"\npath = "/dev/attestation"\nsource = "attestation"\n'

def evidence_of(*arguments, options=(), env=None):
    config = write("Enarx.toml", MOUNT)
    line = [*model(), PROGRAM, "run", "--backend=snp", "--config", config, "--certificates", certificates(), *options,
            guest("attestation"), "evidence", *arguments]
    return execute(line, timeout=240, env=env)


def digests():
    outcome = succeeded(enarx("run", "--config", write("Enarx.toml", MOUNT), "--digests", guest("attestation"), "evidence", "my nonce"))
    return dict(line.split() for line in outcome.text.splitlines())


_evidence = None


def evidence():
    """Of one Keep, for all stories."""
    global _evidence
    if _evidence is None:
        _evidence = succeeded(evidence_of("my nonce")).out
    path = scratch("evidence")
    path.write_bytes(_evidence)
    return path


def expectations(**other):
    wanted = {"policy": write("policy.toml", POLICY), "root": ROOT, "measurement": measurement(), "workload": guest("attestation"),
              "configuration": digests()["configuration"], "user-data": b"my nonce".hex()} | other
    return [f"--{name}={value}" for name, value in wanted.items() if value is not None]


def verify(*more, path=None, **other):
    return enarx("verify", *expectations(**other), *more, path or evidence())


def not_believed(outcome):
    true(outcome.status in (1, 3) and "accepted" not in outcome.text, outcome.text)


def refused(outcome, rule):
    equal(outcome.status, 1, outcome.text + outcome.errors)
    contains(outcome.text, f"failed  {rule}")


@story("one command goes from a Keep's report to its application, under the model's root", seconds=1500)
def accepted():
    outcome = succeeded(verify())
    contains(outcome.text, "accepted (SEV-SNP report)", hashlib.sha256(guest("attestation").read_bytes()).hexdigest(),
             f"measurement: {measurement()}", "vmpl: 0")


@story("what stands in the evidence is what the firmware signed, and the report binds the application: by Python's cryptography", seconds=900)
def strangers():
    claims, rest = decoded(evidence().read_bytes())
    equal(rest, b"")
    equal(claims["kind"], "snp")
    report = Report(claims["report"])
    check_signature(report)
    bound = claims["user_data"]
    equal(bound, b"my nonce")
    words = b"enarx/v1/app" + claims["workload"] + claims["configuration"] + bytes([len(bound)]) + bound
    equal(report.data, hashlib.sha512(words).digest())
    equal(report.measurement.hex(), measurement())
    equal(claims["workload"], hashlib.sha256(guest("attestation").read_bytes()).digest())


@story("under any other root it is refused: the built-in ones, and those of another model", seconds=900)
def other_roots():
    not_believed(verify(root=None))
    refused(verify(f"--endorsements={KEYS}/ark.pem", root=None), "snp.chain.root")
    not_believed(verify(root=another_model()))


@story("another measurement, application, configuration or nonce than the expected one is refused by its rule", seconds=900)
def differs():
    refused(verify(measurement="11" * 48), "snp.measurement")
    refused(verify(workload=guest("hello")), "snp.report-data")
    refused(verify(configuration="22" * 32), "snp.report-data")
    refused(verify(**{"user-data": b"another nonce".hex()}), "snp.report-data")
    contains(verify(**{"user-data": None}).text, "undecided  snp.report-data")
    refused(verify(workload=guest("hello"), **{"user-data": None}), "snp.report-data")


@story("claims beside a report that does not bind them are refused", seconds=900)
def forged():
    content = bytearray(evidence().read_bytes())
    claims, _ = decoded(bytes(content))
    for part in (claims["workload"], claims["configuration"], claims["user_data"], claims["report"][0x50:0x90]):
        changed = bytearray(content)
        changed[content.index(part) + 3] ^= 1
        path = scratch("changed")
        path.write_bytes(changed)
        # Where all is given, only the report counts.
        equal(verify(path=path).status, 1 if len(part) == 64 else 0)
        not_believed(verify(path=path, configuration=None, **{"user-data": None}))


@story("a report of another guest in the place of the Keep's own is refused, whose-ever it is", seconds=900)
def foreign():
    own, _ = decoded(evidence().read_bytes())
    # Of the same application with another nonce, and of one that bound the same under another configuration.
    others = [evidence_of("another nonce"), evidence_of("my nonce", options=["--env=A=B"])]
    for other in others:
        report = decoded(succeeded(other).out)[0]["report"]
        true(len(report) == len(own["report"]) and report != own["report"], "the same report")
        path = scratch("spliced")
        path.write_bytes(evidence().read_bytes().replace(own["report"], report))
        refused(verify(path=path), "snp.report-data")
    # The host hands the Keep an answer that was made for another guest: there is no evidence at all.
    outcome = evidence_of("my nonce", env={"TEE_MODEL_HOSTILE": "message-foreign@1"})
    true(outcome.status != 0 and outcome.out == b"", f"{outcome.status}: {outcome.errors[-300:]}")


@story("every report of a Keep is for what was bound last, and many can be asked for", seconds=900)
def many():
    outcome = succeeded(evidence_of("another nonce"))
    claims, _ = decoded(outcome.out)
    equal(claims["user_data"], b"another nonce")


def keep(name):
    path = scratch(name)
    process = start([*model(), PROGRAM, "keep", "--backend=snp", "--channel", path, "--certificates", certificates()])
    until = time.monotonic() + 240
    while not path.exists():
        if process.poll() is not None or time.monotonic() > until:
            raise AssertionError(f"the Keep does not begin: {process.stderr.read()[-2000:] if process.poll() is not None else ''}")
        time.sleep(0.1)
    return process, path


def package(name, *options):
    app = folder("app-" + name)
    shutil.copy(guest(name), app / "main.wasm")
    out = scratch(name + ".enx")
    if not scratch("tenant.key").exists():
        succeeded(enarx("key", "tenant", "create", "--out", scratch("tenant.key")))
    succeeded(enarx("package", app, "--out", out, "--key", scratch("tenant.key"), *options))
    return out


def deploy(place, app, **other):
    return enarx("deploy", "--keep", place, *tenants_words(**other), app, timeout=240)


@story("an application that demands hardware is deployed to an SEV-SNP Keep by a policy that names its measurement", seconds=900)
def deployed():
    process, place = keep("keep.sock")
    done = succeeded(deploy(place, package("hello")))
    equal(done.text, "Hello, world!\n")
    true("NO HARDWARE" not in done.errors, done.errors)
    equal(process.wait(60), 0)


@story("a Keep of another measurement, and one under a root that was not given, get nothing", seconds=900)
def not_deployed():
    process, place = keep("other.sock")
    app = package("hello")
    for other in ({"measurement": "11" * 48}, {"root": None}):
        done = deploy(place, app, **other)
        equal(done.status, 125, done.text)
        true("(evidence-refused)" in done.errors or "(evidence-undecided)" in done.errors, done.errors)
    succeeded(deploy(place, app))
    equal(process.wait(60), 0)


main()
