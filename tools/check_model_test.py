#!/usr/bin/env python3
"""Tests of the check of the models: the tree as it is passes, and each way in which code, page and models part is found."""
import pathlib, shutil, sys, tempfile

import check_model

ROOT = pathlib.Path(__file__).resolve().parents[1]
PAGE, LIBRARY = "docs/protocol/provision.md", "docs/protocol/provision/protocol.pvl"
CODE = "src/protocol/provision/"

# A file, what is changed in it, and a part of what must be said of that.
CASES = [
    (PAGE, "", "", None),
    (CODE + "binding.cpp", '"binding.suite", 2', '"binding.variant", 2', "binding is [(1, 'version'), (2, 'variant')"),
    (CODE + "binding.cpp", '"binding.tenant", 22', '"binding.tenant", 25', "(25, 'tenant')"),
    (CODE + "binding.cpp", "put(8, binding.orders);", "", "read and not written: binding [8]"),
    (CODE + "deployment.cpp", '"deployment.grantors", 8', '"deployment.givers", 8', "deployment is"),
    (CODE + "grant.cpp", '"grant.keep", 2', '"grant.keep-id", 2', "grant is"),
    (CODE + "signed.cpp", '"signature.key", 4', '"signature.signer", 4', "signature is"),
    (CODE + "signed.cpp", "es256 = -7", "es256 = -8", "ES256 is not"),
    ("src/protocol/evidence/purpose.hpp", "enarx/v1/ready", "enarx/v2/ready", "purpose.ready is 'enarx/v2/ready'"),
    (CODE + "binding.cpp", "enarx/v1/keep", "enarx/v1/keeper", "does not say keep-id"),
    (CODE + "grant.hpp", "enarx/v1/grant", "enarx/v1/gift", "grant.info is"),
    (CODE + "frame.hpp", "Want = 6", "Wish = 6", "Frames: they are"),
    ("src/crypto/authenticator.hpp", "0xffa7", "0xffa8", "cmw_attestation is not"),
    ("src/crypto/authenticator.hpp", '"Attestation"', '"attestation"', "exporter.binder is"),
    ("src/crypto/tls_session.cpp", "EXPORTER-server authenticator finished key", "EXPORTER-server finished", "no text of 'exporter.finished'"),
    (PAGE, "| 7 | `peer` |", "| 7 | `partner` |", "and there [(1, 'version')"),
    (PAGE, "| 13 | `hardware` |", "| 15 | `hardware` |", "deployment is"),
    (PAGE, "| 14 | `log` |", "| 14 | `logs` |", "deployment is"),
    (PAGE, "| 6 | `want` | Keep |", "| 6 | `wish` | Keep |", "Frames: they are"),
    (LIBRARY, "4 key, 5 recipient", "4 recipient, 5 key", "the models: binding is"),
    (LIBRARY, "9 log,\n   10 sources", "9 log", "grant has 9 fields and a constructor of 10"),
    (LIBRARY, '@text grant.info "enarx/v1/grant"', '@text grant.info "enarx/v0/grant"', "there 'enarx/v0/grant'"),
    (LIBRARY, '(* @text keep-id "enarx/v1/keep" *)', "", "none has keep-id"),
    (CODE + "entrust.cpp", '"entrust.sealed", 5', '"entrust.sealed", 6', "entrust has the keys [1, 2, 3, 4, 6] in the code"),
    (CODE + "entrust.cpp", "enarx/v1/entrust", "enarx/v2/entrust", "entrust.info is"),
    (PAGE, "{1: 1, 2: suite, 3: key that", "{1: 1, 2: key that", "service has the keys [1, 2, 3] in the code"),
    (PAGE, "3: not after, 4: renew at}", "3: renew at}", "certified has the keys [1, 2, 3, 4] in the code"),
    (LIBRARY, '@text keep-id "enarx', "@text keep-id 'enarx", "not written as the others"),
]
NEEDED = [PAGE, CODE + "frame.hpp", *(file for file, *_ in (*check_model.TEXTS.values(), *check_model.MESSAGES.values(), *check_model.NUMBERS.values(), *check_model.IN_A_LINE.values()))]


def tree(place):
    for file in NEEDED:
        (place / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / file, place / file)
    shutil.copytree(ROOT / "docs/protocol/provision", place / "docs/protocol/provision", dirs_exist_ok=True)


passed = failed = 0
for file, old, new, wanted in CASES:
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        tree(root)
        text = (root / file).read_text()
        (root / file).write_text(text.replace(old, new))
        problems = list(check_model.problems_of(root))
        changed = wanted is None or old in text
        if changed and ((wanted is None and not problems) or (wanted and any(wanted in problem for problem in problems))):
            passed += 1
        else:
            failed += 1
            print(f"FAILED {file}: {old} -> {new}: wanted {wanted}, found {problems}")
print(f"{passed} passed, {failed} failed")
sys.exit(bool(failed))
