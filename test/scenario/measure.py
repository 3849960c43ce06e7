#!/usr/bin/env python3
"""enarx measure and enarx key: digests, keys, and signed files that are new or not written at all."""
import hashlib
import json
import os
import shutil
import stat
import subprocess
import sys

sys.path.insert(0, os.path.dirname(__file__))
from harness import *  # noqa: E402,F403

KEYS = SOURCE / "test/vectors/keys"
VECTORS = SOURCE / "test/vectors"
MANIFEST = json.loads((VECTORS / "MANIFEST.json").read_text())["vectors"]
COMMANDS = [["measure"], ["measure", "snp"], ["measure", "sgx"], ["measure", "tdx"], ["measure", "kvm"], ["key"], ["key", "sgx"], ["key", "sev"],
            ["key", "sgx", "create"], ["key", "sgx", "digest"], ["key", "sev", "create"], ["key", "sev", "digest"], ["key", "sev", "sign"]]


def vectors(kind, positive=True):
    return [entry for entry in MANIFEST if entry["kind"] == kind and entry["positive"] == positive]


def path(entry):
    return VECTORS / entry["path"]


def files():
    return sorted(os.listdir(scratch()))


@story("every case of a list of pages gives its launch digest, a line each", ours=True)
def launch_digests():
    for entry in vectors("snp-launch-digest-vectors"):
        cases = json.loads(path(entry).read_text())
        outcome = succeeded(enarx("measure", "snp", "--pages", path(entry)))
        equal(outcome.text, "".join(f"{case['name']} {case['expected_launch_digest']}\n" for case in cases))
        answer = json.loads(succeeded(enarx("measure", "snp", "--pages", path(entry), "--json")).text)
        equal([case["digest"] for case in answer], [case["expected_launch_digest"] for case in cases])


@story("a digest that is not the one that the list expects is an error, and is shown", ours=True)
def unexpected_digest():
    for entry in vectors("snp-launch-digest-vectors"):
        cases = json.loads(path(entry).read_text())
        cases[0]["expected_launch_digest"] = "00" * 48
        outcome = refused(enarx("measure", "snp", "--pages", write("pages", json.dumps(cases))), 1, "measurement-differs")
        equal(len(outcome.text.splitlines()), len(cases))


@story("a list that is wrong says in which case, page and field", ours=True)
def wrong_lists():
    for text, where in [
        ('[{"name":"n","pages":[{"page_type":9,"gpa":0}]}]', "n, page 0, page_type"),
        ('[{"name":"n","pages":[{"page_type":3,"gpa":"0x1001"}]}]', "n, page 0, gpa"),
        ('[{"name":"n","pages":[{"page_type":1,"gpa":0,"contents":"12"}]}]', "n, page 0, contents"),
        ("[]", "at least one case"), ("", "JSON"), ("[{]", "byte 2"), ("[" * 100000, "JSON"),
    ]:
        refused(enarx("measure", "snp", "--pages", write("pages", text)), 1, "measure-input-invalid", where)
    refused(enarx("measure", "snp", "--pages", scratch("none")), 1, "file-not-found")
    name = "a\x1b[31mb"
    outcome = succeeded(enarx("measure", "snp", "--pages", write("pages", json.dumps([{"name": name, "pages": []}]))))
    equal(outcome.text, f"a?[31mb {'0' * 96}\n")


@story("MRENCLAVE of a stream is the digest of its blocks, and a stream that is cut off is refused", ours=True)
def enclave():
    for entry in vectors("sgx-measurement-stream"):
        outcome = succeeded(enarx("measure", "sgx", "--stream", path(entry)))
        equal(outcome.text, entry["expected"]["mrenclave"] + "\n")
        cut = write("cut", path(entry).read_bytes()[:-1])
        refused(enarx("measure", "sgx", "--stream", cut), 1, "measure-input-invalid", "EEXTEND measures")


