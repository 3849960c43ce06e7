"""Those of the story who act for themselves: the officials of a town, an attestation service, a host with its Keeps, and voters."""
import base64
import hashlib
import http.client
import json
import pathlib
import re
import shutil
import socket
import ssl
import subprocess
import sys
import time

here = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(here.parent / "test"))
from polling_station import BUILD, VOTING, Station, free_port  # noqa: E402

ENARX, STEWARD = BUILD / "enarx", BUILD / "enarx-steward"
NAME = "election.localhost"  # names below .localhost are every machine's own: a Keep without hardware gets no others


class Refused(Exception):
    """A command that ended by a failure; its name."""


def told(*words, **how):
    """What a command says; Refused where it fails."""
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, timeout=120, **how)
    if done.returncode:
        named = re.search(r"\(([a-z0-9-]+)\)\s*$", next((line for line in done.stderr.splitlines() if "error:" in line), ""))
        raise Refused(named.group(1) if named else f"status {done.returncode}: {done.stdout.strip()[-300:]} {done.stderr.strip()[-300:]}")
    return done.stdout


def waits(holds, seconds=30):
    """What `holds` answers as soon as that is something; None where it never is."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := holds():
            return found
        time.sleep(0.05)
    return None


class Service:
    """An attestation service with one tenant."""

    def __init__(self, folder, tenant, name):
        self.folder = folder
        told(STEWARD, "init", "--name", name, "--listen", "127.0.0.1:0", folder)
        config = folder / "steward.toml"
        if snp:
            shutil.copy(snp.policy(), folder / "policies/model.toml")
        roots = f'roots = ["{snp.root()}"]\n' if snp else ""
        config.write_text(re.sub(r'operator = "[^"]*"', 'operator = "127.0.0.1:0"', config.read_text()) + roots
                          + f'\n[tenant.town]\nkeys = ["{tenant}"]\ndeployments = ["town/"]\ndns-names = ["{NAME}"]\n'
                          + f'allow-no-hardware = {"false" if snp else "true"}\n')
        self.process = subprocess.Popen([STEWARD, "serve", "--config", config], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.url = f"https://localhost:{self.process.stderr.readline().strip().rsplit(':', 1)[1]}"
        self.root = folder / "root.pem"

    def pin(self):
        key = subprocess.run(["openssl", "x509", "-in", self.folder / "tls.pem", "-noout", "-pubkey"], check=True, capture_output=True).stdout
        der = subprocess.run(["openssl", "pkey", "-pubin", "-outform", "DER"], input=key, check=True, capture_output=True).stdout
        return "sha256/" + base64.b64encode(hashlib.sha256(der).digest()).decode()

    def close(self):
        self.process.terminate()
        self.process.wait(20)
        self.process.stderr.close()


class Tenant:
    """Who makes elections: the officials of the town, or somebody who would like to be them."""

    def __init__(self, folder, port):
        self.folder, self.port = folder, port
        folder.mkdir()
        told(ENARX, "key", "tenant", "create", "--out", folder / "key")
        self.digest = told(ENARX, "key", "tenant", "digest", folder / "key").strip()
        told("openssl", "pkey", "-in", folder / "key", "-pubout", "-out", folder / "key.pub")

    def make(self, what, voters=9, title="Mayor of Toytown"):
        """The election and its codes, packaged for a key that only its maker has; what `enarx package` says of it."""
        told(VOTING / "election-codes", self.folder / what, "--title", title, "--choice", "Alice", "--choice", "Bob", "--voters", voters,
             "--batch", "2", "--address", "127.0.0.1", "--port", self.port)
        return json.loads(told(ENARX, "package", self.folder / what / "package", "--out", self.file(what), "--key", self.folder / "key", "--name",
                               f"town/{what}", *without_hardware(), "--json"))

    def file(self, what):
        return self.folder / f"{what}.enx"

    def sign(self, what, service, replicas, serial=1):
        out = self.folder / f"{what}-{serial}.cose"
        told(ENARX, "deployment", "create", f"town/{what}", "--package-key", f"{self.file(what)}.key", "--key", self.folder / "key", "--grantor",
             service.folder / "grantor.pem", "--serial", serial, "--replicas", replicas, "--dns", NAME, *without_hardware(), "--out", out,
             *measured())
        return out

    def publish(self, what, service, replicas=1, serial=1):
        told(ENARX, "deployment", "publish", self.sign(what, service, replicas, serial), "--steward", service.url, "--cacert", service.root, "--key",
             self.folder / "key", "--package-key", f"{self.file(what)}.key")


backend = "nil"
snp = None  # the model of its processor, where the backend is snp


def without_hardware():
    return [] if snp else ["--allow-no-hardware"]


def measured():
    """A KVM Keep says what it was started from, an SEV-SNP Keep proves it; and the tenant which one it believes."""
    if snp:
        return ["--measurement", snp.measurement(), "--policy", snp.policy()]
    return ["--measurement", told(ENARX, "measure", "kvm").strip()] if backend == "kvm" else []


class Host:
    """Starts Keeps. What it says to them is whom to ask, and where the package lies."""

    def __init__(self, folder):
        self.folder, self.keeps = folder, []
        folder.mkdir()

    def line(self, service, what, package, port):
        machine, more = (snp.runs(), snp.certificates()) if snp else ([], [])
        return [*machine, ENARX, "run", "--backend", backend, *more, "--pull", f"town/{what}", "--steward", service.url, "--steward-pin",
                service.pin(), "--package", package, "--listen", f"127.0.0.1:{port}"]

    def run(self, service, what, package, port, *more):
        """A Keep that ends by itself."""
        return told(*self.line(service, what, package, port), *more)

    def start(self, service, what, package, port):
        self.output = self.folder / f"{len(self.keeps)}.log"
        with open(self.output, "wb") as output:
            keep = subprocess.Popen(self.line(service, what, package, port), stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        self.keeps.append(keep)

        def listens():
            if keep.poll() is not None:
                raise Refused(self.output.read_text())
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", port)) == 0

        return waits(listens, 300 if snp else 30)

    def certificate_of_its_own(self):
        """For the election's name, by an authority that the host has made up."""
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", self.folder / "own.key",
                        "-out", self.folder / "own.pem", "-days", "2", "-subj", "/CN=steward.example", "-addext", f"subjectAltName=DNS:{NAME}"],
                       check=True, capture_output=True)
        return self.folder / "own.pem", self.folder / "own.key"

    def close(self):
        for keep in self.keeps:
            keep.kill()
            keep.wait()


