#!/usr/bin/env python3
"""Where a Keep gets its package from: a registry that it reaches itself, by TLS of its own, or its tenant."""
import json
import os
import pathlib
import shutil
import sys
import warnings

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "scenario"))
from harness import *  # noqa: E402,F403

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from hosts import Host, certificate, customer, TOKENS  # noqa: E402
from registries import done, enarx, key, registry  # noqa: E402
from service import Service, published, pull_line  # noqa: E402
from tenants import ALLOWED, keep, status_of, tenant_key  # noqa: E402

FILLER = 3 << 20


class Store:
    """Debian's registry behind TLS by an authority of its own, with a package of a program that prints, and its key file."""

    def __init__(self, users=None, push=(), package=True):
        certificate(scratch("registry"), "localhost")
        more = ""
        if users:
            write("users", users)
            more = f"auth: {{htpasswd: {{realm: here, path: {scratch('users')}}}}}\n"
        http = f", tls: {{certificate: {scratch('registry.pem')}, key: {scratch('registry.key')}}}"
        address, self.log = registry("tls-store", more, http)
        self.name = address.replace("127.0.0.1", "localhost") + "/shop/api"
        self.words = ["--cacert", scratch("registry.pem")]
        if package:
            self.fill(push)

    def fill(self, push):
        app = folder("app")
        shutil.copy(guest("hello"), app / "main.wasm")
        (app / "filler").write_bytes(os.urandom(FILLER))
        done(enarx("package", app, "--out", scratch("api.enx"), "--key", tenant_key(), ALLOWED))
        self.digest = json.loads(done(enarx("push", scratch("api.enx"), f"{self.name}:1", *self.words, *push, "--json",
                                            stdin=b"word\n")).text)["package"]
        self.key = scratch("api.enx.key")
        self.heard()

    def heard(self):
        self.before = len(self.log.read_text())

    def asked(self):
        """Requests for layers since the package was pushed, by the status of their answers."""
        lines = [line for line in self.log.read_text()[self.before:].splitlines() if '"GET /v2/shop/api/blobs/' in line]
        return [line.split('HTTP/1.1" ')[1].split()[0] for line in lines]

    def deploy(self, *words, reference=":1", **how):
        return enarx("deploy", f"{self.name}{reference}", "--key", self.key, ALLOWED, *self.words, *words, **how)


def users():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Debian 12's Python has it, and nothing else here makes bcrypt
        import crypt
        return f"alice:{crypt.crypt('word', crypt.mksalt(crypt.METHOD_BLOWFISH, rounds=16))}\n"


