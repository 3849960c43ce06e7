#!/usr/bin/env python3
"""Users of a deployed application: they ask its Keep what it runs, on the application's own port."""
import json
import pathlib
import shutil
import socket
import ssl
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "scenario"))
from harness import *  # noqa: E402,F403
from network import connected, free_port, listen, start_server  # noqa: E402

NOTHING_PROVED = "NO HARDWARE VOUCHES FOR THIS EVIDENCE."
ALLOWED = "--allow-no-hardware"


def any_server(*protocols):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if protocols:
        context.set_alpn_protocols(protocols)
    return context


def fetch(port, *protocols):
    """What the application answers to GET / over TLS."""
    with connected(port) as plain, any_server(*protocols).wrap_socket(plain) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        return client.recv(4096).split(b"\r\n", 1)[0].decode()


class Deployed:
    """An application of a tenant, in a Keep that lets it listen at one port."""

    def __init__(self, **tls):
        self.port = free_port()
        app = folder("app")
        shutil.copy(guest("http_server"), app / "main.wasm")
        write("app/Enarx.toml", listen("tls", self.port, **tls))
        key = scratch("tenant.key")
        succeeded(enarx("key", "tenant", "create", "--out", key))
        package = scratch("app.enx")
        said = enarx("package", app, "--out", package, "--key", key, "--name", "shop/api", "--serial", "14", ALLOWED)
        succeeded(said)
        place = scratch("keep.sock")
        keep = [PROGRAM, "keep", "--backend", BACKEND, "--channel", place, "--listen", f"127.0.0.1:{self.port}"]
        self.keep = start(keep)
        until = time.monotonic() + TIMEOUT_S
        while not place.exists():
            true(self.keep.poll() is None and time.monotonic() < until, "the Keep does not begin")
            time.sleep(0.02)
        self.log = open(scratch("deploy.log"), "wb")
        self.tenant = start([PROGRAM, "deploy", "--json", "--keep", place, ALLOWED, package], stdout=self.log, stderr=self.log)
        while '"running"' not in scratch("deploy.log").read_text():
            true(self.tenant.poll() is None and time.monotonic() < until, "it does not run: " + scratch("deploy.log").read_text())
            time.sleep(0.02)
        self.runs = self.verify(json_wanted=True)["runs"]

    @property
    def address(self):
        return f"https://127.0.0.1:{self.port}"

    def ask(self, *options, **how):
        return enarx("verify", self.address, *options, **how)

    def verify(self, *options, json_wanted=False):
        done = self.ask(ALLOWED, *options, *(["--json"] if json_wanted else []))
        equal(done.status, 0, done.text + done.errors)
        return json.loads(done.text) if json_wanted else done.text


NAMED = ("workload", "configuration", "tenant", "package", "deployment", "serial")


def another(value):
    """Of the same form, and not the same."""
    value = str(value)
    return value[:-1] + ("1" if value[-1] != "1" else "2")


@story("a stranger learns on the application's port what runs there, and which named value differs", seconds=120)
def _row_32():
    here = Deployed()
    tenant = enarx("key", "tenant", "digest", scratch("tenant.key"))
    succeeded(tenant)
    contains(tenant.text, here.runs["tenant"])
    equal((here.runs["deployment"], here.runs["serial"]), ("shop/api", 14))
    every = [part for name in NAMED for part in (f"--{name}", str(here.runs[name]))]
    said = here.verify(*every)
    true(said.startswith(NOTHING_PROVED), said)
    contains(said, "accepted", here.runs["workload"])
    contains(here.verify(), "Not checked", "ready.workload", "ready.tenant")
    true("ready." not in said, said)
    for name in NAMED:
        wrong = here.ask(ALLOWED, f"--{name}", another(here.runs[name]))
        equal(wrong.status, 1, f"--{name}: {wrong.text}")
        contains(wrong.text, "refused", f"ready.{name}")
        others = [other for other in NAMED if other != name]
        true(not any(f"ready.{other}" in wrong.text for other in others), wrong.text)
        told = json.loads(here.ask(ALLOWED, "--json", f"--{name}", another(here.runs[name])).text)
        equal((told["verdict"], [rule["rule"] for rule in told["rules"] if rule["outcome"] == "failed"]), ("refused", [f"ready.{name}"]))
    equal(fetch(here.port), "HTTP/1.1 200 OK")


