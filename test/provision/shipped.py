#!/usr/bin/env python3
"""What is shipped, and what only tests may have."""
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "scenario"))
from harness import *  # noqa: E402,F403

FOR_TESTS = re.compile(r"testing::|ForTests|\bforged::|\brelay::|provision_tests::")
SHIPPED = ("enarx", "enarx-steward", "libexec/enarx/enarx-signer", "libexec/enarx/exec", "libexec/enarx/shim-kvm", "libexec/enarx/shim-deprivileged")


def parts_for_tests(path):
    listed = succeeded(execute(["nm", "-C", "--defined-only", path])).text
    return {line for line in listed.splitlines() if FOR_TESTS.search(line)}


@story("no program that is shipped has a part that makes or believes evidence for tests")
def _symbols():
    true(len(parts_for_tests(BUILD / "parts/relay")) > 10, "the search does not find them where they are")
    for name in SHIPPED:
        equal(parts_for_tests(BUILD / name), set(), name)


main()
