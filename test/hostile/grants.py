#!/usr/bin/env python3
"""Grants that no Keep may take, from a tenant or a service that would have it take them: each is refused with its reason, and ends the Keep."""
import json
import pathlib
import sys
import urllib.error
import urllib.request
import ssl

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "provision"))
from hosts import certificate  # noqa: E402
from service import Service, done, pin_of, published, pull_line  # noqa: E402
from tenants import *  # noqa: E402,F403

from relays import RELAY, FalseService  # noqa: E402

# What is wrong (relay/grants.cpp), and what the Keep says of it.
WRONG = {
    "connection": "it is not sealed for this Keep and this connection",
    "keep": "it is for another Keep",
    "evidence": "it is for other evidence than was given on this connection",
    "grantor": "who signed the grant is none of the deployment's grantors",
    "grantors": "who signed the grant is none of the deployment's grantors",
    "signature": "the grant is not as it has to be: signature.wrong",
    "workload": "the grant is not as it has to be: signature.wrong",
    "key": "the grant is not as it has to be: grant.package-key",
    "secret-missing": "its secrets are not those that the deployment names",
    "secret-more": "its secrets are not those that the deployment names",
    "serial": "the grant is not as it has to be: deployment.serial",
    "time": "the deployment's time is over",
    "hardware": "the deployment wants hardware that protects the Keep, and there is none",
}


def words(deployment, key_file, grantor, wrong):
    """Of the relay, for a grant."""
    told = json.loads(pathlib.Path(key_file).read_text())
    return [write("deployment.cose", deployment), grantor, tenant_key(), told["data-encryption-key"], wrong]


@story("by a tenant: another Keep, connection, evidence, grantor or signature, a short key, secrets that are none, no serial, a time that is over, hardware",
       seconds=120)
def _push():
    app = package("environment", "--secret", "PASSWORD")
    told = json.loads(pathlib.Path(f"{app}.key").read_text())
    grantor = write("grantor.pem", told["grantor-key"])

    def granted(wrong, *options):
        process, place = keep(f"{wrong or 'right'}.sock", *options)
        return succeeded(execute([RELAY, "grant", place, *words(bytes.fromhex(told["deployment"]), f"{app}.key", grantor, wrong)])), process, place

    said, *_ = granted("")
    equal(said.text, "granted\nasks for the package\npackage-missing\n")  # so that it is what is wrong that is refused
    for wrong, reason in WRONG.items():
        said, process, _ = granted(wrong)
        equal((said.text, status_of(process)), ("grant-refused\n", 125), wrong)
        contains(said.errors, reason)
        contains(finish(process).errors, "(grant-refused)")


@story("a package that its tenant has not signed for: of another workload, another configuration or another digest, whatever the host has", seconds=90)
def _loaded():
    app = package("environment", "--secret", "PASSWORD")
    told = json.loads(pathlib.Path(f"{app}.key").read_text())
    grantor = write("grantor.pem", told["grantor-key"])
    given = (bytes.fromhex(told["deployment"]), f"{app}.key", grantor)
    blobs = folder("blobs")
    succeeded(execute(["tar", "-xf", app, "--strip-components=2", "-C", blobs, "blobs/sha256"]))
    for wrong, heard in (("other-workload", "workload-differs"), ("other-configuration", "configuration-differs"), ("", "ready"),
                         ("other-package", "asks for the package\npackage-missing")):
        process, place = keep(f"{wrong or 'right'}.sock", "--blobs", blobs)
        with_secret = execute([RELAY, "grant", place, *words(*given, wrong)], timeout=20) if wrong else None
        if wrong:
            equal(succeeded(with_secret).text, f"granted\n{heard}\n", with_secret.errors)
        if wrong:
            equal(status_of(process), 125)
            contains(finish(process).errors, f"({heard.splitlines()[-1]})")
        else:  # the same Keep, blobs and grant, but for what is wrong
            done_well = deploy(place, app, "--secret", "PASSWORD=x")
            equal((done_well.status, done_well.text), (0, "PASSWORD=x\n"), done_well.errors)


@story("a second grant on the same connection is refused, and the Keep stays who granted first's", seconds=60)
def _twice():
    app = package("environment", "--secret", "PASSWORD")
    told = json.loads(pathlib.Path(f"{app}.key").read_text())
    blobs = folder("blobs")
    succeeded(execute(["tar", "-xf", app, "--strip-components=2", "-C", blobs, "blobs/sha256"]))
    process, place = keep("keep.sock", "--blobs", blobs)
    grantor = write("grantor.pem", told["grantor-key"])
    said = succeeded(execute([RELAY, "grant", place, *words(bytes.fromhex(told["deployment"]), f"{app}.key", grantor, "twice")]))
    equal(said.text, "granted\nready\nkeep-not-empty\n")
    other = package("hello", name="other", key="other.key")
    contains(deploy(place, other).errors, "(keep-not-empty)")
    true(process.poll() is None, "the Keep has ended")


@story("by a service that was broken into: what its tenant has not signed so is refused by the Keep, and nothing runs", seconds=120)
def _pull():
    service = Service()
    published(service)
    certificate(scratch("evil"), "localhost")
    for wrong in ("", "workload", "signature", "grantor", "serial", "secret-more", "key"):
        given = words(scratch("d.cose").read_bytes(), scratch("app.enx.key"), service.folder / "grantor.key", wrong)
        evil = FalseService("evil", service.folder / "tls.pem", "grant", *given)
        process = start(pull_line(service, url=evil.url, pin=pin_of(scratch("evil.pem"))))
        evil.keep()
        evil.go_on()
        ended = finish(process)
        equal((ended.status, ended.text), (125, ""), wrong)
        # The right one is taken; then the Keep asks for a certificate, of which he knows nothing.
        contains(ended.errors, "(grant-refused)" if wrong else "(steward-")


def put(service, deployment):
    """The status with which the service takes a deployment, and the failure's name."""
    request = urllib.request.Request(f"{service.url}/v1/deployments/shop%2Fapi", data=deployment, method="PUT")
    try:
        return urllib.request.urlopen(request, timeout=10, context=ssl.create_default_context(cafile=service.root)).status, ""
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())["type"].rsplit(":", 1)[1]


@story("a lower or equal serial is 409, a deployment that mallory signed 403, and both leave what was published")
def _published():
    service = Service()
    service.package_it()
    succeeded(enarx("key", "tenant", "create", "--out", scratch("mallory.key")))

    def signed(serial, *more, key="tenant.key"):
        out = f"d{serial}-{key}{len(more)}.cose"
        if not scratch(out).exists():
            done(service.deployment("--allow-no-hardware", *more, serial=serial, key=key, out=out))
        return scratch(out).read_bytes()

    first = signed(5)
    equal(put(service, first), (201, ""))
    equal(put(service, first), (200, ""))  # the same bytes: a tenant whose connection broke tries again
    for other in (signed(4), signed(5, "--replicas", "9")):
        equal(put(service, other), (409, "serial-conflict"))
    equal(put(service, signed(6, key="mallory.key")), (403, "deployment-refused"))
    changed = bytearray(signed(6))
    changed[-1] ^= 1
    equal(put(service, bytes(changed)), (403, "deployment-refused"))
    equal(service.status()["serial"], 5)
    equal(put(service, signed(6)), (201, ""))


if __name__ == "__main__":
    main()
