#!/usr/bin/env python3
"""Packages that others encrypted: `skopeo copy --encryption-key` writes them, the tenant opens their keys, the Keep the layers."""
import base64
import hashlib
import hmac
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

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from hosts import Host  # noqa: E402
from registries import registry  # noqa: E402
from registry_peer import ReferrersRegistry  # noqa: E402
from service import Service, measured, pull_line  # noqa: E402
from tenants import ALLOWED, SIGN, deploy, enarx, keep, status_of, tenant_key  # noqa: E402

PEERS = pathlib.Path(__file__).with_name("package_peers.txt")
SECRET = b"Nobody outside of the Keep reads this sentence. "
ENCRYPTED = "application/vnd.oci.image.layer.v1.tar+encrypted"
OPTIONS, KEYS = "org.opencontainers.image.enc.pubopts", "org.opencontainers.image.enc.keys.jwe"


def done(outcome):
    equal(outcome.status, 0, outcome.errors + outcome.text)
    return outcome


def refused(outcome, name, *parts, status=125):
    """By the Keep; with status 1 by a command of the tenant's."""
    equal((outcome.status, outcome.text), (status, ""), outcome.errors)
    contains(outcome.errors, f"({name})", *parts)


def skopeo(*words):
    if not shutil.which("skopeo"):
        skip("skopeo is not installed (apt-get install skopeo)")
    return done(execute(["skopeo", "--insecure-policy", "copy", "--quiet", *words]))


def key(name, algorithm="EC", option="ec_paramgen_curve:P-256", form=()):
    """A private key of the tenant's, to which anybody may encrypt images, and its public half."""
    made = scratch(f"{name}.key")
    done(execute(["openssl", "genpkey", "-algorithm", algorithm, "-pkeyopt", option, "-out", made]))
    done(execute(["openssl", "pkey", "-in", made, "-pubout", "-out", scratch(f"{name}.pub")]))
    if form:
        done(execute(["openssl", *form, "-in", made, "-out", scratch(f"{name}.old")]))
        made = scratch(f"{name}.old")
    return made, scratch(f"{name}.pub")


def plain(*words, large=True, filler=3 << 20):
    """A plain package of a program that prints."""
    app = folder("app")
    shutil.copy(guest("hello"), app / "main.wasm")
    write("app/secret.txt", SECRET * 40)
    if large:
        write("app/filler", os.urandom(filler))
    done(enarx("package", app, "--plain", "--out", scratch("plain.enx"), *words))
    return scratch("plain.enx")


def image(*publics, name="image.tar", package=None):
    """What skopeo makes of it for whoever has the keys."""
    words = [word for public in publics for word in ("--encryption-key", f"jwe:{public}")]
    skopeo(*words, f"oci-archive:{package or plain()}", f"oci-archive:{scratch(name)}:a")
    return scratch(name)


def adopt(path, private, *words):
    return enarx("package", path, "--decryption-key", private, "--key", tenant_key(), ALLOWED, *words)


def files_of(path):
    with tarfile.open(path) as archive:
        return {member.name: archive.extractfile(member).read() for member in archive if member.isfile()}


def blob(files, digest):
    return files["blobs/sha256/" + digest.removeprefix("sha256:")]


def manifest_of(files):
    return json.loads(blob(files, json.loads(files["index.json"])["manifests"][0]["digest"]))


def written(files, manifest, name, key_of=None):
    """An image with this manifest; with `key_of`, that one's key and deployment, signed anew for it."""
    text = json.dumps(manifest, separators=(",", ":")).encode()
    digest = hashlib.sha256(text).hexdigest()
    index = {"schemaVersion": 2, "manifests": [{"mediaType": manifest["mediaType"], "digest": "sha256:" + digest, "size": len(text)}]}
    files = {**files, "index.json": json.dumps(index).encode(), "blobs/sha256/" + digest: text}
    with tarfile.open(scratch(name), "w", format=tarfile.USTAR_FORMAT) as archive:
        for path, content in files.items():
            entry = tarfile.TarInfo(path)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    if key_of:
        keys = json.loads(pathlib.Path(f"{key_of}.key").read_text())
        signed = subprocess.run([peers(PEERS), "-c", SIGN, tenant_key(), keys["deployment"], digest], capture_output=True, text=True, check=False)
        equal(signed.returncode, 0, signed.stderr[-600:])
        write(f"{name}.key", json.dumps({**keys, "package": "sha256:" + digest, "deployment": signed.stdout.strip()}))
    return scratch(name)


