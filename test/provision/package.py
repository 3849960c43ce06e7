#!/usr/bin/env python3
"""Packages: one file of an application that registries take and only its key opens."""
import collections
import hashlib
import hmac
import io
import json
import math
import os
import pathlib
import re
import shutil
import stat
import subprocess
import sys
import tarfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "scenario"))
from harness import *  # noqa: E402,F403

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from built_peers import go_peer  # noqa: E402
from tenants import SIGN  # noqa: E402

PEERS = pathlib.Path(__file__).with_name("package_peers.txt")

# Opens standard input with Tink, by a key and associated data in hexadecimal.
TINK = """
import io, sys, tink
from tink import cleartext_keyset_handle, streaming_aead
from tink.proto import aes_gcm_hkdf_streaming_pb2, common_pb2, tink_pb2
key, data = (bytes.fromhex(word) for word in sys.argv[1:])
streaming_aead.register()
inner = aes_gcm_hkdf_streaming_pb2.AesGcmHkdfStreamingKey(version=0, key_value=key)
inner.params.ciphertext_segment_size = 1 << 20
inner.params.derived_key_size = 32
inner.params.hkdf_hash_type = common_pb2.SHA256
keys = tink_pb2.Keyset(primary_key_id=1)
one = keys.key.add(key_id=1, status=tink_pb2.ENABLED, output_prefix_type=tink_pb2.RAW)
one.key_data.type_url = 'type.googleapis.com/google.crypto.tink.AesGcmHkdfStreamingKey'
one.key_data.value = inner.SerializeToString()
one.key_data.key_material_type = tink_pb2.KeyData.SYMMETRIC
handle = cleartext_keyset_handle.read(tink.BinaryKeysetReader(keys.SerializeToString()))
with handle.primitive(streaming_aead.StreamingAead).new_decrypting_stream(io.BytesIO(sys.stdin.buffer.read()), data) as stream:
    sys.stdout.buffer.write(stream.read())
"""

TINK_SEALS = TINK[:TINK.index("with handle")] + """
sealed = io.BytesIO()
sealed.close = lambda: None
with handle.primitive(streaming_aead.StreamingAead).new_encrypting_stream(sealed, data) as stream:
    stream.write(sys.stdin.buffer.read())
sys.stdout.buffer.write(sealed.getvalue())
"""

# Verifies a deployment as pycose does; prints its payload.
COSE = """
import sys, cbor2
from cryptography.hazmat.primitives.serialization import load_der_public_key
from pycose.keys import EC2Key
from pycose.keys.curves import P256
from pycose.messages import Sign1Message
signed = bytes.fromhex(sys.argv[1])
message = Sign1Message.decode(signed)
header = cbor2.loads(cbor2.loads(signed).value[0])
assert header[1] == -7 and header[3] == 'application/vnd.enarx.deployment.v1+cbor', header
numbers = load_der_public_key(header[4]).public_numbers()
message.key = EC2Key(crv=P256, x=numbers.x.to_bytes(32, 'big'), y=numbers.y.to_bytes(32, 'big'))
assert message.verify_signature(), 'the signature does not verify'
payload = cbor2.loads(message.payload)
assert cbor2.dumps(payload, canonical=True) == message.payload, 'not in deterministic encoding'
print(payload)
"""

SECRET = b"Nobody outside of the Keep reads this sentence. " * 40


def enarx(*words, **how):
    return execute([PROGRAM, *words], **how)


def application(name="app", more=None):
    place = folder(name)
    shutil.copy(guest("hello"), place / "main.wasm")
    write(f"{name}/Enarx.toml", '[[files]]\nkind = "dir"\nsource = "package"\npath = "/data"\n')
    write(f"{name}/data/secret.txt", SECRET)
    os.symlink("secret.txt", place / "data/link")
    for path, content in (more or {}).items():
        write(f"{name}/{path}", content)
    return place


def members(path):
    with tarfile.open(path) as archive:
        return {member.name: archive.extractfile(member).read() for member in archive if member.isfile()}