@story("MRTD follows the order of the steps that a list names", ours=True)
def domain():
    data = b"\xaa" + bytes(4095)
    page = {"gpa": "0x2000", "data_hex_then_zero_padded_to_4096": "aa"}
    digest = hashlib.sha384(b"MEM.PAGE.ADD".ljust(16, b"\0") + (0x2000).to_bytes(8, "little") + bytes(104))
    for at in range(0, 4096, 256):
        digest.update(b"MR.EXTEND".ljust(16, b"\0") + (0x2000 + at).to_bytes(8, "little") + bytes(104) + data[at:at + 256])
    listed = write("pages", json.dumps([{"name": "one", "pages": [page], "expected_mrtd": digest.hexdigest()}]))
    equal(succeeded(enarx("measure", "tdx", "--pages", listed)).text, f"one {digest.hexdigest()}\n")


@story("ID block, ID auth and the signature of an ID key are byte for byte the original's", ours=True)
def id_block():
    for entry in vectors("enarx-id-key-signature"):
        succeeded(enarx("key", "sev", "sign", "--author-key", KEYS / "sev-author.key", "--id-key", KEYS / "sev-id.key", "--out", "signature"))
        equal(scratch("signature").read_bytes(), path(entry).read_bytes())
    block = vectors("snp-id-block")[0]
    fields = block["fields"]
    line = ["measure", "snp", "--launch-digest", fields["ld"], "--policy", fields["policy"], "--family-id", fields["family_id"],
            "--image-id", fields["image_id"], "--guest-svn", str(fields["guest_svn"]), "--id-key", KEYS / "sev-id.key"]
    succeeded(enarx(*line, "--id-key-signature", "signature", "--id-block", "block", "--id-auth", "auth"))
    equal(scratch("block").read_bytes(), path(block).read_bytes())
    equal(scratch("auth").read_bytes(), path(vectors("snp-id-auth")[0]).read_bytes())
    succeeded(enarx(*line, "--author-key", KEYS / "sev-author.key", "--id-auth", "again"))
    equal(scratch("again").read_bytes(), scratch("auth").read_bytes())
    succeeded(enarx("inspect", "block", "auth"))


@story("an ID block can be made for one case of a list", ours=True)
def id_block_of_a_case():
    pages = path(vectors("snp-launch-digest-vectors")[0])
    case = json.loads(pages.read_text())[1]
    line = ["measure", "snp", "--pages", pages, "--policy", "0x30000", "--id-block", "block"]
    refused(enarx(*line), 2, "--case")
    refused(enarx(*line, "--case", "no such"), 2, "no such")
    equal(files(), [])
    succeeded(enarx(*line, "--case", case["name"]))
    equal(scratch("block").read_bytes()[:48].hex(), case["expected_launch_digest"])


@story("a signature of another ID key is not taken", ours=True)
def foreign_signature():
    succeeded(enarx("key", "sev", "create", "--out", "other"))
    succeeded(enarx("key", "sev", "sign", "--author-key", KEYS / "sev-author.key", "--id-key", "other", "--out", "signature"))
    line = ["measure", "snp", "--launch-digest", "00" * 48, "--policy", "0x30000", "--id-key", KEYS / "sev-id.key", "--id-auth", "auth"]
    refused(enarx(*line, "--id-key-signature", "signature"), 1, "key-unusable")
    refused(enarx(*line, "--id-key-signature", KEYS / "sev-id.key"), 1, "key-unusable")
    equal(files(), ["other", "signature"])


@story("a SIGSTRUCT from the original's input is byte for byte the original's", ours=True)
def sigstruct():
    known = [path(entry).read_bytes() for entry in vectors("sgx-sigstruct")]
    for entry in vectors("sgx-sigstruct-input"):
        succeeded(enarx("measure", "sgx", "--body", path(entry), "--key", KEYS / "sgx-test.key", "--sigstruct", "out"))
        true(scratch("out").read_bytes() in known, "another SIGSTRUCT")


