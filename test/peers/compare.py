#!/usr/bin/env python3
"""Other verifiers on the same evidence: same outcome as ours, or the difference is in the table below with its reason.

usage: compare.py BUILD          as a test; builds the peers only with ENARX_PEERS=1, which needs Go and Rust and minutes
       compare.py BUILD --table  prints the table for README.md
"""
import collections
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

# Who, in which mode, on which evidence, says what against what we say, with what words, and why. An answer that no row explains fails.
DIFFERENCES = [
    ("go-sev-guest", ".", r"\.report", "refused", "root of trust missing intermediate", "its built-in roots have no intermediate for VLEKs"),
    ("go-sev-guest", ".", r"turin", "refused", "not an AMD KDS OID", "0.15.0 does not know Turin's FMC extension"),
    ("go-tdx-guest", ".", r"v5-", "refused", "quote format not supported", "0.3.1 reads quotes of version 4 alone"),
    ("go-tdx-guest", "complete", r"v4-", "refused", "TCB status check", "its one policy is UpToDate; our `authentic` reports the status, `strict` refuses"),
    ("go-tdx-guest", "complete", r"v4-", "refused", "FMSPC from PCK", "it compares the FMSPC by letter case, a fault of its own"),
    ("dcap-qvl", ".", r"v3-", "refused", "missing field `sgxtcbcomponents`", "it does not read TCB info of version 2"),
    ("dcap-qvl", ".", r".", "refused", "Debug mode is enabled", "refused by its default; by ours in `strict` (sgx.attributes.debug, tdx.attributes.debug)"),
    ("dcap-qvl", ".", r".", "refused", "SEPT_VE_DISABLE", "it demands SEPT_VE_DISABLE; ours does where the policy asks (tdx.attributes.sept-ve-disable)"),
    ("dcap-qvl", ".", r"v5-", "refused", "Invalid MR service TD", "it demands MRSERVICETD to be zero; ours compares it with the policy's list (tdx.mr-service-td)"),
]

PEERS = {
    "go": (("go", "build", "-o"), "go_peers", "Go 1.24 or later"),
    "rust": (("cargo", "build", "--release", "--locked", "--target-dir"), "peers", "Rust 1.85 or later, libssl-dev"),
}


def skip(reason):
    print(f"SKIP peers: {reason}")


def build_peer(language, build):
    """The peer's program, or None with the reason said aloud."""
    command, name, needs = PEERS[language]
    folder = os.path.join(build, "peers", language)
    program = os.path.join(folder, "release", name) if language == "rust" else os.path.join(folder, name)
    if not os.path.exists(program):
        if os.environ.get("ENARX_PEERS") != "1":
            return skip(f"{language} peers are not built; ENARX_PEERS=1 builds them (recorded results: test/peers/README.md)")
        if not shutil.which(command[0]):
            return skip(f"no {command[0]}: {needs}")
        os.makedirs(folder, exist_ok=True)
        target = [folder] if language == "rust" else [program, "."]
        done = subprocess.run([*command, *target], cwd=os.path.join(HERE, language), capture_output=True, text=True, check=False)
        if done.returncode != 0:
            return skip(f"{language} peers do not build here: {done.stderr.strip().splitlines()[-1:]}")
    return program


def answers(program, cases, *more):
    done = subprocess.run([program, cases, *more], capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def explanation(answer):
    for peer, mode, name, outcome, words, why in DIFFERENCES:
        if (peer == answer["peer"] and re.search(mode, answer["mode"]) and re.search(name, answer["name"])
                and outcome == answer["outcome"] and re.search(words, answer["reason"])):
            return why
    return None


def judge(cases, ours, theirs):
    """Counts per peer and mode, the explained differences, and those that nobody explained."""
    mine = {(a["name"], a["mode"]): a["outcome"] for a in ours}
    counts, explained, unexplained = collections.Counter(), collections.Counter(), []
    for answer in theirs:
        good = cases[answer["name"]]["good"]
        kind = cases[answer["name"]]["kind"] + str(cases[answer["name"]].get("version", ""))
        counts[answer["peer"], answer["mode"], kind, good, answer["outcome"]] += 1
        if answer["outcome"] == mine[answer["name"], answer["mode"]]:
            continue
        why = explanation(answer)
        if why:
            explained[answer["peer"], why] += 1
        else:
            unexplained.append(answer)
    return counts, explained, unexplained


def table(counts, explained):
    rows = collections.defaultdict(lambda: [0, 0, 0, 0])
    for (peer, mode, kind, good, outcome), number in counts.items():
        row = rows[peer, mode, kind]
        row[0 if good else 2] += number if (outcome == "accepted") == good else 0
        row[1 if good else 3] += number
    print("| verifier | what | good ones accepted | bad ones refused |\n|---|---|---|---|")
    for (peer, mode, kind), row in sorted(rows.items()):
        print(f"| {peer} | {kind}, {mode} | {row[0]}/{row[1]} | {row[2]}/{row[3]} |")
    print("\n| verifier | differs from ours, times | because |\n|---|---|---|")
    for (peer, why), number in sorted(explained.items()):
        print(f"| {peer} | {number} | {why} |")


def main():
    build = os.path.abspath(sys.argv[1])
    vectors = os.environ.get("ENARX_VECTORS", os.path.join(HERE, "../vectors"))
    scratch = tempfile.mkdtemp(prefix="enarx-peers-")
    failed = 0
    try:
        from cases import write
        cases = {case["name"]: case for case in write(vectors, scratch)}
        file = os.path.join(scratch, "cases.json")
        ours = answers(os.path.join(build, "parts/attest_bench"), file)
        wrong = [a for a in ours if (a["outcome"] == "accepted") != cases[a["name"]]["good"]]
        for answer in wrong:
            print(f"FAIL ours: {answer}")
        programs = [program for language in PEERS if (program := build_peer(language, build))]
        theirs = [answer for program in programs for answer in answers(program, file)]
        counts, explained, unexplained = judge(cases, ours, theirs)
        for answer in unexplained:
            print(f"FAIL unexplained: {answer}")
        if "--table" in sys.argv:
            table(counts + collections.Counter({("enarx", a["mode"], cases[a["name"]]["kind"] + str(cases[a["name"]].get("version", "")),
                  cases[a["name"]]["good"], a["outcome"]): 0 for a in ours}) + judge(cases, ours, ours)[0], explained)
        failed = len(wrong) + len(unexplained)
        print(f"{len(ours) - len(wrong) + len(theirs) - len(unexplained)} passed, {failed} failed"
              + (f", {len(PEERS) - len(programs)} skipped" if len(programs) < len(PEERS) else ""))
    finally:
        shutil.rmtree(scratch)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
