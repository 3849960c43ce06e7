#!/usr/bin/env python3
"""What files of unknown origin hold is shown, but never obeyed by the terminal."""
import json
import os
import subprocess
import sys
import unicodedata

sys.path.insert(0, os.path.dirname(__file__))
from harness import *  # noqa: E402,F403

# Escape, bell, back space, delete, CSI as one character, and the mark that turns the rest of a line around.
EVIL = "a\x1b[31mb\x07\x08\x7f\x9b32m\u202ec"
SHOWN = "a?[31mb????32m?c"
# The same where a byte is all that a form can hold: a terminal that is not set to UTF-8 obeys 0x9b.
EVIL_BYTES = b"a\x1b[31mb\x07\x08\x7f\x9b32mc"


def obeyed(text):
    return [c for c in text if c not in "\n\t" and (unicodedata.category(c) in ("Cc", "Zl", "Zp") or unicodedata.bidirectional(c) in
            ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"))]


def harmless(outcome, *parts):
    """Nothing of what was written is obeyed, and the words are there all the same."""
    for stream in (outcome.out, outcome.err):
        text = stream.decode()  # must be UTF-8
        equal(obeyed(text), [], text)
    contains(outcome.text + outcome.err.decode(), *parts)
    return outcome


@story("no name in a module is obeyed by the terminal", ours=True)
def module_names():
    raw = "".join(f"\\{byte:02x}" for byte in EVIL.encode())
    write("m.wat", f'(module (import "{raw}" "f" (func)) (func (export "{raw}")))')
    harmless(enarx("inspect", "m.wat"), SHOWN)
    told = json.loads(harmless(enarx("inspect", "m.wat", "--json")).text)
    contains(json.dumps(told, ensure_ascii=False), json.dumps(EVIL, ensure_ascii=False)[1:-1])
    harmless(run(scratch("m.wat")), SHOWN)


@story("no name of a file, option or command is obeyed by the terminal", ours=True)
def file_names():
    for name in (EVIL, os.fsdecode(EVIL_BYTES)):
        for line in (["inspect", name], ["verify", name], ["collateral", "show", name], ["run", name], ["explain", name], [name],
                     ["run", "--" + name], ["measure", "snp", "--pages", name], ["run", "--backend", name, name],
                     ["verify", name, "--policy", name], ["key", "sev", "digest", name]):
            harmless(enarx(*line), "a?[31mb")
    write(EVIL, "no evidence")
    for line in (["inspect", EVIL], ["verify", EVIL], ["collateral", "show", EVIL]):
        harmless(enarx(*line), SHOWN)


@story("no text in a file of configuration, policy or pages is obeyed by the terminal", ours=True)
def configurations():
    key = "".join(c if ord(c) < 0x7f and ord(c) > 0x1f else f"\\u{ord(c):04x}" for c in EVIL)
    for text in (f'"{key}" = 1', f'"{key}" = {EVIL}', EVIL, f'[[files]]\nkind = "{key}"', f'[[files]]\nkind = "dir"\nsource = "{key}"'):
        write("Enarx.toml", text)
        write("m.wat", "(module)")
        harmless(enarx("inspect", "Enarx.toml"))
        harmless(run(scratch("m.wat"), options=["--config", "Enarx.toml"]))
        harmless(enarx("verify", "m.wat", "--policy", "Enarx.toml"))
    for text in (json.dumps([{"name": EVIL, "pages": []}]), json.dumps([{EVIL: 1}]), json.dumps([{"name": EVIL, "pages": [{EVIL: 2}]}])):
        write("pages", text)
        harmless(enarx("measure", "snp", "--pages", "pages"))
        harmless(enarx("measure", "snp", "--pages", "pages", "--json"))


@story("no name in a certificate is obeyed by the terminal", ours=True)
def certificates():
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "key", "-out", "c.pem",
                    "-utf8", "-subj", f"/CN={EVIL}"], cwd=scratch(), check=True, capture_output=True)
    harmless(enarx("inspect", "c.pem"), SHOWN)
    harmless(enarx("collateral", "show", "c.pem"))
    harmless(enarx("verify", "c.pem", "--endorsements", "c.pem"))
    harmless(enarx("verify", "c.pem", "--root", "c.pem"))


@story("no text in forged evidence is obeyed by the terminal", ours=True)
def evidence():
    for file in sorted((SOURCE / "test/vectors").rglob("*")):
        if not file.is_file() or file.stat().st_size > 1 << 16:
            continue
        bytes_ = file.read_bytes()
        for word in (b"i-", b"module_id", b"Intel", b"SEV-", b"digest", b"sha-256", b"arm/", b"http", b"amd"):
            if word not in bytes_:
                continue
            write("e", bytes_.replace(word, EVIL_BYTES[:len(word)].ljust(len(word), b"\x1b")))
            harmless(enarx("inspect", "e"))
            harmless(enarx("verify", "e"))


main()
