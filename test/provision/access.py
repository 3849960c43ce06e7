#!/usr/bin/env python3
"""How a tenant reaches a host and what it is asked for: TLS, tokens, keys, secrets that are typed."""
import http.server
import json
import os
import pathlib
import shutil
import signal
import socket
import sys
import termios
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "scenario"))
from harness import *  # noqa: E402,F403

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from hosts import TOKENS, Host, certificate, customer, key_digest  # noqa: E402
from tenants import ALLOWED, package, keep, tenant_key  # noqa: E402


def token_of(name):
    return write(f"{name}.token", TOKENS.get(name, name) + "\n")


def at(host, *words):
    return ("--host", host.url, "--host-root", scratch("host.pem"), *words)


@story("who finds a Keep's socket can connect to it, at once; and nothing else lies beside it")
def _found():
    place = folder("sockets") / "keep.sock"
    for _ in range(20):
        process = start([PROGRAM, "keep", "--backend", BACKEND, "--channel", place])
        limit = time.monotonic() + TIMEOUT_S
        while not place.exists():
            true(time.monotonic() < limit, "the Keep's socket is not there")
        with socket.socket(socket.AF_UNIX) as line:
            line.connect(str(place))
        equal([each.name for each in place.parent.iterdir()], ["keep.sock"])
        process.kill()
        process.wait()
        place.unlink()


@story("over TLS a host knows its customer by a token, for each command alike")
def _token():
    host = Host(tls=True, customers=customer("alice", keeps=1) + customer("bob"))
    alice = at(host, "--token-file", token_of("alice"))
    app = package("copy")
    done = enarx("deploy", *alice, ALLOWED, app, stdin=b"by token")
    equal((done.status, done.text), (0, "by token"))
    left = enarx("deploy", *alice, ALLOWED, "--detach", "--json", app)
    equal(left.status, 0, left.errors)
    identity = json.loads(left.text)["keep"]
    contains(succeeded(enarx("keeps", *alice)).text, identity, "running")
    equal(succeeded(enarx("keeps", *at(host, "--token-file", token_of("bob")))).text, "")
    refused(enarx("deploy", *alice, ALLOWED, app), 125, "429", "may have no more", name="host-refused")
    other = enarx("attach", *at(host, "--token-file", token_of("bob")), "--id", identity, ALLOWED, app)
    equal(other.status, 125)
    contains(other.errors, "(host-unreachable)")
    back = enarx("attach", *alice, "--id", identity, ALLOWED, app, stdin=b"again")
    equal((back.status, back.text), (0, "again"))
    equal(json.loads(succeeded(enarx("keeps", *alice, "--json")).text)["keeps"][0]["state"], "ended")


@story("or by the key that it shows in TLS, which needs no authority")
def _key():
    succeeded(enarx("key", "tenant", "create", "--out", scratch("carol.key")))
    execute(["openssl", "req", "-x509", "-key", scratch("carol.key"), "-subj", "/CN=carol", "-out", scratch("carol.pem")])
    by_key = f"[[customer]]\nname = \"carol\"\nclient-key-sha256 = \"{key_digest(scratch('carol'))}\"\n"
    host = Host(tls=True, customers=by_key)
    app = package("hello")
    equal(enarx("deploy", *at(host, "--host-key", scratch("carol.key")), ALLOWED, app).text, "Hello, world!\n")
    succeeded(enarx("key", "tenant", "create", "--out", scratch("dave.key")))
    for words in (("--host-key", scratch("dave.key")), ()):
        refused(enarx("deploy", *at(host, *words), ALLOWED, app), 125, "401", "no token or client key", name="host-refused")
    refused(enarx("keeps", "--host", "http://127.0.0.1:1", "--host-key", scratch("carol.key")), 2, "without", name="usage")
    refused(enarx("keeps", *at(host, "--host-key", scratch("host.pem"))), 1, "host.pem")


@story("a host whose certificate nobody vouches for gets no token and no package")
def _root():
    host = Host(tls=True, customers=customer("alice"))
    certificate(scratch("other"), "localhost")
    app = package("hello")
    for roots in ((), ("--host-root", scratch("other.pem"))):
        words = ("--host", host.url, *roots, "--token-file", token_of("alice"))
        outcome = enarx("deploy", *words, ALLOWED, app)
        refused(outcome, 125, "self signed certificate", name="host-unreachable")
        contains(outcome.errors, "hint: --host-root FILE")
    refused(enarx("keeps", "--host", host.url, "--host-root", app), 2, "no certificate", name="usage")
    refused(enarx("keeps", *at(host, "--token-file", scratch("none"))), 1, "none")
    equal(host.ask("GET", "/v1/keeps", token=TOKENS["alice"])[1], {"keeps": []})


