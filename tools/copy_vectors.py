#!/usr/bin/env python3
"""Copies the attestation vectors under permissive licences into test/vectors, with a MANIFEST.json of only those.

usage: copy_vectors.py FOLDER   the whole set, with its MANIFEST.json; what is in its folder field, with one of its own
"""

import hashlib
import json
import pathlib
import shutil
import sys

PERMISSIVE = {"Apache-2.0", "Apache-2.0 OR MIT", "MIT", "MPL-2.0", "MIT (root LICENSE)", "BSD-3-Clause"}
# Certificates that a vendor publishes, cut out of evidence of several projects; and scenarios made for this set.
WITHOUT_LICENCE = {"intel-tcb-signing-cert", "intel-intermediate", "case"}
# Repositories whose stated licence is not permissive, whatever one file of them says.
AVOIDED = ("cosmian/tee-tools",)


def permitted(vector, by_path):
    provenance = vector["provenance"]
    if any(name in json.dumps(provenance).lower() for name in AVOIDED):
        return False
    licence = provenance.get("licence") or provenance.get("base_provenance", {}).get("licence")
    if licence:
        return licence in PERMISSIVE
    origin = provenance.get("derived_from")
    if isinstance(origin, str) and origin in by_path:
        return permitted(by_path[origin], by_path)
    return vector["kind"] in WITHOUT_LICENCE


def mentions(value, paths):
    if isinstance(value, str):
        return value in paths
    if isinstance(value, dict):
        return any(mentions(part, paths) for part in value.values())
    return False


def without(value, paths):
    """The value less every list entry and every key that names one of the paths."""
    if isinstance(value, list):
        return [without(part, paths) for part in value if not mentions(part, paths)]
    if isinstance(value, dict):
        return {key: without(part, paths) for key, part in value.items() if key not in paths and not mentions(part, paths)}
    return value


def copy_field(source, target):
    """Files from the field, whose manifest has provenance and licence in each entry."""
    manifest = json.loads((source / "MANIFEST.json").read_text())
    manifest["entries"] = [entry for entry in manifest["entries"] if entry["licence"] in PERMISSIVE]
    for entry in manifest["entries"]:
        data = (source / entry["path"]).read_bytes()
        assert hashlib.sha256(data).hexdigest() == entry["sha256"], entry["path"]
        to = target / entry["path"]
        to.parent.mkdir(parents=True, exist_ok=True)
        to.write_bytes(data)
    (target / "MANIFEST.json").write_text(json.dumps(manifest, indent=1) + "\n")
    print(f"{len(manifest['entries'])} of the field kept")


def main(source):
    target = pathlib.Path(__file__).resolve().parent.parent / "test" / "vectors"
    vectors = json.loads((source / "MANIFEST.json").read_text())["vectors"]
    by_path = {vector["path"]: vector for vector in vectors}
    kept = [vector for vector in vectors if permitted(vector, by_path)]
    left_out = set(by_path) - {vector["path"] for vector in kept}
    cases = [v["path"] for v in kept if v["kind"] == "case" and mentions(json.loads((source / v["path"]).read_text()), left_out)]
    kept = [vector for vector in kept if vector["path"] not in cases]
    for vector in kept:
        data = (source / vector["path"]).read_bytes()
        assert hashlib.sha256(data).hexdigest() == vector["sha256"], vector["path"]
        to = target / vector["path"]
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / vector["path"], to)
    manifest = {"schema": 1, "vectors": [without(vector, left_out) for vector in kept]}
    (target / "MANIFEST.json").write_text(json.dumps(manifest, indent=1) + "\n")
    if (source / "field").is_dir():
        copy_field(source / "field", target / "field")
    print(f"{len(kept)} kept, {len(left_out) + len(cases)} left out:")
    for path in sorted(left_out) + cases:
        print(" ", path)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(pathlib.Path(sys.argv[1]))
