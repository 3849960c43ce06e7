#!/usr/bin/env python3
"""Who stands between a tenant and a Keep, with TLS of his own to both: refused by the rule that says why, whatever he holds."""
import json
import os
import pathlib
import socket
import ssl
import struct
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "provision"))
from hosts import until  # noqa: E402
from tenants import *  # noqa: E402,F403

RELAY = BUILD / "parts/relay"
GRANT = 5  # the type of a frame


def between(back, way, key=None):
    """Stands before a Keep; returns the process and where the tenant comes to."""
    place = scratch(f"front{len(list(scratch().glob('front*')))}")
    process = start([RELAY, "between", place, back, way, *([key] if key else [])])
    until(place.exists, "the relay listens")
    return process, place


def passed(process):
    """The frames that the relay has passed on, by their types."""
    process.kill() if process.poll() is not None else None
    done = finish(process)
    equal(done.status, 0, done.errors)
    return json.loads(done.text)


def refused_by(rule, deployed, process):
    equal(deployed.status, 125)
    contains(deployed.errors, rule, "(channel-unbound)")
    frames = passed(process)
    equal(frames["down"], [3, 4])
    true(GRANT not in frames["up"], f"the grant has passed: {frames}")


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


# ---- the key of a real Keep, out of its memory ----

PRIME = 2**256 - 2**224 + 2**192 + 2**96 - 1
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
BASE = (0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296, 0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5)


def _doubles():
    """The base point times each power of two."""
    out, (x, y) = [], BASE
    for _ in range(256):
        out.append((x, y))
        slope = 3 * (x * x - 1) * pow(2 * y, -1, PRIME) % PRIME
        x, y = (slope * slope - 2 * x) % PRIME, (slope * (x - (slope * slope - 2 * x)) - y) % PRIME
    return out


def is_key_of(number, point, doubles=_doubles()):
    """Whether this is the private key of that point, on P-256. Adds in coordinates (x / z^2, y / z^3), which need no division."""
    x, y, z = None, None, None
    for bit in range(number.bit_length()):
        if not number >> bit & 1:
            continue
        other_x, other_y = doubles[bit]
        if x is None:
            x, y, z = other_x, other_y, 1
            continue
        square = z * z % PRIME
        run, rise = (other_x * square - x) % PRIME, (other_y * square * z - y) % PRIME
        run_2 = run * run % PRIME
        run_3 = run_2 * run % PRIME
        middle = x * run_2 % PRIME
        x = (rise * rise - run_3 - 2 * middle) % PRIME
        y = (rise * (middle - x) - y * run_3) % PRIME
        z = z * run % PRIME
    return x is not None and (x - point[0] * z * z) % PRIME == 0


def key_shown_at(place):
    """The point in the certificate that a Keep shows."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_alpn_protocols(["enarx-keep/1"])
    line = socket.socket(socket.AF_UNIX)
    line.connect(str(place))
    with context.wrap_socket(line) as shaken:
        der = shaken.getpeercert(True)
    at = der.index(bytes.fromhex("03420004")) + 4
    return int.from_bytes(der[at:at + 32], "big"), int.from_bytes(der[at + 32:at + 64], "big")


def candidates(content):
    """Aligned numbers of four words that look random, as a private key lies in memory; most words of memory do not."""
    words = struct.unpack(f"<{len(content) // 8}Q", content[:len(content) // 8 * 8])
    random_from = [word >> 48 not in (0, 0xFFFF) and len(set(word.to_bytes(8, "little"))) > 3 for word in words]
    run = 0
    for at, random in enumerate(random_from):
        run = run + 1 if random else 0
        if run >= 4:
            yield sum(words[at - 3 + i] << 64 * i for i in range(4))


def memory_of(process):
    """What the process has written, piece by piece, as its administrator reads it."""
    page = os.sysconf("SC_PAGESIZE")
    with open(f"/proc/{process}/maps", encoding="ascii") as maps, open(f"/proc/{process}/pagemap", "rb", buffering=0) as pages, \
            open(f"/proc/{process}/mem", "rb", buffering=0) as memory:
        for line in maps:
            bounds, rights = line.split()[:2]
            first, last = (int(bound, 16) // page for bound in bounds.split("-"))
            if not rights.startswith("rw") or last - first > 1 << 22:
                continue
            pages.seek(first * 8)
            there = [entry >> 63 for (entry,) in struct.iter_unpack("<Q", pages.read((last - first) * 8))]
            at = 0
            while at < len(there):
                end = at
                while end < len(there) and there[end]:
                    end += 1
                if end > at:
                    try:
                        memory.seek((first + at) * page)
                        yield memory.read((end - at) * page)
                    except (OSError, ValueError):
                        pass
                at = max(end, at + 1)


def key_in_memory(process, point):
    """The private key of this point in the memory of a process; and how many numbers were tried."""
    tried = 0
    for content in memory_of(process):
        for number in candidates(content):
            tried += 1
            if number < ORDER and is_key_of(number, point):
                return number, tried
    return None, tried


@story("with the key of a real Keep, read from the memory of its process: refused by the connection in the evidence", seconds=240)
def _stolen_key():
    app = package("hello")
    process, place = keep("keep.sock", *(("--memory", "plain") if BACKEND == "kvm" else ()))
    point = key_shown_at(place)
    try:
        number, tried = key_in_memory(process.pid, point)
    except PermissionError:
        skip("the memory of processes may not be read here")
    true(number, f"the key is not among {tried} numbers of the Keep's memory: nothing was tried")
    der = bytes.fromhex("30310201010420") + number.to_bytes(32, "big") + bytes.fromhex("a00a06082a8648ce3d030107")
    pem = subprocess.run(["openssl", "ec", "-inform", "DER"], input=der, check=True, capture_output=True).stdout
    key = write("stolen.pem", pem)
    for way, rule in (("pass", "authenticator.verify"), ("resign", "binding.channel")):
        relay, front = between(place, way, key)
        refused_by(rule, deploy(front, app), relay)
    succeeded(deploy(place, app), "Hello, world!\n")
    equal(status_of(process), 0)


if __name__ == "__main__":
    main()
