#!/usr/bin/env python3
"""`enarx collateral` and `enarx platform snp vcek` against a service of the test's own, which answers from the vectors."""
import http.server
import json
import os
import pathlib
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import time
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "scenario"))
from harness import *  # noqa: E402,F403
from web_service import Handler, Service  # noqa: E402

VECTORS = pathlib.Path(os.environ.get("ENARX_VECTORS") or SOURCE / "test/vectors")
ENTRIES = json.loads((VECTORS / "MANIFEST.json").read_text())["vectors"]


def of_kind(*kinds):
    return [e for e in ENTRIES if e["kind"] in kinds and e["positive"]]


def pem(*paths):
    """Certificates in PEM, whatever they were in."""
    out = b""
    for path in paths:
        out += subprocess.run(["openssl", "x509", "-inform", "der", "-in", str(VECTORS / path)], capture_output=True,
                              check=True).stdout
    return out


def report_of(product, version):
    return next(e for e in of_kind("snp-report") if e["fields"]["version"] == version and e["product"] == product
                and e["fields"]["signing_key"] == "VCEK")


def kds_answers(entry):
    """What the KDS has for a report, under the addresses that AMD's specification gives."""
    product = entry["product"].capitalize()
    fields = entry["fields"]
    tcb = fields["reported_tcb"]
    hwid = fields["chip_id"][:16] if product == "Turin" else fields["chip_id"]
    spl = (f"fmcSPL={tcb['fmc']:02}&" if product == "Turin" else "") + \
        f"blSPL={tcb['bl']:02}&teeSPL={tcb['tee']:02}&snpSPL={tcb['snp']:02}&ucodeSPL={tcb['ucode']:02}"
    leaf = next(p for p in entry["expected"]["use_with"] if p.endswith(".der"))
    chain = next(p for p in entry["expected"]["use_with"] if p.endswith(".pem"))
    lists = [e for e in of_kind("amd-crl") if e["product"] == entry["product"]]
    out = {f"/vcek/v1/{product}/{hwid}?{spl}": (200, {}, (VECTORS / leaf).read_bytes()),
           f"/vcek/v1/{product}/cert_chain": (200, {}, (VECTORS / chain).read_bytes())}
    if lists:
        out[f"/vcek/v1/{product}/crl"] = (200, {}, (VECTORS / lists[0]["path"]).read_bytes())
    return out


def vcek_path(answers):
    return next(path for path in answers if "?" in path)


def fetch(service, evidence, *options, out="bundle", **how):
    return enarx("collateral", "fetch", "--kds", service.url, "--pcs", service.url, "--intel-certificates", service.url,
                 "--cache", scratch("cache"), "--pace", "0", "--out", scratch(out), *options, evidence, **how)


def milan():
    entry = next(e for e in of_kind("snp-report") if e["product"] == "milan" and e["fields"]["version"] >= 3
                 and e["fields"]["signing_key"] == "VCEK")
    return entry, VECTORS / entry["path"], Service(kds_answers(entry))


def no_bundle(name="bundle"):
    true(not scratch(name).exists(), f"there is a file {name}")
    true(not list(scratch().glob(".enarx-*")), "a temporary file was left")


@story("what is fetched for a report is enough to verify it without a network")
def amd():
    for product, version in (("milan", 3), ("genoa", 3), ("turin", 5)):
        entry = report_of(product, version)
        answers = kds_answers(entry)
        path = vcek_path(answers).split("?", 1)[0].rsplit("/", 1)[0]
        answers.setdefault(f"{path}/crl", (404, {}, b""))
        service = Service(answers)
        outcome = fetch(service, VECTORS / entry["path"], out=product)
        if answers[f"{path}/crl"][0] == 404:
            refused(outcome, 1, "/crl", "404", name="collateral-unavailable")
            no_bundle(product)
            continue
        succeeded(outcome)
        at = entry["expected"]["valid_window"][1].split("T")[0] + "T00:00:00Z"
        succeeded(enarx("verify", "--policy", "authentic", "--at", at, "--endorsements", scratch(product),
                        VECTORS / entry["path"]))


@story("a report of version 2 does not tell its product, so the user does")
def version_2():
    entry = report_of("milan", 2)
    service = Service(kds_answers(entry))
    refused(fetch(service, VECTORS / entry["path"]), 1, entry["path"].split("/")[-1], "--product")
    succeeded(fetch(service, VECTORS / entry["path"], "--product", "milan"))


@story("what was fetched for a quote is enough to verify it without a network, its lists included")
def intel():
    quote = next(e for e in of_kind("sgx-quote-v3", "tdx-quote-v4") if any(
        (VECTORS / t["tcbinfo"]).exists() and "qe_identity" in t and t["converged_status"] == "UpToDate"
        for t in e["expected"]["tcb_evaluations"]) and e["expected"]["pck_not_revoked_in"])
    evaluation = next(t for t in quote["expected"]["tcb_evaluations"] if t["converged_status"] == "UpToDate"
                      and "qe_identity" in t and (VECTORS / t["tcbinfo"]).exists())
    tee = "tdx" if quote["kind"].startswith("tdx") else "sgx"
    authority = "platform" if "Platform" in quote["fields"]["pck_issuer"] else "processor"
    root = of_kind("intel-root")[0]["path"]
    signers = [e["path"] for e in of_kind("intel-tcb-signing-cert")]
    issuer = next(e["path"] for e in of_kind("intel-intermediate")
                  if e["fields"]["subject"] == quote["fields"]["pck_issuer"])
    signing = {"TCB-Info-Issuer-Chain": urllib.parse.quote(pem(*signers, root))}
    root_list = next(e["path"] for e in of_kind("intel-crl") if e["fields"]["crl_for"] == "root")
    service = Service({
        f"/{tee}/certification/v4/tcb?fmspc={quote['fields']['pck']['fmspc']}":
            (200, signing, (VECTORS / evaluation["tcbinfo"]).read_bytes()),
        f"/{tee}/certification/v4/qe/identity":
            (200, {"SGX-Enclave-Identity-Issuer-Chain": signing["TCB-Info-Issuer-Chain"]},
             (VECTORS / evaluation["qe_identity"]).read_bytes()),
        f"/sgx/certification/v4/pckcrl?ca={authority}&encoding=der":
            (200, {"SGX-PCK-CRL-Issuer-Chain": urllib.parse.quote(pem(issuer, root))},
             (VECTORS / quote["expected"]["pck_not_revoked_in"][0]).read_bytes()),
        "/IntelSGXRootCA.der": (200, {}, (VECTORS / root_list).read_bytes()),
    })
    succeeded(fetch(service, VECTORS / quote["path"]))
    policy = write("policy.toml", 'base = "authentic"\n[rules]\ndcap.crl.present = true\ndcap.tcb-info.present = true\n'
                                  'dcap.qe-identity.present = true\ndcap.collateral.issued = false\n')
    succeeded(enarx("verify", "--policy", policy, "--at", evaluation["window"][1], "--endorsements", scratch("bundle"),
                    VECTORS / quote["path"]))
    shown = json.loads(succeeded(enarx("collateral", "show", "--json", scratch("bundle"))).text)
    equal(sorted({item["kind"] for item in shown}),
          ["TCB info", "certificate", "identity of a quoting enclave", "revocation list"])


@story("what was fetched once comes from the cache, as long as it is good")
def cached():
    entry, evidence, service = milan()
    succeeded(fetch(service, evidence))
    asked = len(service.asked)
    succeeded(fetch(service, evidence, out="again"))
    equal(scratch("again").read_bytes(), scratch("bundle").read_bytes())
    # The list of 2022 is stale by now: it alone is fetched again.
    equal([path.rsplit("/", 1)[1] for path, _ in service.asked[asked:]], ["crl"])
    succeeded(fetch(service, evidence, "--refresh", out="anew"))
    equal(len(service.asked), 2 * asked + 1)
    true(entry["fields"]["version"] >= 3, "the report tells its product")


@story("links in the cache lead nowhere: nothing is read, written, made or locked behind them")
def links():
    _entry, evidence, service = milan()
    elsewhere = folder("elsewhere")
    elsewhere.chmod(0o700)
    for own in (True, False):
        cache = scratch("caches/enarx/collateral") if own else scratch("cache")
        line = ["collateral", "fetch", "--kds", service.url, "--pace", "0", "--out", scratch(f"bundle{own}"), evidence]
        line += [] if own else ["--cache", cache]
        env = {"XDG_CACHE_HOME": str(scratch("caches"))}
        succeeded(enarx(*line, env=env))
        for path in list(cache.iterdir()):
            path.unlink()
            path.symlink_to(elsewhere / path.name)
        line[line.index("--out") + 1] = scratch("refused")
        refused(enarx(*line, env=env), 1, ".lock", name="cache-unavailable")
        equal(list(elsewhere.iterdir()), [], "made behind a link")
    # The folder itself is a link, as a Keep of an earlier version could have planted it.
    shutil.rmtree(scratch("caches/enarx/collateral"))
    scratch("caches/enarx/collateral").symlink_to(elsewhere)
    refused(enarx("collateral", "fetch", "--kds", service.url, "--pace", "0", evidence, env={"XDG_CACHE_HOME": str(scratch("caches"))}),
            1, "collateral", name="cache-unavailable")
    equal(list(elsewhere.iterdir()), [], "made behind a link")


@story("several commands that want the same certificate at the same time ask for it once")
def coalesced():
    _entry, evidence, service = milan()
    path = vcek_path(service.answers)
    slow = service.answers[path]

    def after_a_while(handler):
        time.sleep(0.7)
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(slow[2])))
        handler.end_headers()
        handler.wfile.write(slow[2])

    service.answers[path] = after_a_while
    line = lambda i: [PROGRAM, "collateral", "fetch", "--kds", service.url, "--cache", str(scratch("cache")), "--pace", "0",
                      "--out", str(scratch(f"out{i}")), str(evidence)]
    for process in [start(line(i)) for i in range(4)]:
        succeeded(finish(process))
    equal([asked for asked, _ in service.asked].count(path), 1)


@story("a service that is busy is asked again when it says so")
def busy():
    _entry, evidence, service = milan()
    path = vcek_path(service.answers)
    service.answers[path] = [(429, {"Retry-After": "1"}, b""), (503, {"Retry-After": "0"}, b""), service.answers[path]]
    outcome = succeeded(fetch(service, evidence))
    times = [at for asked, at in service.asked if asked == path]
    equal(len(times), 3)
    true(times[1] - times[0] >= 1, "it was asked again before it said so")
    contains(outcome.errors, "429", "again in 1 s")


@story("a service that stays busy, or does not know, is a failure that names the address; there is no file")
def unavailable():
    _entry, evidence, service = milan()
    path = vcek_path(service.answers)
    service.answers[path] = (429, {"Retry-After": "60"}, b"")
    refused(fetch(service, evidence, "--patience", "1"), 1, path, "429", name="collateral-unavailable")
    service.answers[path] = (404, {}, b"")
    refused(fetch(service, evidence), 1, path, "404", name="collateral-unavailable")
    no_bundle()


@story("two certificates of the KDS are not asked for at once")
def pace():
    entries = [e for e in of_kind("snp-report") if e["product"] == "milan" and e["fields"]["version"] >= 3
               and e["fields"]["signing_key"] == "VCEK"]
    one, two = entries[0], next(e for e in entries if e["fields"]["chip_id"] != entries[0]["fields"]["chip_id"])
    service = Service({**kds_answers(one), **kds_answers(two)})
    succeeded(enarx("collateral", "fetch", "--kds", service.url, "--cache", scratch("cache"), "--pace", "2", "--out",
                    scratch("bundle"), VECTORS / one["path"], VECTORS / two["path"]))
    first, second = [at for asked, at in service.asked if "blSPL" in asked]
    true(second - first >= 1.8, f"only {second - first:.2f} s between them")
    equal(sum(asked.endswith("cert_chain") for asked, _ in service.asked), 1)


def raw(data, hold=0.0):
    """Writes these bytes, and ends the connection."""
    def answer(handler):
        handler.wfile.write(data)
        handler.wfile.flush()
        time.sleep(hold)
        handler.close_connection = True
        try:
            handler.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # the client was gone first
    return answer


@story("an answer that is broken, slow, endless or something else is refused; there is no file, and nothing in the cache")
def broken():
    _entry, evidence, service = milan()
    path = vcek_path(service.answers)
    good = service.answers[path][2]
    other = next(e for e in of_kind("amd-vcek-cert") if (VECTORS / e["path"]).read_bytes() != good)

    def endless(handler):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
        try:
            while True:
                handler.wfile.write(bytes(65536))
        except OSError:
            pass

    def dripping(handler):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        try:
            for _ in range(100):
                handler.wfile.write(b"x")
                handler.wfile.flush()
                time.sleep(0.2)
        except OSError:
            pass

    answers = {
        "cut short": (raw(b"HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n" + good[:100]), "cut short"),
        "no HTTP": (raw(b"SSH-2.0-OpenSSH_9.2\r\n"), "no HTTP"),
        "nothing": (raw(b""), path),
        "silent": (raw(b"", hold=20), path),
        "slow": (dripping, path),
        "half a header": (raw(b"HTTP/1.1 200 OK\r\nContent-Le"), path),
        "endless": (endless, "longer than the limit"),
        "long headers": (raw(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 20_000 + b"\r\n"), "longer than the limit"),
        "a web page": ((200, {}, b"<html>hello</html>"), path),
        "an empty one": ((200, {}, b""), path),
        "another chip's": ((200, {}, (VECTORS / other["path"]).read_bytes()), "the VCEK of the Milan processor"),
        "moved": ((302, {"Location": "http://127.0.0.1/"}, b""), "302"),
    }
    for name, (answer, part) in answers.items():
        service.answers[path] = answer
        begin = time.monotonic()
        outcome = fetch(service, evidence, "--timeout", "1", "--patience", "0")
        true(time.monotonic() - begin < 15, f"{name}: {time.monotonic() - begin:.0f} s in spite of --timeout 1")
        true(outcome.status == 1, f"{name}: exit status {outcome.status}: {outcome.errors}")
        refused(outcome, 1, part)
        no_bundle()
    service.answers[path] = (200, {}, good)
    succeeded(fetch(service, evidence))


@story("a server that is not there, and one whose certificate nobody vouches for")
def unreachable():
    _entry, evidence, _service = milan()
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        refused(enarx("collateral", "fetch", "--kds", f"http://127.0.0.1:{unused.getsockname()[1]}", "--cache",
                      scratch("cache"), "--pace", "0", "--patience", "0", evidence), 1, "refused", name="collateral-unavailable")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-keyout", str(scratch("key")), "-out", str(scratch("cert")), "-subj", "/CN=localhost", "-addext",
                    "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(scratch("cert"), scratch("key"))
    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_: None
    threading.Thread(target=server.serve_forever, daemon=True).start()
    refused(enarx("collateral", "fetch", "--kds", f"https://127.0.0.1:{server.server_address[1]}", "--cache",
                  scratch("cache"), "--pace", "0", evidence), 1, "TLS", name="collateral-unavailable")


