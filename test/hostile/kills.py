#!/usr/bin/env python3
"""SIGKILL at a random moment of a hand-over, to the host, the Keep or the tenant: nothing is left, and who lives on says what happened.

ENARX_HOSTILE_ALL=1   100 moments for each backend in the place of 12
ENARX_HOSTILE_SEED=N  the moments of an earlier run
"""
import os
import pathlib
import random
import signal
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "provision"))
from hosts import Host, gone, until  # noqa: E402
from tenants import *  # noqa: E402,F403

ALL = bool(os.environ.get("ENARX_HOSTILE_ALL"))
SEED = int(os.environ.get("ENARX_HOSTILE_SEED") or random.randrange(1 << 32))
AT_ONCE = 12


class HandOver:
    """One host, one tenant of it, and who of them, or which Keep, is killed when."""

    def __init__(self, app, number, victim, moment):
        self.what = f"{victim} killed after {moment * 1000:.0f} ms (seed {SEED})"
        self.victim = victim
        self.hit = victim != "keep"
        self.host = Host(state=scratch(f"state{number}"))
        self.own = children(self.host.process.pid)
        self.began = time.monotonic()
        self.tenant = start([PROGRAM, "deploy", "--host", self.host.url, ALLOWED, app])
        self.tenant.stdin.close()
        self.tenant.stdin = None
        while victim == "keep" and children(self.host.process.pid) == self.own and self.tenant.poll() is None:
            time.sleep(0.002)  # the time of a Keep begins when there is one
        time.sleep(moment * (0.25 if victim == "keep" else 1))
        self.keeps = [each for each in children(self.host.process.pid) if each not in self.own]
        if victim == "host":
            self.host.process.kill()
        elif victim == "tenant":
            self.tenant.kill()
        else:
            for each in self.keeps[:1]:
                try:
                    os.kill(each, signal.SIGKILL)
                    self.hit = True
                except ProcessLookupError:
                    pass

    def looked_at(self):
        """What has become of it all; returns how the tenant has ended."""
        tenant = finish(self.tenant, 60)
        if self.victim == "tenant":
            true(tenant.status in (-signal.SIGKILL, 0), f"{self.what}: status {tenant.status}")
        elif tenant.status != 0:
            equal(tenant.status, 125, f"{self.what}: {tenant.errors}")
            true("(host-unreachable)" in tenant.errors or "(host-refused)" in tenant.errors, f"{self.what}: {tenant.errors}")
        if tenant.status == 0:
            equal(tenant.text, "Hello, world!\n", self.what)
        if self.victim == "host":
            until(lambda: all(gone(each) for each in self.own + self.keeps), f"{self.what}: {self.own + self.keeps} have ended")
            until(lambda: not (self.host.state / "keeps").exists(), f"{self.what}: the sockets are gone")
            return tenant.status
        true(self.host.process.poll() is None, f"{self.what}: the host has ended")
        # A Keep whose tenant was killed waits for it: 30 s behind the end of its application, or 60 s for its grant or start.
        if self.victim != "tenant" or ALL:
            until(lambda: children(self.host.process.pid) == self.own, f"{self.what}: the Keep has ended", seconds=100)
            until(lambda: not self.host.sockets(), f"{self.what}: the sockets are gone")
            equal([each["state"] for each in self.host.ask("GET", "/v1/keeps")[1]["keeps"] if each["state"] != "ended"], [], self.what)
        below = children(self.host.process.pid)
        self.host.process.terminate()
        equal(finish(self.host.process).status, 0, self.what)
        true(all(gone(each) for each in below), f"{self.what}: a process is left")
        equal(self.host.sockets(), [], self.what)
        return tenant.status


def usual_time(app):
    host = Host(state=scratch("usual"))
    began = time.monotonic()
    succeeded(enarx("deploy", "--host", host.url, ALLOWED, app), "Hello, world!\n")
    host.process.terminate()
    finish(host.process)
    return time.monotonic() - began


@story("at any moment: the others end or live on as they should, with a status and a name, and no process, socket or file is left", seconds=3000 if ALL else 240)
def _kills():
    app = package("hello")
    longest = usual_time(app) * 1.2
    source = random.Random(SEED)
    plans = [(number, source.choice(("host", "keep", "tenant")), source.uniform(0, longest)) for number in range(100 if ALL else 12)]
    ends = {}
    for first in range(0, len(plans), AT_ONCE):
        part = plans[first:first + (AT_ONCE)]
        begun = [HandOver(app, *plan) for plan in part]
        for each in begun:
            status = each.looked_at()
            who = each.victim if each.hit else "no Keep that was there"
            ends[who, status] = ends.get((who, status), 0) + 1
            left = [path for path in each.host.state.rglob("*") if path.is_socket() or ".part" in path.name or path.name.startswith(".")]
            equal(left, [], each.what)
    print(f"    {len(plans)} kills within {longest * 1000:.0f} ms, seed {SEED}: "
          + ", ".join(f"{victim} {count}x, its tenant ended with {status}" for (victim, status), count in sorted(ends.items(), key=str)))


@story("a Keep of which its tenant was killed before it granted anything is ended by its host, in a minute", seconds=120)
def _abandoned():
    if not ALL:
        skip("it takes a minute: ENARX_HOSTILE_ALL=1; src/host/serve/keeps_test.cpp tells it with a shorter one")
    host = Host()
    own = children(host.process.pid)
    keep_there = host.keep()
    host.channel(keep_there["id"]).close()
    began = time.monotonic()
    until(lambda: children(host.process.pid) == own, "the Keep has ended", seconds=90)
    true(time.monotonic() - began > 50, "it did not wait")
    equal(host.ask("GET", f"/v1/keeps/{keep_there['id']}")[1]["why"], "nobody claimed it in time")


if __name__ == "__main__":
    main()
