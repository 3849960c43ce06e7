#!/usr/bin/env python3
"""`enarx serve`: a host starts Keeps for its customers, carries bytes to them, and leaves nothing behind."""
import concurrent.futures
import hashlib
import http.client
import json
import os
import pathlib
import re
import resource
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
from network import connected, entry, free_port, listen  # noqa: E402
from tenants import ALLOWED, package  # noqa: E402
from hosts import TOKENS, Host, certificate, customer, gone, in_memory, key_digest, problem, until  # noqa: E402


def blob(size=100_000):
    content = os.urandom(size)
    return content, f"/v1/blobs/sha256:{hashlib.sha256(content).hexdigest()}"


def figures(host):
    text = host.ask("GET", "/metrics")[1].decode()
    return {line.rsplit(" ", 1)[0]: float(line.rsplit(" ", 1)[1]) for line in text.splitlines() if not line.startswith("#")}


@story("a Keep is started, shown, and ended by its customer")
def _keep():
    host = Host()
    keep = host.keep(memory="64M", listen=["127.0.0.1:8443"], connect=["localhost:5432"])
    equal(keep["state"], "running")
    equal(keep["backend"], BACKEND)
    equal((keep["listen"], keep["connect"], keep["memory"]), (["127.0.0.1:8443"], ["localhost:5432"], 64 << 20))
    equal(host.ask("GET", f"/v1/keeps/{keep['id']}")[1], keep)
    equal(host.ask("GET", "/v1/keeps")[1], {"keeps": [keep]})
    process = int(matches(host.said(), r"process (\d+)").group(1))
    contains(pathlib.Path(f"/proc/{process}/environ").read_text(), "PATH=")
    equal(host.ask("DELETE", f"/v1/keeps/{keep['id']}")[0], 204)
    true(gone(process), "the Keep's process is still there")
    equal(host.sockets(), [])
    ended = host.ask("GET", f"/v1/keeps/{keep['id']}")[1]
    equal((ended["state"], ended["signal"], ended["why"]), ("ended", 15, "its customer has ended it"))
    equal(host.ask("DELETE", f"/v1/keeps/{keep['id']}")[0], 204)
    problem(host.ask("GET", f"/v1/keeps/{keep['id']}"), 404, "resource-unknown")


@story("a channel carries TLS between a tenant and the Keep, which shows its own certificate")
def _channel():
    host = Host(tls=True, customers=customer("alice"))
    keep = host.keep(TOKENS["alice"])
    line = host.channel(keep["id"], TOKENS["alice"])
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    inner = context.wrap_bio(incoming, outgoing)
    while True:
        try:
            inner.do_handshake()
            break
        except ssl.SSLWantReadError:
            line.sendall(outgoing.read())
            incoming.write(line.recv(65536) or skip_end(b""))
    equal(inner.version(), "TLSv1.3")
    true(inner.getpeercert(True) != ssl.PEM_cert_to_DER_cert(scratch("host.pem").read_text()), "it is the host's certificate")
    line.close()
    contains(host.said(), f"Keep {keep['id']}: a channel is opened")


@story("who shows no token, a wrong one or another's key is not known, and does nothing")
def _tokens():
    certificate(scratch("carol"), "carol")
    certificate(scratch("mallory"), "mallory")
    by_key = f"[[customer]]\nname = \"carol\"\nclient-key-sha256 = \"{key_digest(scratch('carol'))}\"\n"
    host = Host(tls=True, customers=customer("alice") + by_key)
    for token in (None, "wrong", TOKENS["alice"] + "x", TOKENS["bob"]):
        for method, path in (("GET", "/v1/keeps"), ("POST", "/v1/keeps"), ("GET", "/v1/platform"), ("PUT", blob()[1])):
            answer = host.ask(method, path, token=token)
            problem(answer, 401, "customer-unknown")
            equal(answer[2]["WWW-Authenticate"], "Bearer")
    equal(host.ask("GET", "/v1/keeps", token=TOKENS["alice"])[0], 200)
    equal(host.ask("GET", "/v1/keeps", client=scratch("carol"))[0], 200)
    problem(host.ask("GET", "/v1/keeps", client=scratch("mallory")), 401, "customer-unknown")
    problem(host.ask("GET", "/v1/keeps", token="wrong", client=scratch("carol")), 401, "customer-unknown")
    equal(host.ask("GET", "/healthz")[1], b"ok\n")
    true("starts" not in host.said(), "a Keep was started")


