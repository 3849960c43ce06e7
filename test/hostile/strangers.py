#!/usr/bin/env python3
"""Who comes to a Keep without being its tenant: with old words, with a weaker TLS, with what another session left, or again and again."""
import os
import pathlib
import socket
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "provision"))
from between import Between  # noqa: E402
from hosts import certificate, until  # noqa: E402
from tenants import *  # noqa: E402,F403


def say_again(recorded, place):
    """What a Keep answers to a recording, until it has ended the connection."""
    line = socket.socket(socket.AF_UNIX)
    line.settimeout(10)
    line.connect(str(place))
    heard = b""
    try:
        line.sendall(recorded)
        while data := line.recv(65536):
            heard += data
    except (BrokenPipeError, ConnectionResetError):
        pass
    except TimeoutError:
        raise Failed("the Keep has not ended the connection of a recording") from None
    return heard


def records(heard):
    """(type, length) of TLS records."""
    out = []
    while len(heard) >= 5:
        size = int.from_bytes(heard[3:5], "big")
        out.append((heard[0], size))
        heard = heard[5 + size:]
    return out


ANSWER = 1500  # bytes: an authenticator with its evidence has more


@story("what passed on the way is worth nothing when it is said again, to the same Keep, empty or running, nor to a new one")
def _replay():
    secret = "a secret that nobody on the way sees"
    app = package("environment", "--secret", "PASSWORD")
    words = (app, "--secret", f"PASSWORD={secret}")
    process, place = keep()
    # To the same while it is empty: its tenant has asked, and has granted nothing.
    between = Between("refused.sock", place)
    refused_here = enarx("deploy", "--keep", between.path, *words)
    contains(refused_here.errors, "(evidence-refused)")
    asked = b"".join(between.recorded)
    true(between.down > ANSWER, "no evidence has passed: nothing was recorded")
    heard = say_again(asked, place)
    true(all(size < ANSWER for _, size in records(heard)), f"the Keep has answered: {records(heard)}")
    # The whole of a hand-over, to a new one.
    whole = Between("whole.sock", place)
    contains(deploy(whole.path, *words).text, secret)
    equal(status_of(process), 0)
    sent = b"".join(whole.recorded)
    true(secret.encode() not in sent, "the secret has passed in the open")
    process, place = keep("second.sock")
    heard = say_again(sent, place)
    true(secret.encode() not in heard and all(size < ANSWER for _, size in records(heard)), f"the Keep has answered: {records(heard)}")
    true(process.poll() is None, "a recording has ended the Keep")
    contains(deploy(place, *words).text, secret)
    equal(status_of(process), 0)


@story("a running Keep takes no recording of its tenant for its tenant")
def _replay_running():
    app = package("copy")
    process, place = keep()
    between = Between("whole.sock", place)
    equal(deploy(between.path, app, "--detach").status, 0)
    heard = say_again(b"".join(between.recorded), place)
    true(all(size < ANSWER for _, size in records(heard)), f"the Keep has answered: {records(heard)}")
    back = enarx("attach", "--keep", place, ALLOWED, app, stdin=b"still its tenant's")
    equal((back.status, back.text), (0, "still its tenant's"))
    equal(status_of(process), 0)


def s_client(place, *options, stdin=b""):
    """openssl's client at a Keep's door."""
    return execute(["openssl", "s_client", "-unix", place, "-alpn", "enarx-keep/1", *options], stdin=stdin, timeout=20)


@story("TLS 1.2, and key exchange on P-256 alone, are no connection")
def _weaker():
    process, place = keep()
    matches(s_client(place, "-groups", "X25519").text, r"New, TLSv1\.3")
    for options in (("-tls1_2",), ("-groups", "P-256"), ("-groups", "P-384:P-256")):
        done = s_client(place, *options)
        true(done.status != 0 and "New, TLSv1.3, Cipher is TLS" not in done.text, f"{options}: {done.text[-600:]}")
        contains(done.text + done.errors, "alert")
    true(process.poll() is None, "the Keep has ended")
    succeeded(deploy(place, package("hello")), "Hello, world!\n")


@story("a ticket of another session and early data are not taken, and the Keep gives no ticket")
def _resumption():
    certificate(scratch("other"), "keep")
    other = start(["openssl", "s_server", "-unix", "other.sock", "-cert", scratch("other.pem"), "-key", scratch("other.key"), "-tls1_3",
                   "-early_data", "-alpn", "enarx-keep/1"])
    until(lambda: scratch("other.sock").exists() or other.poll() is not None, "the other server listens")
    true(other.poll() is None, "the other server has ended")
    early = write("early", b"said before anybody has answered")
    session = ["openssl", "s_client", "-unix", "other.sock", "-alpn", "enarx-keep/1", "-sess_out", scratch("session")]
    first = start(session)
    until(lambda: scratch("session").exists() and scratch("session").stat().st_size > 0, "the other server gives a ticket")
    first.kill()
    other.kill()
    process, place = keep()
    done = s_client(place, "-sess_in", scratch("session"), "-early_data", early, "-sess_out", scratch("none"))
    contains(done.text, "Early data was rejected", "New, TLSv1.3")
    true("Reused" not in done.text, "the session was resumed")
    true(not scratch("none").exists() or not scratch("none").stat().st_size, "the Keep has given a ticket")
    true(process.poll() is None, "the Keep has ended")
    succeeded(deploy(place, package("hello")), "Hello, world!\n")


@story("sixteen who grant nothing, whether they speak TLS or not, end an empty Keep; fifteen do not")
def _sixteen():
    app = package("hello")
    for visits, ends in ((15, False), (16, True)):
        process, place = keep(f"keep{visits}.sock")
        for number in range(visits):
            line = socket.socket(socket.AF_UNIX)
            line.connect(str(place))
            if number % 2:
                line.sendall(b"GET / HTTP/1.1\r\n\r\n")
            line.close()
        if ends:
            equal(status_of(process), 125)
            contains(finish(process).errors, "(keep-unclaimed)")
        else:
            succeeded(deploy(place, app), "Hello, world!\n")
            equal(status_of(process), 0)


@story("who says nothing holds an empty Keep for a minute, and no longer", seconds=100)
def _silent():
    if not os.environ.get("ENARX_HOSTILE_ALL"):
        skip("it takes a minute: ENARX_HOSTILE_ALL=1")
    app = package("hello")
    process, place = keep()
    line = socket.socket(socket.AF_UNIX)
    line.connect(str(place))
    began = time.monotonic()
    tenant = start([PROGRAM, "deploy", "--keep", place, ALLOWED, app])
    done = finish(tenant, 90)
    print(f"    the tenant behind it heard after {time.monotonic() - began:.0f} s: status {done.status}")
    true(process.poll() is None or done.status == 0, "the Keep has ended")
    if done.status:
        succeeded(deploy(place, app, timeout=90), "Hello, world!\n")


if __name__ == "__main__":
    main()
