#!/usr/bin/env python3
"""However an application ends, whoever deployed it sees the exit status that `enarx run` would have given; so does its Keep's host."""
import os
import pathlib
import signal
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "provision"))
from hosts import Host, until  # noqa: E402
from tenants import *  # noqa: E402,F403


def ended(process, status):
    """A Keep that ends by itself, with that status, and leaves no process."""
    equal(status_of(process), status)


@story("its own status, a trap and too little memory are told as such, and the Keep ends in the same way")
def _by_itself():
    for guest_name, toml, options, status, name in (
            ("exit_status", 'args = ["7"]\n', (), 7, ""), ("trap", None, (), 134, "(trap)"),
            ("large_memory.wat", None, ("--max-memory", "64M"), 137, "(memory-limit)")):
        process, place = keep(f"keep{status}.sock", *options)
        done = deploy(place, package(guest_name, toml=toml, name=guest_name.replace("_", "-").split(".", maxsplit=1)[0]))
        equal(done.status, status, done.errors)
        contains(done.errors, name)
        ended(process, status)


@story("--timeout ends what takes too long with 124, whatever it does; what is quick enough keeps its own status", seconds=120)
def _in_time():
    for how in ("compute", "sleep", "read"):
        app = package("spin", toml=f'args = ["{how}"]\n', name=how)
        process, place = keep(f"{how}.sock")
        tenant = start([PROGRAM, "deploy", "--keep", place, ALLOWED, "--timeout", "1", "--quiet", app])
        tenant.stdin.flush()  # and stays open: who reads waits
        began = time.monotonic()
        equal(tenant.wait(TIMEOUT_S), 124)
        true(time.monotonic() - began < 10, f"{how}: it took {time.monotonic() - began:.1f} s")
        done = finish(tenant)
        equal(done.text, "begun\n")
        contains(done.errors, "the application did not end within its time (timed-out)", "enarx explain timed-out")
        true(status_of(process) in (-signal.SIGTERM, 128 + signal.SIGTERM), f"{how}: the Keep ended with {process.returncode}")
    process, place = keep()
    hello = package("hello")
    succeeded(deploy(place, hello, "--timeout", "20"), "Hello, world!\n")
    ended(process, 0)
    for word in ("0", "soon", "1y"):
        refused(enarx("deploy", "--keep", "nowhere", "--timeout", word, hello), 125, "--timeout cannot be", name="usage")
    refused(enarx("deploy", "--keep", "nowhere", "--timeout", "1", "--detach", hello), 125, "--detach does not wait", name="usage")


@story("Ctrl-C is 130 for a shell, and ends the application and its Keep at the host; so does --timeout", seconds=90)
def _at_a_host():
    host = Host()
    own = children(host.process.pid)
    app = package("endless")
    for options, number, status in (((), signal.SIGINT, 130), ((), signal.SIGTERM, 143), (("--timeout", "500ms"), 0, 124)):
        with open(scratch("out"), "wb") as out:
            shell = start(["bash", "-c", 'trap "" INT TERM; (trap - INT TERM; exec "$@"); exit $?', "bash", PROGRAM, "deploy", "--host", host.url,
                           ALLOWED, *options, app], stdout=out, start_new_session=True)
            while b"running" not in shell.stderr.readline():
                true(shell.poll() is None, "it has ended by itself")
            time.sleep(0.2)
            if number:
                tenant = children(shell.pid)[-1]
                os.kill(tenant, number)
            done = finish(shell)
        equal(done.status, status, done.errors)
        true(scratch("out").stat().st_size > 0, "nothing was written before")
        until(lambda: all(each["state"] == "ended" for each in host.ask("GET", "/v1/keeps")[1]["keeps"]), "the Keep has ended")
    equal(host.sockets(), [])
    equal(children(host.process.pid), own)


@story("of several Keeps of which one fails or takes too long the worst status counts")
def _several():
    host = Host()
    own = children(host.process.pid)
    app = package("spin", toml='args = ["sleep"]\n')
    done = enarx("deploy", "--host", host.url, ALLOWED, "--count", "2", "--timeout", "500ms", app)
    equal(done.status, 124, done.errors)
    equal(done.errors.count("(timed-out)"), 2)
    until(lambda: not host.sockets(), "the sockets are gone")
    equal(children(host.process.pid), own)


if __name__ == "__main__":
    main()
