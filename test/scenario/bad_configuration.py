#!/usr/bin/env python3
"""A broken Enarx.toml of each kind: file, line, column and what to write instead."""
import os
import sys

sys.path.insert(0, os.path.dirname(__file__))
from harness import *  # noqa: E402,F403

LISTEN = '[[files]]\nkind = "listen"\nprot = "tcp"\nport = 0\n'


def wrong(text, place, *parts):
    """The mistake stands at `place` ("line:column" or "line"); the first line of the answer holds `parts`."""
    outcome = run("hello", options=["--config", write("Enarx.toml", text)])
    refused(outcome, 125, "Enarx.toml", *parts)
    equal(outcome.text, "", "the application ran")
    matches(outcome.first_error, rf"Enarx\.toml:{place}\b")
    return outcome


@story("no TOML at all")
def syntax():
    wrong("args = [\n", "2|1")
    wrong("this is no TOML\n", "1")
    wrong('a = "unfinished\n', "1")
    wrong("args = []\nargs = []\n", "2")


@story("bytes that are no UTF-8, and a NUL")
def bytes_():
    outcome = run("hello", options=["--config", write("Enarx.toml", b'args = ["\xff\xfe"]\n')])
    refused(outcome, 125, "Enarx.toml")
    refused(run("hello", options=["--config", write("Enarx.toml", b"args = []\0\n")]), 125, "Enarx.toml")


@story("a key that nobody knows, with the nearest that is known")
def unknown_keys():
    contains(wrong('arg = ["x"]\n', "1:1", "`arg`").errors, "`args`")
    contains(wrong("\n[limits]\nopenfiles = 3\n", "3:1", "`openfiles`").errors, "`open_files`")
    contains(wrong(LISTEN.replace("port", "prot2"), "4:1", "`prot2`").errors, "`prot`")
    wrong('[[files]]\nkind = "stdin"\nport = 1\n', "3:1", "`port`")


@story("values of the wrong type")
def types():
    wrong('args = "one"\n', "1:8", "`args`", "array of strings")
    wrong("args = [1]\n", "1", "string")
    wrong("[env]\nA = 1\n", "2:5", "`A`", "string")
    wrong("files = 3\n", "1", "`files`")
    wrong('[[files]]\nkind = "listen"\nname = "x"\nport = "80"\n', "4", "`port`")
    wrong("steward = 5\n", "1", "`steward`")


@story("values out of range")
def ranges():
    wrong('[[files]]\nkind = "listen"\nname = "x"\nport = 70000\n', "4", "`port`", "65535")
    wrong("[limits]\nmemory = 0\n", "2", "`memory`")
    wrong("[limits]\nopen_files = -1\n", "2", "`open_files`")
    wrong('[limits]\nmemory = "much"\n', "2", "`memory`")


@story("kinds, protocols, sources and modes that do not exist")
def words():
    contains(wrong('[[files]]\nkind = "listne"\n', "2", "`listne`").errors, "`listen`")
    wrong('[[files]]\nkind = "listen"\nname = "x"\nprot = "udp"\n', "4", "`udp`")
    wrong('[[files]]\nkind = "dir"\npath = "/x"\nsource = "disk"\n', "4", "`disk`")
    wrong('[[files]]\nkind = "dir"\npath = "/x"\nsource = "memory"\nmode = "w"\n', "5", "`w`")


@story("entries without what they need")
def missing():
    wrong("[[files]]\n", "1", "`kind`")
    wrong('[[files]]\nkind = "listen"\nport = 0\n', "1", "`name`")
    wrong('[[files]]\nkind = "connect"\n', "1", "`host`")
    wrong('[[files]]\nkind = "dir"\nsource = "memory"\n', "1", "`path`")
    wrong('[[files]]\nkind = "dir"\npath = "/x"\nsource = "host"\n', "1", "`host_path`")


@story("names that would break FD_NAMES, and names twice")
def names():
    wrong(LISTEN + 'name = "a:b"\n', "5", "`name`")
    wrong(LISTEN + 'name = "same"\n' + LISTEN + 'name = "same"\n', "6", "same")
    wrong('[[files]]\nkind = "dir"\npath = "/x"\nsource = "memory"\n' * 2, "5", "/x")


@story("certificates that are no PEM, a certificate without its key")
def certificates():
    wrong('[[files]]\nkind = "listen"\nname = "x"\ncertificate = "/etc/cert.pem"\n', "4", "PEM")
    pem = "'''-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----'''"
    wrong(f'[[files]]\nkind = "listen"\nname = "x"\ncertificate = {pem}\n', "4", "`private_key`")
    wrong('[[files]]\nkind = "listen"\nname = "x"\nprot = "tcp"\nalpn = ["h2"]\n', "5", "`alpn`")


@story("a path that leads out of a mount, a mode that a package cannot have")
def mounts():
    wrong('[[files]]\nkind = "dir"\npath = "/a/../b"\nsource = "memory"\n', "3", "`path`")
    wrong('[[files]]\nkind = "dir"\npath = "/a"\nsource = "package"\nmode = "rw"\n', "5", "package")


@story("a host directory that does not exist")
def host_directory():
    config = write("Enarx.toml", '[[files]]\nkind = "dir"\npath = "/x"\nsource = "host"\nhost_path = "nowhere"\n')
    refused(run("hello", options=["--config", config]), 125, "nowhere", name="directory-unavailable")


@story("a file of more than a megabyte, and one that nests without end")
def large():
    refused(run("hello", options=["--config", write("Enarx.toml", "#" * 1_100_000)]), 125, "Enarx.toml")
    refused(run("hello", options=["--config", write("Enarx.toml", "args = " + "[" * 500_000)]), 125, "Enarx.toml")
    refused(run("hello", options=["--config", "/dev/zero"], timeout=10), 125)


@story("every file that the original's documentation shows is accepted")
def originals():
    config = write("Enarx.toml", """
# Arguments
args = [
     "--argument1",
     "--argument2=foo"
]

# Environment variables
[env]
VAR1 = "var1"
VAR2 = "var2"

# Pre-opened file descriptors
[[files]]
kind = "stdin"

[[files]]
kind = "stdout"

[[files]]
kind = "stderr"

# A listen socket
[[files]]
name = "LISTEN"
kind = "listen"
prot = "tls"
port = 0
""")
    outcome = succeeded(run("arguments", options=["--config", config]))
    equal(outcome.text, "3\narguments.wasm\n--argument1\n--argument2=foo\n")
    outcome = succeeded(run("environment", options=["--config", config]))
    equal(sorted(outcome.text.splitlines()),
          ["FD_COUNT=4", "FD_NAMES=stdin:stdout:stderr:LISTEN", "VAR1=var1", "VAR2=var2"])


main()
