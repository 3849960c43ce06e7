#!/usr/bin/env python3
"""Deploying: a tenant judges a Keep, hands its application over, and stays at its other end."""
import json
import os
import pathlib
import shutil
import re
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "scenario"))
from harness import *  # noqa: E402,F403

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from between import Between  # noqa: E402
from hosts import Host  # noqa: E402
from tenants import ALLOWED, NOTHING_PROVED, deploy, keep, package, status_of, tenant_key  # noqa: E402


@story("a deployed application says and returns what it does where it is run, and the first line says that nothing is proved")
def _as_run():
    for name, toml in (("hello", None), ("exit_status", 'args = ["7"]\n')):
        app = package(name, toml=toml)
        ran = enarx("run", "--backend", BACKEND, scratch("app-" + name.replace("_", "-")))
        process, place = keep(name + ".sock")
        done = deploy(place, app)
        equal((done.status, done.text), (ran.status, ran.text))
        true(done.first_error.startswith(NOTHING_PROVED), f"the first line: {done.first_error}")
        contains(done.errors, "attested", "granted", "ready", "running", "channel bound")
        equal(status_of(process), ran.status)


@story("progress as JSON has numbers where it counts")
def _json():
    _, place = keep()
    done = succeeded(deploy(place, package("hello"), "--json"), "Hello, world!\n")
    events = {event["event"]: event for event in map(json.loads, done.errors.splitlines())}
    equal(list(events), ["warning", "attested", "granted", "ready", "running", "ended"])
    equal((events["ended"]["status"], events["ended"]["failure"], events["ended"]["keep"]), (0, "", 1))
    true(isinstance(events["attested"]["milliseconds"], int), f"{events['attested']}")


@story("a trap is one at the tenant, too")
def _trap():
    process, place = keep()
    done = deploy(place, package("trap"))
    equal(done.status, 134)
    contains(done.errors, "(trap)")
    equal(status_of(process), 134)


@story("a package that takes more memory than its Keep may have is refused by name, before it is loaded whole")
def _memory():
    app = folder("app-large")
    shutil.copy(guest("hello"), app / "main.wasm")
    (app / "zeros").touch()
    os.truncate(app / "zeros", 100 << 20)
    out = scratch("large.enx")
    succeeded(enarx("package", app, "--out", out, "--key", tenant_key(), ALLOWED))
    process, place = keep("small.sock", "--max-memory", "64M")
    done = deploy(place, out)
    equal(done.status, 137)
    contains(done.errors, "more than the Keep has room for", "(memory-limit)")
    equal(status_of(process), 137)
    process, place = keep("enough.sock", "--max-memory", "256M")
    succeeded(deploy(place, out), "Hello, world!\n")
    equal(status_of(process), 0)


def costly_module():
    """Six hundred kilobytes whose one function costs a compiler gigabytes."""
    def number(value):
        out = bytearray()
        while value > 0x7f:
            out.append(value & 0x7f | 0x80)
            value >>= 7
        return bytes(out) + bytes([value])

    def section(name, content):
        return bytes([name]) + number(len(content)) + content

    variables, code, at = 2000, bytearray(), 0
    while len(code) < 600_000:
        a, b, c = (at * prime % variables for prime in (7919, 104729, 1299709))
        code += b"\x20" + number(a) + b"\xa7\x04\x40\x20" + number(b) + b"\x20" + number(c) + b"\x7c\x21" + number((a + b) % variables) + b"\x0b"
        at += 1
    body = b"\x01" + number(variables) + b"\x7e" + bytes(code) + b"\x0b"
    return (b"\0asm\1\0\0\0" + section(1, b"\1\x60\0\0") + section(3, b"\1\0") + section(5, b"\1\0\1")
            + section(7, b"\2\6_start\0\0\6memory\2\0") + section(10, b"\1" + number(len(body)) + body))


@story("a Keep takes no more of its host's memory than the host says, whatever its module costs the compiler", seconds=200)
def _whole_memory():
    app = folder("app-costly")
    write("app-costly/main.wasm", costly_module())
    out = scratch("costly.enx")
    succeeded(enarx("package", app, "--out", out, "--key", tenant_key(), ALLOWED))
    process, place = keep("costly.sock", "--whole-memory", "300M")
    equal(deploy(place, out, timeout=150).status, 125)
    equal(status_of(process), -6 if BACKEND == "nil" else 137)
    process, place = keep("cheap.sock", "--whole-memory", "300M")
    succeeded(deploy(place, package("hello")), "Hello, world!\n")
    equal(status_of(process), 0)


