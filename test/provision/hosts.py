"""Hosts of Keeps that run in these stories: `enarx serve`, its customers, what it answers."""
import hashlib
import http.client
import json
import pathlib
import re
import socket
import ssl
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "scenario"))
from harness import *  # noqa: E402,F403

TOKENS = {"alice": "correct horse", "bob": "battery staple"}


class Host:
    """An `enarx serve` of the story's own; `under`: the words of a program that runs it."""

    def __init__(self, *options, tls=False, customers=None, state=None, wait=True, backend=BACKEND, under=()):
        self.state = state or scratch("state")
        self.tls = tls
        line = [*under, PROGRAM, "serve", "--listen", "127.0.0.1:0", "--state", self.state, "--backend", backend, *options]
        if tls:
            certificate(scratch("host"), "localhost")
            line += ["--tls", scratch("host.pem"), "--tls-key", scratch("host.key")]
        else:
            line.append("--plain-http")
        if customers:
            line += ["--customers", write("customers.toml", customers)]
        self.log = scratch(f"log{len(list(scratch().glob('log*')))}")
        with open(self.log, "wb") as log:
            self.process = start(line, stdout=log, stderr=log)
        self.port = None
        if wait:
            until(self._listens, "the host listens")

    def _listens(self):
        found = re.search(r"listening at https?://127\.0\.0\.1:(\d+)", self.said())
        if found:
            self.port = int(found.group(1))
        true(found or self.process.poll() is None, f"the host has ended: {self.said()}")
        return found

    @property
    def url(self):
        return f"https://localhost:{self.port}" if self.tls else f"http://127.0.0.1:{self.port}"

    def said(self):
        return self.log.read_text(errors="replace")

    def connection(self, client=None):
        if not self.tls:
            return http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        context = ssl.create_default_context(cafile=scratch("host.pem"))
        if client:
            context.load_cert_chain(f"{client}.pem", f"{client}.key")
        return http.client.HTTPSConnection("localhost", self.port, timeout=20, context=context)

    def ask(self, method, path, body=None, token=None, headers=None, client=None):
        """(status, JSON or bytes, headers)"""
        sent = dict(headers or {})
        if token:
            sent["Authorization"] = f"Bearer {token}"
        if isinstance(body, dict):
            body = json.dumps(body)
            sent.setdefault("Content-Type", "application/json")
        line = self.connection(client)
        try:
            line.request(method, path, body=body, headers=sent)
            answer = line.getresponse()
            content = answer.read()
            kind = answer.getheader("Content-Type") or ""
            return answer.status, json.loads(content) if "json" in kind and content else content, answer.headers
        finally:
            line.close()

    def keep(self, token=None, **wish):
        status, keep, _ = self.ask("POST", "/v1/keeps", wish, token)
        equal(status, 201, f"a new Keep: {keep}")
        return keep

    def channel(self, identity, token=None):
        """The socket of an open channel."""
        line = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        if self.tls:
            line = ssl.create_default_context(cafile=scratch("host.pem")).wrap_socket(line, server_hostname="localhost")
        allowed = f"Authorization: Bearer {token}\r\n" if token else ""
        line.sendall(f"GET /v1/keeps/{identity}/channel HTTP/1.1\r\nHost: localhost\r\n{allowed}"
                     "Connection: Upgrade\r\nUpgrade: enarx-keep/1\r\n\r\n".encode())
        head = b""
        while b"\r\n\r\n" not in head:
            head += line.recv(1) or skip_end(head)
        contains(head, b"101 Switching Protocols", b"Upgrade: enarx-keep/1")
        return line

    def sockets(self):
        place = pathlib.Path(self.state) / "keeps"
        return list(place.iterdir()) if place.exists() else []

    def memory(self):
        """Resident bytes of the host's process."""
        return int(pathlib.Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]) * 4096


def skip_end(head):
    raise Failed(f"the connection ended behind {head!r}")


def until(holds, what, seconds=20):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = holds()
        if found:
            return found
        time.sleep(0.01)
    raise Failed(f"not in {seconds} s: {what}")


def gone(process):
    """A process has ended, were it as somebody's zombie."""
    try:
        return pathlib.Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return True


def in_memory(processes, wanted):
    """Those of the texts that are in the memory of one of these processes, as root reads it."""
    found = set()
    for process in processes:
        with open(f"/proc/{process}/maps", encoding="ascii") as maps, open(f"/proc/{process}/mem", "rb", buffering=0) as memory:
            for line in maps:
                bounds, rights = line.split()[:2]
                first, last = (int(bound, 16) for bound in bounds.split("-"))
                if rights[0] != "r" or last - first > 1 << 30 or "[v" in line:
                    continue
                try:
                    memory.seek(first)
                    content = memory.read(last - first)
                except (OSError, ValueError):
                    continue
                found |= {text for text in wanted if text in content}
    return found


def certificate(place, name):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", f"{place}.key",
                    "-out", f"{place}.pem", "-days", "2", "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}"],
                   check=True, capture_output=True)


def key_digest(place):
    key = subprocess.run(["openssl", "x509", "-in", f"{place}.pem", "-noout", "-pubkey"], check=True, capture_output=True).stdout
    der = subprocess.run(["openssl", "pkey", "-pubin", "-outform", "DER"], input=key, check=True, capture_output=True).stdout
    return hashlib.sha256(der).hexdigest()


def customer(name, **more):
    lines = [f"name = \"{name}\"", f"token-sha256 = \"{hashlib.sha256(TOKENS[name].encode()).hexdigest()}\""]
    lines += [f"{key.replace('_', '-')} = {json.dumps(value)}" for key, value in more.items()]
    return "[[customer]]\n" + "\n".join(lines) + "\n"


def problem(answer, status, name):
    equal(answer[0], status, f"status of {answer[1]}")
    equal(answer[1]["type"], f"urn:enarx:failure:{name}")
    equal(answer[1]["status"], status)
    true(answer[1]["title"] and answer[1]["detail"], f"a problem without words: {answer[1]}")
    equal(answer[2]["Content-Type"], "application/problem+json")
