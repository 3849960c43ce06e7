#!/usr/bin/env python3
"""Runs a checkout of WebAssembly/wasi-testsuite (branch prod/testsuite-base): its suites for preview 1.

The suite's own runner wants Python 3.12; this one is content with Debian's 3.11. Each test is a module with, beside it,
an optional specification in JSON, in either of the suite's two styles: plain fields, or a list of operations.
"""
import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field

MEMORY_MOUNT = """
[[files]]
kind = "stdin"
[[files]]
kind = "stdout"
[[files]]
kind = "stderr"
[[files]]
kind = "dir"
path = "/"
source = "memory"
mode = "rw"
"""


@dataclass
class Specification:
    args: list = field(default_factory=list)
    env: dict = field(default_factory=dict)
    root: str | None = None
    exit_code: int = 0
    expected: dict = field(default_factory=dict)
    written: str = ""
    unknown: str = ""


def from_fields(found):
    expected = {stream: found[stream] for stream in ("stdout", "stderr") if stream in found}
    root = found.get("root") or next(iter(found.get("dirs", [])), None)
    return Specification(found.get("args", []), found.get("env", {}), root, found.get("exit_code", 0), expected)


def from_operations(operations):
    result = Specification()
    for operation in operations:
        match operation["type"]:
            case "run":
                plain = from_fields(operation)
                result.args, result.env, result.root = plain.args, plain.env, plain.root
            case "wait":
                result.exit_code = operation.get("exit_code", 0)
            case "read":
                result.expected[operation.get("id", "stdout")] = operation.get("payload", "")
            case "write":
                result.written += operation.get("payload", "")
            case other:
                result.unknown = f"the operation {other} is not one of preview 1"
    return result


def specification(module):
    path = module.with_suffix(".json")
    if not path.exists():
        return Specification()
    found = json.loads(path.read_text())
    return from_operations(found["operations"]) if "operations" in found else from_fields(found)


def command(program, backend, module, wanted, directory, config):
    line = [program, "run"]
    if backend:
        line += ["--backend", backend]
    if config:
        line += ["--config", config]
    for name, value in wanted.env.items():
        line += ["--env", f"{name}={value}"]
    if directory:
        line += ["--dir", f"{directory}::/"]
    return line + [str(module), *wanted.args]


def run_one(arguments, module, scratch):
    """Returns None where the test passed, else what was wrong with it."""
    wanted = specification(module)
    if wanted.unknown:
        return wanted.unknown
    directory = config = None
    if wanted.root and arguments.memory:
        config = os.path.join(scratch, "Enarx.toml")
        pathlib.Path(config).write_text(MEMORY_MOUNT)
    elif wanted.root:
        directory = os.path.join(scratch, "root")
        shutil.copytree(module.parent / wanted.root, directory, symlinks=True, ignore=shutil.ignore_patterns("*.cleanup"))
    line = command(arguments.program, arguments.backend, module, wanted, directory, config)
    try:
        done = subprocess.run(line, input=wanted.written.encode(), capture_output=True, timeout=arguments.seconds)
    except subprocess.TimeoutExpired:
        return f"no end within {arguments.seconds} s"
    found = {"stdout": done.stdout.decode(errors="replace"), "stderr": done.stderr.decode(errors="replace")}
    if done.returncode != wanted.exit_code:
        tail = " | ".join(found["stderr"].splitlines()[:4])
        return f"exit status {done.returncode} instead of {wanted.exit_code}: {tail}"
    for stream, text in wanted.expected.items():
        if found[stream] != text:
            return f"{stream} is {found[stream]!r} instead of {text!r}"
    return None


def needs_files(module):
    """Whether the test finds files in its directory at the start; a new directory in memory has none."""
    root = specification(module).root
    return bool(root) and any(not name.name.startswith(".") for name in (module.parent / root).iterdir())


def modules_of(arguments, suite):
    """What is to be run of a suite: of `--part 2/5` the modules 2, 7, 12 and so on."""
    found = [module for module in sorted(suite.glob("*.wasm")) if not arguments.only or arguments.only in module.stem]
    if arguments.memory:
        found = [module for module in found if specification(module).root and not needs_files(module)]
    which, parts = map(int, arguments.part.split("/"))
    return found[which % parts::parts]


def run_suite(arguments, suite):
    name = json.loads((suite / "manifest.json").read_text())["name"]
    passed = failed = 0
    for module in modules_of(arguments, suite):
        with tempfile.TemporaryDirectory(prefix="wasi-") as scratch:
            problem = run_one(arguments, module, scratch)
        passed += problem is None
        failed += problem is not None
        if problem:
            print(f"FAILED {suite.parent.parent.name}/{module.stem}: {problem}", flush=True)
        elif arguments.verbose:
            print(f"ok     {suite.parent.parent.name}/{module.stem}", flush=True)
    return name, passed, failed


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("suite", type=pathlib.Path, help="the checkout")
    parser.add_argument("--program", default="enarx", help="the command to test; wasmtime is the reference")
    parser.add_argument("--backend", help="the Keep's backend; the reference has none")
    parser.add_argument("--memory", action="store_true", help="only tests of files, in a mount of the kind memory")
    parser.add_argument("--only", help="only tests whose name holds this text")
    parser.add_argument("--part", default="0/1", metavar="K/N", help="one module of N in each suite, from the K-th on")
    parser.add_argument("--seconds", type=int, default=60, help="how long a module may take")
    parser.add_argument("--verbose", action="store_true", help="name the tests that pass, too")
    arguments = parser.parse_args()
    suites = sorted(path.parent for path in arguments.suite.glob("tests/*/testsuite/wasm32-wasip1/manifest.json"))
    if not suites:
        print(f"{arguments.suite} holds no suite for preview 1: is it the branch prod/testsuite-base?")
        print("0 passed, 1 failed")
        return 1
    rows = [run_suite(arguments, suite) for suite in suites]
    print(f"\n| {'suite':42} | passed | failed |\n|{'-' * 44}|-------:|-------:|")
    for name, passed, failed in rows:
        print(f"| {name:42} | {passed:6} | {failed:6} |")
    passed, failed = (sum(row[column] for row in rows) for column in (1, 2))
    print(f"\n{passed} passed, {failed} failed")
    return 0 if passed and not failed else 1


if __name__ == "__main__":
    sys.exit(main())
