#!/usr/bin/env python3
"""Packages in registries of containers: `enarx push`, `enarx pull`, signatures; with the registry and the tools of others.

docker-registry and skopeo are Debian's. oras, crane and cosign, of two versions, take part where PATH has them, or the folder
that ENARX_REGISTRY_PEERS names:
    go install oras.land/oras/cmd/oras@v1.3.6
    go install github.com/google/go-containerregistry/cmd/crane@v0.22.1
    go install github.com/sigstore/cosign/v2/cmd/cosign@v2.5.3     (called cosign2 there)
    go install github.com/sigstore/cosign/v3/cmd/cosign@v3.1.3     (called cosign3 there)
Told with docker-registry 2.8.2, skopeo 1.9.3 and these four on 2026-11-30: all stories passed.
"""
import base64
import hashlib
import http.server
import json
import os
import pathlib
import pty
import shutil
import sys
import threading
import warnings

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "scenario"))
from harness import *  # noqa: E402,F403
from registries import done, enarx, free_port, key, listens, peer, registry  # noqa: E402
from registry_peer import ReferrersRegistry  # noqa: E402


def package(name="a.enx", size=3 << 20):
    app = folder(f"app-{name}")
    shutil.copy(guest("hello"), app / "main.wasm")
    (app / "filler").write_bytes(os.urandom(size))
    return json.loads(done(enarx("package", app, "--out", scratch(name), "--json")).text)["package"]


@story("a package goes into a registry and comes back the same, and a second push moves no blob")
def there_and_back():
    host, log = registry()
    digest = package()
    pushed = json.loads(done(enarx("push", scratch("a.enx"), f"{host}/shop/api:1.4", "--json")).text)
    equal((pushed["package"], pushed["bytes_there"]), (digest, 0))
    equal(pushed["reference"], f"{host}/shop/api:1.4@{digest}")
    uploads = log.read_text().count("PUT /v2/shop/api/blobs/uploads/")
    again = json.loads(done(enarx("push", scratch("a.enx"), f"{host}/shop/api:2", "--json")).text)
    equal((again["package"], again["bytes_sent"], again["bytes_there"]), (digest, 0, pushed["bytes_sent"]))
    equal(log.read_text().count("PUT /v2/shop/api/blobs/uploads/"), uploads, "a blob moved")
    for number, reference in enumerate((f"{host}/shop/api:1.4", f"{host}/shop/api:2", f"{host}/shop/api@{digest}")):
        pulled = json.loads(done(enarx("pull", reference, "--out", scratch(f"{number}.enx"), "--json")).text)
        equal((pulled["package"], pulled["signatures"]), (digest, 0))
        true(scratch(f"{number}.enx").read_bytes() == scratch("a.enx").read_bytes(), "not the same bytes")
    text = done(enarx("pull", f"{host}/shop/api:2", cwd=folder("here"))).text
    contains(text, digest, "api.enx")
    true((scratch("here") / "api.enx").exists(), "no file of the repository's name")


def copied_by(name, line):
    """From one registry to another."""
    tool = peer(name)
    host, _ = registry()
    other, _ = registry("other")
    digest = package()
    done(enarx("push", scratch("a.enx"), f"{host}/a:1"))
    done(execute([tool, *line(f"{host}/a:1", f"{other}/b:1")]))
    pulled = json.loads(done(enarx("pull", f"{other}/b:1", "--out", scratch("b.enx"), "--json")).text)
    equal(pulled["package"], digest)
    true(scratch("b.enx").read_bytes() == scratch("a.enx").read_bytes(), f"{name} changed it")


@story("skopeo copies a package from one registry to another, and its digest stays")
def copied_by_skopeo():
    copied_by("skopeo", lambda here, there: ["--insecure-policy", "copy", "--src-tls-verify=false", "--dest-tls-verify=false",
                                             f"docker://{here}", f"docker://{there}"])


@story("oras copies a package from one registry to another, and its digest stays")
def copied_by_oras():
    copied_by("oras", lambda here, there: ["cp", "--from-plain-http", "--to-plain-http", here, there])


