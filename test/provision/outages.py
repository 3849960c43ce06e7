#!/usr/bin/env python3
"""The attestation service is away, slow, or has a clock that jumps: what a Keep, its tenant and its operator are told, and when."""
import json
import os
import pathlib
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "scenario"))
from harness import *  # noqa: E402,F403
from network import free_port  # noqa: E402

from service import STEWARD, Service, done, enarx, pin_of  # noqa: E402


class Slow:
    """A server that a Keep believes, and that speaks as `speak(line)` does once somebody has asked."""

    def __init__(self, speak, tls=True):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", scratch("s.key"),
                        "-out", scratch("s.pem"), "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"], check=True,
                       capture_output=True)
        self.pin = pin_of(scratch("s.pem"))
        self.speak, self.tls = speak, tls
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"https://localhost:{self.listener.getsockname()[1]}"
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(scratch("s.pem"), scratch("s.key"))
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            line = self.listener.accept()[0]
            threading.Thread(target=self._one, args=(line,), daemon=True).start()

    def _one(self, line):
        try:
            if self.tls:
                line = self.context.wrap_socket(line, server_side=True)
                line.recv(65536)
            self.speak(line)
        except (OSError, ssl.SSLError):
            pass


def drip(text):
    def speak(line):
        for byte in text + b"x" * 100000:
            line.sendall(bytes([byte]))
            time.sleep(1)
    return speak


def flood(line):
    line.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/cbor\r\nContent-Length: 10000000000\r\n\r\n")
    while True:
        line.sendall(bytes(65536))


def asks(url, pin):
    begin = time.monotonic()
    outcome = execute([PROGRAM, "run", "--backend", BACKEND, "--pull", "shop/api", "--steward", url, "--steward-pin", pin], timeout=110)
    equal((outcome.status, outcome.text), (125, ""), outcome.errors)
    return outcome.errors, time.monotonic() - begin


