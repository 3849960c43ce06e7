#!/usr/bin/env python3
"""The floors test finds each kind of breach when one is planted in a copy of a small tree."""
import os, sys, tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import check_layers

BREACHES = {
    "a lower floor includes a higher one": ("base/a.hpp", '#include "os/fd.hpp"'),
    "the keep includes the host": ("keep/exec/a.cpp", '#include "host/vmm/plan/plan.hpp"'),
    "the host includes the keep": ("host/cli/a.cpp", '#include "keep/exec/wasi/abi.hpp"'),
    "a pure folder includes a system header": ("attest/a.cpp", "#include <unistd.h>"),
    "a pure folder includes os": ("package/a.cpp", '#include "os/fd.hpp"'),
    "wasmtime is included outside the engine": ("keep/exec/wasi/a.cpp", "#include <wasmtime.hh>"),
    "AWS-LC is included outside crypto": ("net/a.cpp", "#include <openssl/ssl.h>"),
    "a file stands outside the table": ("misc/a.cpp", "#include <vector>"),
    "a quoted path is not from src": ("os/a.cpp", '#include "fd.hpp"'),
}
GOOD = {"os/b.cpp": '#include "base/result.hpp"\n#include <unistd.h>', "keep/exec/engine/b.cpp": "#include <wasmtime.hh>"}


def problems(files):
    with tempfile.TemporaryDirectory() as root:
        for path, text in files.items():
            full = os.path.join(root, "src", path)
            os.makedirs(os.path.dirname(full), exist_ok=True)
            with open(full, "w") as out:
                out.write(text + "\n")
        return list(check_layers.problems_of(root))


failed = 0
for story, (path, text) in BREACHES.items():
    if len(problems({path: text})) != 1:
        print("FAIL", story)
        failed += 1
if problems(GOOD):
    print("FAIL a tree without a breach is accepted")
    failed += 1
print(f"{len(BREACHES) + 1 - failed} passed, {failed} failed")
sys.exit(1 if failed else 0)