@story("without the word for it, evidence without hardware opens nothing: the grant is not sent, and the Keep stays empty")
def _refused():
    app = package("hello")
    process, place = keep()
    between = Between("between.sock", place)
    done = enarx("deploy", "--keep", between.path, app)
    equal(done.status, 125)
    contains(done.errors, "(evidence-refused)", "none.hardware", "--allow-no-hardware")
    true(between.up < 4096, f"{between.up} bytes of the tenant's have passed: a grant has 4 KiB at least")
    between.close()
    succeeded(deploy(place, app), "Hello, world!\n")
    equal(status_of(process), 0)


@story("a deployment that demands hardware is granted to no Keep without, whatever the user allows")
def _hardware():
    process, place = keep()
    done = deploy(place, package("hello", hardware=True))
    refused_here = enarx("deploy", "--keep", place, ALLOWED, scratch("hello.enx"))
    for each in (done, refused_here):
        equal(each.status, 125)
        contains(each.errors, "(evidence-refused)", "the deployment demands hardware", "made without --allow-no-hardware")
    true(process.poll() is None, "the Keep is still empty")


@story("standard input arrives, all of it, and so does all output")
def _streams():
    process, place = keep()
    content = os.urandom(3_000_000)
    done = deploy(place, package("copy"), stdin=content)
    equal(done.status, 0)
    true(done.out == content, "what came back is not what was sent")
    equal(status_of(process), 0)


@story("secrets are where the deployment says, from a word, a file and standard input")
def _secrets():
    app = package("environment", "--secret", "FIRST", "--secret", "SECOND", "--secret", "THIRD")
    write("second.txt", "of a file")
    options = ("--secret", "FIRST=of a word", "--secret", f"SECOND=@{scratch('second.txt')}", "--secret", "THIRD")
    _, place = keep()
    done = deploy(place, app, *options, stdin=b"of a line\nrest")
    equal(sorted(done.text.splitlines()), ["FIRST=of a word", "SECOND=of a file", "THIRD=of a line"])
    _, place = keep("other.sock")
    for given, why in ((options[:4], "THIRD is not given"), ((*options, "--secret", "FOURTH=x"), "names no secret 'FOURTH'"),
                       ((*options, "--secret", "FIRST=again"), "given twice")):
        done = deploy(place, app, *given, stdin=b"line\n")
        equal(done.status, 125)
        contains(done.errors, why)


@story("Ctrl-C and SIGTERM end the application and the Keep, and the tenant dies by them")
def _signals():
    app = package("endless")
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        process, place = keep(f"keep{number}.sock")
        with open(scratch("out"), "wb") as out:
            tenant = start([PROGRAM, "deploy", "--keep", place, ALLOWED, app], stdout=out)
            while b"running" not in tenant.stderr.readline():
                true(tenant.poll() is None, "it has ended by itself")
            time.sleep(0.2)
            tenant.send_signal(number)
            equal(finish(tenant).status, -number)
        true(scratch("out").read_bytes().count(b"\n") > 0, "nothing was written before")
        true(abs(status_of(process)) in (number, 128 + number), f"the Keep ended with {process.returncode}")


@story("a Keep is one tenant's for ever: a second grant, another tenant and a stranger get nothing")
def _one_tenant():
    app = package("endless")
    other = package("hello", name="other", key="other.key")
    process, place = keep()
    with open(scratch("out"), "wb") as out:
        equal(deploy(place, app, "--detach", stdout=out).status, 0)
    again = deploy(place, app)
    equal(again.status, 125)
    contains(again.errors, "binding.purpose", "(keep-not-empty)")
    stranger = enarx("attach", "--keep", place, ALLOWED, other)
    equal(stranger.status, 125)
    contains(stranger.errors, "its tenant is another one", "(workload-differs)")
    # The deployment of the right tenant, and a key that is not the grantor's.
    true_key, false_key = (json.loads(pathlib.Path(f"{each}.key").read_text()) for each in (app, other))
    forged = write("forged.enx.key", json.dumps({**true_key, "grantor-key": false_key["grantor-key"]}))
    refused(enarx("attach", "--keep", place, ALLOWED, "--key", forged, app), 125, "does not let this key grant it", name="key-unusable")
    true(process.poll() is None, "the Keep has ended")


@story("an application that was left to itself is found again, with what it wrote last, and ends at its tenant")
def _attach():
    app = package("copy")
    process, place = keep()
    done = deploy(place, app, "--detach", "--json")
    equal(json.loads(done.text), {"keep": str(place)})
    for line in done.errors.splitlines():
        true(json.loads(line)["event"] in ("warning", "attested", "granted", "ready", "running"), line)
    back = enarx("attach", "--keep", place, ALLOWED, app, stdin=b"written later")
    equal((back.status, back.text), (0, "written later"))
    equal(status_of(process), 0)


