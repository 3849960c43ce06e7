#!/usr/bin/env python3
"""Whoever owns the host looks for a tenant's secrets on its wires, its disk and in the memory of its processes."""
import json
import pathlib
import shutil
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "provision"))
from between import Between  # noqa: E402
from hosts import Host, in_memory  # noqa: E402
from tenants import *  # noqa: E402,F403

SECRETS = [f"secret {number:02} of the tenant's, {number * 7919:08x}" for number in range(20)]  # the first ten are granted, the others packaged
WORDS = {secret.encode() for secret in SECRETS}


class Recorder(Between):
    """All bytes that pass, either way."""

    def _take(self, way, data):
        cut, data = super()._take(way, data)
        with self.lock:
            self.all = getattr(self, "all", b"") + data
        return cut, data


def application():
    """Waits for its tenant; the secrets are in its environment, and in a file of its package."""
    app = folder("app")
    shutil.copy(guest("copy"), app / "main.wasm")
    (app / "list.txt").write_text("\n".join(SECRETS[10:]))
    out = scratch("a.enx")
    succeeded(enarx("package", app, "--out", out, "--key", tenant_key(), *[word for number in range(10) for word in ("--secret", f"S{number}")], ALLOWED))
    return out, [word for number in range(10) for word in ("--secret", f"S{number}={SECRETS[number]}")]


def running(*where):
    app, secrets = application()
    tenant = start([PROGRAM, "deploy", *where, ALLOWED, *secrets, app])
    while line := tenant.stderr.readline():
        if b"running" in line:
            return tenant
    raise Failed(f"it has ended: {finish(tenant).errors}")


def sealed_memory():
    report = json.loads(succeeded(enarx("platform", "info", "--json")).text)
    checks = next(each for each in report["backends"] if each["name"] == "kvm").get("platform", [])
    return any("sealed" in check["name"].lower() and check["pass"] and not str(check["info"]).startswith("no") for check in checks)


@story("twenty secrets of grant and package are on no wire and no disk of the host, and in none of its processes but the Keep of kind nil", seconds=120)
def _host():
    host = Host()
    recorder = Recorder("", host.port)
    tenant = running("--host", recorder.url)
    true(len(recorder.all) > 5000, "nothing was recorded")
    equal({word for word in WORDS if word in recorder.all}, set())
    files = [path for path in [*host.state.rglob("*"), host.log] if path.is_file()]
    true(len(files) > 3, f"the host has only {files}")
    equal({word for path in files for word in WORDS if word in path.read_bytes()}, set())
    keeps = children(host.process.pid)
    try:
        equal(in_memory([host.process.pid], WORDS), set())
        found = in_memory(keeps, WORDS)
    except PermissionError:
        skip("the memory of processes may not be read here")
    if BACKEND == "nil":
        equal(found, WORDS)  # so that the search finds what is there
    elif sealed_memory():
        equal(found, set())
    tenant.stdin.close()
    equal(tenant.wait(TIMEOUT_S), 0)
    if BACKEND == "kvm" and not sealed_memory():
        skip("this host offers no sealed memory: a KVM Keep's can be read")


@story("in a KVM Keep without sealed memory they are found: the search works", seconds=120)
def _plain():
    if BACKEND != "kvm":
        skip("of KVM Keeps")
    process, place = keep("keep.sock", "--memory", "plain")
    tenant = running("--keep", place)
    try:
        equal(in_memory([process.pid], WORDS), WORDS)
    except PermissionError:
        skip("the memory of processes may not be read here")
    tenant.stdin.close()
    equal(tenant.wait(TIMEOUT_S), 0)
    equal(status_of(process), 0)


if __name__ == "__main__":
    main()
