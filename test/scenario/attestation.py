#!/usr/bin/env python3
"""Evidence, from the application that asks for it to the verifier who reads it. Digests and format are written down here
a second time, from docs/attestation.md."""
import hashlib
import json
import os
import shutil
import ssl
import struct
import sys
import time

sys.path.insert(0, os.path.dirname(__file__))
from harness import *  # noqa: E402,F403
from cbor import decoded  # noqa: E402
from network import connected, entry, free_port, listen  # noqa: E402

MOUNT = '[[files]]\nkind = "dir"\npath = "/dev/attestation"\nsource = "attestation"\n'
NO_HARDWARE = "NO HARDWARE VOUCHES FOR THIS EVIDENCE"


def none_of_hardware():
    if BACKEND == "snp":
        skip("the evidence of a processor has another form: test/keep/snp_evidence.py")


def claims_of(evidence):
    none_of_hardware()
    claims, rest = decoded(evidence)
    equal(rest, b"", "behind the evidence")
    return claims


def report_data(claims):
    bound = claims["user_data"]
    return hashlib.sha512(b"enarx/v1/app" + claims["workload"] + claims["configuration"] + bytes([len(bound)]) + bound).digest()


def configured(extra="", name="Enarx.toml"):
    return write(name, extra + MOUNT)


def evidence_of(*arguments, config=None, options=(), module="attestation"):
    none_of_hardware()
    options = ["--config", config or configured(), *options]
    return succeeded(run(module, "evidence", *arguments, options=options)).out


def measured(claims):
    """The option that expects the evidence's measurement, where it has one."""
    return ["--measurement", claims["measurement"].hex()] if "measurement" in claims else []