@story("a SIGSTRUCT holds what the options say, and its own signature is good", ours=True)
def sigstruct_fields():
    stream = path(vectors("sgx-measurement-stream")[0])
    outcome = succeeded(enarx("measure", "sgx", "--stream", stream, "--key", KEYS / "sgx-test.key", "--sigstruct", "out", "--vendor", "0x8086",
                              "--date", "20261121", "--isv-prod-id", "7", "--isv-svn", "3", "--attributes", "0400000000000000e700000000000000"))
    shown = json.loads(succeeded(enarx("inspect", "--json", "out", stream)).text)[0]
    equal([shown[name] for name in ("enclavehash", "vendor", "date", "isvprodid", "isvsvn", "attributes")],
          [outcome.text.strip(), "0x8086", "20261121", 7, 3, "0400000000000000e700000000000000"])
    for option, value in [("--date", "2026-11-21"), ("--isv-svn", "65536"), ("--attributes", "04"), ("--vendor", "0xg")]:
        refused(enarx("measure", "sgx", "--stream", stream, "--key", KEYS / "sgx-test.key", "--sigstruct", "more", option, value), 2, option)
    true(not scratch("more").exists(), "a file was written")


@story("keys are their owner's alone, and their digests are those that the original computes", ours=True)
def keys():
    for kind, first in [("sgx", "-----BEGIN RSA PRIVATE KEY-----"), ("sev", "-----BEGIN PRIVATE KEY-----")]:
        old = os.umask(0)
        succeeded(enarx("key", kind, "create", "--out", kind))
        os.umask(old)
        equal(stat.S_IMODE(scratch(kind).stat().st_mode), 0o600)
        contains(scratch(kind).read_text(), first)
        matches(succeeded(enarx("key", kind, "digest", kind)).text, rf"\A[0-9a-f]{{{64 if kind == 'sgx' else 96}}}\Z")
        contains(succeeded(enarx("key", kind, "create")).text, first)
    signer = [entry["fields"]["mrsigner"] for entry in vectors("sgx-sigstruct") if "enarx" in entry["provenance"]["repo"]]
    equal([succeeded(enarx("key", "sgx", "digest", KEYS / "sgx-test.key")).text], signer)
    checks = vectors("snp-id-auth")[0]["expected"]["checks"]
    equal(succeeded(enarx("key", "sev", "digest", KEYS / "sev-id.key")).text, checks["id_key_digest"])
    equal(succeeded(enarx("key", "sev", "digest", KEYS / "sev-author.key")).text, checks["author_key_digest"])


@story("OpenSSL reads the keys", ours=True)
def openssl():
    if not shutil.which("openssl"):
        skip("there is no openssl here")
    for kind, wanted in [("sgx", "Exponent: 3"), ("sev", "secp384r1")]:
        succeeded(enarx("key", kind, "create", "--out", kind))
        text = subprocess.run(["openssl", "pkey", "-in", scratch(kind), "-noout", "-text"], capture_output=True, text=True, check=True).stdout
        contains(text, wanted)


@story("a private key is its owner's alone while it is written, too, whatever the umask is", ours=True)
def keys_while_written():
    for line in (["key", "sgx", "create"], ["key", "sev", "create"]):
        log = scratch("calls")
        traced = execute(["strace", "-f", "-o", log, "-e", "trace=open,openat,openat2,creat,chmod,fchmod,fchmodat,?fchmodat2", PROGRAM, *line,
                          "--out", "key-" + line[1]], preexec_fn=lambda: os.umask(0))
        if traced.status != 0 and b"ptrace" in traced.err:
            skip("strace may not trace here")
        succeeded(traced)
        calls = log.read_text().splitlines()
        made = [call for call in calls if "O_CREAT" in call or "O_TMPFILE" in call]  # the latter: without a name
        true(made, "no file was made\n" + "\n".join(calls))
        for call in made:
            true(("O_EXCL" in call or "O_TMPFILE" in call) and ", 0600)" in call, call)
        equal([call for call in calls if "chmod" in call], [])
        equal(stat.S_IMODE(scratch("key-" + line[1]).stat().st_mode), 0o600)