@story("what is another customer's is not there")
def _foreign():
    host = Host(customers=customer("alice") + customer("bob"))
    keep = host.keep(TOKENS["alice"])
    for method, path in (("GET", ""), ("DELETE", ""), ("GET", "/channel")):
        answer = host.ask(method, f"/v1/keeps/{keep['id']}{path}", token=TOKENS["bob"], headers={"Upgrade": "enarx-keep/1"})
        problem(answer, 404, "resource-unknown")
    equal(host.ask("GET", "/v1/keeps", token=TOKENS["bob"])[1], {"keeps": []})
    equal(host.ask("GET", f"/v1/keeps/{keep['id']}", token=TOKENS["alice"])[1]["state"], "running")


@story("a customer gets as much as its row in the file says, and no more")
def _quota():
    rows = customer("alice", keeps=2, memory="256M", ports=["8000-8009"], connect=["localhost:5432"]) + customer("bob")
    host = Host(customers=rows)
    token = TOKENS["alice"]
    problem(host.ask("POST", "/v1/keeps", {"memory": "300M"}, token), 429, "quota-exceeded")
    problem(host.ask("POST", "/v1/keeps", {"memory": "1M", "listen": ["0.0.0.0:443"]}, token), 403, "not-permitted")
    problem(host.ask("POST", "/v1/keeps", {"memory": "1M", "connect": ["other.example:5432"]}, token), 403, "not-permitted")
    problem(host.ask("POST", "/v1/keeps", {"memory": "1M", "backend": "sgx"}, token), 400, "backend-unavailable")
    first = host.keep(token, memory="200M", listen=["127.0.0.1:8000"])
    problem(host.ask("POST", "/v1/keeps", {"memory": "100M"}, token), 429, "quota-exceeded")
    problem(host.ask("POST", "/v1/keeps", {"memory": "1M", "listen": ["0.0.0.0:8000"]}, token), 409, "address-in-use")
    host.keep(token, memory="50M", connect=["localhost:5432"])
    problem(host.ask("POST", "/v1/keeps", {"memory": "1M"}, token), 429, "quota-exceeded")
    host.keep(TOKENS["bob"])
    equal(host.ask("DELETE", f"/v1/keeps/{first['id']}", token=token)[0], 204)
    host.keep(token, memory="200M", listen=["127.0.0.1:8000"])


@story("an application listens and connects where its host allows it, whatever its tenant tells the host that it wants")
def _places():
    port, other = free_port(), free_port()
    host = Host(customers=customer("alice", ports=[port]))
    token = write("token", TOKENS["alice"])
    measured = ["--measurement", succeeded(enarx("measure", "kvm")).text.strip()] if BACKEND == "kvm" else []

    def deployed(name, guest_name, toml, keep):
        key = scratch(package(guest_name, toml=toml, name=name).name + ".key")
        told = json.loads(key.read_text())
        wanted = {each: told.pop(each, None) for each in ("listen", "connect")}
        true(any(wanted.values()), f"the key file says nothing of {toml}")
        key.write_text(json.dumps(told | keep))
        return start([PROGRAM, "deploy", "--host", host.url, "--token-file", token, ALLOWED, *measured, scratch(name + ".enx")])

    client = entry("connect", "server", prot="tcp", host="127.0.0.1", port=other)
    with socket.create_server(("127.0.0.1", other)) as inner:
        inner.settimeout(0.2)
        for name, guest_name, toml in (("quiet", "echo_server", listen("tcp", other + 1)), ("reaching", "client", client)):
            process = deployed(name, guest_name, toml, {})
            errors = process.communicate(timeout=TIMEOUT_S)[1].decode()
            equal(process.returncode, 125, errors)
            contains(errors, "(address-not-permitted)" if name == "quiet" else "(connection-failed)")
        try:
            inner.accept()
            raise Failed("the Keep has reached what its host does not allow")
        except TimeoutError:
            pass
    server = deployed("heard", "echo_server", listen("tcp", port), {"listen": [f"127.0.0.1:{port}"]})
    with connected(port) as line:
        line.sendall(b"hello")
        equal(line.recv(5), b"hello")
    server.terminate()
    server.wait(TIMEOUT_S)