ANSWERS = {
    "nothing": lambda line: time.sleep(600),
    "a byte a second": drip(b"HTTP/1.1 200 OK\r\nContent-Type: application/cbor\r\n"),
    "a body of a byte a second": lambda line: (line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n"), drip(b"")(line)),
    "ten gigabytes": flood,
    "an end": lambda line: line.close(),
    "half an answer": lambda line: (line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n" + bytes(9)), line.close()),
    "another protocol": lambda line: (line.sendall(b"220 mail.example ESMTP\r\n"), line.close()),
    "HTML": lambda line: line.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 13\r\n\r\n<html></html>"),
}


@story("a service that is slow, endless or none at all ends the Keep with a name, in at most a minute and a half", seconds=400)
def _slow():
    servers = {what: Slow(speak) for what, speak in ANSWERS.items()} | {"no TLS": Slow(ANSWERS["nothing"], tls=False)}
    told = {}

    def one(what):
        told[what] = asks(servers[what].url, servers[what].pin)

    threads = [threading.Thread(target=one, args=(what,)) for what in servers]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    for what in servers:
        true(what in told, f"{what}: no outcome")
        errors, seconds = told[what]
        true("(steward-unreachable)" in errors or "(steward-answer-invalid)" in errors, f"{what}: {errors}")
        true(seconds < 90, f"{what}: {seconds:.0f} s")


@story("tenants whose service is away or slow are told so, with status 1, and nothing is half published", seconds=250)
def _tenant():
    service = Service()
    service.package_it()
    done(service.deployment("--allow-no-hardware"))
    service.process.send_signal(signal.SIGTERM)
    equal(service.process.wait(timeout=15), 0)
    for url in (service.url, f"https://localhost:{free_port()}"):
        service.url = url
        outcome = service.publish()
        equal(outcome.status, 1, outcome.errors)
        contains(outcome.errors, "(steward-unreachable)")
    slow = Slow(ANSWERS["a byte a second"])
    service.url, service.root, right = slow.url, scratch("s.pem"), service.root
    begin = time.monotonic()
    outcome = enarx("deployment", "publish", scratch("d.cose"), "--steward", service.url, "--cacert", service.root, "--key", scratch("tenant.key"),
                    "--package-key", scratch("app.enx.key"), "--secret", "PASSWORD=x", timeout=140)
    equal(outcome.status, 1, outcome.errors)
    contains(outcome.errors, "(steward-")
    print(f"  publishing to a slow service ends after {time.monotonic() - begin:.0f} s", file=sys.stderr)
    true(time.monotonic() - begin < 130, "it waits for ever")
    service.root = right
    service.start()
    contains(enarx("deployment", "status", "shop/api", "--steward", service.url, "--cacert", service.root, "--key", scratch("tenant.key")).errors,
             "deployment-unknown")
    done(service.publish())


class Clocked(Service):
    """A service whose clock the story moves."""

    def start(self):
        library = next(iter(pathlib.Path("/usr/lib").glob("*/faketime/libfaketime.so.1")), None)
        if library is None:
            skip("faketime is not installed")
        self.clock = write("clock", "+0")
        os.environ.update(LD_PRELOAD=str(library), FAKETIME_TIMESTAMP_FILE=str(self.clock), FAKETIME_NO_CACHE="1", DONT_FAKE_MONOTONIC="1")
        try:
            super().start()
        finally:
            for name in ("LD_PRELOAD", "FAKETIME_TIMESTAMP_FILE", "FAKETIME_NO_CACHE", "DONT_FAKE_MONOTONIC"):
                os.environ.pop(name)

    def move(self, text):
        write("clock", text)


def ends(path):
    text = done(execute(["openssl", "x509", "-inform", "der", "-in", path, "-noout", "-dates"])).text
    return [time.mktime(time.strptime(line.split("=")[1].strip(), "%b %d %H:%M:%S %Y %Z")) for line in text.splitlines()]


def list_of(service):
    """(number, this update, serials) of the revocation list."""
    text = done(execute(["openssl", "crl", "-inform", "der", "-in", write("crl.der", service.get("/pki/crl.der")), "-noout", "-text",
                         "-crlnumber", "-lastupdate"])).text
    number = int(next(line for line in text.splitlines() if line.startswith("crlNumber=")).split("=")[1], 16)
    at = next(line for line in text.splitlines() if line.startswith("lastUpdate=")).split("=")[1]
    return number, time.mktime(time.strptime(at.strip(), "%b %d %H:%M:%S %Y %Z")), text.count("Serial Number:")


@story("the service's clock jumps: renewals after two thirds, lists that rise and are never from tomorrow, ends that are kept", seconds=120)
def _clock():
    service = Clocked()
    service.ready_to_release("--replicas", "9", "--not-after", str(int(time.time()) + 40 * 3600))
    keep = start(service.words("renew", out="k1"), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    while b"not-after" not in keep.stdout.readline():
        pass
    first = ends(scratch("k1/leaf.der"))
    service.move("+16h")
    keep.stdin.write(b"\n")
    keep.stdin.close()
    contains(keep.stdout.read().decode(), "/v1/renew 200")
    second = ends(scratch("k1/leaf.der"))
    true(abs(second[1] - first[1] - 16 * 3600) < 60, f"renewed until {second[1] - first[1]} s later")
    service.move("+30h")  # what is issued now ends with the deployment
    done(service.pull(out="k2"))
    true(abs(ends(scratch("k2/leaf.der"))[1] - time.time() - 40 * 3600) < 120, "it outlives the deployment")
    later = list_of(service)
    service.move("+41h")
    answered = service.pull(out="k3").text
    contains(answered, "/v1/attest 403", "release.not-after")
    service.move("+0")  # back, as when a wrong clock was put right
    time.sleep(0.1)
    done(service.pull(out="k4"))
    now = list_of(service)
    true(now[1] < time.time() + 60, "the revocation list is of tomorrow")
    true(now[0] > later[0], "the list's number falls")
    contains(service.get("/log/checkpoint").decode(), "steward.example")
    equal(service.get("/readyz", operator=True), b"ready\n")


@story("a service that starts with a clock outside of its authority's years says so and does not start", seconds=60)
def _years():
    service = Clocked()
    service.process.send_signal(signal.SIGTERM)
    equal(service.process.wait(timeout=15), 0)
    for moved, status in (("+367d", 1), ("-1d", 1), ("+300d", 0)):
        outcome = subprocess.run(["faketime", "-f", moved, "timeout", "-s", "TERM", "2", STEWARD, "serve", "--config", service.folder / "steward.toml"],
                                 capture_output=True, text=True, check=False)
        equal("(ca-expired)" in outcome.stderr, status == 1, f"{moved}: {outcome.stderr}")


main()
