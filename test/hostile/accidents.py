#!/usr/bin/env python3
"""A disk that is full and a clock that is wrong: a named failure or none, and nothing half done."""
import contextlib
import datetime
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "provision"))
from hosts import Host, certificate, until  # noqa: E402
from tenants import *  # noqa: E402,F403


@contextlib.contextmanager
def small_disk(mebibytes):
    """A file system of its own that has no more room."""
    place = folder("small")
    made = os.geteuid() == 0 and subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={mebibytes}m,mode=700", "tmpfs", place],
                                                check=False, capture_output=True).returncode == 0
    if not made:
        skip("no small file system can be mounted here")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", place], check=False)


def large_app():
    app = folder("app-large")
    (app / "main.wasm").write_bytes(guest("hello").read_bytes())
    (app / "filler").write_bytes(os.urandom(3 << 20))
    return app


@story("a package that finds no room is named, and nothing of it is left, nor of its key")
def _package():
    with small_disk(1) as small:
        done = enarx("package", large_app(), "--out", small / "a.enx", "--key", tenant_key(), ALLOWED)
        refused(done, 1, "a.enx", name="output-failed")
        equal(list(small.iterdir()), [])
    succeeded(enarx("package", large_app(), "--out", scratch("a.enx"), "--key", tenant_key(), ALLOWED))


def answers(place):
    with socket.socket() as line:
        return line.connect_ex(("127.0.0.1", int(place.split(":")[1]))) == 0


@story("a package that is fetched to a full disk is named, and nothing of it is left")
def _pull():
    program = shutil.which("docker-registry") or skip("docker-registry is not installed (apt-get install docker-registry)")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{free.getsockname()[1]}"
    start([program, "serve", write("registry.yml", f"version: 0.1\nstorage: {{filesystem: {{rootdirectory: {folder('store')}}}}}\nhttp: {{addr: {place}}}\n")],
          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until(lambda: answers(place), "the registry listens")
    succeeded(enarx("package", large_app(), "--out", scratch("a.enx")))
    succeeded(enarx("push", scratch("a.enx"), f"{place}/a:1"))
    with small_disk(1) as small:
        done = enarx("pull", f"{place}/a:1", "--out", small / "a.enx")
        refused(done, 1, "a.enx", name="output-failed")
        equal(list(small.iterdir()), [])
    succeeded(enarx("pull", f"{place}/a:1", "--out", scratch("back.enx")))
    equal(scratch("back.enx").read_bytes(), scratch("a.enx").read_bytes())


@story("output for which there is no room ends the application, the Keep and the tenant, by name")
def _output():
    if not os.access("/dev/full", os.W_OK):
        skip("there is no /dev/full here")
    process, place = keep()
    with open("/dev/full", "wb") as full:
        done = deploy(place, package("endless"), stdout=full)
    equal(done.status, 125, done.errors)
    contains(done.errors, "(output-failed)")
    true(status_of(process) != 0, "the Keep has ended well")


@story("a host whose cache has no room for a package runs it all the same: the Keep asks its tenant for it", seconds=90)
def _cache():
    succeeded(enarx("package", large_app(), "--out", scratch("a.enx"), "--key", tenant_key(), ALLOWED))
    with small_disk(1) as small:
        host = Host(state=small / "state")
        succeeded(enarx("deploy", "--host", host.url, ALLOWED, scratch("a.enx")), "Hello, world!\n")
        true(sum(path.stat().st_size for path in (small / "state/blobs/sha256").iterdir()) < 1 << 20, "the cache is larger than its disk")
        equal(host.sockets(), [])
        host.process.terminate()
        equal(finish(host.process).status, 0, host.said())


@story("a tenant whose clock is a day ahead or behind hands its application over: evidence of this connection is fresh by its nonce")
def _day():
    app = package("hello")
    for days in (-1, 1):
        process, place = keep(f"keep{days}.sock")
        at = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)
        succeeded(deploy(place, app, "--at", at.strftime("%Y-%m-%dT%H:%M:%SZ")), "Hello, world!\n")
        equal(status_of(process), 0)


@story("a host whose certificate's time is over by the tenant's clock, or not yet come, is not believed; nothing is handed over")
def _certificate():
    host = Host(tls=True)
    app = package("hello")
    for start_time, end_time in (("20200101000000Z", "20200102000000Z"), ("20990101000000Z", "20990102000000Z")):
        other = scratch(f"host{start_time[:4]}")
        certificate(other, "localhost")
        issue(other, start_time, end_time)
        with open(scratch("late.log"), "wb") as log:
            late = start([PROGRAM, "serve", "--listen", "127.0.0.1:0", "--state", scratch(f"state{start_time[:4]}"), "--backend", BACKEND,
                          "--tls", f"{other}.pem", "--tls-key", f"{other}.key"], stdout=log, stderr=log)
        port = until(lambda: late.poll() is not None or re.search(r"listening at https://127\.0\.0\.1:(\d+)", scratch("late.log").read_text()),
                     "the host listens")
        true(late.poll() is None, f"the host has ended: {scratch('late.log').read_text()}")
        done = enarx("deploy", "--host", f"localhost:{port.group(1)}", "--host-root", f"{other}.pem", ALLOWED, app)
        refused(done, 125, name="host-unreachable")
        late.terminate()
        late.wait()
    succeeded(enarx("deploy", "--host", host.url, "--host-root", scratch("host.pem"), ALLOWED, app), "Hello, world!\n")


def issue(place, start_time, end_time):
    """A certificate of that time, in the place of another of the same key."""
    folder("ca")
    write("ca/index", "")
    write("ca/request", subprocess.run(["openssl", "req", "-new", "-key", f"{place}.key", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"],
                                       check=True, capture_output=True).stdout)
    config = write("ca/config", f"[ca]\ndefault_ca=it\n[it]\ndatabase={scratch('ca/index')}\nnew_certs_dir={scratch('ca')}\nrand_serial=yes\n"
                   "default_md=sha256\npolicy=any\nunique_subject=no\ncopy_extensions=copy\n[any]\ncommonName=supplied\n")
    done = execute(["openssl", "ca", "-batch", "-config", config, "-selfsign", "-keyfile", f"{place}.key", "-in", scratch("ca/request"), "-notext",
                    "-startdate", start_time, "-enddate", end_time, "-out", f"{place}.pem"])
    equal(done.status, 0, done.errors)


if __name__ == "__main__":
    main()