@story("a host with room for two Keeps starts no third one")
def _room():
    host = Host("--keeps", "2")
    host.keep()
    host.keep()
    problem(host.ask("POST", "/v1/keeps", {}), 503, "host-full")


@story("two of thirty customers' requests that come at once are within the quota")
def _at_once():
    host = Host(customers=customer("alice", keeps=2))
    with concurrent.futures.ThreadPoolExecutor(30) as pool:
        answers = list(pool.map(lambda _: host.ask("POST", "/v1/keeps", {"memory": "16M"}, TOKENS["alice"])[0], range(30)))
    equal((answers.count(201), answers.count(429)), (2, 28))


@story("what is no proper request is refused with a reason")
def _bad_requests():
    host = Host()
    for wish in ('{"memory":"2 sheep"}', '{"listen":["443"]}', '{"x":1}', "[]", "{", '{"connect":["--x:1"]}', "[" * 60_000):
        problem(host.ask("POST", "/v1/keeps", wish, headers={"Content-Type": "application/json"}), 400, "request-invalid")
    problem(host.ask("POST", "/v1/keeps", " " * 70_000, headers={"Content-Type": "application/json"}), 413, "request-invalid")
    problem(host.ask("POST", "/v1/keeps", "{}", headers={"Content-Type": "text/plain"}), 415, "request-invalid")
    problem(host.ask("POST", "/v1/keeps", {}, headers={"Origin": "https://evil.example"}), 403, "not-permitted")
    # A page whose own name leads to this machine has no other origin, and names itself.
    for method, path in (("GET", "/v1/keeps"), ("POST", "/v1/keeps"), ("PUT", blob()[1]), ("GET", "/metrics")):
        problem(host.ask(method, path, headers={"Host": f"evil.example:{host.port}"}), 403, "not-permitted")
    for name in ("LOCALHOST", "127.0.0.1", "[::1]:80"):
        equal(host.ask("GET", "/v1/keeps", headers={"Host": name})[0], 200)
    problem(host.ask("GET", "/v1/blobs/sha256:12"), 400, "request-invalid")
    problem(host.ask("GET", "/v1/blobs/..%2f..%2flock"), 400, "request-invalid")
    problem(host.ask("PUT", "/v1/keeps"), 405, "request-invalid")
    problem(host.ask("GET", "/v2/keeps"), 404, "resource-unknown")
    keep = host.keep()
    answer = host.ask("GET", f"/v1/keeps/{keep['id']}/channel")
    problem(answer, 426, "request-invalid")
    equal(answer[2]["Upgrade"], "enarx-keep/1")
    true(host.process.poll() is None, "the host has ended")


def open_below(process, folder):
    """Whether the process has a file of this folder open, were it one without a name."""
    links = pathlib.Path(f"/proc/{process}/fd")
    targets = []
    for link in links.iterdir():
        try:
            targets.append(os.readlink(link))
        except OSError:
            pass  # closed meanwhile
    return any(target.startswith(folder + "/") for target in targets)


@story("a blob is there when all of it came and is what its name says, and not before")
def _blobs():
    host = Host()
    content, path = blob(3_000_000)
    problem(host.ask("GET", path), 404, "resource-unknown")
    equal(host.ask("PUT", path, content)[0], 201)
    equal(host.ask("PUT", path, content)[0], 200)
    equal(host.ask("GET", path)[1], content)
    status, nothing, headers = host.ask("HEAD", path)
    equal((status, nothing, headers["Content-Length"]), (200, b"", "3000000"))
    other = blob()[1]
    problem(host.ask("PUT", other, content), 422, "blob-damaged")
    problem(host.ask("GET", other), 404, "resource-unknown")
    problem(host.ask("PUT", other, iter([content]), headers={"Transfer-Encoding": "chunked"}), 411, "request-invalid")

    half, path = blob(1_000_000)
    line = socket.create_connection(("127.0.0.1", host.port))
    line.sendall(f"PUT {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(half)}\r\n\r\n".encode() + half[:500_000])
    place = str(host.state / "blobs/sha256")
    until(lambda: open_below(host.process.pid, place), "the first half is on its way")
    line.close()
    until(lambda: not open_below(host.process.pid, place), "the half blob has gone")
    equal(len(os.listdir(place)), 1)
    problem(host.ask("GET", path), 404, "resource-unknown")
    equal(host.ask("PUT", path, half)[0], 201)


