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
