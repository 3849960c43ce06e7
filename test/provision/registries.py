"""Registries of containers that run in these stories, and the tools of others that take part."""
import os
import pathlib
import shutil
import socket
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "scenario"))
from harness import *  # noqa: E402,F403


def enarx(*words, **how):
    return execute([PROGRAM, *words], **how)


def done(outcome):
    equal(outcome.status, 0, outcome.errors)
    return outcome


def peer(name):
    """A tool of others; the story is left out where it is not installed."""
    where = os.environ.get("ENARX_REGISTRY_PEERS", "") + os.pathsep + os.environ["PATH"]
    return shutil.which(name, path=where) or skip(f"{name} is not installed: see the head of this file")


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def listens(port):
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def registry(name="store", more="", http=""):
    """Debian's registry; returns its address and its log. `more`: of its configuration, `http` of that part."""
    program = shutil.which("docker-registry") or skip("docker-registry is not installed (apt-get install docker-registry)")
    port = free_port()
    config = write(f"{name}.yml", "version: 0.1\nlog: {accesslog: {disabled: false}}\nstorage:\n"
                   f"  filesystem: {{rootdirectory: {folder(name)}}}\nhttp: {{addr: 127.0.0.1:{port}{http}}}\n{more}")
    log = open(scratch(f"{name}.log"), "wb")  # noqa: SIM115
    start([program, "serve", config], stdout=log, stderr=log)
    for _ in range(200):
        if listens(port):
            return f"127.0.0.1:{port}", scratch(f"{name}.log")
        time.sleep(0.05)
    raise Failed(scratch(f"{name}.log").read_text())


def key(name):
    done(enarx("key", "tenant", "create", "--out", scratch(f"{name}.key")))
    done(execute(["openssl", "pkey", "-in", scratch(f"{name}.key"), "-pubout", "-out", scratch(f"{name}.pub")]))
    return scratch(f"{name}.key"), scratch(f"{name}.pub")
