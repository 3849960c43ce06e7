#!/usr/bin/env python3
"""AssemblyScript, from npm, with its shim for WASI."""
from toolchain import HERE, build, from_npm, harness

PACKAGES = ("assemblyscript@0.27.31", "@assemblyscript/wasi-shim@0.1.0")


@harness.story("an AssemblyScript program counts words, collects garbage and ends with its own status", seconds=600)
def program():
    tools = from_npm("assemblyscript", *PACKAGES)
    source = HERE / "assemblyscript/main.ts"
    module = harness.GUESTS / "assemblyscript/main.wasm"
    compiler = tools / "node_modules/assemblyscript/bin/asc.js"
    shim = "./node_modules/@assemblyscript/wasi-shim/asconfig.json"
    relative = harness.os.path.relpath(source, tools)
    build("assemblyscript/main.wasm", ["node", compiler, relative, "--config", shim, "-O2", "--outFile", module], [source],
          cwd=tools)
    outcome = harness.run(module, "x", "last", options=["--env", "COLOUR=green"], stdin=b"red blue red green red blue\n")
    harness.equal(outcome.status, 17, f"exit status ({outcome.errors})")
    harness.equal(outcome.text.splitlines(), [
        "3 arguments, the last is last", "COLOUR is green", "red 3", "blue 2", "green 1", "collected 100000.0",
        "after 2020: true"])


harness.main()
