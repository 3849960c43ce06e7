#!/usr/bin/env python3
"""Layers of packages in the hands of Tink in Go: it opens ours, and a Keep runs what it has sealed."""
import hashlib
import io
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "scenario"))
from harness import *  # noqa: E402,F403

from tenants import ALLOWED, deploy, keep, status_of, tenant_key  # noqa: E402

PEER = pathlib.Path(__file__).with_name("tink_peer")


def peer():
    """Built once in the build folder."""
    if not shutil.which("go"):
        skip("go is not installed: https://go.dev/dl, 1.24 or later")
    program = BUILD / "parts" / "tink-peer"
    built = subprocess.run(["go", "build", "-mod=readonly", "-o", program, "."], cwd=PEER, capture_output=True, text=True, check=False)
    if built.returncode and "dial tcp" in built.stderr:
        skip("tink-go cannot be fetched: " + built.stderr.strip().splitlines()[-1])
    equal(built.returncode, 0, built.stderr)
    return program


def tink(way, key, data, content):
    return subprocess.run([peer(), way, key, data.hex()], input=content, capture_output=True, check=False)


class Package:
    """A package file, taken apart."""

    def __init__(self):
        app = folder("app")
        shutil.copy(guest("hello"), app / "main.wasm")
        (app / "filler").write_bytes(os.urandom(3 << 20))
        succeeded(enarx("package", app, "--out", scratch("a.enx"), "--key", tenant_key(), ALLOWED))
        with tarfile.open(scratch("a.enx")) as archive:
            self.files = {member.name: archive.extractfile(member).read() for member in archive if member.isfile()}
        self.index = json.loads(self.files["index.json"])
        self.manifest = json.loads(self.blob(self.index["manifests"][0]))
        self.layer = self.blob(self.manifest["layers"][0])
        self.keys = json.loads(scratch("a.enx.key").read_text())
        self.data = b"enarx/v1/layer" + bytes.fromhex(json.loads(self.blob(self.manifest["config"]))["id"]) + bytes(4)

    def blob(self, descriptor):
        return self.files["blobs/sha256/" + descriptor["digest"].removeprefix("sha256:")]

    def with_layer(self, name, layer):
        """The same with another layer, in a file, with its key file: its tenant has signed it."""
        self.manifest["layers"][0].update(digest="sha256:" + hashlib.sha256(layer).hexdigest(), size=len(layer))
        manifest = json.dumps(self.manifest, separators=(",", ":")).encode()
        digest = hashlib.sha256(manifest).hexdigest()
        self.index["manifests"][0].update(digest="sha256:" + digest, size=len(manifest))
        files = {**self.files, "index.json": json.dumps(self.index).encode(), "blobs/sha256/" + digest: manifest,
                 "blobs/sha256/" + hashlib.sha256(layer).hexdigest(): layer}
        with tarfile.open(scratch(name), "w", format=tarfile.USTAR_FORMAT) as archive:
            for path, content in files.items():
                entry = tarfile.TarInfo(path)
                entry.size = len(content)
                archive.addfile(entry, io.BytesIO(content))
        signed = succeeded(execute([BUILD / "parts/relay", "sign", self.keys["deployment"], tenant_key(), digest])).text.strip()
        write(f"{name}.key", json.dumps({**self.keys, "package": "sha256:" + digest, "deployment": signed})).chmod(0o600)
        return scratch(name)


@story("Tink in Go opens a layer with the package's key and associated data, and with no other", seconds=300)
def _opens():
    here = Package()
    key = here.keys["data-encryption-key"]
    opened = tink("open", key, here.data, here.layer)
    equal(opened.returncode, 0, opened.stderr.decode()[-300:])
    with tarfile.open(fileobj=io.BytesIO(opened.stdout)) as archive:
        equal(archive.extractfile("filler").read() == (scratch("app") / "filler").read_bytes(), True)
    for wrong in (("11" * 32, here.data, here.layer), (key, here.data + b"x", here.layer), (key, here.data, here.layer[:-1]),
                  (key, here.data, here.layer[:1 << 20])):
        true(tink("open", *wrong).returncode != 0, "it has opened another one")


@story("a Keep runs what Tink in Go has sealed, and not what it has sealed with another key", seconds=300)
def _seals():
    here = Package()
    key = here.keys["data-encryption-key"]
    text = tink("open", key, here.data, here.layer).stdout
    for name, by, wanted in (("b.enx", key, (0, "Hello, world!\n")), ("c.enx", "11" * 32, (125, ""))):
        process, place = keep(f"{name}.sock")
        told = deploy(place, here.with_layer(name, tink("seal", by, here.data, text).stdout))
        equal((told.status, told.text), wanted, told.errors)
        true(wanted[0] == 0 or "(package-damaged)" in told.errors, told.errors)
        equal(status_of(process), wanted[0])


main()
