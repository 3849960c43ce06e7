#!/usr/bin/env python3
"""Who stands between a real Keep and a real attestation service, with TLS of his own to both: the Keep does not talk to him, or the service releases nothing."""
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "provision"))
from hosts import certificate, until  # noqa: E402
from service import Service, pin_of, published, pull_line  # noqa: E402
from tenants import *  # noqa: E402,F403

from relays import PLAIN, FalseService, stolen_key  # noqa: E402

RELEASE, DENIAL = 1, 2  # kinds of lines of the log


def lines(service):
    """(kind, CBOR) of what the service's log says, as anybody reads it; of fewer than 256 lines."""
    size = int(service.get("/log/checkpoint").decode().splitlines()[1])
    tile = service.get(f"/log/tile/entries/000.p/{size}") if size else b""
    out = []
    while tile:
        length = int.from_bytes(tile[:2], "big")
        line = tile[2:2 + length]
        equal((line[:5], line[9]), (bytes.fromhex("a80101021a"), 3), "keys 1 to 3 of a line")
        out.append((line[10], line))
        tile = tile[2 + length:]
    return out


def carried(service, shows, way, pin, stolen=False):
    """A Keep whose host sends it to somebody between; what the service has answered there, and how the Keep ended."""
    between = FalseService(shows, service.folder / "tls.pem", service.url, service.root, way)
    keep = start(pull_line(service, *PLAIN, url=between.url, pin=pin))
    shown = between.keep()
    between.go_on(stolen_key(keep, shown) if stolen else "")
    status, _, problem = between.line().partition(" ")
    return int(status), json.loads(problem), finish(keep)


@story("with a key of his own or the Keep's, read from its memory: the real service names the rule, releases nothing, and the Keep ends", seconds=120)
def _between():
    service = Service()
    published(service)
    certificate(scratch("evil"), "localhost")
    evil = pin_of(scratch("evil.pem"))  # the host names him in the service's place
    right = pin_of(service.folder / "tls.pem")
    for end in ("pem", "key"):  # of the service's TLS alone, which somebody has got at
        write(f"taken.{end}", (service.folder / f"tls.{end}").read_bytes())
    tried = (("evil", "pass", evil, False, "authenticator.certificate"), ("evil", "resign", evil, False, "binding.key"),
             ("evil", "pass", evil, True, "authenticator.verify"), ("evil", "resign", evil, True, "binding.channel"),
             ("taken", "resign", right, True, "binding.channel"))
    for shows, way, pin, stolen, rule in tried:
        status, problem, ended = carried(service, shows, way, pin, stolen)
        equal((status, problem["type"].rsplit(":", 1)[1], problem["rule"]), (403, "release-denied", rule), str((shows, way)))
        equal((ended.status, ended.text), (125, ""))
        contains(ended.errors, "(release-denied)", f"rule {rule}")
    denials = until(lambda: [line for kind, line in lines(service) if kind == DENIAL][len(tried) - 1:] and lines(service), "the log has all of them")
    for line, (*_, rule) in zip([line for kind, line in denials if kind == DENIAL], tried):
        contains(line, rule.encode())
    equal([kind for kind, _ in lines(service) if kind == RELEASE], [])
    equal(service.status()["keeps"], [])
    # Where nobody stands between, the same Keep gets what it asks for, and the log says so.
    equal(execute(pull_line(service)).status, 0)
    until(lambda: [1 for kind, _ in lines(service) if kind == RELEASE], "the log has the release")


@story("where the pin is the real service's, nobody with another key is told anything", seconds=60)
def _pin():
    service = Service()
    published(service)
    certificate(scratch("evil"), "localhost")
    between = FalseService("evil", service.folder / "tls.pem", service.url, service.root, "pass")
    ended = execute(pull_line(service, url=between.url))
    equal((ended.status, ended.text), (125, ""))
    contains(ended.errors, "(steward-untrusted)")
    between.process.kill()
    equal(between.line(), "")  # no request has come to him
    equal(service.status()["decisions"], [])


@story("evidence names the service that the Keep has spoken to: a real one does not take what was made for another, were it on the same connection", seconds=60)
def _peer():
    service = Service()
    published(service)
    certificate(scratch("evil"), "localhost")
    false_one = FalseService("evil", service.folder / "tls.pem")
    keep = start(pull_line(service, url=false_one.url, pin=pin_of(scratch("evil.pem"))))
    false_one.keep()
    false_one.go_on()
    equal([false_one.line(), false_one.line()], ["to itself: accepted", "to the real one: binding.peer"])
    equal(finish(keep).status, 125)


if __name__ == "__main__":
    main()
