#!/usr/bin/env python3
"""A Keep that its host tells no more than whom to ask: `enarx run --pull` against the attestation service."""
import base64
import ctypes
import json
import os
import pathlib
import re
import select
import socket
import ssl
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "scenario"))
from harness import *  # noqa: E402,F403
from network import entry, free_port, listen  # noqa: E402

from service import Service, done, enarx, measured, pin_of, published, pull_line, until  # noqa: E402


def pull(service, *words, **what):
    return execute(pull_line(service, *words, **what))


def ended(outcome, name, *parts):
    """A Keep that got nothing."""
    equal((outcome.status, outcome.text), (125, ""), outcome.errors)
    contains(outcome.errors, f"({name})", *parts)
    return outcome


def adopted():
    """Processes that a command has left behind, dead or alive: this one is who they are given to (prctl(2))."""
    return [each for each in pathlib.Path("/proc").glob("[0-9]*/stat") if _parent(each) == os.getpid()]


def _parent(stat):
    try:
        return int(stat.read_text().rsplit(")", 1)[1].split()[1])
    except OSError:
        return 0


class Server:
    """The service, and a TLS server of the tenant's that was pulled from it."""

    def __init__(self, *words, end=None):
        self.port = free_port()
        self.service = Service()
        more = ["--not-after", str(end)] if end else []
        published(self.service, *more, program="http_server", configuration=listen("tls", self.port))
        self.keep = start(pull_line(self.service, "--listen", f"127.0.0.1:{self.port}", *words))
        until(self.listens, "the application listens")

    def listens(self):
        true(self.keep.poll() is None, "the Keep has ended")
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            return True
        except OSError:
            return False

    def connect(self):
        """As a user who knows the service's root and the application's name, and nothing else."""
        context = ssl.create_default_context(cafile=self.service.root)
        return context.wrap_socket(socket.create_connection(("127.0.0.1", self.port), timeout=20), server_hostname="api.example")

    def serial(self):
        with self.connect() as line:
            return line.getpeercert()["serialNumber"]


def get(line):
    line.sendall(b"GET / HTTP/1.1\r\nHost: api.example\r\n\r\n")
    return line.recv(4096).split(b"\r\n", 1)[0]


@story("a Keep asks the service itself, runs what it was granted, and ends as its application does")
def _whole():
    service = Service()
    published(service)
    ctypes.CDLL(None).prctl(36, 1)  # PR_SET_CHILD_SUBREAPER
    before = len(adopted())
    outcome = pull(service)
    equal((outcome.status, outcome.text, outcome.errors), (0, "", ""))
    equal([each["step"] for each in service.status()["decisions"]], ["certificate", "grant"])
    equal(len(adopted()), before, "processes that are left")
    layout = folder("layout")
    subprocess.run(["tar", "xf", scratch("app.enx"), "-C", layout], check=True)
    equal(pull(service, package="layout").status, 0)
    equal(pull(service, "--blobs", layout / "blobs/sha256", package=None).status, 0)