@story("crane copies a package from one registry to another, and its digest stays")
def copied_by_crane():
    copied_by("crane", lambda here, there: ["copy", "--insecure", here, there])


@story("crane's registry takes packages, too")
def crane_registry():
    port = free_port()
    start([peer("crane"), "registry", "serve", "--address", f"127.0.0.1:{port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(200):
        if listens(port):
            break
        time.sleep(0.05)
    digest = package()
    host = f"127.0.0.1:{port}"
    done(enarx("push", scratch("a.enx"), f"{host}/a:1"))
    equal(done(execute([peer("crane"), "digest", "--insecure", f"{host}/a:1"])).text.strip(), digest)
    done(enarx("pull", f"{host}/a:1", "--out", scratch("b.enx")))
    true(scratch("b.enx").read_bytes() == scratch("a.enx").read_bytes(), "not the same bytes")


@story("what is no package of ours is refused by name, and nothing is left")
def no_package():
    host, _ = registry()
    layer = b"x" * 100
    config = b"{}"

    def descriptor(kind, content):
        return {"mediaType": kind, "digest": "sha256:" + hashlib.sha256(content).hexdigest(), "size": len(content)}

    manifest = {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
                "config": descriptor("application/vnd.oci.image.config.v1+json", config),
                "layers": [descriptor("application/vnd.oci.image.layer.v1.tar", layer)]}
    put(host, "image", "1", manifest, [layer, config])
    manifest["artifactType"] = "application/vnd.enarx.package.v1"
    put(host, "broken", "1", manifest, [layer, config])
    for repository, name in (("image", "package-unknown"), ("broken", "package-damaged"), ("nothing", "package-missing")):
        outcome = enarx("pull", f"{host}/{repository}:1", "--out", scratch("a.enx"))
        refused(outcome, 1, f"({name})")
        true(not list(scratch().glob("*.enx")) and not list(scratch().glob(".enarx*")), "something is left")
    refused(enarx("push", write("text", "hello"), f"{host}/a:1"), 1, "(package-damaged)")
    refused(enarx("pull", f"127.0.0.1:{free_port()}/a:1"), 1, "(registry-unreachable)")
    for reference in ("a", "shop/api:1", f"{host}/A", f"http://{host}/a"):
        refused(enarx("pull", reference), 2, "(usage)")
    package("b.enx", 100)
    refused(enarx("pull", f"{host}/image:1", "--out", scratch("b.enx")), 1, "(file-exists)")


def put(host, repository, tag, manifest, blobs):
    import urllib.request
    def ask(method, url, body=b"", kind="application/octet-stream"):
        request = urllib.request.Request(url, data=body, method=method, headers={"Content-Type": kind})
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.headers.get("Location")
    for blob in blobs:
        place = ask("POST", f"http://{host}/v2/{repository}/blobs/uploads/")
        ask("PUT", f"{place}&digest=sha256:{hashlib.sha256(blob).hexdigest()}", blob)
    ask("PUT", f"http://{host}/v2/{repository}/manifests/{tag}", json.dumps(manifest).encode(), manifest["mediaType"])


@story("who asks is told to the registry by the files of others' tools or the command line, and a stranger is denied")
def who_asks():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Debian 12's Python has it, and nothing else here makes bcrypt
        import crypt
        hashed = crypt.crypt("secret word", crypt.mksalt(crypt.METHOD_BLOWFISH, rounds=16))
    write("users", f"alice:{hashed}\n")
    host, _ = registry(more=f"auth: {{htpasswd: {{realm: here, path: {scratch('users')}}}}}\n")
    package(size=100)
    nobody = {"HOME": str(folder("nobody")), "DOCKER_CONFIG": "", "REGISTRY_AUTH_FILE": "", "XDG_RUNTIME_DIR": ""}
    refused(enarx("push", scratch("a.enx"), f"{host}/a:1", env=nobody), 1, "(registry-denied)", "401")
    wrong = enarx("push", scratch("a.enx"), f"{host}/a:1", "--username", "alice", "--password-stdin", stdin=b"secret\n", env=nobody)
    refused(wrong, 1, "(registry-denied)")
    done(enarx("push", scratch("a.enx"), f"{host}/a:1", "--username", "alice", "--password-stdin", stdin=b"secret word\n", env=nobody))
    auth = base64.b64encode(b"alice:secret word").decode()
    write("home/.docker/config.json", json.dumps({"auths": {host: {"auth": auth}}}))
    done(enarx("pull", f"{host}/a:1", "--out", scratch("b.enx"), env={**nobody, "HOME": str(scratch("home"))}))
    write("auth.json", json.dumps({"auths": {f"{host}/a": {"auth": auth}}}))
    done(enarx("pull", f"{host}/a:1", "--out", scratch("c.enx"), env={**nobody, "REGISTRY_AUTH_FILE": str(scratch("auth.json"))}))
    refused(enarx("push", scratch("a.enx"), f"{host}/a:1", "--username", "alice", env=nobody), 2, "(usage)")


def signed(name, digest, private):
    """What a signature of cosign's older form is, made by openssl and nothing of ours."""
    payload = json.dumps({"critical": {"identity": {"docker-reference": name}, "image": {"docker-manifest-digest": digest},
                                       "type": "cosign container image signature"}, "optional": None}).encode()
    signature = execute(["openssl", "dgst", "-sha256", "-sign", private], stdin=payload).out
    return payload, signature


def put_signatures(host, repository, digest, signatures):
    config = b"{}"
    layers = [{"mediaType": "application/vnd.dev.cosign.simplesigning.v1+json", "size": len(payload),
               "digest": "sha256:" + hashlib.sha256(payload).hexdigest(),
               "annotations": {"dev.cosignproject.cosign/signature": base64.b64encode(signature).decode()}}
              for payload, signature in signatures]
    manifest = {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
                "config": {"mediaType": "application/vnd.oci.image.config.v1+json", "size": len(config),
                           "digest": "sha256:" + hashlib.sha256(config).hexdigest()}, "layers": layers}
    put(host, repository, digest.replace(":", "-") + ".sig", manifest, [config, *(payload for payload, _ in signatures)])


@story("a package that the named key has signed is fetched; of another package, by another key or by nobody: refused")
def signatures():
    host, _ = registry()
    digest = package(size=100)
    mine, my_public = key("mine")
    other, other_public = key("other")

    def pull(public, expected):
        for left in scratch().glob("out.enx*"):
            left.unlink()
        outcome = enarx("pull", f"{host}/a:1", "--out", scratch("out.enx"), "--signed-by", public)
        if expected is None:
            return done(outcome)
        refused(outcome, 1, f"({expected})")
        return true(not scratch("out.enx").exists(), "it was fetched all the same")

    done(enarx("push", scratch("a.enx"), f"{host}/a:1"))
    pull(my_public, "signature-missing")
    put_signatures(host, "a", digest, [signed(f"{host}/a", "sha256:" + "0" * 64, mine)])
    pull(my_public, "signature-untrusted")
    put_signatures(host, "a", digest, [signed(f"{host}/a", digest, other)])
    pull(my_public, "signature-untrusted")
    put_signatures(host, "a", digest, [signed(f"{host}/a", digest, other), signed(f"{host}/a", digest, mine)])
    pull(my_public, None)
    pull(other_public, None)
    equal(json.loads(done(enarx("inspect", scratch("out.enx"), "--json")).text)["signatures"], 2)
    payload, signature = signed(f"{host}/a", digest, mine)
    put_signatures(host, "a", digest, [(payload + b" ", signature)])
    pull(my_public, "signature-untrusted")
    put_signatures(host, "a", digest, [(payload, signature[:-1])])
    pull(my_public, "signature-untrusted")
    refused(enarx("pull", f"{host}/a:1", "--out", scratch("x.enx"), "--signed-by", mine), 1, "(key-unusable)")


@story("a signature of ours is what openssl verifies, and the next one stands beside it")
def our_signature():
    host, _ = registry()
    digest = package(size=100)
    mine, my_public = key("mine")
    other, other_public = key("other")
    done(enarx("push", scratch("a.enx"), f"{host}/a:1", "--sign", mine))
    done(enarx("push", scratch("a.enx"), f"{host}/a:1", "--sign", other))
    pulled = json.loads(done(enarx("pull", f"{host}/a:1", "--out", scratch("b.enx"), "--signed-by", my_public, "--json")).text)
    equal((pulled["signatures"], pulled["signed"]), (4, True))
    listed = json.loads(scratch("b.enx.sig").read_text())["signatures"]
    equal([one.get("type") for one in listed], [None, None, STATEMENT, STATEMENT])
    for one, public in zip(listed, (my_public, other_public) * 2):
        payload = base64.b64decode(one["payload"])
        signature = write("signature", base64.b64decode(one["signature"]))
        text = envelope(payload) if "type" in one else payload
        verified = execute(["openssl", "dgst", "-sha256", "-verify", public, "-signature", signature], stdin=text)
        contains(verified.text, "Verified OK")
        said = json.loads(payload)
        if "type" in one:
            equal(said, statement(digest))
            continue
        equal(said["critical"], {"identity": {"docker-reference": f"{host}/a"}, "image": {"docker-manifest-digest": digest},
                                 "type": "cosign container image signature"})
    equal(json.loads(done(enarx("inspect", scratch("b.enx"), "--json")).text)["signatures"], 4)


STATEMENT = "application/vnd.in-toto+json"
SIGNS = "https://sigstore.dev/cosign/sign/v1"
BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json"


def statement(digest, predicate=SIGNS):
    return {"_type": "https://in-toto.io/Statement/v1", "subject": [{"digest": {"sha256": digest.removeprefix("sha256:")}}],
            "predicateType": predicate, "predicate": {}}


def envelope(payload, kind=STATEMENT):
    """What is signed of a DSSE envelope."""
    return f"DSSEv1 {len(kind)} {kind} {len(payload)} ".encode() + payload


def bundle(digest, private, predicate=SIGNS, signed_as=STATEMENT):
    """A sigstore bundle, made by openssl and nothing of ours."""
    payload = json.dumps(statement(digest, predicate)).encode()
    signature = execute(["openssl", "dgst", "-sha256", "-sign", private], stdin=envelope(payload, signed_as)).out
    return {"mediaType": BUNDLE, "verificationMaterial": {"publicKey": {"hint": "x"}},
            "dsseEnvelope": {"payload": base64.b64encode(payload).decode(), "payloadType": STATEMENT,
                             "signatures": [{"sig": base64.b64encode(signature).decode()}]}}


def put_bundles(host, repository, digest, bundles):
    """As what refers to the package, by the tag; returns the digests of the manifests."""
    entries = []
    for each in bundles:
        content = json.dumps(each).encode()
        manifest = {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json", "artifactType": BUNDLE,
                    "config": {"mediaType": "application/vnd.oci.empty.v1+json", "size": 2,
                               "digest": "sha256:" + hashlib.sha256(b"{}").hexdigest()},
                    "layers": [{"mediaType": BUNDLE, "size": len(content), "digest": "sha256:" + hashlib.sha256(content).hexdigest()}]}
        name = "sha256:" + hashlib.sha256(json.dumps(manifest).encode()).hexdigest()
        put(host, repository, name, manifest, [content, b"{}"])
        entries.append({"mediaType": manifest["mediaType"], "digest": name, "size": len(json.dumps(manifest)), "artifactType": BUNDLE})
    put(host, repository, digest.replace(":", "-"), {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json",
                                                     "manifests": entries}, [])


@story("a bundle that refers to the package counts as a signature; of another package, key or kind of statement: refused")
def bundles():
    host, _ = registry()
    digest = package(size=100)
    mine, my_public = key("mine")
    other, _ = key("other")
    done(enarx("push", scratch("a.enx"), f"{host}/a:1"))

    def pull(expected):
        for left in scratch().glob("out.enx*"):
            left.unlink()
        outcome = enarx("pull", f"{host}/a:1", "--out", scratch("out.enx"), "--signed-by", my_public)
        if expected:
            return refused(outcome, 1, f"({expected})")
        return done(outcome)

    for wrong in (bundle("sha256:" + "0" * 64, mine), bundle(digest, other), bundle(digest, mine, "https://slsa.dev/provenance/v1"),
                  bundle(digest, mine, signed_as="text/plain"), bundle(digest, mine, signed_as="")):
        put_bundles(host, "a", digest, [wrong])
        pull("signature-untrusted")
    put_bundles(host, "a", digest, [{"mediaType": BUNDLE}, {"mediaType": "text/plain", **{"dsseEnvelope": {}}}])
    pull("signature-missing")
    put_bundles(host, "a", digest, [{"mediaType": BUNDLE}, bundle(digest, other), bundle(digest, mine)])
    pull(None)
    put_bundles(host, "a", digest, [])
    pull("signature-missing")


@story("where a registry keeps the list of what refers to a package, it is asked for that, and no tag is written")
def listed_by_registry():
    store = ReferrersRegistry()
    try:
        digest = package(size=100)
        mine, my_public = key("mine")
        done(enarx("push", scratch("a.enx"), f"{store.address}/a:1", "--sign", mine))
        equal(sorted(store.tags), ["1", digest.replace(":", "-") + ".sig"])
        del store.tags[digest.replace(":", "-") + ".sig"]
        done(enarx("pull", f"{store.address}/a:1", "--out", scratch("b.enx"), "--signed-by", my_public))
        for name in [name for name, content in store.manifests.items() if b"subject" in content]:
            del store.manifests[name]
        refused(enarx("pull", f"{store.address}/a:1", "--out", scratch("c.enx"), "--signed-by", my_public), 1, "(signature-missing)")
    finally:
        store.stop()


@story("oras discovers a signature of ours, by the API for it and by the tag")
def discovered():
    program = peer("oras")
    digest = package(size=100)
    mine, _ = key("mine")
    store = ReferrersRegistry()
    try:
        for host in (store.address, registry()[0]):
            done(enarx("push", scratch("a.enx"), f"{host}/a:1", "--sign", mine))
            found = json.loads(done(execute([program, "discover", "--plain-http", "--format", "json", f"{host}/a@{digest}"])).text)
            equal([each["artifactType"] for each in found.get("referrers") or found.get("manifests")], [BUNDLE])
    finally:
        store.stop()


@story("enarx deploy takes a pulled package that the named key has signed, and goes to no Keep with another one")
def deployed():
    host, _ = registry()
    mine, my_public = key("mine")
    _, other_public = key("other")
    app = folder("app")
    shutil.copy(guest("hello"), app / "main.wasm")
    done(enarx("package", app, "--out", scratch("a.enx"), "--key", mine, "--name", "a"))

    def deploy(file, public, name):
        outcome = enarx("deploy", scratch(file), "--key", scratch("a.enx.key"), "--signed-by", public, "--keep", scratch("nowhere"))
        refused(outcome, 125, f"({name})")

    deploy("a.enx", my_public, "signature-missing")
    done(enarx("push", scratch("a.enx"), f"{host}/a:1", "--sign", mine))
    done(enarx("pull", f"{host}/a:1", "--out", scratch("b.enx")))
    deploy("b.enx", other_public, "signature-untrusted")
    deploy("b.enx", my_public, "host-unreachable")


def with_cosign(program, host, sign_words, verify_words=()):
    """Both ways: it verifies what we have signed, and we what it has signed."""
    package(size=100)
    mine, my_public = key("mine")
    quiet = {"COSIGN_PASSWORD": "", "HOME": str(folder("home"))}
    done(enarx("push", scratch("a.enx"), f"{host}/shop/api:1", "--sign", mine))
    verify = [program, "verify", "--insecure-ignore-tlog=true", "--allow-http-registry", *verify_words, f"{host}/shop/api:1", "--key"]
    contains(done(execute([*verify, my_public], env=quiet)).text, "docker-manifest-digest")
    done(execute([program, "generate-key-pair"], env=quiet))
    true(execute([*verify, scratch("cosign.pub")], env=quiet).status != 0, "cosign takes another key's")
    refused(enarx("pull", f"{host}/shop/api:1", "--out", scratch("b.enx"), "--signed-by", scratch("cosign.pub")), 1, "(signature-untrusted)")
    done(execute([program, "sign", "--key", scratch("cosign.key"), "--allow-http-registry", *sign_words, f"{host}/shop/api:1"], env=quiet))
    done(enarx("pull", f"{host}/shop/api:1", "--out", scratch("b.enx"), "--signed-by", scratch("cosign.pub")))
    done(enarx("pull", f"{host}/shop/api:1", "--out", scratch("c.enx"), "--signed-by", my_public))


@story("cosign 2 verifies what we have signed, and we what cosign 2 has signed")
def cosign_2():
    with_cosign(peer("cosign2"), registry()[0].replace("127.0.0.1", "localhost"), ["--tlog-upload=false"])


@story("cosign 3 verifies what we have signed, and we what cosign 3 has signed, in a registry without an API for it")
def cosign_3():
    with_cosign(peer("cosign3"), registry()[0].replace("127.0.0.1", "localhost"), ["--tlog-upload=false", "--use-signing-config=false"])


@story("cosign 3 verifies what we have signed, and we what cosign 3 has signed, in a registry with an API for it")
def cosign_3_by_api():
    program = peer("cosign3")
    store = ReferrersRegistry()
    try:
        with_cosign(program, store.address.replace("127.0.0.1", "localhost"), ["--tlog-upload=false", "--use-signing-config=false"])
    finally:
        store.stop()


@story("inspect shows what a package says of itself, and a changed layer fails its check")
def inspected():
    digest = package()
    shown = json.loads(done(enarx("inspect", scratch("a.enx"), "--json")).text)
    equal((shown["kind"], shown["package"], shown["secrets"], shown["signatures"]), ("package", digest, [], 0))
    equal(shown["cipher"], "tink-aes256-gcm-hkdf-1mb")
    equal([check["outcome"] for check in shown["checks"]], ["passed"] * 2)
    contains(done(enarx("inspect", scratch("a.enx"))).text, digest, shown["workload"], shown["configuration"])
    changed = bytearray(scratch("a.enx").read_bytes())
    changed[100_000] ^= 1
    write("changed.enx", bytes(changed))
    outcome = enarx("inspect", scratch("changed.enx"))
    equal(outcome.status, 1)
    contains(outcome.text, "failed")
    host, _ = registry()
    refused(enarx("push", scratch("changed.enx"), f"{host}/a:1"), 1, "(package-damaged)", "digest is not")
    refused(enarx("inspect", write("cut.enx", scratch("a.enx").read_bytes()[:5000])), 1, "(package-damaged)")
    shutil.make_archive(str(scratch("other")), "tar", folder("app-a.enx"))
    refused(enarx("inspect", scratch("other.tar")), 1, "(package-damaged)")


@story("a registry of another name is reached by the environment's proxy, and its progress is shown on a terminal alone")
def by_proxy():
    host, _ = registry()
    package()
    done(enarx("push", scratch("a.enx"), f"{host}/a:1"))
    asked = []

    class Proxy(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            import urllib.error
            import urllib.request
            asked.append(self.path)
            inside = self.path.replace("http://registry.example:5000", f"http://{host}")
            request = urllib.request.Request(inside, headers={"Accept": self.headers["Accept"]})
            try:
                with urllib.request.urlopen(request, timeout=20) as answer:
                    status, body, kind = answer.status, answer.read(), answer.headers["Content-Type"]
            except urllib.error.HTTPError as error:
                status, body, kind = error.code, b"", "text/plain"
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_words):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        ours, theirs = pty.openpty()
        outcome = enarx("pull", "registry.example:5000/a:1", "--plain-http", "--out", scratch("b.enx"), stderr=theirs,
                        env={"http_proxy": f"http://127.0.0.1:{server.server_address[1]}", "no_proxy": ""})
        equal(outcome.status, 0)
        os.close(theirs)
        contains(os.read(ours, 65536).decode(), "pulling", " of 3.")
        os.close(ours)
    finally:
        server.shutdown()
        server.server_close()
    true(scratch("b.enx").read_bytes() == scratch("a.enx").read_bytes(), "not the same bytes")
    true(all(path.startswith("http://registry.example:5000/v2/a/") for path in asked) and asked, str(asked))


main()
