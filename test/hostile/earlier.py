#!/usr/bin/env python3
"""Evidence of a real Keep from another of its connections, shown to a tenant: refused by the rule that says why, also by who has the Keep's key."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "provision"))
from hosts import certificate, until  # noqa: E402
from service import pin_of  # noqa: E402
from tenants import *  # noqa: E402,F403

from relays import PLAIN, RELAY, FalseService, asked_before, refused_by, stolen_key  # noqa: E402


def shown(where, way, key=None):
    """Somebody who waits for a tenant, and shows what a Keep has answered before."""
    place = scratch(f"shown{len(list(scratch().glob('shown*')))}")
    process = start([RELAY, "show", place, where, way, *([key] if key else [])])
    until(place.exists, "who shows it listens")
    return process, place


def refused_where_shown(rule, app, *what):
    process, place = shown(*what)
    refused_by(rule, deploy(place, app), process)


@story("what the same Keep has answered before: its own words by their context, its evidence signed anew by the connection in it", seconds=90)
def _before():
    app = package("hello")
    process, place = keep("keep.sock", *PLAIN)
    before = folder("before")
    key = stolen_key(process, asked_before(place, before))
    refused_where_shown("authenticator.context", app, before, "pass", key)
    refused_where_shown("binding.channel", app, before, "resign", key)
    refused_where_shown("binding.key", app, before, "resign")  # the thief's own key
    # A binding of another time beside an authenticator of this one.
    another = folder("another")
    asked_before(place, another)
    (before / "binding").write_bytes((another / "binding").read_bytes())
    refused_where_shown("binding.channel", app, before, "resign", key)
    succeeded(deploy(place, app), "Hello, world!\n")
    equal(status_of(process), 0)


@story("what a Keep has answered as the client of a service is not taken from a server, who signs it with the Keep's own key", seconds=90)
def _as_a_client():
    app = package("hello")
    certificate(scratch("evil"), "localhost")
    service = FalseService("evil", scratch("evil.pem"))
    process = start([PROGRAM, "run", "--backend", BACKEND, *PLAIN, "--pull", "shop/api", "--steward", service.url, "--steward-pin",
                     pin_of(scratch("evil.pem"))])
    key = stolen_key(process, service.keep())
    service.go_on()
    equal(service.line(), "to itself: accepted")  # so it is good evidence, where it belongs
    equal(finish(process).status, 125)
    refused_where_shown("authenticator.context", app, service.heard, "pass", key)
    refused_where_shown("binding.role", app, service.heard, "resign", key)


if __name__ == "__main__":
    main()