@story("users of a pulled application check its certificate with the tools that they have", seconds=90)
def _certificate():
    here = Server()
    with here.connect() as line:
        equal(get(line), b"HTTP/1.1 200 OK")
    shown = execute(["openssl", "s_client", "-connect", f"127.0.0.1:{here.port}", "-showcerts", "-CAfile", here.service.root,
                     "-servername", "api.example", "-verify_hostname", "api.example", "-verify_return_error"])
    contains(shown.text, "Verify return code: 0 (ok)")
    chain = re.findall(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n", shown.text, re.S)
    equal(len(chain), 2)
    done(execute(["openssl", "verify", "-CAfile", here.service.root, "-untrusted", write("middle.pem", chain[1]), "-purpose",
                  "sslserver", "-verify_hostname", "api.example", write("leaf.pem", chain[0])]))
    text = done(execute(["openssl", "x509", "-noout", "-text", "-in", scratch("leaf.pem")])).text
    contains(text, "NO HARDWARE PROTECTION", "DNS:api.example", "URI:spiffe://steward.example/shop/api", "1.3.6.1.5.5.7.1.35")
    # And with ours, on the same port: what runs there, and by whose leave.
    told = enarx("verify", f"https://127.0.0.1:{here.port}", "--allow-no-hardware", "--tenant", here.service.tenant, "--workload",
                 here.service.workload)
    equal(told.status, 0, told.text + told.errors)


@story("a package that is missing, damaged or another one ends the Keep, and the host learns no more than that")
def _package():
    service = Service()
    published(service, "--replicas", "9")
    ended(pull(service, package=None), "package-missing")
    done(enarx("package", scratch("app"), "--out", scratch("other.enx")))
    ended(pull(service, package="other.enx"), "package-missing")
    blobs = folder("blobs")
    subprocess.run(["tar", "xf", scratch("app.enx"), "-C", blobs], check=True)
    layer = max((blobs / "blobs/sha256").iterdir(), key=lambda path: path.stat().st_size)
    content = bytearray(layer.read_bytes())
    content[len(content) // 2] ^= 1
    layer.write_bytes(content)
    ended(pull(service, package="blobs"), "package-damaged")
    equal([each["step"] for each in service.status()["decisions"]], ["grant"] * 3)


@story("a service that has another key than the pin says is not told anything, and neither is one that is not there")
def _pin():
    service = Service()
    published(service)
    ended(pull(service, pin="sha256/" + base64.b64encode(bytes(32)).decode()), "steward-untrusted")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                    scratch("evil.key"), "-out", scratch("evil.pem"), "-days", "2", "-subj", "/CN=localhost"], check=True,
                   capture_output=True)
    with Relay(service) as evil:
        ended(pull(service, url=evil.url), "steward-untrusted")
        equal(evil.carried, b"")
    ended(pull(service, url=f"https://localhost:{free_port()}"), "steward-unreachable")
    equal(service.status()["decisions"], [])


class Relay:
    """Two ends of TLS, of which the Keep sees one and the service the other; carries what passes."""

    def __init__(self, service):
        self.service, self.carried = service, b""
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"https://localhost:{self.listener.getsockname()[1]}"
        self.front = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.front.load_cert_chain(scratch("evil.pem"), scratch("evil.key"))
        self.back = ssl.create_default_context(cafile=service.root)
        self.back.load_cert_chain(scratch("evil.pem"), scratch("evil.key"))

    def __enter__(self):
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.listener.close()

    def _serve(self):
        while True:
            try:
                self._carry(self.front.wrap_socket(self.listener.accept()[0], server_side=True))
            except (ssl.SSLError, ConnectionError):
                continue
            except OSError:
                return

    def _carry(self, keep):
        service = self.back.wrap_socket(socket.create_connection(("127.0.0.1", self.service.port)), server_hostname="localhost")
        while True:
            waiting = [end for end in (keep, service) if end.pending()] or select.select([keep, service], [], [], 20)[0]
            for end in waiting:
                content = end.recv(65536)
                if not content:
                    return
                self.carried += content
                (service if end is keep else keep).sendall(content)


@story("evidence that somebody carries from a Keep to the service is not believed there, and nothing is released")
def _relay():
    service = Service()
    published(service)
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                    scratch("evil.key"), "-out", scratch("evil.pem"), "-days", "2", "-subj", "/CN=localhost"], check=True,
                   capture_output=True)
    with Relay(service) as evil:  # the host's pin is its own
        outcome = ended(pull(service, url=evil.url, pin=pin_of(scratch("evil.pem"))), "release-denied", "rule authenticator.")
        true(b"/v1/attest" in evil.carried, outcome.errors)
    equal([(each["step"], each["failure"]) for each in service.status()["decisions"]], [("grant", "release-denied")])
    equal(service.status()["keeps"], [])
    until(lambda: 2 in [line[3] for line in service.log_lines()], "the denial is in the log")
    true(1 not in [line[3] for line in service.log_lines()], "there is a release in the log")


@story("an application listens and connects where the host of its Keep says, and nowhere else")
def _places():
    service = Service()
    port = free_port()
    published(service, "--replicas", "9", program="http_server", configuration=listen("tls", port))
    for words in ([], ["--listen", f"127.0.0.1:{free_port()}"]):
        equal(pull(service, *words).status, 125)  # its tenant is told why
    process = start(pull_line(service, "--listen", f"127.0.0.1:{port}"))
    until(lambda: process.poll() is not None or not socket.socket().connect_ex(("127.0.0.1", port)), "it listens where it may")
    true(process.poll() is None, "the Keep has ended")
    with socket.create_server(("127.0.0.1", 0)) as inner:
        inner.settimeout(0.2)
        place = inner.getsockname()
        service.package_it("client", program="client", configuration=entry("connect", "server", prot="tcp", host="127.0.0.1", port=place[1]))
        files = {"out": "client.cose", "key_file": "client.enx.key"}
        done(service.deployment("--allow-no-hardware", "--replicas", "9", *measured(), serial=2, **files))
        done(service.publish(**files))
        equal(pull(service, package="client.enx").status, 125)
        try:
            inner.accept()
            raise Failed("the Keep has reached what its host does not allow")
        except TimeoutError:
            pass
        process = start(pull_line(service, "--connect", f"127.0.0.1:{place[1]}", package="client.enx"))
        inner.settimeout(TIMEOUT_S)
        inner.accept()[0].close()


