#!/usr/bin/env python3
"""The commands beside run: inspect, platform info, config init, completion, explain, help and version."""
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.dirname(__file__))
from harness import *  # noqa: E402,F403

COMMANDS = [[], ["run"], ["config"], ["config", "init"], ["platform"], ["platform", "info"], ["inspect"], ["completion"], ["explain"]]


@story("inspect tells kind, imports with whether they are served, exports, memories and digests", ours=True)
def inspect():
    outcome = succeeded(enarx("inspect", guest("hello")))
    data = guest("hello").read_bytes()
    contains(outcome.text, "fd_write", "_start", "memory", hashlib.sha256(data).hexdigest(), hashlib.sha384(data).hexdigest())
    outcome = enarx("inspect", guest("unmet_import.wat"))
    true(outcome.status in (0, 1), f"exit status {outcome.status}")
    contains(outcome.text, "fly_to_the_moon")
    contains(succeeded(enarx("inspect", guest("component.wat"))).text.lower(), "component")
    contains(succeeded(enarx("inspect", guest("simd"))).text.lower(), "simd")


@story("inspect of what is no module is an error", ours=True)
def inspect_errors():
    refused(enarx("inspect", scratch("nothing")), 1, "nothing")
    true(enarx("inspect", write("text", "x" * 100)).status in (0, 1), "a text")


@story("platform info shows every backend, and what is missing", ours=True)
def platform():
    text = succeeded(enarx("platform", "info")).text
    for name in ("nil", "kvm", "snp", "tdx", "sgx"):
        contains(text.lower(), name)
    found = json.loads(succeeded(enarx("platform", "info", "--json")).text)
    true(isinstance(found, (dict, list)) and found, "no JSON")
    for name in ("nil", "kvm", "snp", "tdx", "sgx"):
        contains(json.dumps(found).lower(), f'"{name}"')
    true(max(map(len, text.splitlines())) <= 160, "very long lines")


@story("config init writes a template that changes nothing, and never overwrites", ours=True)
def config_init():
    place = folder("new")
    succeeded(enarx("config", "init", cwd=place))
    equal(os.listdir(place), ["Enarx.toml"])
    template = (place / "Enarx.toml").read_bytes()
    succeeded(run("hello", options=["--config", place / "Enarx.toml"]), "Hello, world!\n")
    refused(enarx("config", "init", cwd=place), 1, "Enarx.toml")
    equal((place / "Enarx.toml").read_bytes(), template, "what was there")
    locked = folder("locked")
    locked.chmod(0o555)
    if not os.access(locked, os.W_OK):
        refused(enarx("config", "init", cwd=locked), 1, "Enarx.toml")


@story("explain explains every name, and knows what was meant", ours=True)
def explain():
    listed = succeeded(enarx("explain")).text
    names = re.findall(r"(?m)^ {0,2}([a-z][a-z0-9-]+)(?: {2,}|$)", listed)
    true(len(names) > 15, listed)
    for name in names:
        contains(succeeded(enarx("explain", name)).text, name)
    outcome = enarx("explain", "module-not-fuond")
    true(outcome.status in (1, 2, 125), f"exit status {outcome.status}")
    contains(outcome.errors, "module-not-found")


@story("completions are what the shells accept", ours=True)
def completion():
    for shell in ("bash", "zsh", "fish"):
        text = succeeded(enarx("completion", shell)).text
        contains(text, "enarx", "inspect")
        if shutil.which(shell):
            flag = "--no-execute" if shell == "fish" else "-n"
            checked = subprocess.run([shell, flag, str(write(shell, text))], capture_output=True, text=True, check=False)
            equal((checked.returncode, checked.stderr), (0, ""), shell)
    true(enarx("completion", "tcsh").status in (2, 125), "tcsh")


@story("bash completes commands and options", ours=True)
def bash_completion():
    write("completion", succeeded(enarx("completion", "bash")).text)
    script = """
source ./completion
complete -p enarx >/dev/null || exit 1
function=$(complete -p enarx | sed 's/.*-F \\([^ ]*\\).*/\\1/')
COMP_WORDS=(enarx in) COMP_CWORD=1 COMP_LINE='enarx in' COMP_POINT=8
$function enarx in enarx
echo "${COMPREPLY[@]}"
"""
    contains(execute(["bash", "--norc", "-c", script]).text, "inspect")


@story("help fits 80 columns, goes to standard output, and names every command", ours=True)
def help_texts():
    for command in COMMANDS:
        outcome = succeeded(enarx(*command, "--help"))
        equal(outcome.errors, "")
        for line in outcome.text.splitlines():
            true(len(line) <= 80, f"enarx {' '.join(command)} --help: {len(line)} columns: {line}")
    text = succeeded(enarx("--help")).text
    contains(text, "run", "config", "platform", "inspect", "completion", "explain")
    for option in ("--backend", "--require-hardware", "--config", "--dir", "--env", "--invoke", "--max-memory", "--timeout"):
        contains(succeeded(enarx("run", "--help")).text, option)


@story("a misspelt command is met with the right one", ours=True)
def misspelt():
    outcome = enarx("inspct", "x")
    true(outcome.status in (2, 125), f"exit status {outcome.status}")
    contains(outcome.errors, "inspect")


@story("--version is one line with name and number", ours=True)
def version():
    matches(succeeded(enarx("--version")).text, r"\Aenarx \d+\.\d+\.\d+\n\Z")


@story("output that nobody reads is no crash", ours=True)
def closed_output():
    for command in (["--help"], ["platform", "info"], ["explain"]):
        with open("/dev/full", "wb") as full:
            outcome = execute([PROGRAM, *command], stdout=full)
        true(outcome.status in (0, 1, 125), f"{command}: exit status {outcome.status}")


main()
