"""The attestation service of a story, with one tenant and what that tenant publishes."""
import base64
import hashlib
import json
import pathlib
import shutil
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "scenario"))
from harness import *  # noqa: E402,F403

from cbor import decoded  # noqa: E402

STEWARD = BUILD / "enarx-steward"
PULL = BUILD / "parts" / "pull_client"
VERIFIER_TOKEN = "a-token-for-evidence-0123456789"


def enarx(*words, **how):
    return execute([PROGRAM, *words], **how)


def done(outcome):
    equal(outcome.status, 0, outcome.errors + outcome.text)
    return outcome


def pin_of(certificate):
    """As curl writes it."""
    key = subprocess.run(["openssl", "x509", "-in", certificate, "-noout", "-pubkey"], check=True, capture_output=True).stdout
    der = subprocess.run(["openssl", "pkey", "-pubin", "-outform", "DER"], input=key, check=True, capture_output=True).stdout
    return "sha256/" + base64.b64encode(hashlib.sha256(der).digest()).decode()


def measured():
    """Without hardware a Keep of kind kvm says what it was started from, and the tenant which one it believes."""
    return ["--measurement", done(enarx("measure", "kvm")).text.strip()] if BACKEND == "kvm" else []


def until(holds, what, seconds=20):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = holds()
        if found:
            return found
        time.sleep(0.05)
    raise Failed(f"not in {seconds} s: {what}")


class Service:
    """A folder of the service with the tenant `shop`, and the process that serves it."""

    def __init__(self, name="service", settings="", of_shop="", more=(), under=(), files=None, hardware=False):
        """`files`: {path: text} in its folder; `hardware`: its tenant's Keeps have to be protected by some."""
        self.under = under  # a program that runs it, such as strace
        self.hardware = hardware
        self.folder = scratch(name)
        done(execute([STEWARD, "init", "--name", "steward.example", "--listen", "127.0.0.1:0", *more, self.folder]))
        if not scratch("tenant.key").exists():
            done(enarx("key", "tenant", "create", "--out", scratch("tenant.key")))
        self.tenant = done(enarx("key", "tenant", "digest", scratch("tenant.key"))).text.strip()
        config = self.folder / "steward.toml"
        for path, text in (files or {}).items():
            (self.folder / path).write_text(text)
        config.write_text(config.read_text().replace("127.0.0.1:9443", "127.0.0.1:0") + settings + f"""
[tenant.shop]
keys = ["{self.tenant}"]
deployments = ["shop/"]
dns-names = ["api.example"]
allow-no-hardware = {str(not hardware).lower()}
{of_shop}""")
        self.root = self.folder / "root.pem"
        self.start()

    def start(self):
        self.process = start([*self.under, STEWARD, "serve", "--config", self.folder / "steward.toml"])
        self.port = self._port("listening at https")
        self.operator = self._port("operator at http")
        self.url = f"https://localhost:{self.port}"

    def _port(self, what):
        line = self.process.stderr.readline().decode()
        contains(line, what)
        return int(line.strip().rsplit(":", 1)[1])

    def get(self, path, operator=False):
        if operator:
            return urllib.request.urlopen(f"http://127.0.0.1:{self.operator}{path}", timeout=10).read()
        context = ssl.create_default_context(cafile=self.root)
        return urllib.request.urlopen(self.url + path, timeout=10, context=context).read()

    def log_lines(self, size=None):
        """Of the log, as anybody reads it: maps (docs/protocol/log.md)."""
        size = size or int(self.get("/log/checkpoint").split(b"\n")[1])
        bundle = self.get(f"/log/tile/entries/000.p/{size}") if size else b""
        out = []
        while bundle:
            end = 2 + int.from_bytes(bundle[:2], "big")
            out.append(decoded(bundle[2:end])[0])
            bundle = bundle[end:]
        return out

    def deployment(self, *words, name="shop/api", serial=1, out="d.cose", key="tenant.key", key_file="app.enx.key"):
        return enarx("deployment", "create", name, "--package-key", scratch(key_file), "--key", scratch(key), "--grantor",
                     self.folder / "grantor.pem", "--serial", str(serial), "--out", scratch(out), *words)

    def publish(self, out="d.cose", key="tenant.key", password="hunter2", key_file="app.enx.key", words=()):
        return enarx("deployment", "publish", scratch(out), "--steward", self.url, "--cacert", self.root, "--key", scratch(key),
                     "--package-key", scratch(key_file), "--secret", "PASSWORD=" + password, *words)

    def status(self):
        return json.loads(done(enarx("deployment", "status", "shop/api", "--steward", self.url, "--cacert", self.root, "--key",
                                     scratch("tenant.key"), "--json")).text)

    def words(self, what="", name="shop/api", serial=1, workload=None, out="keep"):
        folder(out)
        return [PULL, self.url, self.root, name, str(serial), workload or self.workload, self.configuration, self.package,
                self.tenant, scratch(out), what]

    def pull(self, *words, **more):
        return execute(self.words(*words, **more))

    def package_it(self, name="app", key="tenant.key", program="hello", configuration=None):
        app = folder(name)
        shutil.copy(guest(program), app / "main.wasm")
        if configuration:
            write(f"{name}/Enarx.toml", configuration)
        made = done(enarx("package", app, "--out", scratch(name + ".enx"), "--key", scratch(key), "--name", "shop/api", "--secret",
                          "PASSWORD", *self._without_hardware(), "--json"))
        told = json.loads(made.text)
        self.workload, self.configuration = told["workload"], told["configuration"]
        self.package = told["package"].removeprefix("sha256:")

    def _without_hardware(self):
        return [] if self.hardware else ["--allow-no-hardware"]

    def ready_to_release(self, *words, publish=(), **what):
        self.package_it(**what)
        done(self.deployment(*self._without_hardware(), "--dns", "api.example", "--replicas", "3", *words))
        done(self.publish(words=publish))


def published(service, *words, **what):
    service.ready_to_release(*measured(), *words, **what)


def pull_line(service, *words, name="shop/api", url=None, pin=None, package="app.enx", backend=BACKEND, under=()):
    line = [*under, PROGRAM, "run", "--backend", backend, "--pull", name, "--steward", url or service.url, "--steward-pin",
            pin or pin_of(service.folder / "tls.pem")]
    return [*line, *(["--package", scratch(package)] if package else []), *words]


def ask_for_verdict(place, wish, token=VERIFIER_TOKEN, accept=None):
    """Status, type and body of the answer."""
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = "Bearer " + token
    if accept:
        headers["Accept"] = accept
    body = wish if isinstance(wish, bytes) else json.dumps(wish).encode()
    request = urllib.request.Request(place.url + "/v1/verify", body, headers, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=20, context=ssl.create_default_context(cafile=place.root)) as answer:
            return answer.status, answer.headers["Content-Type"], answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers["Content-Type"], error.read()
