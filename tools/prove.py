#!/usr/bin/env python3
"""Has ProVerif and Spin answer for every model of docs/protocol/provision and its weakened variants; compares with expected.toml.

usage: prove.py [--only WORD]     prints a row for each; the last line says how many are as expected

Spin is Debian's. ProVerif 2.05 is in no distribution: PROVERIF names the program, or PATH has it; without it its models are skipped.
"""
import argparse, os, pathlib, re, shutil, subprocess, sys, tempfile, time, tomllib

PLACE = pathlib.Path(__file__).resolve().parents[1] / "docs/protocol/provision"
LIMIT_S = 900


def claims_of(text):
    """The names of the queries, in their order: each has a comment `@claim NAME` behind it."""
    claims = re.findall(r"\(\* @claim ([a-z-]+) \*\)", text)
    if len(claims) != len(re.findall(r"^query", text, re.MULTILINE)):
        raise ValueError("each query needs its @claim")
    return claims


def weakened(text, edits):
    for old, new in edits:
        if text.count(old) != 1:
            raise ValueError(f"stands {text.count(old)} times in it: {old}")
        text = text.replace(old, new)
    return text


def answers(proverif, text, library):
    """What ProVerif says to each claim: true, false, or that it cannot tell."""
    with tempfile.TemporaryDirectory() as place:
        file = pathlib.Path(place) / "model.pv"
        file.write_text(text)
        line = [proverif, *(["-lib", str(PLACE / "protocol")] if library else []), str(file)]
        done = subprocess.run(line, capture_output=True, text=True, timeout=LIMIT_S, check=False)
    summary = done.stdout.partition("Verification summary:")[2]
    said = re.findall(r"^Query (?s:.)*? (is true|is false|cannot be proved)\b", summary, re.MULTILINE)
    if done.returncode != 0 or len(said) != len(claims_of(text)):
        raise ValueError(done.stdout[-300:] + done.stderr[-300:])
    return dict(zip(claims_of(text), (word.removeprefix("is ") for word in said)))


def searched(text, claims):
    """What Spin's search through all states finds: whether each claim holds."""
    with tempfile.TemporaryDirectory() as place:
        def call(*line):
            return subprocess.run(line, cwd=place, capture_output=True, text=True, timeout=LIMIT_S, check=True).stdout
        (pathlib.Path(place) / "model.pml").write_text(text)
        call("spin", "-a", "model.pml")
        call(shutil.which("clang-22") or "cc", "-w", "-O2", "-DVECTORSZ=256", "-o", "pan", "pan.c")
        out = {}
        for claim in claims:
            said = call("./pan", "-a", "-m1000000", "-N", claim)
            errors = re.search(r"errors: (\d+)", said)
            if not errors or "too small" in said or (errors.group(1) == "0" and "Search not completed" in said):
                raise ValueError(said[-300:])
            out[claim] = "true" if errors.group(1) == "0" else "false"
    return out


def wanted(model, weaker):
    """`reached`: that something never happens has to be false, or the model would prove of nothing."""
    if weaker and model["file"].endswith(".pml"):
        return {claim: "false" for claim in weaker["false"]}
    out = {claim: "true" for claim in model.get("true", [])} | {claim: "false" for claim in model.get("false", []) + model.get("reached", [])}
    out |= {claim: "false" for claim in (weaker or {}).get("false", [])}
    return out | {claim: "cannot be proved" for claim in (weaker or {}).get("unproved", [])}


def cases(only):
    for model in tomllib.loads((PLACE / "expected.toml").read_text())["model"]:
        text = (PLACE / model["file"]).read_text()
        for weaker in [None, *model.get("weaker", [])]:
            name = model["file"] + (f": {weaker['name']}" if weaker else "")
            if only in name:
                yield name, model, weaker, weakened(text, weaker["edits"]) if weaker else text


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", help="those whose name has this in it")
    only = parser.parse_args().only
    proverif = os.environ.get("PROVERIF") or shutil.which("proverif")
    passed = failed = skipped = 0
    for name, model, weaker, text in cases(only):
        started, states = time.monotonic(), model["file"].endswith(".pml")
        if not proverif and not states:
            print(f"SKIP {name}: no ProVerif; docs/protocol/provision/README.md says how to have it")
            skipped += 1
            continue
        try:
            found = searched(text, wanted(model, weaker)) if states else answers(proverif, text, model.get("library", True))
        except (ValueError, OSError, subprocess.SubprocessError) as wrong:
            found = {"no answer": str(wrong)}
        right = found == wanted(model, weaker)
        passed, failed = passed + right, failed + (not right)
        said = ", ".join(f"{claim} {'**false**' if answer == 'false' else answer}" for claim, answer in found.items())
        print(f"{'' if right else 'FAILED '}| {name} | {said} | {time.monotonic() - started:.0f} s |", flush=True)
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
