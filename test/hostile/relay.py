#!/usr/bin/env python3
"""Who stands between a tenant and a Keep, with TLS of his own to both: refused by the rule that says why, whatever he holds."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "provision"))
from hosts import until  # noqa: E402
from tenants import *  # noqa: E402,F403

from relays import GRANT, PLAIN, RELAY, asked_before, between, passed, refused_by, stolen_key  # noqa: E402


def double_of_a_keep(*options):
    place, key = scratch("double.sock"), scratch("double.pem")
    for each in (place, key):
        each.unlink(missing_ok=True)
    process = start([RELAY, "keep", place, key, *options])
    until(place.exists, "the double listens")
    return process, place, key


def double_of_a_tenant(place, *options):
    return succeeded(execute([RELAY, "tenant", place, *options])).text.strip()


@story("with a key of his own: passed on, signed anew, or spliced, evidence of a genuine Keep is refused on his connection")
def _own_key():
    app = package("hello")
    process, place = keep()
    for way, rule in (("pass", "authenticator.certificate"), ("splice", "authenticator.certificate"), ("resign", "binding.key")):
        relay, front = between(place, way)
        refused_by(rule, deploy(front, app), relay)
    succeeded(deploy(place, app), "Hello, world!\n")
    equal(status_of(process), 0)


@story("with the Keep's own identity key: passed on, the signature is refused; signed anew, the connection in the evidence")
def _keeps_key():
    app = package("hello")
    for way, rule in (("pass", "authenticator.verify"), ("resign", "binding.channel")):
        process, place, key = double_of_a_keep()
        relay, front = between(place, way, key)
        refused_by(rule, deploy(front, app), relay)
        equal(finish(process).text, "nothing\n")
    # The double is what a tenant believes where nobody stands between, so it was the relay that was refused.
    process, place, key = double_of_a_keep()
    execute([PROGRAM, "deploy", "--keep", place, ALLOWED, app])
    equal(finish(process).text, "granted\n")


@story("the same relay with the same key is believed where evidence binds the nonce and the key alone: the attack is real")
def _weaker():
    for options, answer, heard in (((), "binding.channel", "nothing\n"), (("nonce-only",), "accepted", "granted\n")):
        process, place, key = double_of_a_keep(*options)
        relay, front = between(place, "resign", key)
        equal(double_of_a_tenant(front, *options), answer)
        equal(finish(process).text, heard)
        equal(GRANT in passed(relay)["up"], answer == "accepted")


@story("with the key of a real Keep, read from the memory of its process: refused by the connection in the evidence", seconds=240)
def _stolen_key():
    app = package("hello")
    process, place = keep("keep.sock", *PLAIN)
    key = stolen_key(process, asked_before(place, folder("before")))
    for way, rule in (("pass", "authenticator.verify"), ("resign", "binding.channel")):
        relay, front = between(place, way, key)
        refused_by(rule, deploy(front, app), relay)
    succeeded(deploy(place, app), "Hello, world!\n")
    equal(status_of(process), 0)


if __name__ == "__main__":
    main()