def with_layer(path, text, code=None):
    """The image with another layer, encrypted here under the same key, and its HMAC, or another one."""
    secret = bytes.fromhex(json.loads(pathlib.Path(f"{path}.key").read_text())["data-encryption-key"])
    equal(len(secret), 48)
    sealed = done(execute(["openssl", "enc", "-aes-256-ctr", "-K", secret[:32].hex(), "-iv", secret[32:].hex()], stdin=text)).out
    files = files_of(path)
    manifest = manifest_of(files)
    layer = manifest["layers"][0]
    digest = hashlib.sha256(sealed).hexdigest()
    files["blobs/sha256/" + digest] = sealed
    options = json.loads(base64.b64decode(layer["annotations"][OPTIONS]))
    options["hmac"] = base64.b64encode(code or hmac.digest(secret[:32], sealed, "sha256")).decode()
    layer.update(digest="sha256:" + digest, size=len(sealed))
    layer["annotations"][OPTIONS] = base64.b64encode(json.dumps(options).encode()).decode()
    return written(files, manifest, "other.tar", path)


def run(app, number=0):
    """In a fresh Keep; that ends as the application did."""
    process, place = keep(f"keep{number}.sock")
    outcome = deploy(place, app)
    equal(status_of(process), outcome.status)
    return outcome


def runs(app, number=0):
    outcome = run(app, number)
    equal((outcome.status, outcome.text), (0, "Hello, world!\n"), outcome.errors)


@story("an image that skopeo encrypted for the tenant's key runs in a Keep, by keys of every kind and for several at once")
def every_key():
    package = plain()
    keys = {
        "rsa": key("rsa", "RSA", "rsa_keygen_bits:2048"),
        "rsa-old": key("rsa-old", "RSA", "rsa_keygen_bits:3072", ["rsa", "-traditional"]),
        "p256": key("p256"),
        "p384-old": key("p384-old", option="ec_paramgen_curve:P-384", form=["ec"]),
        "p521": key("p521", option="ec_paramgen_curve:P-521"),
    }
    for number, (name, (private, public)) in enumerate(keys.items()):
        path = image(public, name=f"{name}.tar", package=package)
        before = path.read_bytes()
        true(SECRET not in before, "the application is in the image")
        told = done(adopt(path, private)).text
        digest = json.loads(files_of(path)["index.json"])["manifests"][0]["digest"]
        contains(told, f"package        {digest}", "encrypted by ocicrypt", f"{path}.key")
        equal(path.read_bytes(), before)
        runs(path, number)
    everybody = image(*(public for _, public in keys.values()), name="all.tar", package=package)
    for number, (private, _) in enumerate(keys.values()):
        done(adopt(everybody, private))
        found = json.loads(scratch("all.tar.key").read_text())["data-encryption-key"]
        equal(len(found), 96)
        if number:
            equal(found, former)
        former = found
        if private is keys["p521"][0]:
            runs(everybody, "-all")
        scratch("all.tar.key").unlink()


@story("an encrypted image goes through a registry and a host, and a service hands it to Keeps")
def registry_and_service():
    private, public = key("mine")
    address, _ = registry()
    where = f"{address}/shop/api"
    package = plain("--secret", "PASSWORD")
    skopeo("--dest-tls-verify=false", "--encryption-key", f"jwe:{public}", f"oci-archive:{package}", f"docker://{where}:enc")
    done(enarx("pull", f"{where}:enc", "--plain-http", "--out", scratch("app.enx")))
    service = Service()
    done(adopt(scratch("app.enx"), private, "--secret", "PASSWORD", "--name", "shop/api"))
    process, place = keep()
    outcome = enarx("deploy", "--keep", place, ALLOWED, "--key", scratch("app.enx.key"), "--plain-http", f"{where}:enc", "--secret", "PASSWORD=x")
    equal((outcome.status, outcome.text), (0, "Hello, world!\n"), outcome.errors)
    equal(status_of(process), 0)
    # By a host that keeps packages, too.
    host = Host()
    outcome = enarx("deploy", "--host", host.url, ALLOWED, scratch("app.enx"), "--secret", "PASSWORD=x")
    equal((outcome.status, outcome.text), (0, "Hello, world!\n"), outcome.errors)
    # And unattended: the service keeps the layers' keys.
    done(service.deployment(ALLOWED, *measured()))
    done(service.publish())
    outcome = execute(pull_line(service))
    equal(outcome.status, 0, outcome.errors)
    # What was fetched goes on to another place, byte for byte.
    done(enarx("push", scratch("app.enx"), f"{where}:copy", "--plain-http"))
    done(enarx("pull", f"{where}:copy", "--plain-http", "--out", scratch("copy.enx")))
    equal(scratch("copy.enx").read_bytes(), scratch("app.enx").read_bytes())


