"""An election in a Keep, and people who vote in it, for tests and measurements: officials' tool, server, voters."""
import hashlib
import http.client
import json
import os
import pathlib
import socket
import ssl
import subprocess
import sys
import time
import urllib.parse

SOURCE = pathlib.Path(__file__).resolve().parents[3]
BUILD = pathlib.Path(os.environ.get("ENARX_BUILD_DIR") or SOURCE / "build").resolve()
VOTING = BUILD / "demos/voting"
PATIENCE_S = 60


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def unchecked():
    """TLS without a check of the certificate, which nobody but the Keep has signed."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def statement(purpose, *fields):
    """The bytes that are hashed, as PROTOCOL.md has them."""
    parts = [b"enarx-voting/1", purpose.encode()]
    parts += [f.to_bytes(8, "big") if isinstance(f, int) else f for f in fields]
    return b"".join(len(part).to_bytes(8, "big") + part for part in parts)


def digest(purpose, *fields):
    return hashlib.sha256(statement(purpose, *fields)).hexdigest()


class Station:
    """`with Station(folder, backend, ...) as station:` an open election."""

    def __init__(self, folder, backend="nil", voters=9, batch=2, title="Mayor of Toytown", choices=("Alice", "Bob"), port=None,
                 make=True):
        self.folder, self.backend = pathlib.Path(folder), backend
        self.port = port or free_port()
        if make:
            words = [VOTING / "election-codes", folder, "--title", title, "--voters", voters, "--batch", batch, "--port", self.port]
            words += [word for choice in choices for word in ("--choice", choice)]
            subprocess.run([str(word) for word in words], check=True, stdout=subprocess.DEVNULL)
        self.voters = (self.folder / "codes/voters").read_text(encoding="ascii").split()
        self.officials = (self.folder / "codes/officials").read_text(encoding="ascii").split()

    def __enter__(self):
        environment = dict(os.environ, XDG_CACHE_HOME=str(BUILD / "test-cache"))
        self.process = subprocess.Popen([BUILD / "enarx", "run", f"--backend={self.backend}", self.folder / "package"],
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, start_new_session=True)
        said = {}
        for line in self.process.stdout:
            words = line.decode().split()
            said[words[0]] = words[1:]
            if words[0] == "open":
                break
        if "open" not in said:
            raise RuntimeError(f"the election did not open: {self.process.stderr.read().decode(errors='replace')[-800:]}")
        self.id = said["election"][0]
        self.certificate = said.get("certificate", [None])[0]
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.process.stderr.close()

    def connection(self):
        return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=PATIENCE_S, context=unchecked())

    def ask(self, path, form=None, connection=None):
        """(status, JSON) of one request; on a connection of its own unless one is given."""
        own = connection or self.connection()
        try:
            if form is None:
                own.request("GET", path)
            else:
                own.request("POST", path, urllib.parse.urlencode(form))
            answer = own.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            if connection is None:
                own.close()

    def vote(self, code, choice, nonce=None, connection=None):
        """(status, answer, what the voter keeps)."""
        nonce = nonce or os.urandom(32)
        status, answer = self.ask("/vote", {"code": code, "choice": choice, "nonce": nonce.hex()}, connection)
        return status, answer, dict(answer, nonce=nonce.hex(), choice=choice)

    def close(self, officials=2):
        return [self.ask("/close", {"code": code}) for code in self.officials[:officials]]

    def record(self):
        return self.ask("/record")[1]

    def shown_certificate(self):
        """SHA-256 of the certificate that the listener really shows."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_S) as plain:
            with unchecked().wrap_socket(plain) as secure:
                return hashlib.sha256(secure.getpeercert(binary_form=True)).hexdigest()

    def wait_until_gone(self):
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                return
            time.sleep(0.05)
        sys.exit("the Keep is gone and still listens")


def election_verify(folder, record, *kept, options=()):
    """(exit status, what election-verify says) of these JSON values."""
    folder = pathlib.Path(folder)
    paths = [folder / "election-record.json"] + [folder / f"kept-{number}.json" for number in range(len(kept))]
    for path, value in zip(paths, (record, *kept)):
        path.write_text(json.dumps(value), encoding="ascii")
    done = subprocess.run([str(VOTING / "election-verify"), *options, *map(str, paths)], capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr
