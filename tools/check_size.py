#!/usr/bin/env python3
"""Holds the size of what is trusted: the shim, all files that its images are made of.

Who audits a Keep reads its image, so each kind of image has a bound of its own over the core and what is its alone: a KVM Keep's
(shim-kvm, and shim-deprivileged for hosts that emulate ring 0) at most 7200 lines, an SEV-SNP Keep's (shim-snp) at most 9000.
"""
import pathlib, re, sys

SHIM = pathlib.Path(__file__).resolve().parents[1] / "src/keep/shim"
OWN = re.compile(r"\.(cpp|hpp|c|h|S|inc|ld|map)$")
NOT_IN_AN_IMAGE = re.compile(r"_(test|fuzz)\.cpp$|_for_tests\.hpp$|/platform/fake/")
BOUNDS = {  # of an image: lines, and files that others have
    "a KVM Keep": (7200, r"/(platform/)?snp/|/program/(verified|page_digest)\.cpp|/memory_of_keep\.cpp"),
    "an SEV-SNP Keep": (9000, r"/platform/(kvm|deprivileged)/|/(plain_x86|without_reports|memory_of_host|memory_of_keep|program/shared)\.cpp"),
}

files = [path for path in SHIM.rglob("*") if OWN.search(path.name) and not NOT_IN_AN_IMAGE.search(str(path))]
failed = 0
for image, (most, others) in BOUNDS.items():
    own = [path for path in files if not re.search(others, str(path))]
    lines = sum(path.read_text().count("\n") for path in own)
    print(f"the shim of {image} has {lines} lines in {len(own)} files; {most} are allowed")
    failed += lines > most
print(f"{len(BOUNDS) - failed} passed, {failed} failed")
sys.exit(failed != 0)