class Adviser(http.server.BaseHTTPRequestHandler):
    """A host that refuses everybody, and would have its customers do something foolish."""

    def answer(self):
        body = json.dumps({"title": "No.", "detail": "red \x1b[31mtext", "hint": "deploy with --allow-no-hardware\x1b[2J\nenarx: error: x"}).encode()
        self.send_response(403)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = answer

    def log_message(self, *_words):
        pass


@story("advice of a host is shown as the host's words, and rules no terminal")
def _advice():
    server = http.server.HTTPServer(("127.0.0.1", 0), Adviser)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    app = package("hello")
    where = ("--host", f"http://127.0.0.1:{server.server_address[1]}")
    for status, outcome in ((125, enarx("deploy", *where, ALLOWED, app)), (1, enarx("keeps", *where))):
        refused(outcome, status, "status 403", "red ?[31mtext", name="host-refused")
        contains(outcome.errors, "\n  hint: the host says: deploy with --allow-no-hardware?[2J?enarx: error: x\n")
        true("\x1b" not in outcome.errors, "an escape sequence is shown")
    server.shutdown()


class Sleeper(http.server.BaseHTTPRequestHandler):
    """A host that makes Keeps and then takes all the time of the world, for what `server.slow` names."""

    protocol_version = "HTTP/1.1"

    def answer(self, status=200, body=b""):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def handle_one(self):
        self.server.asked.append(self.command)
        if self.command == self.server.slow:
            while self.rfile.read1(512):  # a slow line, not a dead one
                self.server.begun.set()
                time.sleep(0.2)
            return
        if self.command == "POST":
            self.rfile.read(int(self.headers["Content-Length"]))
            if self.server.slow == "nothing":
                self.server.begun.set()
                time.sleep(60)
            return self.answer(201, b'{"id":"0123456789abcdef"}')
        self.answer(404 if self.command == "HEAD" else 204)

    do_POST = do_HEAD = do_PUT = do_DELETE = do_GET = handle_one

    def log_message(self, *_words):
        pass


@story("Ctrl-C ends a deployment whose host is slow to take the package, and the host is told; one that answers nothing is not waited for", seconds=120)
def _slow_host():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Sleeper)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    app = folder("app-large")
    shutil.copy(guest("hello"), app / "main.wasm")
    write("app-large/data", os.urandom(20 << 20))
    succeeded(enarx("package", app, "--out", scratch("large.enx"), "--key", tenant_key(), ALLOWED))
    for slow, patience in (("PUT", 5), ("nothing", 20)):
        server.slow, server.asked, server.begun = slow, [], threading.Event()
        process = start([PROGRAM, "deploy", "--host", f"http://127.0.0.1:{server.server_address[1]}", ALLOWED, scratch("large.enx")])
        true(server.begun.wait(20), "the host is asked")
        time.sleep(0.5)
        since = time.monotonic()
        process.send_signal(signal.SIGINT)
        equal(process.wait(40), -signal.SIGINT)
        took = time.monotonic() - since
        true(took < patience, f"{slow}: it ended after {took:.1f} s")
        equal("DELETE" in server.asked, slow == "PUT", f"{server.asked}")
    server.shutdown()


def typed(app, line, *, then=None):
    """What a terminal shows while a secret is asked for, and how the command ends."""
    ours, theirs = pseudo_terminal()
    _, place = keep()
    with open(scratch("out"), "wb") as out:
        process = start([PROGRAM, "deploy", "--keep", place, ALLOWED, "--secret", "FIRST", app], stdin=theirs, stdout=out, stderr=theirs)
        shown = b""
        while b"Secret FIRST: " not in shown:
            shown += os.read(ours, 4096)
        blind = not termios.tcgetattr(theirs)[3] & termios.ECHO
        if line:
            os.write(ours, line)
        if then:
            process.send_signal(then)
        status = process.wait(TIMEOUT_S)
    sees = bool(termios.tcgetattr(theirs)[3] & termios.ECHO)
    os.close(theirs)
    try:
        while piece := os.read(ours, 4096):
            shown += piece
    except OSError:
        pass  # the other end is closed
    os.close(ours)
    return status, shown.decode(), blind, sees


@story("a secret that is typed is asked for by name and not shown; Ctrl-C there leaves a terminal that shows what is typed")
def _typed():
    app = package("environment", "--secret", "FIRST")
    status, shown, blind, sees = typed(app, b"pass phrase\n")
    equal((status, blind, sees), (0, True, True), shown)
    equal(scratch("out").read_text(), "FIRST=pass phrase\n")
    true("pass phrase" not in shown, "the terminal shows the secret")
    for number in (signal.SIGINT, signal.SIGTERM):
        scratch("keep.sock").unlink(missing_ok=True)
        status, shown, blind, sees = typed(app, b"pass", then=number)
        equal((status, blind, sees), (-number, True, True), shown)


if __name__ == "__main__":
    main()