@story("a cache that is full drops what was used longest ago; one that is too small takes nothing")
def _cache_size():
    host = Host("--blobs", "250000")
    first, second, third = blob(), blob(), blob()
    for content, path in (first, second):
        equal(host.ask("PUT", path, content)[0], 201)
    equal(host.ask("GET", first[1])[0], 200)
    equal(host.ask("PUT", third[1], third[0])[0], 201)
    equal([host.ask("HEAD", path)[0] for _, path in (first, second, third)], [200, 404, 200])
    problem(host.ask("PUT", *reversed(blob(250_001))), 507, "host-full")
    equal(sum(file.stat().st_size for file in (host.state / "blobs/sha256").iterdir()), 200_000)
    host.process.terminate()
    equal(finish(host.process).status, 0)
    again = Host("--blobs", "150000", state=host.state)
    equal(figures(again)["enarx_serve_blob_bytes"], 100_000.0)


@story("a customer who brings more and more displaces its own blobs, and none of what others have within their share of the cache")
def _cache_shares():
    host = Host("--blobs", "400000", customers=customer("alice") + customer("bob"))

    def there(content):
        return [host.ask("HEAD", path, token=TOKENS["bob"])[0] for _, path in content]

    bobs, alices = [blob(), blob()], [blob() for _ in range(6)]
    for content, path in bobs:
        equal(host.ask("PUT", path, content, token=TOKENS["bob"])[0], 201)
    for content, path in alices:
        equal(host.ask("PUT", path, content, token=TOKENS["alice"])[0], 201)
    equal((there(bobs), there(alices)), ([200] * 2, [404] * 4 + [200] * 2))
    problem(host.ask("PUT", *reversed(blob(300_000)), token=TOKENS["alice"]), 507, "host-full")
    # What she has beyond her share makes room for his.
    host = Host("--blobs", "400000", customers=customer("alice") + customer("bob"), state=scratch("state2"))
    for content, path in alices[:4]:
        equal(host.ask("PUT", path, content, token=TOKENS["alice"])[0], 201)
    for content, path in bobs:
        equal(host.ask("PUT", path, content, token=TOKENS["bob"])[0], 201)
    equal((there(bobs), there(alices[:4])), ([200] * 2, [404] * 2 + [200] * 2))


@story("a full disk refuses a blob by name and keeps nothing of it")
def _full_disk():
    place = folder("small")
    if os.geteuid() or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m,mode=700", "tmpfs", place], check=False, capture_output=True).returncode:
        skip("no small file system can be mounted here")
    try:
        host = Host(state=place / "state")
        content, path = blob(2_000_000)
        problem(host.ask("PUT", path, content), 507, "host-full")
        equal(os.listdir(place / "state/blobs/sha256"), [])
        content, path = blob(500_000)
        equal(host.ask("PUT", path, content)[0], 201)
        host.process.kill()
        host.process.wait()
        until(lambda: not host.sockets(), "the sockets are gone")
    finally:
        subprocess.run(["umount", "-l", place], check=False)


@story("an empty Keep that its tenant has left in the middle of the channel takes another one")
def _gone_mid_channel():
    host = Host()
    keep = host.keep()
    for _ in range(3):
        line = host.channel(keep["id"])
        line.sendall(b"\x16\x03\x01")
        line.close()
    host.channel(keep["id"]).close()
    equal(host.ask("GET", f"/v1/keeps/{keep['id']}")[1]["state"], "running")


@story("a host that is killed leaves no process and no socket, and the next one starts in its folder")
def _killed():
    host = Host()
    keeps = [host.keep() for _ in range(3)]
    lines = [host.channel(keep["id"]) for keep in keeps]
    below = children(host.process.pid)
    true(len(below) >= 4, f"there are only {below}")
    equal(len(host.sockets()), 3)
    host.process.kill()
    host.process.wait()
    until(lambda: all(gone(process) for process in below), f"all of {below} have ended")
    until(lambda: not (host.state / "keeps").exists(), "the sockets are gone")
    for line in lines:
        line.settimeout(10)
        try:
            equal(line.recv(1), b"")
        except ConnectionResetError:
            pass
    again = Host(state=host.state)
    equal(again.ask("GET", "/v1/keeps")[1], {"keeps": []})