@story("a wrong HMAC is refused before a byte of the layer is used, and so are another key, other bytes and a cut layer", seconds=300)
def before_a_byte():
    private, public = key("mine")
    path = image(public)
    done(adopt(path, private))
    # Whoever looks into this before the HMAC was right says that it is no archive.
    rubbish = b"no archive" * 100_000
    good = with_layer(path, rubbish)
    refused(run(good, 1), "package-damaged", "the archive:")
    refused(run(with_layer(path, rubbish, bytes(32)), 2), "package-key-wrong", "the HMAC of the layer sha256:")
    contents = files_of(path)
    layer = manifest_of(contents)["layers"][0]["digest"].removeprefix("sha256:")
    keys = json.loads(scratch("image.tar.key").read_text())
    # Nonce and key of another image.
    for number, at in enumerate((0, 62)):
        digits = list(keys["data-encryption-key"])
        digits[at] = "0" if digits[at] != "0" else "1"
        shutil.copy(path, scratch(f"key{number}.tar"))
        write(f"key{number}.tar.key", json.dumps({**keys, "data-encryption-key": "".join(digits)}))
        refused(run(scratch(f"key{number}.tar"), f"-key{number}"), "package-key-wrong")
    for number, (change, name) in enumerate((
        (lambda bytes_: bytes_[:-1] + bytes([bytes_[-1] ^ 1]), "package-damaged"),
        (lambda bytes_: bytes([bytes_[0] ^ 1]) + bytes_[1:], "package-damaged"),
        (lambda bytes_: bytes_[:1 << 20], "package-missing"),
    )):
        files = {**contents, "blobs/sha256/" + layer: change(contents["blobs/sha256/" + layer])}
        changed = written(files, manifest_of(contents), f"changed{number}.tar")
        digest = "sha256:" + hashlib.sha256(json.dumps(manifest_of(contents), separators=(",", ":")).encode()).hexdigest()
        equal(digest, keys["package"], "skopeo writes its manifest in another way")
        shutil.copy(scratch("image.tar.key"), scratch(f"changed{number}.tar.key"))
        refused(run(changed, f"-changed{number}"), name)
        scratch(f"changed{number}.tar.key").unlink()
        refused(adopt(changed, private), "package-damaged", status=1)
        true(not scratch(f"changed{number}.tar.key").exists(), "a key was written")


class TwoFaced(ReferrersRegistry):
    """Gives a layer right so often, and then with one byte changed."""

    def __init__(self, files, right, place):
        super().__init__()
        self.server.handle_error = lambda *_: None  # whoever has its part goes
        name = json.loads(files["index.json"])["manifests"][0]["digest"]
        self.manifests, self.tags = {name: blob(files, name)}, {"1": name}
        self.blobs = {"sha256:" + path[-64:]: content for path, content in files.items() if path.startswith("blobs/")}
        self.layer = json.loads(self.manifests[name])["layers"][0]["digest"]
        self.right, self.place, self.given = right, place, 0

    def blob(self, at, repository, digest, body, query):
        if digest == self.layer and at.command == "GET":
            self.given += 1
            if self.given > self.right:
                content = bytearray(self.blobs[digest])
                content[self.place] ^= 1
                self.blobs[digest] = bytes(content)
                self.right = 1 << 30
        return super().blob(at, repository, digest, body, query)


@story("a registry that gives the right layer first and another one then is found out, wherever that differs", seconds=300)
def two_faced():
    private, public = key("mine")
    path = image(public, package=plain(filler=9 << 20))
    done(adopt(path, private))
    files = files_of(path)
    # A layer is asked for in parts of 8 MiB: twice for its HMAC, and twice again for its text.
    for number, (right, place) in enumerate(((1 << 30, 0), (2, 600), (2, 5 << 20), (3, (8 << 20) + 5))):
        store = TwoFaced(files, right, place)
        process, there = keep(f"keep{number}.sock", *(["--connect", store.address] if number % 2 else []))
        outcome = enarx("deploy", "--keep", there, ALLOWED, "--key", f"{path}.key", "--plain-http", f"{store.address}/shop/api:1")
        equal(status_of(process), outcome.status)
        if right > 4:
            equal((outcome.status, outcome.text, store.given), (0, "Hello, world!\n", 4), outcome.errors)
        else:
            refused(outcome, "package-damaged", "another one when it is fetched again")
        store.stop()


