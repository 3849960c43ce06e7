#!/usr/bin/env python3
"""enarx inspect over every vector of a MANIFEST.json: kind, fields, and exit status 1 where a signature or digest is wrong.
No vector is named here.

ENARX_VECTORS     the folder of the set (default: the whole set beside the sources, or else test/vectors)
ENARX_BUILD_DIR   the build folder (default: build beside test)
"""
import json
import subprocess
import sys

from manifest import FOLDER, PROGRAM, VECTORS, Wrong

# Of these kinds a file alone tells whether it is good.
SELF_CONTAINED = ("sgx-sigstruct", "sgx-quote", "sgx-quote-v3", "tdx-quote-v4", "tdx-quote-v5", "nitro-cose-sign1", "intel-tcbinfo",
                  "intel-qe-identity", "amd-vcek-cert", "nitro-root-negative")
# These are no artefacts of their own.
NOT_INSPECTED = ("case", "report-data")
# What a bad file of this kind has to be held against, and the word of the check that then fails.
COMPANIONS = {
    "snp-id-auth": ("snp-id-block", "id-block-signature"),
    "sgx-measurement-stream": ("sgx-sigstruct", "mrenclave"),
    "tdx-event-log": ("tdx-quote-v4", "rtmr"),
    "amd-ask-cert": ("amd-crl", "revocation"),
}
# Names of the manifest that are those of its maker, not of a manual.
OWN_NAMES = {"auth_size", "outer_cert_type", "body_type", "body_size", "trailing", "crl_for", "flags", "product_from_cpuid", "current_version",
             "committed_version", "current_tcb_raw", "committed_tcb_raw", "reported_tcb_raw", "launch_tcb_raw", "bl", "ucode", "spl4", "spl5",
             "spl6", "spl7", "ecreate"}


def inspect(*paths):
    done = subprocess.run([PROGRAM, "inspect", "--json", *map(str, paths)], capture_output=True, text=True, check=False)
    if not done.stdout:
        raise Wrong(f"not described: {done.stderr.splitlines()[0] if done.stderr else 'in silence'}")
    return done.returncode, json.loads(done.stdout)


def failed(description):
    return [check for check in description["checks"] if check["outcome"] == "failed"]


def flat(value, out):
    """All values below a JSON value by the last name on their way."""
    pairs = value.items() if isinstance(value, dict) else ((None, item) for item in value) if isinstance(value, list) else ()
    for name, item in pairs:
        if name is not None:
            out.setdefault(name.lower(), []).append(item)
        flat(item, out)
    return out


def plain(value):
    """Texts, numbers and times in one spelling each."""
    if isinstance(value, bool):
        return int(value)
    if not isinstance(value, str):
        return value
    text = value.lower().replace("+00:00", "z")
    if text.startswith("cn=") and "," in text:
        text = text[3:text.index(",")]
    return int(text, 16) if text.startswith("0x") else text


def judge_fields(entry, description):
    found = flat(description, {})
    for name, values in flat(entry.get("fields") or {}, {}).items():
        if name in OWN_NAMES or name.isdigit():
            continue
        for value in values:
            if value is None or isinstance(value, (dict, list)):
                continue
            if plain(value) not in map(plain, (item for item in found.get(name, []) if not isinstance(item, (dict, list)))):
                raise Wrong(f"{name} is {found.get(name)}, not {value!r}")


def judge_alone(entry):
    status, description = inspect(FOLDER / entry["path"])
    if status != (1 if failed(description) else 0):
        raise Wrong(f"exit status {status} with {len(failed(description))} failed checks")
    if entry["positive"] is True:
        if status:
            raise Wrong(f"refused: {failed(description)}")
        judge_fields(entry, description)
    elif entry["positive"] is False and entry["kind"] in SELF_CONTAINED and not status:
        raise Wrong("nothing wrong was found")
    for check in failed(description):
        if "offset" not in check and "field" not in check and "part" not in check:
            raise Wrong(f"a failed check without a place: {check}")


def judge_beside(entry):
    """A bad file, held against each file that it may belong to, disagrees with all of them; a good one agrees with one."""
    kind, word = COMPANIONS[entry["kind"]]
    agrees = 0
    others = [other for other in VECTORS if other["kind"] == kind and other["positive"] is True]
    for other in others:
        _, (description, _) = inspect(FOLDER / entry["path"], FOLDER / other["path"])
        agrees += not any(check["check"].startswith(word) for check in failed(description))
    if entry["positive"] is True and others and not agrees:
        raise Wrong("it belongs to none of its companions")
    if entry["positive"] is False and entry["kind"] != "amd-ask-cert" and agrees:
        raise Wrong(f"it agrees with {agrees} companions")
    if entry["positive"] is False and entry["kind"] == "amd-ask-cert" and agrees == len(others):
        raise Wrong("no list revokes it")


def main():
    passed, wrong = 0, 0
    for entry in VECTORS:
        if entry["kind"] in NOT_INSPECTED:
            continue
        for judge in (judge_alone, *([judge_beside] if entry["kind"] in COMPANIONS else [])):
            try:
                judge(entry)
                passed += 1
            except (Wrong, ValueError, KeyError) as why:
                wrong += 1
                print(f"FAILED {entry['path']}: {why}")
    print(f"{passed} passed, {wrong} failed")
    return wrong != 0


if __name__ == "__main__":
    sys.exit(main())