def launch_digest(shim, program, strings):
    """The measurement, from the files of an installation, by the table of docs/measure.md."""
    digest = bytes(48)

    def page(kind, address, contents=None):
        nonlocal digest
        found = hashlib.sha384(contents.ljust(4096, b"\0")).digest() if contents is not None else bytes(48)
        digest = hashlib.sha384(digest + found + struct.pack("<HBBBBBBQ", 0x70, kind, 0, 0, 0, 0, 0, address)).digest()

    def contents(address, data):
        for at in range(0, len(data), 4096):
            page(1, address + at, data[at:at + 4096])

    elf = shim.read_bytes()
    headers, count = struct.unpack_from("<Q", elf, 32)[0], struct.unpack_from("<H", elf, 56)[0]
    segments = [struct.unpack_from("<IIQQQQQQ", elf, headers + 56 * i) for i in range(count)]
    _, _, offset, _, _, size, whole, _ = next(segment for segment in segments if segment[0] == 1)
    contents(0x400000, elf[offset:offset + size])
    for address in range(0x400000 + (size + 4095) // 4096 * 4096, 0x400000 + whole, 4096):
        page(3, address)
    page(4, 0x600000)
    contents(0x601000, strings)
    contents(0x800000, program.read_bytes())
    return digest


def digests(module, *arguments, options=()):
    outcome = succeeded(enarx("run", *options, "--digests", module, *arguments))
    return {name: bytes.fromhex(value) for name, value in (line.split() for line in outcome.text.splitlines())}


def written(name, content):
    path = scratch(name)
    path.write_bytes(content)
    return path


@story("an application gets evidence of itself, for the data that it bound", ours=True)
def own_evidence():
    claims = claims_of(evidence_of("my nonce"))
    equal(claims["kind"], "none")
    equal(claims["version"], 1)
    equal(claims["user_data"], b"my nonce")
    equal(claims["workload"], hashlib.sha256(guest("attestation").read_bytes()).digest(), "the workload digest")
    equal(claims["report_data"], report_data(claims), "the report data")
    equal("measurement" in claims, BACKEND == "kvm", "a Keep has a plan that can be measured, a process has none")


@story("a program finds the files as its libc expects files to be", ours=True)
def rules():
    outcome = run("attestation", "rules", "snp" if BACKEND == "snp" else "none", options=["--config", configured()])
    failed = [line for line in outcome.text.splitlines() if line.startswith("FAILED")]
    equal(failed, [])
    succeeded(outcome)


@story("the digests that a tenant computes beforehand are those of the evidence", ours=True)
def foretold():
    config = configured('args = ["no"]\n[limits]\nsockets = 3\n[env]\nA = "b"\n')
    options = ["--config", config, "--env", "C=d", "--max-memory", "64M"]
    foretold = digests(guest("attestation"), "evidence", "data", options=options)
    claims = claims_of(evidence_of("data", config=config, options=options[2:]))
    equal(foretold["workload"], claims["workload"])
    equal(foretold["configuration"], claims["configuration"])


@story("the measurement that a tenant computes beforehand is that of the evidence, in every run", ours=True)
def foretold_measurement():
    shim = ["--shim", "deprivileged"]
    foretold = succeeded(enarx("measure", "kvm", *shim)).text.strip()
    equal(foretold, succeeded(enarx("measure", "kvm", *shim)).text.strip())
    parts = BUILD / "libexec/enarx"
    equal(foretold, launch_digest(parts / "shim-deprivileged", parts / "exec", b"enarx-exec\0").hex(), "the files' own digest")
    true(foretold != succeeded(enarx("measure", "kvm", "--shim", "kvm")).text.strip(), "another shim is another Keep")
    if BACKEND != "kvm":
        return
    usual = evidence_of("data", options=shim)
    claims = claims_of(usual)
    equal(claims["measurement"].hex(), foretold)
    for options in (["--memory", "plain"], ["--env", "A=b"]):
        equal(claims_of(evidence_of("more", options=[*shim, *options]))["measurement"].hex(), foretold, str(options))
    path = written("evidence", usual)
    expected = ["--user-data", b"data".hex(), "--workload", claims["workload"].hex(), "--configuration", claims["configuration"].hex()]
    accepted = enarx("verify", path, "--allow-no-hardware", "--measurement", foretold, *expected)
    equal(accepted.status, 0, accepted.text)
    contains(accepted.text, NO_HARDWARE, foretold)
    equal(enarx("verify", path, "--measurement", foretold, *expected).status, 1, "without --allow-no-hardware")
    refused_one = enarx("verify", path, "--allow-no-hardware", "--measurement", "00" * 48, *expected)
    equal(refused_one.status, 1)
    contains(refused_one.text, "none.measurement", foretold)


@story("what a Keep is measured as follows exec when that is exchanged, overwritten or put back with its times", ours=True)
def remembered_measurement():
    if BACKEND != "kvm":
        return
    there, cache = folder("installed"), folder("cache")
    parts = there / "libexec/enarx"
    shutil.copytree(BUILD / "libexec/enarx", parts)
    shutil.copy2(BUILD / "enarx", there / "enarx")
    exec_file, env = parts / "exec", {"XDG_CACHE_HOME": str(cache)}
    line = [there / "enarx", "run", "--backend=kvm", "--no-cache", "--config", configured(), guest("attestation"), "evidence", "x"]

    def told():
        return claims_of(succeeded(execute(line, env=env)).out)["measurement"].hex()

    def read_anew():
        return succeeded(execute([there / "enarx", "measure", "kvm"], env=env)).text.strip()

    time.sleep(2.1)  # a change that is older is one that can be told from the next
    first = read_anew()
    equal([told(), told()], [first, first])
    records = list((cache / "enarx/measurements").iterdir())
    equal(len(records), 1, "one record, which the second start has read")
    before = exec_file.stat()
    with open(exec_file, "ab") as file:
        file.write(b"!")
    os.utime(exec_file, ns=(before.st_atime_ns, before.st_mtime_ns))
    second = read_anew()
    true(second != first, "another exec")
    equal([told(), told()], [second, second], "not yet remembered")
    time.sleep(2.1)
    equal([told(), told()], [second, second], "remembered")
    os.truncate(exec_file, before.st_size)
    os.utime(exec_file, ns=(before.st_atime_ns, before.st_mtime_ns))
    equal(told(), first, "size and times as before, and read all the same")
    shutil.copy2(exec_file, parts / "new")
    with open(parts / "new", "ab") as file:
        file.write(b"!")
    os.replace(parts / "new", exec_file)
    equal(told(), second, "another file in its place")
    equal(list((cache / "enarx/measurements").iterdir()), records, "in the place of what was there")


@story("a start that differs has another configuration digest; the host's paths make none", ours=True)
def other_start():
    module, config = guest("attestation"), configured()
    made = {digests(module, options=["--config", config])["configuration"]}
    for options, arguments in (([], ["x"]), (["--env", "A=b"], []), (["--max-memory", "1M"], []), (["--invoke", "f"], [])):
        made.add(digests(module, *arguments, options=["--config", config, *options])["configuration"])
    equal(len(made), 5)
    first, second = folder("first"), folder("second")
    same = {digests(module, options=["--config", config, "--dir", f"{path}::/data"])["configuration"] for path in (first, second)}
    equal(len(same), 1)
    true(not same & made, "a directory more is another configuration")


@story("what a package holds is part of the workload", ours=True)
def package():
    package = folder("package")
    (package / "main.wasm").write_bytes(guest("attestation").read_bytes())
    (package / "Enarx.toml").write_text(MOUNT + '[[files]]\nkind = "dir"\npath = "/p"\nsource = "package"\n')
    (package / "data").mkdir()
    (package / "data" / "votes").write_text("none yet")
    first = claims_of(succeeded(run(package, "evidence")).out)

    def text(name):
        return bytes([0x60 | len(name)]) + name.encode()

    def digest(name):
        return b"\x58\x20" + hashlib.sha256((package / name).read_bytes()).digest()

    records = [b"\x83" + text(name) + (b"\x02\xf6" if name == "data" else b"\x00" + digest(name))
               for name in ("Enarx.toml", "data", "data/votes", "main.wasm")]
    module = hashlib.sha256(guest("attestation").read_bytes()).digest()
    equal(first["workload"], hashlib.sha256(b"enarx/v1/package" + module + b"".join(records)).digest())
    (package / "data" / "votes").write_text("all for me")
    second = claims_of(succeeded(run(package, "evidence")).out)
    true(first["workload"] != second["workload"], "other files, the same workload digest")
    equal(first["configuration"], second["configuration"])


@story("every TLS listener presents the certificate that the application reads, and evidence comes over it", ours=True)
def certificate():
    ports = [free_port(), free_port()]
    sockets = listen("tls", ports[0]) + entry("listen", "second", prot="tls", port=ports[1], addr="127.0.0.1")
    server = start_run("attestation", "serve", options=["--config", configured(sockets)])
    pem = b""
    while b"-----END" not in pem:
        line = server.stdout.readline()
        true(line, "the server ended: " + pem.decode())
        pem += line
    context = ssl.create_default_context(cadata=pem.decode())
    with context.wrap_socket(connected(ports[0]), server_hostname="localhost") as client:
        shown = client.getpeercert(binary_form=True)
        equal(shown, ssl.PEM_cert_to_DER_cert(pem.decode()), "the certificate")
        client.sendall(hashlib.sha256(shown).digest())
        evidence = b""
        while part := client.recv(1000):
            evidence += part
    claims = claims_of(evidence)
    equal(claims["user_data"], hashlib.sha256(shown).digest(), "the fingerprint")
    equal(claims["report_data"], report_data(claims))
    succeeded(finish(server, 10))


@story("without a TLS entry there is no certificate", ours=True)
def no_certificate():
    outcome = run("attestation", "show", "certificate", options=["--config", configured(listen("tcp", free_port()))])
    equal(outcome.status, 1)
    contains(outcome.errors, "certificate: No such file or directory")


@story("only who asks has the directory; sockets keep their place behind all directories", ours=True)
def asked():
    sockets = listen("tcp", free_port())
    without = run("attestation", "show", "kind", options=["--config", write("none.toml", sockets)])
    equal(without.status, 1)
    shown = run("environment", options=["--config", configured(sockets)])
    contains(shown.text, "FD_COUNT=5", "FD_NAMES=stdin:stdout:stderr:/dev/attestation:ingest")
    shown = run("environment", options=["--config", write("none.toml", sockets)])
    contains(shown.text, "FD_COUNT=4", "FD_NAMES=stdin:stdout:stderr:ingest")


@story("a configuration that gives the directory a mode is refused", ours=True)
def mode():
    config = write("Enarx.toml", MOUNT + 'mode = "ro"\n')
    refused(run("attestation", options=["--config", config]), 125, "5:8", "attestation", name="configuration-invalid")


@story("evidence without hardware is refused, whatever it says", ours=True)
def unproven():
    evidence = evidence_of("data")
    path, bound = written("evidence", evidence), claims_of(evidence)["report_data"].hex()
    for options in ((), ("--policy", "authentic"), ("--report-data", bound)):
        outcome = enarx("verify", path, *options)
        equal(outcome.status, 1)
        contains(outcome.text, "refused", "none.hardware", "--allow-no-hardware")
    answer = json.loads(enarx("verify", path, "--json").text)
    equal((answer["verdict"], answer["exit_status"], answer["claims"]), ("refused", 1, None))
    equal(answer["kind"], "evidence without hardware")


@story("who allows it is told in capitals, and gets no claims but a statement", ours=True)
def allowed():
    evidence = evidence_of("data")
    path, claims = written("evidence", evidence), claims_of(evidence)
    expected = ["--user-data", b"data".hex(), "--workload", claims["workload"].hex(), "--configuration", claims["configuration"].hex(),
                *measured(claims)]
    for options in (expected, ["--report-data", claims["report_data"].hex(), *measured(claims)]):
        outcome = enarx("verify", path, "--allow-no-hardware", *options)
        equal(outcome.status, 0, outcome.text)
        true(outcome.text.startswith(NO_HARDWARE), "the warning comes first")
        contains(outcome.text, "accepted", claims["workload"].hex(), b"data".hex(), "none.hardware")
    answer = json.loads(enarx("verify", path, "--allow-no-hardware", "--json", *expected).text)
    equal((answer["verdict"], answer["claims"]), ("accepted", None))
    contains(answer["warning"], NO_HARDWARE)
    equal(answer["statement"]["user_data"], b"data".hex())
    outcomes = {rule["rule"]: rule["outcome"] for rule in answer["rules"]}
    equal(outcomes["none.hardware"], "off")
    equal(outcomes["none.binding"], "passed")


@story("what is not as expected is refused by its rule, and nothing expected is undecided", ours=True)
def unexpected():
    evidence = evidence_of("data")
    path, claims = written("evidence", evidence), claims_of(evidence)
    other = "00" * 32
    for rule, options in (("none.user-data", ["--user-data", "00"]), ("none.workload", ["--workload", other]),
                          ("none.configuration", ["--configuration", other]), ("none.report-data", ["--report-data", "00" * 64]),
                          ("none.measurement", ["--measurement", "00" * 48])):
        outcome = enarx("verify", path, "--allow-no-hardware", *options)
        equal(outcome.status, 1, rule)
        contains(outcome.text, NO_HARDWARE, "refused", rule)
    equal(enarx("verify", path, "--allow-no-hardware").status, 3)
    equal(enarx("verify", path, "--allow-no-hardware", "--workload", claims["workload"].hex()).status, 3)
    at = evidence.index(b"\x44data")
    forged = evidence[:at + 1] + b"DATA" + evidence[at + 5:]
    outcome = enarx("verify", written("forged", forged), "--allow-no-hardware", "--policy", "authentic")
    equal(outcome.status, 1)
    contains(outcome.text, "none.binding")


@story("damaged evidence is refused with its place", ours=True)
def damaged():
    evidence = evidence_of("data")
    for name, content in (("cut", evidence[:-1]), ("longer", evidence + b"\0"), ("twice", evidence + evidence)):
        outcome = enarx("verify", written(name, content), "--allow-no-hardware", "--policy", "authentic")
        equal(outcome.status, 1, name)
        contains(outcome.text, "none.form", "byte")


@story("user data and digests that cannot be are errors of usage", ours=True)
def usage():
    path = written("evidence", evidence_of())
    for options, part in ((["--user-data", "xyz"], "--user-data"), (["--user-data", "00" * 65], "64 bytes"),
                          (["--workload", "00"], "32 bytes"), (["--configuration", ""], "32 bytes"),
                          (["--workload", "00" * 32], "--user-data together")):
        outcome = enarx("verify", path, *options)
        equal(outcome.status, 2, str(options))
        contains(outcome.errors, part)
    nonce = written("nonce", b"\x00\x01")
    bound = run("attestation", "evidence", "data", options=["--config", configured()])
    outcome = enarx("verify", written("other", bound.out), "--allow-no-hardware", "--user-data", f"@{nonce}")
    contains(outcome.text, "none.user-data", "expected: 0001")


@story("inspect shows evidence, and that nobody vouches for it", ours=True)
def inspect():
    evidence = evidence_of("data")
    path, claims = written("evidence", evidence), claims_of(evidence)
    outcome = succeeded(enarx("inspect", path))
    contains(outcome.text, NO_HARDWARE, claims["workload"].hex(), b"data".hex())
    described = json.loads(succeeded(enarx("inspect", "--json", path)).text)
    equal(described["kind"], "evidence without hardware")


main()
