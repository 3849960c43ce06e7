#!/usr/bin/env python3
"""Certificates of Keeps that run while the service is away, while they are revoked, and while their deployment is withdrawn: who gets another one, and what goes on."""
import json
import pathlib
import re
import socket
import ssl
import subprocess
import sys
import time
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "scenario"))
from harness import *  # noqa: E402,F403
from network import connected, free_port, listen  # noqa: E402

from service import Service, done, enarx, measured, pin_of, until  # noqa: E402

LIFE = 60  # seconds, until the deployments end; certificates are renewed at two thirds


class Keep:
    """One that serves by TLS, of a deployment of its own."""

    def __init__(self, service, name, end):
        self.service, self.name, self.port = service, name, free_port()
        files = {"out": f"{name}.cose", "key_file": f"{name}.enx.key"}
        service.package_it(name, program="http_server", configuration=listen("tls", self.port))
        done(service.deployment("--allow-no-hardware", "--dns", "api.example", "--not-after", str(end), *measured(), name=f"shop/{name}", **files))
        done(service.publish(**files))
        self.process = start([PROGRAM, "run", "--backend", BACKEND, "--pull", f"shop/{name}", "--steward", service.url, "--steward-pin",
                              pin_of(service.folder / "tls.pem"), "--package", scratch(f"{name}.enx"), "--listen", f"127.0.0.1:{self.port}"])
        until(lambda: self.process.poll() is not None or not connected(self.port).close(), "the application listens")
        true(self.process.poll() is None, "the Keep has ended")

    def shows(self, verified=True):
        """The serial number of its certificate; the application has answered."""
        context = ssl.create_default_context(cafile=self.service.root)
        if not verified:
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as plain, context.wrap_socket(plain, server_hostname="api.example") as line:
            der = line.getpeercert(True)
            line.sendall(b"GET / HTTP/1.1\r\nHost: api.example\r\n\r\n")
            contains(line.recv(4096), b"HTTP/1.1 200 OK")
        shown = subprocess.run(["openssl", "x509", "-inform", "der", "-noout", "-serial"], input=der, check=True, capture_output=True).stdout.decode()
        return shown.strip().split("=")[1]

    def status(self):
        return self.service.status_of(f"shop/{self.name}")

    def decided(self):
        """(step, rule of a denial) of what the service has decided about it since it runs there, the newest first."""
        return [(each["step"], each.get("rule")) for each in self.status()["decisions"]]


class Restarted(Service):
    """One that comes back at the same place."""

    def status_of(self, name):
        return json.loads(done(enarx("deployment", "status", name, "--steward", self.url, "--cacert", self.root, "--key", scratch("tenant.key"),
                                     "--json")).text)

    def away(self, seconds):
        port, config = self.port, self.folder / "steward.toml"
        self.process.kill()
        self.process.wait()
        config.write_text(re.sub(r'listen = \["127\.0\.0\.1:0"\]', f'listen = ["127.0.0.1:{port}"]', config.read_text()))
        time.sleep(seconds)
        self.start()
        equal(self.port, port)


def revocation_list(service):
    write("crl.der", service.get("/pki/crl.der"))
    return done(execute(["openssl", "crl", "-inform", "der", "-in", scratch("crl.der"), "-noout", "-text"])).text


@story("away at two thirds, the service is asked again; a revoked Keep and one whose deployment is withdrawn get no other certificate, and serve on", seconds=180)
def _renewals():
    service = Restarted()
    end = int(time.time()) + LIFE
    good, bad = Keep(service, "good", end), Keep(service, "bad", end)
    first = {keep: keep.shows() for keep in (good, bad)}
    keep = bad.status()["keeps"][0]["keep"]
    urllib.request.urlopen(urllib.request.Request(f"http://127.0.0.1:{service.operator}/v1/keeps/{keep}/revoke", method="POST"), timeout=10)
    contains(revocation_list(service), first[bad])
    true(first[good] not in revocation_list(service), "the other one is revoked, too")
    time.sleep(max(0, end - LIFE // 3 - 5 - time.time()))
    equal(good.shows(), first[good], "it is renewed before two thirds of its life")
    service.away(8)  # in which both ask
    until(lambda: good.shows() != first[good], "it is renewed when the service is back", seconds=25)
    until(lambda: ("renewal", "release.granted") in bad.decided(), "the revoked one asks", seconds=25)
    equal(bad.shows(), first[bad])
    done(enarx("deployment", "withdraw", "shop/good", "--steward", service.url, "--cacert", service.root, "--key", scratch("tenant.key")))
    second = good.shows()
    until(lambda: ("renewal", "release.deployment") in good.decided(), "it asks once more", seconds=25)
    time.sleep(max(0, end + 2 - time.time()))
    for each, serial in ((good, second), (bad, first[bad])):
        equal(each.shows(verified=False), serial)  # the application has heard of nothing
        try:
            each.shows()
            raise Failed("a client believes a certificate whose time is over")
        except ssl.SSLCertVerificationError:
            pass
        true(each.process.poll() is None, "the Keep has ended")


main()