@story("a connection that breaks while the application runs is made again, and no byte of output is lost or doubled")
def _comes_back():
    app = package("copy")
    process, place = keep()
    between = Between("between.sock", place)
    tenant = start([PROGRAM, "deploy", "--keep", between.path, ALLOWED, app])
    collected = b""
    for turn in range(5):
        line = f"line {turn}\n".encode() * 100
        tenant.stdin.write(line)
        tenant.stdin.flush()
        collected += line
        got = b""
        while len(got) < len(line):
            got += os.read(tenant.stdout.fileno(), len(line) - len(got))
        true(got == line, "what came back is not what was sent")
        between.cut()
        while b"ready" not in tenant.stderr.readline():
            true(tenant.poll() is None, "it has given up")
        time.sleep(0.1)
    done = finish(tenant)
    equal((done.status, done.text), (0, ""))
    equal(status_of(process), 0)


@story("what was recorded on the way says nothing, and is worth nothing to another Keep")
def _replay():
    secret = "a secret that nobody on the way sees"
    app = package("environment", "--secret", "PASSWORD")
    _, place = keep()
    between = Between("between.sock", place)
    contains(deploy(between.path, app, "--secret", f"PASSWORD={secret}").text, secret)
    sent = b"".join(between.recorded)
    true(secret.encode() not in sent, "the secret has passed in the open")
    between.close()
    process, place = keep("second.sock")
    again = socket.socket(socket.AF_UNIX)
    again.connect(str(place))
    again.sendall(sent)
    again.settimeout(10)
    heard = b""
    try:
        while data := again.recv(65536):
            heard += data
    except OSError:
        pass
    true(secret.encode() not in heard, "the Keep has told the secret")
    true(process.poll() is None, "a recording has ended the Keep")
    succeeded(deploy(place, app, "--secret", "PASSWORD=x"))


def certificate(name, host):
    """NAME.pem and NAME.key of a server."""
    execute(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
             "-subj", f"/CN={host}", "-addext", f"subjectAltName=DNS:{host}", "-keyout", scratch(f"{name}.key"), "-out", scratch(f"{name}.pem")])
    return scratch(f"{name}.pem"), scratch(f"{name}.key")


@story("a relay with TLS of its own to both sides, which passes every message on, is not believed; the grant is not sent to it")
def _relay():
    app = package("hello")
    process, place = keep()
    front = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    front.load_cert_chain(*certificate("relay", "keep"))
    back = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    back.check_hostname = False
    back.verify_mode = ssl.CERT_NONE
    for context in (front, back):
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.set_alpn_protocols(["enarx-keep/1"])
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(scratch("relay.sock")))
    listener.listen(1)
    passed = {"up": b"", "down": b""}

    def pump(source, sink, way):
        try:
            while data := source.recv(65536):
                passed[way] += data
                sink.sendall(data)
        except OSError:
            pass

    def relay():
        tenant = front.wrap_socket(listener.accept()[0], server_side=True)
        there = socket.socket(socket.AF_UNIX)
        there.connect(str(place))
        there = back.wrap_socket(there)
        threading.Thread(target=pump, args=(there, tenant, "down"), daemon=True).start()
        pump(tenant, there, "up")

    threading.Thread(target=relay, daemon=True).start()
    done = deploy(scratch("relay.sock"), app)
    equal(done.status, 125)
    contains(done.errors, "authenticator.certificate", "(channel-unbound)")
    true(len(passed["down"]) > 500, "the relay has passed on no evidence: nothing was tried")
    true(len(passed["up"]) < 1024, "more than three short messages have passed")
    listener.close()
    succeeded(deploy(place, app), "Hello, world!\n")
    equal(status_of(process), 0)


@story("TLS 1.2 and a server that hands out tickets: the first is no connection, the second no way to resume one")
def _versions():
    app = package("hello")
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    old.load_cert_chain(*certificate("old", "keep"))
    old.maximum_version = ssl.TLSVersion.TLSv1_2
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(scratch("old.sock")))
    listener.listen(1)

    def serve():
        try:
            old.wrap_socket(listener.accept()[0], server_side=True)
        except (OSError, ssl.SSLError):
            pass

    threading.Thread(target=serve, daemon=True).start()
    done = deploy(scratch("old.sock"), app)
    equal(done.status, 125)
    contains(done.errors, "no TLS with a Keep", "(protocol-version)")
    # A Keep gives no ticket to who asks for one, and speaks nothing older than TLS 1.3.
    _, place = keep()
    asking = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    asking.check_hostname = False
    asking.verify_mode = ssl.CERT_NONE
    asking.set_alpn_protocols(["enarx-keep/1"])
    line = socket.socket(socket.AF_UNIX)
    line.connect(str(place))
    wrapped = asking.wrap_socket(line)
    equal(wrapped.version(), "TLSv1.3")
    wrapped.settimeout(1)
    try:
        wrapped.recv(1)
    except OSError:
        pass
    true(wrapped.session is None or not wrapped.session.has_ticket, "the Keep has given a ticket")
    wrapped.close()
    asking.maximum_version = ssl.TLSVersion.TLSv1_2
    line = socket.socket(socket.AF_UNIX)
    line.connect(str(place))
    try:
        asking.wrap_socket(line)
        raise Failed("the Keep speaks TLS 1.2")
    except ssl.SSLError:
        pass