@story("a host that is killed at any moment of many starts leaves nothing", seconds=120)
def _killed_at_random():
    for moment in range(12):
        host = Host(state=scratch(f"state{moment}"))
        threads = [threading.Thread(target=_ignore, args=(host,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        time.sleep(moment * 0.01)
        below = children(host.process.pid)
        host.process.kill()
        host.process.wait()
        for thread in threads:
            thread.join()
        until(lambda: all(gone(process) for process in below), f"all of {below} have ended")
        until(lambda: not (host.state / "keeps").exists(), "the sockets are gone")


def _ignore(host):
    try:
        host.ask("POST", "/v1/keeps", {"memory": "16M"})
    except (OSError, http.client.HTTPException):
        pass


@story("SIGTERM ends the Keeps, then the host, with status 0")
def _terminated():
    host = Host("--log-format", "json")
    keep = host.keep()
    line = host.channel(keep["id"])
    below = children(host.process.pid)
    began = time.monotonic()
    host.process.terminate()
    equal(finish(host.process).status, 0)
    true(time.monotonic() - began < 5, "that took its time")
    equal(line.recv(1), b"")
    true(all(gone(process) for process in below), "a process is left")
    equal(host.sockets(), [])
    events = [json.loads(text) for text in host.said().splitlines()]
    true(any("has ended by signal 15: the host is going down" in event["message"] for event in events), "no word of the Keep's end")
    equal(events[-1]["message"], "ended")


@story("one folder has one host, and what cannot be a host's is refused at once")
def _refusals():
    host = Host()
    line = ["serve", "--listen", "127.0.0.1:0", "--plain-http", "--backend", "nil"]
    refused(enarx(*line, "--state", host.state), 1, "another `enarx serve` has it", name="state-unusable")
    open_to_all = folder("open")
    os.chmod(open_to_all, 0o755)
    refused(enarx(*line, "--state", open_to_all), 1, "with mode 0700", name="state-unusable")
    refused(enarx(*line, "--state", scratch("x" * 100)), 1, "too long", name="state-unusable")
    refused(enarx("serve", "--listen", "0.0.0.0:0", "--plain-http", "--customers", write("c.toml", customer("alice"))), 2, "loopback", name="usage")
    refused(enarx("serve", "--listen", "0.0.0.0:0", "--plain-http"), 2, "--customers is missing", name="usage")
    refused(enarx("serve"), 2, "--tls and --tls-key", name="usage")
    certificate(scratch("own"), "localhost")
    refused(enarx("serve", "--tls", scratch("own.pem")), 2, "--tls-key is missing", name="usage")
    refused(enarx("serve", "--tls-key", scratch("own.key")), 2, "--tls and --tls-key", name="usage")
    refused(enarx("serve", "--listen", "nowhere", "--plain-http"), 2, "--listen cannot be 'nowhere'", name="usage")
    refused(enarx(*line, "--customers", write("bad.toml", "x = 1")), 1, "bad.toml:1:1: unknown key `x`", name="configuration-invalid")
    bad = write("bad.pem", "no certificate")
    refused(enarx("serve", "--listen", "127.0.0.1:0", "--state", scratch("s"), "--backend", "nil", "--tls", bad, "--tls-key", bad), 1, name="tls-certificate-invalid")
    taken = ["serve", "--listen", f"127.0.0.1:{host.port}", "--plain-http", "--backend", "nil", "--state", scratch("s")]
    refused(enarx(*taken), 1, f"127.0.0.1:{host.port}", name="address-in-use")
    true(not (scratch("s") / "keeps").exists(), "a folder of sockets is left")


@story("certificate and key may be one file")
def _one_file():
    certificate(scratch("own"), "localhost")
    both = write("both.pem", scratch("own.pem").read_bytes() + scratch("own.key").read_bytes())
    host = start([PROGRAM, "serve", "--listen", "127.0.0.1:0", "--state", scratch("one"), "--backend", BACKEND, "--tls", both])
    matches(host.stderr.readline().decode(), r"listening at https://127\.0\.0\.1:\d+")


@story("a Keep that does not start is told with what its process said")
def _no_keep():
    taken = socket.create_server(("127.0.0.1", 0))
    place = f"127.0.0.1:{taken.getsockname()[1]}"
    host = Host(state=scratch("state"))
    os.rename(host.state / "blobs", host.state / "elsewhere")
    answer = host.ask("POST", "/v1/keeps", {"listen": [place]})
    problem(answer, 502, "keep-failed")
    contains(answer[1]["detail"], "blobs/sha256")
    equal(host.ask("GET", "/v1/keeps")[1]["keeps"][0]["state"], "ended")
    equal(host.sockets(), [])


@story("a customer lists its Keeps and ends one by `enarx keeps`")
def _keeps_command():
    host = Host(tls=True, customers=customer("alice") + customer("bob"))
    first, second = host.keep(TOKENS["alice"]), host.keep(TOKENS["alice"])
    token = write("alice.token", TOKENS["alice"] + "\n")
    line = ["keeps", "--host", f"localhost:{host.port}", "--host-root", scratch("host.pem")]
    contains(succeeded(enarx(*line, "--token-file", token)).text, f"{first['id']}  running", f"{second['id']}  running", BACKEND)
    equal(succeeded(enarx(*line, "--token-file", token, "--stop", first["id"])).text, f"{first['id']} is gone\n")
    listed = json.loads(succeeded(enarx(*line, "--token-file", token, "--json")).text)["keeps"]
    equal({keep["id"]: keep["state"] for keep in listed}, {first["id"]: "ended", second["id"]: "running"})
    contains(succeeded(enarx("deployments", *line[1:], "--token-file", token)).text, f"{second['id']}  running")
    equal(succeeded(enarx(*line, "--token-file", write("bob.token", TOKENS["bob"]))).text, "")
    refused(enarx(*line, "--token-file", write("bob.token", TOKENS["bob"]), "--stop", second["id"]), 1, "status 404", name="host-refused")
    refused(enarx(*line), 1, "status 401", name="host-refused")
    refused(enarx(*line, "--stop", "../x"), 2, "no Keep's name", name="usage")
    refused(enarx("keeps"), 2, "--host is missing", name="usage")
    refused(enarx("keeps", "--host", f"localhost:{host.port}"), 1, name="host-unreachable")


def private_bytes(place):
    """The secret number of a PEM key, as it lies in memory: in either order of bytes."""
    text = subprocess.run(["openssl", "pkey", "-in", f"{place}.key", "-noout", "-text"], check=True, capture_output=True).stdout.decode()
    digits = re.search(r"priv:\s+([0-9a-f:\s]+)pub:", text).group(1)
    number = bytes.fromhex(re.sub(r"[^0-9a-f]", "", digits))[-32:]
    return {number, number[::-1]}


@story("a Keep's process has nothing of its host's: no key, no token, no descriptor, no variable")
def _nothing_of_the_host():
    os.environ["HOST_SECRET"] = "not for Keeps"
    host = Host(tls=True, customers=customer("alice"))
    contains(pathlib.Path(f"/proc/{host.process.pid}/environ").read_text(), "HOST_SECRET")
    keep = host.keep(TOKENS["alice"], memory="64M")
    process = int(matches(host.said(), rf"Keep {keep['id']} .*process (\d+)").group(1))
    secrets = private_bytes(scratch("host")) | {scratch("host.key").read_bytes().splitlines()[1]}
    token = {hashlib.sha256(TOKENS["alice"].encode()).digest()}
    try:
        true(in_memory([host.process.pid], secrets), "the search does not find the host's key in the host itself")
        true(in_memory([host.process.pid], token), "the search does not find the digest of the token in the host itself")
        true(not in_memory([process], secrets | token), "the Keep's process has the host's key or a customer's digest")
    except PermissionError:
        skip("the memory of processes may not be read here")
    for number in os.listdir(f"/proc/{process}/fd"):
        target = os.readlink(f"/proc/{process}/fd/{number}")
        true("state/lock" not in target and "log" not in target, f"descriptor {number} is {target}")
    held = {os.readlink(f"/proc/{host.process.pid}/fd/{number}") for number in os.listdir(f"/proc/{host.process.pid}/fd")}
    theirs = {os.readlink(f"/proc/{process}/fd/{number}") for number in os.listdir(f"/proc/{process}/fd")}
    shared = {target for target in held & theirs if target.startswith(("socket:", "pipe:"))}
    true(len(shared) <= 1, f"more than its messages is shared: {shared}")
    true(b"HOST_SECRET" not in pathlib.Path(f"/proc/{process}/environ").read_bytes(), "a variable of the host's is there")


@story("metrics are Prometheus text without names of customers or Keeps, and an idle host is small")
def _metrics():
    host = Host()
    equal(figures(host)["enarx_serve_keeps"], 0.0)
    before = set(figures(host))
    true(host.memory() <= 10 << 20, f"an idle host has {host.memory()} bytes")
    keep = host.keep()
    host.channel(keep["id"]).close()
    found = figures(host)
    equal((found["enarx_serve_keeps"], found["enarx_serve_keeps_started_total"], found["enarx_serve_channels_total"]), (1.0, 1.0, 1.0))
    host.ask("DELETE", f"/v1/keeps/{keep['id']}")
    for _ in range(3):
        host.ask("DELETE", f"/v1/keeps/{host.keep()['id']}")
    true(len(figures(host)) <= len(before) + 3, f"there are more and more: {set(figures(host)) - before}")
    true(not any("local" in name or keep["id"] in name for name in figures(host)), "a name is in a label")
    text = host.ask("GET", "/metrics")[1].decode()
    for line in text.splitlines():
        matches(line, r'^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{[a-z_]+="[^"]*"(,[a-z_]+="[^"]*")*\})? [0-9.e+]+)$')


@story("ten thousand connections that say one byte a second keep no honest customer from an answer", seconds=180)
def _half_open():
    wanted = 10_000
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < wanted + 1000:
        skip(f"only {hard} descriptors are allowed here")
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    host = Host(tls=True, customers=customer("alice"))
    before = host.memory()
    # A client hello, and never its end; each source address has some 28 000 ports.
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    inner = ssl.create_default_context().wrap_bio(incoming, outgoing, server_hostname="localhost")
    try:
        inner.do_handshake()
    except ssl.SSLWantReadError:
        pass
    hello = outgoing.read()
    lines, most, slowest, stop = [], 0, 0.0, time.monotonic() + 20

    def attack():
        position = 0
        while time.monotonic() < stop:
            began = time.monotonic()
            for index in range(wanted):
                if index >= len(lines):
                    lines.append(None)
                try:
                    if lines[index] is None:
                        lines[index] = socket.create_connection(("127.0.0.1", host.port), timeout=5)
                    lines[index].send(hello[position % len(hello):][:1])
                except OSError:
                    if lines[index]:
                        lines[index].close()
                    lines[index] = None
            position += 1
            time.sleep(max(0.0, 1 - (time.monotonic() - began)))

    attacker = threading.Thread(target=attack)
    attacker.start()
    answers = 0
    try:
        while time.monotonic() < stop:
            began = time.monotonic()
            equal(host.ask("GET", "/v1/keeps", token=TOKENS["alice"])[0], 200)
            slowest = max(slowest, time.monotonic() - began)
            most = max(most, host.memory())
            answers += 1
            time.sleep(0.1)
    finally:
        stop = 0
        attacker.join()
    found = figures(host)
    for line in lines:
        if line:
            line.close()
    print(f"    {len(lines)} connections, {found['enarx_http_accepted_total']:.0f} accepted, {found['enarx_http_connections']:.0f} at the end; "
          f"host {before >> 10} KiB idle, {most >> 20} MiB at most; {answers} answers, the slowest in {slowest * 1000:.0f} ms")
    true(found["enarx_http_accepted_total"] >= wanted, f"only {found['enarx_http_accepted_total']} came through")
    true(most <= 700 << 20, f"the host has had {most >> 20} MiB")
    # How long it is on a quiet machine stands in bench/provision; here that nobody is shut out.
    true(slowest <= 10, f"an honest customer waited {slowest:.2f} s")


main()