@story("what is missing or different in an image's annotations is told by its name, and nothing is written")
def annotations():
    private, public = key("mine")
    path = image(public, package=plain(large=False))
    contents = files_of(path)

    def made(change, number):
        manifest = manifest_of(contents)
        marks = manifest["layers"][0]["annotations"]
        options = json.loads(base64.b64decode(marks[OPTIONS]))
        change(manifest, marks, options)
        if OPTIONS in marks:
            marks[OPTIONS] = base64.b64encode(json.dumps(options).encode()).decode()
        return written(contents, manifest, f"changed{number}.tar")

    def changed(change, *parts, name="package-damaged"):
        it = made(change, "")
        refused(adopt(it, private), name, *parts, status=1)
        true(not pathlib.Path(f"{it}.key").exists(), "a key was written")

    at = "manifest.layers.pubopts"
    changed(lambda manifest, marks, options: options.pop("cipher"), f"{at}.cipher")
    changed(lambda manifest, marks, options: options.update(cipher="AES_256_GCM"), f"{at}.cipher: expected AES_256_CTR_HMAC_SHA256")
    changed(lambda manifest, marks, options: options.pop("hmac"), f"{at}.hmac")
    changed(lambda manifest, marks, options: options.update(hmac="AAAA"), f"{at}.hmac: expected 32 bytes in base64")
    changed(lambda manifest, marks, options: options.update(hmac=base64.b64encode(bytes(32)).decode()), "the HMAC", name="package-key-wrong")
    changed(lambda manifest, marks, options: options.pop("cipheroptions"), f"{at}.cipheroptions")
    changed(lambda manifest, marks, options: options.update(cipheroptions={"nonce": "AAAAAAAAAAAAAAAAAAAAAA=="}), f"{at}.cipheroptions")
    changed(lambda manifest, marks, options: options.update(more=1), at)
    changed(lambda manifest, marks, options: marks.pop(OPTIONS), f"manifest.layers.annotations.{OPTIONS}")
    changed(lambda manifest, marks, options: marks.pop(KEYS), "wrapped in no way that is known", name="package-key-wrong")
    changed(lambda manifest, marks, options: marks.update({KEYS: "*"}), "manifest.layers.keys")
    changed(lambda manifest, marks, options: marks.update({KEYS: ",".join([marks[KEYS]] * 17)}), "manifest.layers.keys")
    changed(lambda manifest, marks, options: marks.update({KEYS: "e30="}), "jwe.protected")
    changed(lambda manifest, marks, options: manifest["layers"][0].update(mediaType="application/vnd.oci.image.layer.v1.tar+gzip+encrypted"),
            "manifest.layers.mediaType")
    changed(lambda manifest, marks, options: manifest["config"].update(mediaType="application/vnd.oci.image.config.v1+json"),
            "is no package of Enarx", name="package-unknown")
    # Others may read it, too: their keys stand beside ours.
    theirs = manifest_of(files_of(image(key("other")[1], name="theirs.tar", package=scratch("plain.enx"))))["layers"][0]["annotations"][KEYS]
    many = made(lambda manifest, marks, options: marks.update({KEYS: f"{theirs},e30=,{marks[KEYS]}"}), "-many")
    done(adopt(many, private))
    runs(many)


@story("wrong words and keys are told, and no file is written or changed")
def refusals():
    private, public = key("mine")
    other, _ = key("other")
    package = plain("--secret", "PASSWORD", large=False)
    path = image(public, package=package)
    encrypted = scratch("ours.enx")
    done(enarx("package", scratch("app"), "--out", encrypted))
    before = path.read_bytes()
    for words, name, part in (
        ([path, "--decryption-key", other, "--secret", "PASSWORD"], "package-key-wrong", "for others"),
        ([path, "--decryption-key", public, "--secret", "PASSWORD"], "key-unusable", "private key"),
        ([path, "--decryption-key", scratch("nokey"), "--secret", "PASSWORD"], "file-not-found", "nokey"),
        ([path, "--decryption-key", private], "usage", "--secret PASSWORD"),
        ([path, "--decryption-key", private, "--secret", "PASSWORD", "--secret", "MORE"], "usage", "--secret PASSWORD"),
        ([path, "--decryption-key", private, "--out", scratch("out.enx")], "usage", "--out"),
        ([path, "--decryption-key", private, "--plain"], "usage", "--plain"),
        ([package, "--decryption-key", private, "--secret", "PASSWORD"], "package-key-wrong", "not encrypted as ocicrypt"),
        ([scratch("app"), "--decryption-key", private], "package-damaged", "oci-archive:FILE"),
        ([scratch("nowhere"), "--decryption-key", private], "file-not-found", "nowhere"),
    ):
        outcome = enarx("package", *words)
        true(outcome.status in (1, 2, 125), f"{words}: {outcome.status}")
        contains(outcome.errors, f"({name})", part)
        equal(sorted(each.name for each in scratch().glob("*.key")), ["mine.key", "other.key", "ours.enx.key"])
    equal(path.read_bytes(), before)
    done(adopt(path, private, "--secret", "PASSWORD"))
    contains(adopt(path, private, "--secret", "PASSWORD").errors, "(file-exists)")
    told = json.loads(done(enarx("inspect", "--json", path)).text)
    equal((told["cipher"], told["layers"][0]["media_type"]), ("ocicrypt-aes256-ctr-hmac-sha256", ENCRYPTED))


main()