@story("a denial of the service ends the Keep and names its rule")
def _denied():
    service = Service()
    published(service, "--replicas", "1")
    ended(pull(service, name="shop/none"), "release-denied", "rule release.deployment")
    equal(pull(service).status, 0)
    ended(pull(service), "replicas-exhausted")
    done(service.deployment(serial=2, out="d2.cose"))
    done(service.publish(out="d2.cose"))
    ended(pull(service), "release-denied", "rule release.hardware")
    done(enarx("deployment", "withdraw", "shop/api", "--steward", service.url, "--cacert", service.root, "--key",
               scratch("tenant.key")))
    ended(pull(service), "release-denied", "rule release.deployment")


@story("a certificate is renewed while the application runs, and connections that are there go on", seconds=180)
def _renewal():
    here = Server(end=int(time.time()) + 60)
    first = here.serial()
    with here.connect() as old:
        until(lambda: here.serial() != first, "the certificate is another one", seconds=80)
        equal(get(old), b"HTTP/1.1 200 OK")
    with here.connect() as line:
        equal(get(line), b"HTTP/1.1 200 OK")
    true("certificate" in [each["step"] for each in here.service.status()["decisions"]], "no renewal in the log")
    # The service goes, and later the deployment's time is over: the application goes on.
    here.service.process.kill()
    time.sleep(8)
    with here.connect() as line:
        equal(get(line), b"HTTP/1.1 200 OK")


@story("output is kept inside for the tenant, who comes to the Keep's socket; the host sees nothing of it", seconds=90)
def _attach():
    service = Service()
    published(service, "--grantor", service.tenant, program="environment")
    key = json.loads(scratch("app.enx.key").read_text())
    key |= {"deployment": scratch("d.cose").read_bytes().hex(), "grantor-key": scratch("tenant.key").read_text()}
    scratch("attach.key").touch(0o600)
    write("attach.key", json.dumps(key))
    place = scratch("keep.sock")
    keep = start(pull_line(service, "--channel", place))
    until(place.exists, "the socket is there")
    until(lambda: len(service.status()["decisions"]) == 2, "the Keep is certified")
    tenant = enarx("attach", "--keep", place, "--key", scratch("attach.key"), "--allow-no-hardware", scratch("app.enx"))
    equal(tenant.status, 0, tenant.text + tenant.errors)
    contains(tenant.text, "PASSWORD=hunter2")
    outcome = finish(keep)
    equal((outcome.status, outcome.text), (0, ""), outcome.errors)


@story("words that make no sense are refused before a Keep begins")
def _words():
    pin = "sha256/" + base64.b64encode(bytes(32)).decode()
    right = {"--pull": "shop/api", "--steward": "https://localhost:1", "--steward-pin": pin}
    for change, more in (
        ({"--pull": None}, []), ({"--steward": None}, []), ({"--steward-pin": None}, []), ({"--pull": "Shop"}, []),
        ({"--steward": "http://localhost:1"}, []), ({"--steward": "localhost"}, []), ({"--steward": "https://a:0"}, []),
        ({"--steward-pin": "sha256/AAAA"}, []), ({"--steward-pin": "00" * 32}, []),
        ({}, ["--env", "A=B"]), ({}, ["--timeout", "1"]), ({}, ["--package", "x", "--blobs", "y"]), ({}, [guest("hello")]),
    ):
        words = [part for option, value in (right | change).items() if value for part in (option, value)]
        outcome = enarx("run", "--backend", "nil", *words, *more)
        equal(outcome.status, 125, f"{words} {more}: {outcome.errors}")
        contains(outcome.errors, "(usage)")
    outcome = enarx("run", "--backend", "nil", *[part for pair in right.items() for part in pair], "--package", scratch("none.enx"))
    contains(outcome.errors, "(file-not-found)")
    contains(enarx("run").errors, "no APPLICATION is given", "(usage)")


main()