@story("a file that is there stays as it is, and a failure leaves nothing behind", ours=True)
def existing_files():
    write("there", "mine")
    os.symlink("nowhere", scratch("link"))
    sign = ["key", "sev", "sign", "--author-key", KEYS / "sev-author.key", "--id-key", KEYS / "sev-id.key"]
    block = ["measure", "snp", "--launch-digest", "00" * 48, "--policy", "0x30000"]
    for line in (["key", "sgx", "create"], ["key", "sev", "create"], ["key", "sev", "digest", KEYS / "sev-id.key"], sign):
        refused(enarx(*line, "--out", "there"), 1, "file-exists", "there")
        refused(enarx(*line, "--out", "link"), 1, "file-exists", "link")
        refused(enarx(*line, "--out", "no/such"), 1, "output-failed", "no/such")
    refused(enarx(*block, "--id-block", "new", "--id-key", KEYS / "sev-id.key", "--id-auth", "there"), 1, "file-exists")
    refused(enarx("key", "sev", "digest", KEYS / "sgx-test.key"), 1, "key-unusable")
    refused(enarx("key", "sgx", "digest", KEYS / "sev-id.key"), 1, "key-unusable")
    refused(enarx("key", "sgx", "digest", "no such"), 1, "file-not-found")
    refused(enarx("key", "sev", "digest", "/dev/zero"), 1)
    equal(files(), ["link", "there"])
    equal(scratch("there").read_text(), "mine")


@story("what is missing or contradicts itself is wrong usage, and nothing is written", ours=True)
def usage():
    digest = ["measure", "snp", "--launch-digest", "00" * 48]
    for line, word in [
        (["measure", "snp", "--pages", "p", "--vcpus", "2"], "--pages"), (["measure", "tdx"], "--pages"), (["measure", "sgx"], "--stream"),
        ([*digest, "--id-block", "x"], "--policy"), ([*digest, "--policy", "0x30000"], "--id-block"),
        ([*digest, "--id-block", "x", "--policy", "0"], "bit 17"), ([*digest, "--id-auth", "x", "--policy", "0x30000"], "--id-key"),
        (["measure", "snp", "--launch-digest", "00"], "48 bytes"), (["measure", "sgx", "--mr-enclave", "00" * 32], "--sigstruct"),
        (["measure", "sgx", "--mr-enclave", "00" * 32, "--sigstruct", "x"], "--key"),
        (["key", "sev", "sign"], "--author-key"), (["key", "sgx", "digest"], "KEY"), (["key", "sgx", "crate"], "key sgx crate"),
    ]:
        refused(enarx(*line), 2, word)
    for group in (["measure"], ["key"], ["key", "sgx"]):
        outcome = enarx(*group)
        equal(outcome.status, 2)
        contains(outcome.errors, "Commands:")
    equal(files(), [])


@story("help of these commands fits 80 columns, and each has its manual page and completions", ours=True)
def help_texts():
    succeeded(enarx("manual", folder("man")))
    for command in COMMANDS:
        for line in succeeded(enarx(*command, "--help")).text.splitlines():
            true(len(line) <= 80, f"enarx {' '.join(command)} --help: {len(line)} columns: {line}")
        equal(succeeded(enarx("help", *command)).text, succeeded(enarx(*command, "--help")).text)
    for name in ("enarx-measure-snp.1", "enarx-key-sev-sign.1"):
        true(scratch(f"man/{name}").exists(), name)
    write("completion", succeeded(enarx("completion", "bash")).text)
    for words, wanted in [("key s", "sgx sev"), ("key sev s", "sign"), ("measure t", "tdx"), ("key sev sign --a", "--author-key")]:
        script = f"""
source ./completion
COMP_WORDS=(enarx {words}) COMP_CWORD={len(words.split())} COMP_LINE='enarx {words}' COMP_POINT={6 + len(words)}
_enarx
echo "${{COMPREPLY[@]}}"
"""
        contains(execute(["bash", "--norc", "-c", script]).text, *wanted.split())


main()