class Registry:
    """Debian's registry of containers, where it is installed: anybody's place, believed in nothing."""

    def __init__(self, folder):
        program = shutil.which("docker-registry")
        self.process, self.port = None, free_port()
        if not program:
            return
        folder.mkdir()
        config = folder / "config.yml"
        config.write_text(f"version: 0.1\nlog: {{level: error}}\nstorage:\n  filesystem: {{rootdirectory: {folder / 'blobs'}}}\n"
                          f"http: {{addr: 127.0.0.1:{self.port}}}\n")
        self.process = subprocess.Popen([program, "serve", config], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        waits(self.listens)

    def listens(self):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def close(self):
        if self.process:
            self.process.terminate()
            self.process.wait(20)


class Voters(Station):
    """Voters who check the certificate: by the service's root, for the election's name, and nothing else."""

    def __init__(self, folder, port, root):
        super().__init__(folder, port=port, make=False)
        self.root = root

    def connection(self):
        return CheckedConnection(self.port, ssl.create_default_context(cafile=self.root))

    def ask_unchecked(self, path):
        """As one who does not look whom he talks to."""
        return self.ask(path, connection=super().connection())

    def ask_what_runs(self, *words):
        """`enarx verify`; the rule that fails, or nothing."""
        judged = snp.judged_by() if snp else ["--allow-no-hardware"]
        done = subprocess.run([str(word) for word in (ENARX, "verify", f"https://{NAME}:{self.port}", *judged, "--json", *words)],
                              capture_output=True, text=True, timeout=60)
        try:
            answer = json.loads(done.stdout)
        except ValueError:
            return {"failed": re.findall(r"\(([a-z0-9-]+)\)$", done.stderr, re.M)[:1], "runs": None}
        return {"failed": [rule["rule"] for rule in answer["rules"] if rule["outcome"] == "failed"], "runs": answer.get("runs")}

    def curl(self):
        """What curl says to the election's name: its exit status, and its first line. Where there is no curl, Python says it."""
        if not shutil.which("curl"):
            try:
                return 0, json.dumps(self.ask("/election")[1], separators=(",", ":"))
            except ssl.SSLCertVerificationError as error:
                return 60, str(error)
        done = subprocess.run(["curl", "--silent", "--show-error", "--cacert", self.root, f"https://{NAME}:{self.port}/election"], capture_output=True,
                              text=True, timeout=60)
        return done.returncode, (done.stdout or done.stderr).strip().splitlines()[0]


class CheckedConnection(http.client.HTTPSConnection):
    """To this machine, under the election's name."""

    def __init__(self, port, context):
        super().__init__(NAME, port, timeout=60, context=context)
        self.checks = context

    def connect(self):
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=60)
        self.sock = self.checks.wrap_socket(plain, server_hostname=NAME)


def attestation_result(certificate):
    """The claims of the EAR that a certificate of the service carries (id-pe-cmw)."""
    token = re.search(rb'\["application/eat\+jwt","([A-Za-z0-9_-]+)",8\]', certificate).group(1)
    jwt = base64.urlsafe_b64decode(token + b"=" * (-len(token) % 4))
    claims = jwt.split(b".")[1]
    return json.loads(base64.urlsafe_b64decode(claims + b"=" * (-len(claims) % 4)))
