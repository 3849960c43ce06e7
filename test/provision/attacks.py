#!/usr/bin/env python3
"""The attestation service under attack: by Keeps that are not what they show, by who stands between, by who has its database, and by clients
that only cost time.

ENARX_MANY_CONNECTIONS   half-open connections (2000; the whole is 10000)
"""
import json
import os
import pathlib
import re
import resource
import signal
import socket
import sqlite3
import ssl
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "scenario"))
from harness import *  # noqa: E402,F403

from service import STEWARD, Service, done, enarx  # noqa: E402

FORGED = BUILD / "parts" / "forged_keep"
VECTORS = SOURCE / "test/vectors"
MANY = int(os.environ.get("ENARX_MANY_CONNECTIONS") or 2000)


def refusal(outcome):
    """The problem that a Keep was told last: status, name and rule."""
    found = re.findall(r"^\S+ (\d+) (\{.*\})$", outcome.text, re.M)
    true(found, f"nothing was refused: {outcome.text}{outcome.errors}")
    told = json.loads(found[-1][1])
    return int(found[-1][0]), told["type"].rsplit(":", 1)[1], told.get("rule")


def releases(service):
    return [each for each in service.status()["keeps"]]


@story("evidence that a Keep made for another connection, another service or another end opens nothing, were it signed by the Keep's own key")
def _bindings():
    service = Service()
    service.ready_to_release()
    for number, (what, rule) in enumerate((("channel", "binding.channel"), ("peer", "binding.peer"), ("end", "binding.role"))):
        equal(refusal(service.pull(what, out=f"k{number}")), (403, "release-denied", rule))
    equal(releases(service), [])
    equal({each["rule"] for each in service.status()["decisions"]}, {"binding.channel", "binding.peer", "binding.role"})
    contains(service.get("/metrics", operator=True).decode(), 'rule="binding.channel"} 1')


@story("recorded evidence of real machines is not this Keep's: each is denied by a rule, none is an error of the service", seconds=200)
def _recorded():
    service = Service()
    service.ready_to_release("--replicas", "9")
    files = [path for kind in ("snp", "tdx", "sgx", "nitro") for path in sorted((VECTORS / kind).glob("*"))
             if path.suffix in (".bin", ".cose") and path.stat().st_size < 30000]
    true(len(files) > 60, f"only {len(files)} files")
    for number, path in enumerate(files):
        status, name, rule = refusal(service.pull(f"evidence:{path}", out=f"k{number}"))
        equal((status, name), (403, "release-denied"), path.name)
        true(rule and rule.split(".")[0] in ("authenticator", "binding", "evidence", "snp", "sgx", "tdx", "dcap", "nitro", "endorsements"),
             f"{path.name}: {rule}")
    equal(releases(service), [])


