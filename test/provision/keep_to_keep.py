#!/usr/bin/env python3
"""Two Keeps of one tenant that talk to each other by the certificates of their service, each certain of the other."""
import json
import pathlib
import ssl
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "scenario"))
from harness import *  # noqa: E402,F403
from network import Authority, connected, entry, free_port, listen  # noqa: E402

from service import Service, done, enarx, measured, pin_of, until  # noqa: E402

PREFIX = "spiffe://steward.example/"
KEEP = {"certificate": "keep", "authorities": "deployment"}


class Town:
    """A service, and Keeps of deployments that were pulled from it."""

    def __init__(self, *words):
        self.service, self.words, self.port = Service(), words, free_port()

    def publish(self, name, program, configuration):
        """A deployment shop/NAME of a guest program."""
        files = {"out": f"{name}.cose", "key_file": f"{name}.enx.key"}
        self.service.package_it(name, program=program, configuration=configuration)
        done(self.service.deployment("--allow-no-hardware", "--replicas", "9", "--grantor", self.service.tenant, *measured(), *self.words,
                                     name=f"shop/{name}", **files))
        done(self.service.publish(**files))

    def line(self, name, *words):
        return [PROGRAM, "run", "--backend", BACKEND, "--pull", f"shop/{name}", "--steward", self.service.url, "--steward-pin",
                pin_of(self.service.folder / "tls.pem"), "--package", scratch(f"{name}.enx"), *words]

    def database(self, peers, clients="", **keys):
        """Starts the Keep that `peers` may talk to; it ends when so many have been there."""
        args = f'args = ["{clients}"]\n' if clients else ""
        self.publish("db", "echo_server", args + listen("tls", self.port, client_certificate=True, peers=peers, **KEEP, **keys))
        keep = start(self.line("db", "--listen", f"127.0.0.1:{self.port}"))
        until(lambda: keep.poll() is not None or not connected(self.port).close(), "the database listens")
        true(keep.poll() is None, "the database has ended")
        return keep

    def client(self, name, port=None, **keys):
        keys = {**KEEP, "host": "127.0.0.1", "port": port or self.port, "peers": [PREFIX + "shop/db"], **keys}
        self.publish(name, "client", entry("connect", "server", **keys))

    def says(self, name, text=b"hello", port=None):
        """What the tenant's terminal shows of a client Keep that is told this text, and its exit status."""
        key = json.loads(scratch(f"{name}.enx.key").read_text())
        key |= {"deployment": scratch(f"{name}.cose").read_bytes().hex(), "grantor-key": scratch("tenant.key").read_text()}
        scratch("attach.key").touch(0o600)
        write("attach.key", json.dumps(key))
        place = scratch(f"{name}-{time.monotonic_ns()}.sock")
        keep = start(self.line(name, "--channel", place, "--connect", f"127.0.0.1:{port or self.port}"))
        until(lambda: place.exists() or keep.poll() is not None, "the socket is there")
        told = enarx("attach", "--keep", place, "--key", scratch("attach.key"), "--allow-no-hardware", "--quiet", scratch(f"{name}.enx"), stdin=text)
        equal(finish(keep).status, told.status, told.errors)
        return told


def refused_by_name(port, context):
    """What the database says to a client that it does not let in: in TLS 1.3 the client hears of it when it reads."""
    try:
        with connected(port) as plain, context.wrap_socket(plain, server_hostname="db") as client:
            client.sendall(b"x")
            return f"it answers {client.recv(1)!r}"
    except ssl.SSLError as error:
        return error.reason
    except ConnectionError:
        return "cut"


def anybody(service):
    context = ssl.create_default_context(cafile=service.root)
    context.check_hostname = False
    return context


class TheServices(Authority):
    """The authority of the service itself, for certificates that no Keep would get."""

    def __init__(self, service):  # pylint: disable=super-init-not-called
        self.name = "intermediate"
        for end in ("pem", "key"):
            write(f"intermediate.{end}", (service.folder / f"intermediate.{end}").read_bytes())

    def issue(self, name, names="", days=2, **more):
        certificate, key = super().issue(name, names, days, **more)
        return write(f"{name}-chain.pem", certificate.read_text() + scratch("intermediate.pem").read_text()), key


@story("api talks to db, each in a Keep of its own and certain of the other", seconds=90)
def _whole():
    town = Town()
    database = town.database([PREFIX + "shop/api"], clients=1)
    town.client("api")
    told = town.says("api")
    equal((told.status, told.text), (0, "hello"), told.errors)
    equal(finish(database).status, 0)