class Carrier:
    """Stands between tenant and Keep, and counts what the tenant sends."""

    def __init__(self, to):
        import socket
        import threading
        self.path, self.up = scratch("carrier.sock"), 0
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(self.path))
        listener.listen(1)

        def carry(source, sink, counts):
            try:
                while data := source.recv(65536):
                    self.up += len(data) if counts else 0
                    sink.sendall(data)
                sink.shutdown(socket.SHUT_WR)
            except OSError:
                pass  # one of them has gone

        def serve():
            tenant, _ = listener.accept()
            there = socket.socket(socket.AF_UNIX)
            there.connect(str(to))
            threading.Thread(target=carry, args=(tenant, there, True), daemon=True).start()
            threading.Thread(target=carry, args=(there, tenant, False), daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()


@story("a Keep fetches a deployed reference itself, over TLS by the authority that its tenant named, and the tenant carries no layer")
def by_the_keep():
    store = Store()
    process, place = keep("keep.sock", "--connect", store.name.split("/")[0])
    carrier = Carrier(place)
    outcome = store.deploy("--keep", carrier.path)
    equal((outcome.status, outcome.text), (0, "Hello, world!\n"), outcome.errors)
    equal(status_of(process), 0)
    true(carrier.up < FILLER // 10, f"{carrier.up} bytes went through the tenant")
    true(len(store.asked()) >= 2, "nobody asked the registry")


@story("a Keep that does not reach the registry is given the package by its tenant")
def by_the_tenant():
    if BACKEND == "nil":
        skip("a Keep of kind nil reaches whatever its host reaches")
    store = Store()
    process, place = keep("keep.sock", "--connect", "localhost:1")
    carrier = Carrier(place)
    outcome = store.deploy("--keep", carrier.path)
    equal((outcome.status, outcome.text), (0, "Hello, world!\n"), outcome.errors)
    equal(status_of(process), 0)
    true(carrier.up > FILLER, f"only {carrier.up} bytes went through the tenant")


@story("a registry that wants to know who asks is told by the Keep, if its tenant lends that; else the tenant fetches")
def who_asks():
    who = ["--username", "alice", "--password-stdin"]
    store = Store(users(), who)
    for lent in (True, False):
        process, place = keep(f"keep-{lent}.sock", "--connect", store.name.split("/")[0])
        carrier = Carrier(place)
        outcome = store.deploy("--keep", carrier.path, *who, *(["--lend-credentials"] if lent else []), stdin=b"word\n")
        equal((outcome.status, outcome.text), (0, "Hello, world!\n"), outcome.errors)
        equal(status_of(process), 0)
        true((carrier.up < FILLER // 10) == lent, f"{carrier.up} bytes went through the tenant")
        carrier.path.unlink()
    refused(store.deploy("--keep", place, "--lend-credentials", env={"HOME": str(folder("nobody"))}), 125, "(usage)")


@story("a reference is deployed only as the named key has signed it: of another package, by another key, by nobody, or taken away")
def signed():
    store = Store()
    mine, my_public = key("mine")
    _, other_public = key("other")

    def deploy(public, name):
        refused(store.deploy("--keep", scratch("nowhere"), "--signed-by", public), 125, f"({name})")

    deploy(my_public, "signature-missing")
    done(enarx("push", scratch("api.enx"), f"{store.name}:2", *store.words, "--sign", mine))
    deploy(other_public, "signature-untrusted")
    deploy(my_public, "host-unreachable")
    process, place = keep("keep.sock")
    outcome = store.deploy("--keep", place, "--signed-by", my_public)
    equal((outcome.status, outcome.text), (0, "Hello, world!\n"), outcome.errors)
    equal(status_of(process), 0)
    # The signature of one package is none of another one.
    other = folder("other")
    shutil.copy(guest("hello"), other / "main.wasm")
    done(enarx("package", other, "--out", scratch("other.enx"), "--key", tenant_key(), ALLOWED))
    done(enarx("push", scratch("other.enx"), f"{store.name}:3", *store.words))
    tags = scratch("tls-store") / "docker/registry/v2/repositories/shop/api/_manifests/tags"
    digest = json.loads(scratch("other.enx.key").read_text())["package"].replace(":", "-")
    for suffix in ("", ".sig"):
        shutil.copytree(tags / (store.digest.replace(":", "-") + suffix), tags / (digest + suffix))
    outcome = enarx("deploy", f"{store.name}:3", "--key", scratch("other.enx.key"), ALLOWED, *store.words, "--keep", place,
                    "--signed-by", my_public)
    refused(outcome, 125, "(signature-untrusted)", store.digest)
    for suffix in ("", ".sig"):
        shutil.rmtree(tags / (store.digest.replace(":", "-") + suffix))
    deploy(my_public, "signature-missing")


@story("a tag that leads to another package than the key file's is refused before any Keep is asked")
def another_package():
    store = Store()
    other = folder("other")
    shutil.copy(guest("hello"), other / "main.wasm")
    done(enarx("package", other, "--out", scratch("other.enx"), "--key", tenant_key(), ALLOWED))
    done(enarx("push", scratch("other.enx"), f"{store.name}:1", *store.words))
    refused(store.deploy("--keep", scratch("nowhere")), 125, "(package-key-wrong)")
    refused(store.deploy("--keep", scratch("nowhere"), reference=f"@{store.digest}"), 125, "(host-unreachable)")
    refused(store.deploy("--keep", scratch("nowhere"), reference=":9"), 125, "(package-missing)")
    refused(enarx("deploy", scratch("api.enx"), "--lend-credentials", "--keep", scratch("nowhere")), 125, "(usage)")


@story("through a host, a reference runs where the host lets its Keeps reach the registry, and where it does not")
def through_a_host():
    store = Store()
    for number, may in enumerate(([store.name.split("/")[0]], [])):
        host = Host(tls=False, customers=customer("alice", connect=may), state=scratch(f"state{number}"))
        outcome = store.deploy("--host", host.url, "--token-file", write("token", TOKENS["alice"]))
        equal((outcome.status, outcome.text), (0, "Hello, world!\n"), outcome.errors)


@story("a Keep that nobody sits beside fetches its package from the registry that its tenant told the service, as who the tenant says")
def pulled():
    service = Service()
    store = Store(users(), package=False)
    registry_words = ["--registry", store.name, "--registry-root", scratch("registry.pem"), "--registry-credentials",
                      write("credentials", "alice:word\n")]
    published(service, publish=registry_words)
    missing = execute(pull_line(service, "--connect", store.name.split("/")[0], package=None))
    refused(missing, 125, "(package-missing)")
    done(enarx("push", scratch("app.enx"), f"{store.name}:1", *store.words, "--username", "alice", "--password-stdin", stdin=b"word\n"))
    store.heard()
    outcome = execute(pull_line(service, "--connect", store.name.split("/")[0], package=None))
    equal((outcome.status, outcome.text, outcome.errors), (0, "", ""))
    true("200" in store.asked() or "206" in store.asked(), f"the registry has given nothing: {store.asked()}")


@story("a registry that Keeps could not be told is refused when the deployment is published")
def no_registry():
    service = Service()
    service.package_it()
    done(service.deployment("--allow-no-hardware"))
    who = write("credentials", "alice:word")
    for words in (["--registry", "shop"], ["--registry", "registry.example/Shop"], ["--registry-root", who],
                  ["--registry", "localhost:5000/a", "--registry-credentials", who],
                  ["--registry", "registry.example/a", "--registry-credentials", write("empty", "")]):
        refused(service.publish(words=words), 2, "(usage)")
    done(service.publish(words=["--registry", "registry.example/a", "--registry-credentials", who]))


@story("a package that its host has is granted to ten more Keeps without a byte of it being read again")
def granted_again():
    shutil.which("strace") or skip("strace is not installed")
    app = folder("app")
    shutil.copy(guest("hello"), app / "main.wasm")
    (app / "filler").write_bytes(os.urandom(FILLER))
    done(enarx("package", app, "--out", scratch("a.enx"), "--key", tenant_key(), ALLOWED))
    host = Host()

    def read_for(count):
        trace = scratch(f"trace{count}")
        outcome = execute(["strace", "-f", "-o", trace, "-e", "trace=read,pread64,readv,preadv,sendfile,mmap", "-P", scratch("a.enx"), PROGRAM,
                           "deploy", "--host", host.url, ALLOWED, "--count", str(count), scratch("a.enx")])
        equal(outcome.status, 0, outcome.errors)
        equal(outcome.text.count("Hello, world!"), count)
        lines = [line for line in trace.read_text().splitlines() if " = " in line]
        true(not any("mmap(" in line for line in lines), "it is mapped")
        return sum(max(int(line.rsplit(" = ", 1)[1].split()[0]), 0) for line in lines)

    true(read_for(1) > FILLER, "the search for reads finds none")
    again = read_for(10)
    true(again < 16384, f"{again} bytes of the package were read to grant it ten times")


main()