@story("Keeps of vendors of our own are hardware for a service that trusts their roots: good ones are released, each broken rule denies by its name", seconds=300)
def _forged():
    with subprocess.Popen([FORGED, scratch()], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as keeps:
        measurements = [keeps.stdout.readline().strip() for _ in range(3)]
        roots = f'roots = ["amd:{scratch("amd.pem")}", "intel:{scratch("intel.pem")}"]\n[limits]\nper-address = 100000\n'
        service = Service(settings=roots)
        service.package_it()
        words = [word for each in measurements for word in ("--measurement", each)]
        done(service.deployment("--replicas", "20", *words))  # hardware is required
        done(service.publish())
        print(service.url, service.root, "shop/api", 1, service.workload, service.configuration, service.package, service.tenant,
              file=keeps.stdin, flush=True)
        told = [line.rstrip("\n").split("\t") for line in keeps.stdout]
    equal(keeps.returncode, 0)
    true(len(told) > 70, f"only {len(told)} Keeps")
    wrong = [line for line in told if line[1] != line[2]]
    equal(wrong, [])
    good = [line for line in told if line[1] == "granted and certified"]
    equal(sorted({line[0].split(":")[0] for line in good}), ["SGX", "SNP", "TDX"])
    equal(sorted({each["kind"] for each in releases(service)}), ["sgx", "snp", "tdx"])
    equal(len(releases(service)), len(good))


@story("a deployment that somebody changed in the database is not handed out, and no other Keep gets anything by it", seconds=60)
def _database():
    service = Service()
    service.ready_to_release("--replicas", "9")
    done(service.pull(out="k0"))
    statement = scratch("d.cose").read_bytes()
    place = statement.index(bytes.fromhex(service.workload))
    other_workload = statement[:place] + bytes(32) + statement[place + 32:]
    other_signature = statement[:-1] + bytes([statement[-1] ^ 1])
    for number, changed in enumerate((other_workload, other_signature, b"", statement[:100])):
        service.process.send_signal(signal.SIGTERM)
        equal(service.process.wait(timeout=15), 0)
        with sqlite3.connect(service.folder / "steward.db") as database:
            # The database's own guards against rewriting are no border for whoever has the file.
            for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'deployment'").fetchall():
                sql = database.execute("SELECT sql FROM sqlite_master WHERE name = ?", (name,)).fetchone()[0]
                database.execute(f"DROP TRIGGER {name}")
                database.execute("UPDATE deployment SET statement = ?", (changed,))
                database.execute(sql)
            database.execute("UPDATE deployment SET statement = ?", (changed,))
        database.close()
        service.start()
        equal(refusal(service.pull(out=f"k{number + 1}")), (403, "release-denied", "release.deployment"))
    equal(len(releases(service)), 1)


@story("a Keep that runs when its deployment is withdrawn or ends is not renewed; what it has ends by itself", seconds=60)
def _withdrawn():
    service = Service()
    service.ready_to_release("--replicas", "9")
    keep = start(service.words("renew", out="k1"), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    while b"not-after" not in keep.stdout.readline():
        pass
    done(enarx("deployment", "withdraw", "shop/api", "--steward", service.url, "--cacert", service.root, "--key", scratch("tenant.key")))
    keep.stdin.write(b"\n")
    keep.stdin.close()
    rest = keep.stdout.read().decode()
    contains(rest, "/v1/renew 403", "release.deployment")


def metrics(text):
    """Samples by name and labels, parsed as Prometheus does (text format 0.0.4)."""
    kinds, out = {}, {}
    for line in text.splitlines():
        if line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            true(name not in kinds, f"{name} twice")
            kinds[name] = kind
            continue
        if line.startswith("#") or not line:
            continue
        found = re.fullmatch(r'([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{((?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\.)*",?)*)\})? (\S+)', line)
        true(found, f"no sample: {line}")
        name, labels, value = found.groups()
        base = re.sub(r"_(bucket|sum|count)$", "", name)
        true(name in kinds or kinds.get(base) == "histogram", f"{name} has no type")
        key = (name, tuple(sorted(re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', labels or ""))))
        true(key not in out, f"{key} twice")
        out[key] = float(value)
    for name, kind in kinds.items():
        if kind != "histogram":
            continue
        buckets = sorted((float(dict(labels)["le"].replace("+Inf", "inf")), value) for (n, labels), value in out.items() if n == name + "_bucket")
        equal([value for _, value in buckets], sorted(value for _, value in buckets))
        equal(buckets[-1][1], out[(name + "_count", ())])
    return out


@story("metrics parse, add up, name no Keep, secret or address, and are as many after a hundred Keeps as after one of each kind", seconds=120)
def _metrics():
    service = Service(settings="[limits]\nper-address = 100000\n")
    service.ready_to_release("--replicas", "1000")
    done(service.pull(out="k"))
    service.pull("peer", out="k")
    service.pull(name="shop/none", out="k")
    before = metrics(service.get("/metrics", operator=True).decode())
    pulled = execute([BUILD / "parts/pulls", service.url, service.root, "shop/api", "1", service.workload, service.configuration, service.package,
                      service.tenant, "100", "8"])
    equal(json.loads(pulled.text)["certified"], 100)
    for number in range(10):
        service.pull(name=f"shop/none{number}", out="k")
    text = service.get("/metrics", operator=True).decode()
    after = metrics(text)
    equal(sorted(after), sorted(before))
    accepted = {dict(labels)["step"]: value for (name, labels), value in after.items()
                if name == "enarx_attest_total" and dict(labels)["result"] == "accepted"}
    equal(accepted, {"grant": 101, "certificate": 101})
    for word in [each["keep"] for each in service.status()["keeps"]] + ["PASSWORD", "127.0.0.1", "shop/", "hunter2"]:
        true(word not in text, f"metrics name {word}")


def memory(process, what="VmRSS"):
    return int(re.search(what + r":\s+(\d+)", pathlib.Path(f"/proc/{process}/status").read_text()).group(1)) / 1024


@story(f"{MANY} half-open connections at a byte a second hold up no honest Keep for a second, and little memory", seconds=240)
def _half_open():
    service = Service(settings="[limits]\nper-address = 100000\n")
    service.ready_to_release("--replicas", "1000")
    alone = min(timed(lambda: done(service.pull(out=f"a{i}"))) for i in range(3))
    client = ssl.create_default_context(cafile=service.root)
    inside, out = ssl.MemoryBIO(), ssl.MemoryBIO()
    hello = client.wrap_bio(inside, out, server_hostname="localhost")
    try:
        hello.do_handshake()
    except ssl.SSLWantReadError:
        pass
    greeting = out.read()
    lines, taken = [], []
    stop = threading.Event()

    def drip():
        position = 0
        while not stop.is_set():
            begin = time.monotonic()
            for number, each in enumerate(lines):
                # Half of them send nothing that is TLS.
                byte = greeting[position % len(greeting):][:1] if number % 2 else b"\x16"
                try:
                    each.send(byte)
                except OSError:
                    lines[number] = again()
            position += 1
            stop.wait(max(0, 1 - (time.monotonic() - begin)))

    def again():
        line = socket.socket()
        line.setblocking(False)
        line.connect_ex(("127.0.0.1", service.port))
        taken.append(1)
        return line

    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    for _ in range(MANY):
        lines.append(again())
    dripping = threading.Thread(target=drip, daemon=True)
    dripping.start()
    time.sleep(3)
    end, slowest = time.monotonic() + (3 if MANY <= 2000 else 25), 0  # the whole: until they have been closed and came again
    while time.monotonic() < end or not slowest:
        slowest = max(slowest, timed(lambda: done(service.pull(out="b"))))
        time.sleep(0.03)  # each is a replica more: a service admits a thousand
    stop.set()
    dripping.join()
    held = memory(service.process.pid, "VmHWM")
    print(f"  {MANY} connections ({len(taken)} were opened): slowest honest Keep {slowest:.2f} s, alone {alone:.2f} s; {held:.0f} MiB", file=sys.stderr)
    for each in lines:
        each.close()
    true(held < 700, f"{held} MiB")
    true(slowest < alone + 10, f"an honest Keep waited: {slowest:.2f} s, alone {alone:.2f} s")
    done(service.pull(out="after"))


def timed(work):
    begin = time.monotonic()
    work()
    return time.monotonic() - begin


@story("bodies that are too long, random, or deep in CBOR or JSON are 413 and 400, at every door, and cost no memory", seconds=60)
def _bodies():
    service = Service()
    service.ready_to_release()
    context = ssl.create_default_context(cafile=service.root)
    context.load_cert_chain(*own_certificate())
    before = memory(service.process.pid)
    deep = {"CBOR arrays": b"\x81" * 4000, "CBOR maps": b"\xa1\x01" * 2000, "CBOR endless": b"\x9f" * 4000, "CBOR tags": b"\xc1" * 4000,
            "JSON": b"[" * 4000, "JSON objects": b'{"a":' * 800, "a long string": b"\x5b" + b"\xff" * 8 + bytes(100), "nothing": b"",
            "random": os.urandom(4000)}
    doors = [("POST", "/v1/attest/challenge"), ("POST", "/v1/attest"), ("POST", "/v1/attest/ready"), ("POST", "/v1/renew"),
             ("PUT", "/v1/deployments/shop/api"), ("PUT", "/v1/deployments/shop%2Fapi")]
    for method, door in doors:
        for what, body in deep.items():
            true(asked(service, context, method, door, body) in (400, 404, 405), f"{method} {door} {what}")
        true(asked(service, context, method, door, os.urandom(256 << 10) * 5) in (413, 404, 405), f"{method} {door}: 1.25 MiB")
    equal(asked(service, context, "POST", "/v1/attest", os.urandom((256 << 10) + 1)), 413)
    equal(asked(service, context, "POST", "/v1/attest/challenge", os.urandom(256 << 10)), 413)
    true(memory(service.process.pid) - before < 32, "bodies stay in memory")
    done(service.pull())


def own_certificate():
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", scratch("c.key"), "-out",
                    scratch("c.pem"), "-days", "2", "-subj", "/CN=somebody"], check=True, capture_output=True)
    return scratch("c.pem"), scratch("c.key")


def asked(service, context, method, door, body):
    request = urllib.request.Request(service.url + door, data=body, method=method, headers={"Content-Type": "application/cbor"})
    try:
        return urllib.request.urlopen(request, timeout=10, context=context).status
    except urllib.error.HTTPError as error:
        true(error.code != 500, f"{door}: {error.read()}")
        return error.code
    except urllib.error.URLError:
        return 413  # closed before all was sent


main()