@story("strangers without a certificate, with one of another authority, and genuine Keeps of other deployments are refused by name",
       seconds=120)
def _strangers():
    town = Town()
    town.database([PREFIX + "shop/api"])
    context = anybody(town.service)
    equal(refused_by_name(town.port, context), "TLSV13_ALERT_CERTIFICATE_REQUIRED")
    mallory = Authority("steward.example Keeps")
    context.load_cert_chain(*mallory.issue("api", f"URI:{PREFIX}shop/api"))
    equal(refused_by_name(town.port, context), "TLSV1_ALERT_UNKNOWN_CA")
    service = TheServices(town.service)
    context.load_cert_chain(*service.issue("other", f"URI:{PREFIX}shop/other"))
    equal(refused_by_name(town.port, context), "TLSV1_ALERT_ACCESS_DENIED")
    context.load_cert_chain(*service.issue("api", f"URI:{PREFIX}shop/api"))
    contains(refused_by_name(town.port, context), "it answers b'x'")  # so that it was the name, and nothing else
    town.client("other")
    told = town.says("other")
    true(told.status in (3, 4, 5) and not told.text, f"{told.status}: {told.text} {told.errors}")  # where it hears of it
    town.client("api")
    equal(town.says("api").text, "hello")


@story("a Keep does not talk to another one than it names, nor to a server of another authority that bears the name", seconds=120)
def _impostors():
    town = Town()
    town.database([PREFIX + "shop/"])
    town.client("api", peers=[PREFIX + "shop/db2", PREFIX + "bank/"])
    told = town.says("api")
    equal((told.status, told.text), (125, ""), told.errors)
    contains(told.errors, "(tls-name-mismatch)", f"its certificate is for {PREFIX}shop/db")
    # The host's own server, at the end of a wire that is the host's.
    mallory = Authority("steward.example Keeps")
    certificate, key = mallory.issue("db", f"URI:{PREFIX}shop/db")
    port = free_port()
    start(["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-cert", certificate, "-key", key, "-quiet"])
    connected(port).close()
    town.client("api2", port=port)
    told = town.says("api2", port=port)
    equal((told.status, told.text), (125, ""), told.errors)
    contains(told.errors, "(tls-certificate-untrusted)")


@story("a Keep that wants its peers on hardware takes none that nothing protects for its server, unless it is told to", seconds=120)
def _hardware_of_servers():
    town = Town()
    town.database([PREFIX + "shop/"])
    town.client("api", peers_without_hardware=False)
    told = town.says("api")
    equal((told.status, told.text), (125, ""))
    contains(told.errors, "(tls-peer-unprotected)")
    town.client("other", peers_without_hardware=True)
    equal(town.says("other").text, "hello")  # so that it was that, and nothing else


@story("and none that nothing protects for its client, whom TLS tells so", seconds=120)
def _hardware_of_clients():
    town = Town()
    town.database([PREFIX + "shop/api"], peers_without_hardware=False)
    context, service = anybody(town.service), TheServices(town.service)
    for unit, answer in (("/OU=NO HARDWARE PROTECTION", "TLSV1_ALERT_ACCESS_DENIED"), ("", "it answers b'x'")):
        context.load_cert_chain(*service.issue(f"api{len(unit)}", f"URI:{PREFIX}shop/api", subject=f"/CN=api{unit}"))
        contains(refused_by_name(town.port, context), answer)
    town.client("api")
    equal(town.says("api").text, "")


@story("certificates are renewed on both sides, and those who come then meet the new one", seconds=180)
def _renewal():
    end = int(time.time()) + 50
    town = Town("--not-after", str(end))
    town.database([PREFIX + "shop/api"])
    town.client("api")

    def serial():
        with connected(town.port) as plain, anybody(town.service).wrap_socket(plain) as line:
            return line.getpeercert()["serialNumber"]

    first = serial()
    equal(town.says("api").text, "hello")
    until(lambda: serial() != first, "the database's certificate is another one", seconds=70)
    equal(town.says("api").text, "hello")


@story("without a service there is nothing that they stand for", seconds=60)
def _alone():
    port = free_port()
    for entry_of, name in ((listen("tls", port, certificate="keep"), "tls-not-certified"),
                           (listen("tls", port, authorities="deployment", client_certificate=True, peers=[PREFIX + "a"]),
                            "tls-authorities-missing"),
                           (entry("connect", "server", host="127.0.0.1", port=port, authorities="deployment"), "tls-authorities-missing")):
        config = write("alone.toml", entry_of)
        refused(run("client", options=["--config", config]), 125, name=name)


main()