def parts(path):
    """Index, manifest, configuration and layer of a package file, each as its digest says."""
    files = members(path)
    index = json.loads(files["index.json"])
    equal(json.loads(files["oci-layout"]), {"imageLayoutVersion": "1.0.0"})

    def blob(descriptor):
        content = files["blobs/sha256/" + descriptor["digest"].removeprefix("sha256:")]
        equal(len(content), descriptor["size"])
        equal("sha256:" + hashlib.sha256(content).hexdigest(), descriptor["digest"])
        return content

    manifest = json.loads(blob(index["manifests"][0]))
    return index, manifest, json.loads(blob(manifest["config"])), blob(manifest["layers"][0])


def tink_of_python(what, key, data, text):
    """Opens or seals a layer."""
    return subprocess.run([peers(PEERS), "-c", TINK if what == "open" else TINK_SEALS, key, data], input=text, capture_output=True, check=False)


def tink_of_go(what, key, data, text):
    return subprocess.run([go_peer("package_peer"), what, key, data], input=text, capture_output=True, check=False)


def plain_tree(layer):
    path = write("layer.tar", layer)
    with tarfile.open(path) as archive:
        return {m.name: (m.type, m.linkname or (archive.extractfile(m).read() if m.isfile() else b""), m.mode, m.uid, m.mtime)
                for m in archive}


@story("a package is an OCI layout whose name is the digest of its manifest, and says what runs in it")
def layout():
    app = application()
    made = enarx("package", app, "--out", scratch("a.enx"), "--secret", "DB_PASSWORD", "--secret", "KEY=file:key.pem")
    equal((made.status, made.errors), (0, ""))
    contains(enarx("run", scratch("a.enx")).errors, "is a package", "(module-invalid)")
    index, manifest, config, layer = parts(scratch("a.enx"))
    contains(made.text, index["manifests"][0]["digest"], "encrypted", "a.enx.key", "mode 0600")
    equal(manifest["artifactType"], "application/vnd.enarx.package.v1")
    equal(manifest["layers"][0]["mediaType"], "application/vnd.enarx.layer.v1+encrypted")
    equal(config["secrets"], ["DB_PASSWORD", "KEY"])
    digests = enarx("run", "--digests", app)
    equal(digests.text, f"workload {config['workload']}\nconfiguration {config['configuration']}\n")
    contains(made.text, config["workload"], config["configuration"])


@story("a plain package of the same folder is the same bytes, whenever and by whomever it is made")
def deterministic():
    app = application(more={"data/" + "n" * 120 + ".txt": "long", "data/ö": "o", "data/empty": ""})
    succeeded_as(enarx("package", app, "--plain", "--out", scratch("one.enx")))
    for path in [app, *app.rglob("*")]:
        os.utime(path, (1, 1), follow_symlinks=False)
        if not path.is_symlink():
            path.chmod(0o700)
    old = os.umask(0o077)
    copy = shutil.copytree(app, scratch("another place"), symlinks=True)
    succeeded_as(enarx("package", copy, "--plain", "--out", scratch("two.enx")))
    os.umask(old)
    equal(scratch("one.enx").read_bytes(), scratch("two.enx").read_bytes())
    true(not scratch("one.enx.key").exists(), "a plain package has no key")
    tree = plain_tree(parts(scratch("one.enx"))[3])
    equal(sorted(tree), sorted(str(path.relative_to(app)) for path in app.rglob("*")))
    equal(list(tree), sorted(tree, key=str.encode))
    for name, (kind, content, mode, uid, mtime) in tree.items():
        equal((uid, mtime), (0, 0))
        path = app / name
        equal(content, os.readlink(path) if path.is_symlink() else path.read_bytes() if path.is_file() else b"")


@story("nothing of the application is in an encrypted package, and no two have the same bytes")
def nothing_shows():
    app = application()
    sizes = set()
    layers = set()
    for number in range(2):
        made = enarx("package", app, "--out", scratch(f"{number}.enx"))
        equal(made.status, 0, made.errors)
        package = scratch(f"{number}.enx").read_bytes()
        for word in (b"Nobody outside", b"secret.txt", b"main.wasm", b"Hello, world", b"Enarx.toml", b"asm\1"):
            true(word not in package, f"{word} is in the package")
        layer = parts(scratch(f"{number}.enx"))[3]
        layers.add(layer)
        sizes.add(len(layer))
    equal((len(layers), len(sizes)), (2, 1))
    key = json.loads(scratch("0.enx.key").read_text())
    equal(stat.S_IMODE(scratch("0.enx.key").stat().st_mode), 0o600)
    true(bytes.fromhex(key["data-encryption-key"]) not in scratch("0.enx").read_bytes(), "the key is in the package")
    true(key["data-encryption-key"].encode() not in scratch("0.enx").read_bytes(), "the key is in the package")