def keeps_at(host):
    return [each for each in host.ask("GET", "/v1/keeps")[1]["keeps"] if each["state"] in ("starting", "running")]


@story("through a host: it starts the Keep, keeps the ciphertext, and ends the Keep when the tenant is done")
def _host():
    app = package("copy")
    host = Host()
    done = enarx("deploy", "--host", host.url, ALLOWED, app, stdin=b"through a host" * 10000)
    equal((done.status, done.text), (0, "through a host" * 10000))
    equal(keeps_at(host), [])
    true(len(list(scratch("state").rglob("*"))) > 3, "the host keeps no ciphertext")
    refused_there = enarx("deploy", "--host", host.url, app)
    equal(refused_there.status, 125)
    contains(refused_there.errors, "(evidence-refused)")
    equal(keeps_at(host), [])


@story("three Keeps of one package, each line says of which; and one that was left to itself is found at its host")
def _several():
    host = Host()
    done = enarx("deploy", "--host", host.url, ALLOWED, "--count", "3", package("hello"))
    equal((done.status, sorted(done.text.splitlines())), (0, [f"[{i}] Hello, world!" for i in (1, 2, 3)]))
    app = package("copy")
    left = enarx("deploy", "--host", host.url, ALLOWED, "--detach", app)
    equal(left.status, 0, left.errors)
    equal(len(keeps_at(host)), 1)
    back = enarx("attach", *left.text.split(), ALLOWED, app, stdin=b"later")
    equal((back.status, back.text), (0, "later"))
    equal(keeps_at(host), [])


@story("a grant that the Keep refuses has ended it, and the tenant hears why")
def _grant_refused():
    app = package("hello")
    plain = json.loads(pathlib.Path(f"{app}.key").read_text())
    wrong = {**plain, "data-encryption-key": "00" * 32}
    write("wrong.key", json.dumps(wrong))
    process, place = keep()
    done = deploy(place, app, "--key", scratch("wrong.key"))
    equal(done.status, 125)
    contains(done.errors, "(package-key-wrong)")
    true(status_of(process) != 0, "the Keep has ended well")


@story("a package that was changed is refused by the Keep, and a key of another package by the tenant")
def _packages():
    app = package("hello")
    content = bytearray(app.read_bytes())
    content[len(content) // 2] ^= 1
    changed = write("changed.enx", bytes(content))
    process, place = keep()
    done = deploy(place, changed, "--key", f"{app}.key")
    equal(done.status, 125)
    contains(done.errors, "package-damaged")
    true(status_of(process) != 0, "the Keep has ended well")
    other = package("trap")
    refused(deploy("nowhere", other, "--key", f"{app}.key"), 125, name="package-key-wrong")
    for text, why in ((b"", "cut short"), (b"no archive" * 100, "no header")):
        refused(deploy("nowhere", write("none.enx", text), "--key", f"{app}.key"), 125, why, name="package-damaged")


@story("wrong words are told before anything is reached")
def _usage():
    app = package("hello")
    for words, why in ((("deploy", app), "not said where"), (("deploy", "--keep", "x", "--host", "y", app), "two places"),
                       (("deploy", "--host", "http://host.example", app), "without TLS"), (("attach", "--host", "localhost", app), "which Keep"),
                       (("deploy", "--keep", "x", "--count", "2", app), "names one Keep"), (("deploy", "--keep", "x", "--count", "0", app), "number from 1")):
        refused(enarx(*words), 125, why, name="usage")
    refused(enarx("deploy", "--keep", scratch("nowhere"), app), 125, "no Keep waits", name="host-unreachable")
    refused(enarx("deploy", "--host", "http://127.0.0.1:1", app), 125, name="host-unreachable")


@story("a Keep that is killed is missed at once: a failure, no waiting, nothing left")
def _killed():
    app = package("endless")
    process, place = keep()
    with open(scratch("out"), "wb") as out:
        tenant = start([PROGRAM, "deploy", "--keep", place, ALLOWED, app], stdout=out)
        while b"running" not in tenant.stderr.readline():
            true(tenant.poll() is None, "it has ended by itself")
        process.kill()
        done = finish(tenant)
    equal(done.status, 125)
    contains(done.errors, "(host-unreachable)")


if __name__ == "__main__":
    main()