@story("addresses, times and evidence that are none are said so")
def wrong_use():
    evidence = VECTORS / report_of("milan", 3)["path"]
    for options, part in ((("--kds", "kdsintf.amd.com"), "--kds"), (("--timeout", "soon"), "--timeout"),
                          (("--pace", "-1"), "--pace"), (("--product", "naples"), "--product")):
        refused(enarx("collateral", "fetch", "--cache", scratch("cache"), *options, evidence), 2, part)
    refused(enarx("collateral", "fetch", write("text", "hello")), 1, "text", name="evidence-unknown")
    refused(enarx("collateral", "fetch", scratch("missing")), 1, "missing")


@story("a bundle is the same whatever the order, holds everything, and is not overwritten")
def pack():
    files = [VECTORS / e["path"] for e in of_kind("amd-root-chain", "amd-crl", "intel-root", "intel-tcb-signing-cert")]
    succeeded(enarx("collateral", "pack", "--out", scratch("one"), *files))
    succeeded(enarx("collateral", "pack", "--out", scratch("two"), *reversed(files), files[0]))
    equal(scratch("one").read_bytes(), scratch("two").read_bytes())
    succeeded(enarx("collateral", "pack", "--out", scratch("three"), scratch("one")))
    equal(scratch("three").read_bytes(), scratch("one").read_bytes())
    refused(enarx("collateral", "pack", "--out", scratch("one"), files[0]), 1, "one")
    whole = enarx("collateral", "pack", VECTORS / "roots")
    equal(succeeded(whole).out[:3], bytes.fromhex("d9d9f7"))
    shown = succeeded(enarx("collateral", "show", scratch("one"))).text
    contains(shown, "ARK-Milan", "revocation list", "sha256")
    contains(succeeded(enarx("inspect", scratch("one"))).text, "bundle of endorsements", "ARK-Milan")


@story("one endorsement twice with different contents is refused, and both files are named")
def twice():
    path = VECTORS / of_kind("amd-crl")[0]["path"]
    changed = bytearray(path.read_bytes())
    changed[-1] ^= 1
    other = write("other.crl", bytes(changed))
    refused(enarx("collateral", "pack", path, other), 1, path.name, "other.crl", name="endorsement-unusable")


@story("a bundle that was changed, cut or made by a later version is refused at its place")
def changed_bundle():
    files = [VECTORS / e["path"] for e in of_kind("amd-root-chain")]
    succeeded(enarx("collateral", "pack", "--out", scratch("good"), *files))
    good = scratch("good").read_bytes()
    evidence = VECTORS / of_kind("snp-report")[0]["path"]
    version = good.index(b"endorsements") + len(b"endorsements")
    for name, content, part in (("later", good[:version] + b"\x02" + good[version + 1:], f"byte {version}"),
                                ("cut", good[:-1], "byte"), ("longer", good + b"\0", f"byte {len(good)}")):
        bundle = write(name, content)
        refused(enarx("collateral", "show", bundle), 1, name, part, name="endorsement-unusable")
        refused(enarx("verify", "--endorsements", bundle, evidence), 1, name, part, name="endorsement-unusable")


@story("a key that is to be trusted is no endorsement to pack")
def keys():
    key = VECTORS / of_kind("cca-trust-anchor")[0]["path"]
    refused(enarx("collateral", "pack", key), 1, key.name, "--root", name="endorsement-unusable")


@story("platform snp vcek prints the certificate as PEM")
def vcek():
    _entry, evidence, service = milan()
    outcome = succeeded(enarx("platform", "snp", "vcek", "--report", evidence, "--kds", service.url, "--cache",
                              scratch("cache"), "--pace", "0"))
    read = subprocess.run(["openssl", "x509", "-outform", "der"], input=outcome.out, capture_output=True, check=True)
    equal(read.stdout, service.answers[vcek_path(service.answers)][2])
    if not os.path.exists("/dev/sev"):
        refused(enarx("platform", "snp", "vcek", "--cache", scratch("cache")), 1, "/dev/sev")


if __name__ == "__main__":
    main()
