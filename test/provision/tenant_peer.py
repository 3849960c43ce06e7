#!/usr/bin/env python3
"""A tenant that shares no code with ours, in Go: its TLS, exporter, authenticators and HPKE agree with a real Keep's, and it sees what differs."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "scenario"))
from harness import *  # noqa: E402,F403

from tenants import keep, package, status_of  # noqa: E402

PEER = pathlib.Path(__file__).with_name("tenant_peer")


def peer():
    """Built once in the build folder; crypto/hpke is in Go's library from 1.26 on."""
    version = subprocess.run(["go", "version"], capture_output=True, text=True, check=False).stdout if shutil.which("go") else ""
    found = re.search(r"go1\.(\d+)", version)
    if not found or int(found.group(1)) < 26:
        skip("Go 1.26 is not installed: https://go.dev/dl")
    program = BUILD / "parts" / "tenant-peer"
    built = subprocess.run(["go", "build", "-mod=readonly", "-o", program, "."], cwd=PEER, capture_output=True, text=True, check=False,
                           env={**os.environ, "GOTOOLCHAIN": "local"})
    equal(built.returncode, 0, built.stderr)
    return program


class Handed:
    """A Keep whose host has a package, and what its tenant needs to hand that over."""

    def __init__(self, guest_name="environment", toml=None):
        self.app = package(guest_name, "--secret", "PASSWORD", toml=toml)
        told = json.loads(pathlib.Path(f"{self.app}.key").read_text())
        self.key = told["data-encryption-key"]
        self.deployment, self.grantor = write("d.cose", bytes.fromhex(told["deployment"])), write("grantor.pem", told["grantor-key"])
        blobs = folder("blobs")
        succeeded(execute(["tar", "-xf", self.app, "--strip-components=2", "-C", blobs, "blobs/sha256"]))
        self.process, self.place = keep("keep.sock", "--blobs", blobs)

    def by_go(self, place=None, secrets=("PASSWORD=said by Go",)):
        return execute([peer(), place or self.place, self.deployment, self.grantor, self.key, *secrets], timeout=30)


@story("it judges a Keep, seals a grant for it, has it prove what it has loaded, starts it, and hears its output and exit status", seconds=200)
def _whole():
    here = Handed()
    told = here.by_go()
    equal((told.status, told.text), (0, "PASSWORD=said by Go\n"), told.errors)
    contains(told.errors, "X25519MLKEM768", "workload " + matches(succeeded(enarx("run", "--digests", scratch("app-environment"))).text, r"workload (\w+)").group(1))
    equal(status_of(here.process), 0)


@story("a grant without its secret is refused by the Keep", seconds=200)
def _wrong():
    here = Handed()
    told = here.by_go(secrets=())
    equal(told.status, 1)
    contains(told.errors, "grant-refused")
    equal(status_of(here.process), 125)


@story("who stands between, with the Keep's certificate or its own, is found out by Go's exporter, too", seconds=200)
def _relay():
    here = Handed()
    for way, why in (("pass", "another key than in the handshake"), ("resign", "evidence of another key")):
        front = scratch(f"{way}.sock")
        process = start([BUILD / "parts/relay", "between", front, here.place, way])
        end = time.monotonic() + TIMEOUT_S
        while not front.exists():
            true(process.poll() is None and time.monotonic() < end, "the relay does not begin")
            time.sleep(0.02)
        told = here.by_go(front)
        equal((told.status, told.text), (1, ""))
        contains(told.errors, why)
        process.kill()
    equal(here.by_go().status, 0)


main()