@story("without the word for it, evidence without hardware is refused to users, too")
def _no_hardware():
    here = Deployed()
    done = here.ask()
    equal(done.status, 1, done.text)
    contains(done.text, "refused", "none.hardware")
    done = here.ask(ALLOWED, "--kind", "snp,tdx")
    equal(done.status, 1, done.text)


@story("clients of the application are served beside users who ask, and those who say nothing hold up nobody")
def _side_by_side():
    here = Deployed()
    silent = []
    for _ in range(20):
        client = any_server("enarx-ready/1").wrap_socket(connected(here.port))
        equal(client.selected_alpn_protocol(), "enarx-ready/1")
        silent.append(client)
    garbage = any_server("enarx-ready/1").wrap_socket(connected(here.port))
    garbage.sendall(b"GET / HTTP/1.1\r\n\r\n")
    true(b"protocol-version" in garbage.recv(4096), "garbage is not refused")
    failures = []

    def asks():
        if here.ask(ALLOWED).status != 0:
            failures.append("a user")

    def uses():
        for protocols in ((), ("h2", "http/1.1")):
            if fetch(here.port, *protocols) != "HTTP/1.1 200 OK":
                failures.append("a client")

    threads = [threading.Thread(target=work) for work in (asks, uses) * 6]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    equal(failures, [])


@story("a server's certificate has to lead to --root where one is given")
def _root():
    here = Deployed()
    own = write("own.pem", ssl.get_server_certificate(("127.0.0.1", here.port)))
    here.verify("--root", own)
    other = scratch("other.pem")
    execute(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=other",
             "-keyout", scratch("other.key"), "-out", other])
    refused(here.ask(ALLOWED, "--root", other), 1, name="tls-certificate-untrusted")


@story("an application's own application protocols stay its own, and its own certificate speaks for no Keep")
def _own_protocols():
    here = Deployed(alpn=["http/1.1"])
    equal(fetch(here.port, "http/1.1"), "HTTP/1.1 200 OK")
    equal(fetch(here.port), "HTTP/1.1 200 OK")
    try:
        fetch(here.port, "h2")
        raise Failed("a protocol that nobody named was agreed on")
    except ssl.SSLError:
        pass


@story("a server without a Keep behind it, one that is not there, and wrong words are told apart")
def _no_keep():
    port = free_port()
    refused(enarx("verify", f"https://127.0.0.1:{port}", ALLOWED), 1, name="host-unreachable")

    # `enarx run` has the same listener, and no tenant.
    start_server("http_server", listen("tls", port))
    equal(fetch(port), "HTTP/1.1 200 OK")
    refused(enarx("verify", f"https://127.0.0.1:{port}", ALLOWED), 1, name="no-keep")

    with socket.create_server(("127.0.0.1", 0)) as plain:
        def hang_up():
            plain.accept()[0].close()

        threading.Thread(target=hang_up, daemon=True).start()
        refused(enarx("verify", f"https://127.0.0.1:{plain.getsockname()[1]}", ALLOWED), 1, name="no-keep")

    for words in (("http://127.0.0.1:1",), ("https://",), ("https://h:1", "--tenant", "12"), ("https://h:1", "--serial", "x"),
                  ("https://h:1", "https://h:2"), ("https://h:1", "--report-data", "00"), ("https://h:1", "--certificate"),
                  ("file", "--tenant", "00" * 32)):
        refused(enarx("verify", *words), 2, name="usage")


main()