def padme(size):
    exponent = math.floor(math.log2(size))
    mask = (1 << (exponent - (math.floor(math.log2(exponent)) + 1))) - 1
    return (size + mask) & ~mask


def sealed_length(text):
    """Of a layer with so many bytes in segments of 1 MiB."""
    return 40 + text + 16 * (1 + max(0, -(-(text - 1048520) // 1048560)))


@story("lengths of encrypted packages are rounded up to few values")
def lengths():
    for size in (0, 1, 5000, 70000, 200000, 1 << 20, (1 << 21) + 12345):
        app = application(f"app{size}", {"data/filler": os.urandom(size)})
        made = enarx("package", app, "--out", scratch(f"{size}.enx"))
        equal(made.status, 0, made.errors)
        _, _, config, layer = parts(scratch(f"{size}.enx"))
        equal(len(layer), sealed_length(padme(config["layers"][0])))


@story("200 MB are packaged in less than 1.5 s of the processor's time")
def quick():
    app = application()
    with open(app / "filler", "wb") as filler:
        for _ in range(200):
            filler.write(os.urandom(1_000_000))
    before = os.times()
    succeeded_as(enarx("package", app, "--out", scratch("a.enx")))
    after = os.times()
    used = after.children_user - before.children_user + after.children_system - before.children_system
    true(used < 1.5, f"{used:.2f} s")


def opened_by(tink):
    app = application(more={"data/filler": os.urandom(3 << 20)})
    made = enarx("package", app, "--out", scratch("a.enx"))
    equal(made.status, 0, made.errors)
    _, _, config, layer = parts(scratch("a.enx"))
    key = bytes.fromhex(json.loads(scratch("a.enx.key").read_text())["data-encryption-key"])
    data = b"enarx/v1/layer" + bytes.fromhex(config["id"]) + bytes(4)
    done = tink("open", key.hex(), data.hex(), layer)
    equal(done.returncode, 0, done.stderr.decode()[-600:])
    text = done.stdout
    for changed in (layer[:-1], layer[:1 << 20], layer[:2000] + bytes([layer[2000] ^ 1]) + layer[2001:]):
        true(tink("open", key.hex(), data.hex(), changed).returncode != 0, "a changed layer opens")
    true(tink("open", key.hex(), data.hex()[:-1] + "1", layer).returncode != 0, "as another layer it opens, too")
    equal(len(text), padme(config["layers"][0]))
    tree = plain_tree(text)
    equal(tree["data/secret.txt"][1], SECRET)
    equal(tree["main.wasm"][1], (app / "main.wasm").read_bytes())
    extracted = hmac.new(bytes.fromhex(config["id"]), key, hashlib.sha256).digest()
    equal(config["commitment"], hmac.new(extracted, b"enarx/v1/commit\1", hashlib.sha256).hexdigest())


@story("Tink opens the layer with the package's key, and finds the application's files")
def tink():
    opened_by(tink_of_python)


@story("Tink in Go opens the layer, too", seconds=600)
def tink_in_go():
    opened_by(tink_of_go)


def written_by(tink):
    application(more={"data/filler": os.urandom(3 << 20)})
    succeeded(enarx("key", "tenant", "create", "--out", scratch("t.key")))
    succeeded(enarx("package", scratch("app"), "--out", scratch("a.enx"), "--key", scratch("t.key"), "--allow-no-hardware"))
    index, manifest, config, layer = parts(scratch("a.enx"))
    keys = json.loads(scratch("a.enx.key").read_text())
    data = (b"enarx/v1/layer" + bytes.fromhex(config["id"]) + bytes(4)).hex()

    def right(done):
        equal(done.returncode, 0, done.stderr.decode()[-600:])
        return done.stdout

    text = right(tink("open", keys["data-encryption-key"], data, layer))
    for key, wanted in ((keys["data-encryption-key"], (0, "Hello, world!\n")), ("11" * 32, (125, ""))):
        sealed = right(tink("seal", key, data, text))
        manifest["layers"][0].update(digest="sha256:" + hashlib.sha256(sealed).hexdigest(), size=len(sealed))
        named = json.dumps(manifest, separators=(",", ":")).encode()
        digest = hashlib.sha256(named).hexdigest()
        index["manifests"][0].update(digest="sha256:" + digest, size=len(named))
        files = members(scratch("a.enx"))
        files["index.json"] = json.dumps(index).encode()
        files["blobs/sha256/" + digest] = named
        files["blobs/sha256/" + hashlib.sha256(sealed).hexdigest()] = sealed
        with tarfile.open(scratch("b.enx"), "w", format=tarfile.USTAR_FORMAT) as archive:
            for name, content in files.items():
                entry = tarfile.TarInfo(name)
                entry.size = len(content)
                archive.addfile(entry, io.BytesIO(content))
        words = [peers(PEERS), "-c", SIGN, scratch("t.key"), keys["deployment"], digest]
        signed = right(subprocess.run(words, capture_output=True, check=False)).decode().strip()
        write("b.enx.key", json.dumps({**keys, "package": "sha256:" + digest, "deployment": signed}))
        start([PROGRAM, "keep", "--backend", BACKEND, "--channel", scratch(f"{digest[:8]}.sock")])
        end = time.monotonic() + TIMEOUT_S
        while not scratch(f"{digest[:8]}.sock").exists():
            true(time.monotonic() < end, "the Keep does not begin")
            time.sleep(0.02)
        done = enarx("deploy", "--keep", scratch(f"{digest[:8]}.sock"), "--allow-no-hardware", scratch("b.enx"))
        equal((done.status, done.text), wanted, done.errors)
        true(wanted[0] == 0 or "(package-damaged)" in done.errors, done.errors)


@story("a layer that Tink has written is opened by a Keep, and no layer under another key")
def tink_written():
    written_by(tink_of_python)


@story("a layer that Tink in Go has written is opened by a Keep, too", seconds=600)
def tink_in_go_written():
    written_by(tink_of_go)


@story("a package's bytes are as good as random, and fifty applications have lengths of few values")
def nothing_shows():
    lengths = set()
    for number in range(50):
        app = application(f"app{number}", {"data/filler": b"the same words again and again " * (number * 900)})
        succeeded_as(enarx("package", app, "--out", scratch(f"{number}.enx")))
        _, _, config, layer = parts(scratch(f"{number}.enx"))
        equal(len(layer), sealed_length(padme(config["layers"][0])))
        lengths.add(len(layer))
        for at in range(0, len(layer) - (1 << 16), 1 << 16):
            counts = collections.Counter(layer[at:at + (1 << 16)])
            entropy = -sum(n / (1 << 16) * math.log2(n / (1 << 16)) for n in counts.values())
            true(entropy > 7.99, f"{entropy:.3f} bits a byte in application {number} at {at}")
    true(len(lengths) < 50, "each application has a length of its own")


@story("skopeo reads the package and copies it, and its digest stays")
def skopeo():
    if not shutil.which("skopeo"):
        skip("skopeo is not installed (apt-get install skopeo)")
    made = enarx("package", application(), "--out", scratch("a.enx"))
    equal(made.status, 0, made.errors)
    digest = re.search(r"sha256:[0-9a-f]{64}", made.text).group()
    raw = execute(["skopeo", "inspect", "--raw", f"oci-archive:{scratch('a.enx')}"])
    equal(raw.status, 0, raw.errors)
    equal("sha256:" + hashlib.sha256(raw.out).hexdigest(), digest)
    copied = execute(["skopeo", "--insecure-policy", "copy", f"oci-archive:{scratch('a.enx')}", f"oci:{scratch('copy')}:a"])
    equal(copied.status, 0, copied.errors)
    true((scratch("copy") / "blobs/sha256" / digest.removeprefix("sha256:")).exists(), "another digest")


@story("with a tenant's key a deployment is signed, and the key file may grant by it")
def deployment():
    made = enarx("key", "tenant", "create", "--out", scratch("tenant.key"))
    equal((made.status, stat.S_IMODE(scratch("tenant.key").stat().st_mode)), (0, 0o600))
    tenant = enarx("key", "tenant", "digest", scratch("tenant.key")).text
    der = execute(["openssl", "pkey", "-in", scratch("tenant.key"), "-pubout", "-outform", "DER"]).out
    equal(tenant, hashlib.sha256(der).hexdigest())
    made = enarx("package", application(), "--out", scratch("a.enx"), "--key", scratch("tenant.key"), "--name", "shop/api",
                 "--serial", "14", "--secret", "DB_PASSWORD", "--dns", "api.example")
    equal(made.status, 0, made.errors)
    key = json.loads(scratch("a.enx.key").read_text())
    signed = bytes.fromhex(key["deployment"])
    true(signed[:2] == b"\xd2\x84", "no COSE_Sign1")
    true(der in signed, "the signer is not named")
    for word in (b"shop/api", b"DB_PASSWORD", b"api.example", bytes.fromhex(key["package"].removeprefix("sha256:"))):
        true(word in signed, f"{word} is not in the deployment")
    contains(key["grantor-key"], "BEGIN PRIVATE KEY")
    verified = execute([peers(PEERS), "-c", COSE, key["deployment"]])
    equal(verified.status, 0, verified.errors)
    contains(verified.text, "{1: 1, 2: 'shop/api', 3: 14,", "9: [['DB_PASSWORD', 1, 'DB_PASSWORD']]", "11: [['api.example'], 24]")
    true(scratch("tenant.key").read_text() != key["grantor-key"], "the tenant's key is in the key file")


@story("an application that cannot run, a wrong word or a file that is there is told, and nothing is left")
def refusals():
    app = application()
    tried = [
        (["package", scratch("nowhere")], "file-not-found"),
        (["package", write("text.wasm", "no wasm")], "module-invalid"),
        (["package", app, "--secret", "1A"], "usage"),
        (["package", app, "--secret", "A=../x"], "usage"),
        (["package", app, "--secret", "A=file:../x"], "usage"),
        (["package", app, "--secret", "A", "--secret", "A"], "usage"),
        (["package", app, "--key", scratch("nokey")], "file-not-found"),
        (["package", app, "--key", write("bad.key", "no key")], "key-unusable"),
        (["package", app, "--name", "Shop", "--key", scratch("nokey")], "usage"),
        (["package", app, "--out", write("there.enx", "mine")], "file-exists"),
        (["package", app, "--out", scratch("no/such/folder.enx")], "output-failed"),
        (["package", app, "--out", app / "inside.enx"], "usage"),
        (["package", app, "--out", app / "data/../data/inside.enx"], "usage"),
    ]
    for number, (words, name) in enumerate(tried):
        if "--out" not in words:
            words = [*words, "--out", scratch(f"out{number}.enx")]
        before = sorted(path.name for path in scratch().iterdir())
        outcome = enarx(*words)
        true(outcome.status in (1, 2, 125), f"{words}: {outcome.status}")
        contains(outcome.errors, f"({name})")
        equal(sorted(path.name for path in scratch().iterdir()), before, str(words))
    equal(scratch("there.enx").read_text(), "mine")
    # Without --out the package would be in the folder itself.
    contains(enarx("package", ".", cwd=app).errors, "(usage)", "--out")
    true(not list(app.glob("**/*.enx*")), "a package in the folder that is packaged")
    os.mkfifo(app / "data/pipe")
    outcome = enarx("package", app, "--out", scratch("a.enx"))
    contains(outcome.errors, "pipe")
    true(not scratch("a.enx").exists() and not scratch("a.enx.key").exists(), "something is left")


@story("a full disk leaves no package and no key")
def full_disk():
    place = folder("small")
    mounted = execute(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", place])
    if mounted.status != 0:
        skip("a small file system needs the right to mount")
    try:
        app = application(more={"data/filler": os.urandom(200000)})
        outcome = enarx("package", app, "--out", place / "a.enx")
        true(outcome.status != 0, "it was written")
        contains(outcome.errors, "(output-failed)", "No space left")
        equal(list(place.iterdir()), [])
    finally:
        execute(["umount", place])


def succeeded_as(outcome):
    equal(outcome.status, 0, outcome.errors)
    return outcome


main()
