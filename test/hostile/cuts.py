#!/usr/bin/env python3
"""A connection that is cut at any byte while `enarx deploy` hands an application over: the same tenant goes on, or nothing has happened.

ENARX_HOSTILE_ALL=1   all borders and 150 random places in the place of 8 and 13
ENARX_HOSTILE_SEED=N  the places of an earlier run
"""
import os
import pathlib
import random
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "provision"))
from between import Between  # noqa: E402
from hosts import Host, gone, until  # noqa: E402
from tenants import *  # noqa: E402,F403

ALL = bool(os.environ.get("ENARX_HOSTILE_ALL"))
SEED = int(os.environ.get("ENARX_HOSTILE_SEED") or random.randrange(1 << 32))
TEXT = "a line of the tenant's, which comes back whole\n" * 2000


def blobs_of(app):
    """The package's pieces, as a host has them."""
    place = folder("blobs")
    execute(["tar", "-xf", app, "--strip-components=2", "-C", place, "blobs/sha256"])
    true(any(place.iterdir()), "the package has no pieces")
    return place


def whole_run(app, blobs):
    """Where records end, of a run that nobody disturbs."""
    process, place = keep("whole.sock", *blobs)
    between = Between("count.sock", place)
    done = deploy(between.path, app, stdin=TEXT.encode())
    equal((done.status, done.text), (0, TEXT))
    equal(status_of(process), 0)
    between.close()
    return between.borders, between


def second_tenant(place, other, granted):
    """Nobody else gets into a Keep that was granted to somebody; one that nobody was granted is free for all."""
    done = deploy(place, other)
    if granted:
        equal(done.status, 125, "a second tenant got in")
        true("(keep-not-empty)" in done.errors or "(host-unreachable)" in done.errors, done.errors)
    else:
        true(done.status in (0, 125), done.errors)


def try_cut(number, way, at, app, other, blobs):
    process, place = keep(f"keep{number}.sock", *blobs)
    between = Between(f"between{number}.sock", place, cut=(way, at))
    done = deploy(between.path, app, stdin=TEXT.encode(), timeout=60)
    what = f"cut {way} at {at} (seed {SEED}): status {done.status}: {done.errors}"
    true(done.status in (0, 125), what)
    if done.status == 0:
        equal(done.text, TEXT, what)
        equal(status_of(process, 50), 0, what)  # one whose tenant's last word was cut waits for it for 30 s
    else:
        equal(done.text, "", what)
        true("(host-unreachable)" in done.errors or "(package-missing)" in done.errors, what)
    if process.poll() is None:
        second_tenant(place, other, "granted" in done.errors)
    below = children(process.pid)
    process.kill() if process.poll() is None else None
    process.wait()
    between.close()
    until(lambda: all(gone(each) for each in below), f"all of {below} have ended")
    return done.status == 0, between.cuts


def try_all(places, app, other, blobs, may_fail):
    went_on = failed = 0
    for number, (way, at) in enumerate(places):
        through, cuts = try_cut(number, way, at, app, other, blobs)
        went_on += through and cuts
        failed += not through
        if not through:
            true(may_fail(way, at), f"cut {way} at {at}: the tenant has not gone on")
    print(f"    {len(places)} cuts, seed {SEED}: {went_on} times the same tenant went on, {failed} times it was told that nothing runs")


def random_places(borders, count):
    source = random.Random(SEED)
    return [(way, source.randrange(1, borders[way][-1] + 1)) for way in source.choices(("up", "down"), k=count)]


@story("at each border of a message, to a Keep whose host has the package: behind the grant the same tenant goes on, before it nothing has happened", seconds=400)
def _borders():
    app, other = package("copy"), package("hello", name="other", key="other.key")
    blobs = ("--blobs", blobs_of(app))
    borders, _ = whole_run(app, blobs)
    granted_at = grant_border(borders["up"])
    places = [(way, at) for way in ("up", "down") for at in borders[way][:-1]]
    places = places if ALL else [("up", granted_at)] + random.Random(SEED).sample(places, 8)
    try_all(places, app, other, blobs, lambda way, at: way == "down" and at <= borders["down"][8] or way == "up" and at <= granted_at)


def grant_border(borders):
    """The end of the grant, the only long message of a tenant's before the application runs: 4 KiB and more."""
    for before, after in zip(borders, borders[1:]):
        if after - before > 4096:
            return after
    raise Failed(f"no grant among {borders}")


@story("at random bytes, both ways, to a Keep whose host has the package", seconds=400)
def _random_with_blobs():
    app, other = package("copy"), package("hello", name="other", key="other.key")
    blobs = ("--blobs", blobs_of(app))
    borders, _ = whole_run(app, blobs)
    try_all(random_places(borders, 50 if ALL else 4), app, other, blobs, lambda way, at: True)


@story("at random bytes, both ways, to a Keep that asks its tenant for the package", seconds=400)
def _random_without():
    app, other = package("copy"), package("hello", name="other", key="other.key")
    borders, _ = whole_run(app, ())
    try_all(random_places(borders, 50 if ALL else 4), app, other, (), lambda way, at: True)


@story("at random bytes between the tenant and a host: what the tenant hears is whole or nothing, and no Keep is left that somebody claimed", seconds=400)
def _host():
    app = package("copy")
    host = Host()
    count = Between("", host.port)
    succeeded(enarx("deploy", "--host", count.url, ALLOWED, app, stdin=TEXT.encode()), TEXT)
    source = random.Random(SEED)
    results = []
    for _ in range(50 if ALL else 5):
        way = source.choice(("up", "down"))
        at = source.randrange(1, source.choice((8_000, getattr(count, way))) + 1)  # most bytes are of its streams
        between = Between("", host.port, cut=(way, at))
        done = enarx("deploy", "--host", between.url, ALLOWED, app, stdin=TEXT.encode(), timeout=60)
        between.close()
        what = f"cut {way} at {at} (seed {SEED}): status {done.status}: {done.errors}"
        results.append(done.status)
        true(done.status in (0, 125), what)
        if done.status == 0:
            equal(done.text, TEXT, what)
        else:
            contains(done.errors, "(host-unreachable)")
    print(f"    {len(results)} cuts, seed {SEED}: {results.count(0)} times all came through")
    # A Keep of whose start the tenant never heard is nobody's, and is ended when nobody claims it.
    left = [each for each in host.ask("GET", "/v1/keeps")[1]["keeps"] if each["state"] != "ended"]
    unheard = {each["id"] for each in left if f"Keep {each['id']}: a channel is opened" not in host.said()}
    equal({each["id"] for each in left} - unheard, set(), f"Keeps are left (seed {SEED})")
    below = children(host.process.pid)
    host.process.terminate()
    equal(finish(host.process).status, 0)
    true(all(gone(each) for each in below), "a process is left")
    equal(host.sockets(), [])


if __name__ == "__main__":
    main()
