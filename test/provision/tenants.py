"""Tenants of these stories: their keys, their packages, and how they deploy them."""
import pathlib
import shutil
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "scenario"))
from harness import *  # noqa: E402,F403

NOTHING_PROVED = "NO HARDWARE VOUCHES FOR THIS EVIDENCE."
ALLOWED = "--allow-no-hardware"

# Signs a deployment anew, of another package.
SIGN = """
import sys, cbor2
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils
key = serialization.load_pem_private_key(open(sys.argv[1], 'rb').read(), None)
message = cbor2.loads(bytes.fromhex(sys.argv[2]))
protected, _, payload, _ = message.value
payload = cbor2.dumps({**cbor2.loads(payload), 4: bytes.fromhex(sys.argv[3])}, canonical=True)
signature = key.sign(cbor2.dumps(['Signature1', protected, b'', payload]), ec.ECDSA(hashes.SHA256()))
raw = b''.join(number.to_bytes(32, 'big') for number in utils.decode_dss_signature(signature))
print(cbor2.dumps(cbor2.CBORTag(18, [protected, {}, payload, raw])).hex())
"""


def tenant_key(name="tenant.key"):
    if not scratch(name).exists():
        succeeded(enarx("key", "tenant", "create", "--out", scratch(name)))
    return scratch(name)


def package(guest_name, *options, toml=None, name=None, key="tenant.key", hardware=False):
    """A package of a guest program, encrypted, with the deployment that its tenant signed."""
    name = name or guest_name.replace("_", "-")
    app = folder("app-" + name)
    shutil.copy(guest(guest_name), app / "main.wasm")
    if toml:
        write(f"app-{name}/Enarx.toml", toml)
    out = scratch(name + ".enx")
    succeeded(enarx("package", app, "--out", out, "--key", tenant_key(key), *options, *([] if hardware else [ALLOWED])))
    return out


def keep(name="keep.sock", *options):
    """An empty Keep that waits at a socket."""
    path = scratch(name)
    process = start([PROGRAM, "keep", "--backend", BACKEND, "--channel", path, *options])
    until = time.monotonic() + TIMEOUT_S
    while not path.exists():
        true(process.poll() is None and time.monotonic() < until, "the Keep does not begin")
        time.sleep(0.02)
    return process, path


def deploy(place, app, *options, **how):
    return enarx("deploy", "--keep", place, ALLOWED, *options, app, **how)


def status_of(process, timeout=TIMEOUT_S):
    try:
        return process.wait(timeout)
    except subprocess.TimeoutExpired:
        raise Failed("the Keep does not end") from None
