#!/usr/bin/env python3
"""Breaks each claim of docs/threat-model.md, makes each mistake of docs/snp-mistakes.md, and demands that the tests it names notice (tools/claims.py tells the form of a breaker).

    tools/break_claims.py               all rows; an hour or two
    tools/break_claims.py WORDS         rows whose claim holds these words
    tools/break_claims.py --tenth       a tenth of them, chosen by the commit: what ./test.sh runs
    tools/break_claims.py --date        all rows, and writes today into each row whose breakers were all noticed
    tools/break_claims.py --part 1/3    every third row, from the first on: several may run side by side

For each row the tests must first pass as the code is; then each breaker's edit is applied, what depends on it is built, and its tests must fail. All of it happens
on a layer above the tree (overlayfs in a mount namespace of its own): the tree and its build stay as they are, and nothing but the edited files is built again.
"""
import argparse, collections, contextlib, datetime, hashlib, json, math, os, pathlib, re, signal, subprocess, sys, tempfile, time

import claims

CLOSING = re.compile(r"^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$", re.M)
PRODUCT = ["enarx", "exec", "shim-deprivileged", "shim-kvm", "shim_verified_bound", "keep-run", "keep-tcg", "keep_programs"]
INSIDE = "ENARX_BREAK_CLAIMS_INSIDE"
Outcome = collections.namedtuple("Outcome", "passed failed skipped seconds text")


class Layer:
    """A layer above the tree that takes all writes and is thrown away at the end."""

    def __init__(self, root, store):
        self.root, self.store = root, store

    def __enter__(self):
        upper, work = self.store / "upper", self.store / "work"
        subprocess.run(["mount", "-t", "tmpfs", "tmpfs", self.store], check=True)
        upper.mkdir(), work.mkdir()
        options = f"lowerdir={self.root},upperdir={upper},workdir={work}" + ("" if os.environ[INSIDE] == "root" else ",userxattr")
        subprocess.run(["mount", "-t", "overlay", "overlay", "-o", options, self.root], check=True)
        os.chdir(self.root)

    def __exit__(self, *_):
        os.chdir("/")
        subprocess.run(["umount", "-l", self.root], check=True)
        subprocess.run(["umount", "-l", self.store], check=True)


class Tests:
    """How to build and run what a row names."""

    def __init__(self, build):
        self.build = build
        listed = subprocess.run(["ctest", "--show-only=json-v1"], cwd=build, check=True, capture_output=True, text=True).stdout
        self.stories = collections.defaultdict(list)
        for test in json.loads(listed)["tests"]:
            for part in test.get("command", []):
                if part.endswith(".py"):
                    pairs = next((p["value"] for p in test.get("properties", []) if p["name"] == "ENVIRONMENT"), [])
                    environment = dict(pair.split("=", 1) for pair in pairs)
                    self.stories[os.path.realpath(part)].append((test["command"], environment))
        self.programs = {}
        for unit in json.loads((build / "compile_commands.json").read_text()):
            target = re.search(r" -o \S*CMakeFiles/([^/]+)\.dir/", unit["command"])
            self.programs[os.path.realpath(unit["file"])] = target.group(1)

    def targets(self, test):
        if test.file.endswith(".py"):
            return PRODUCT
        return [self.programs[str(claims.ROOT / test.file)]]

    def command(self, test, backend):
        path = str(claims.ROOT / test.file)
        if not test.file.endswith(".py"):
            program = self.build / "parts" / self.programs[path]
            return [str(program), f"--gtest_filter=*{test.words}*"], {}
        ways = self.stories[os.path.realpath(path)]
        wanted = [way for way in ways if way[1].get("ENARX_TEST_BACKEND", "nil") == (backend or "nil")]
        if not wanted and backend is None and len(ways) == 1:
            wanted = ways
        if not wanted:
            return [sys.executable, path, *([test.words] if test.words else [])], {"ENARX_BUILD_DIR": str(self.build), "ENARX_TEST_BACKEND": backend or "nil"}
        command, environment = wanted[0]
        return [*command, *([test.words] if test.words else [])], environment

    def run(self, test, backend, patience=900):
        """`patience`: seconds after which a test that does not end has failed."""
        command, environment = self.command(test, backend)
        started = time.monotonic()
        # In a session of its own: a broken program may leave others behind, and they end with it.
        with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=self.build,
                              env={**os.environ, **environment}, start_new_session=True) as process:
            try:
                output, _ = process.communicate(timeout=patience)
            except subprocess.TimeoutExpired:
                return Outcome(0, 1, 0, patience, f"no end within {patience:.0f} s")
            finally:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
        text, took = output.decode(errors="replace"), time.monotonic() - started
        closing = CLOSING.findall(text)
        if not closing:
            return Outcome(0, 1, 0, took, text + f"\nended with {process.returncode} and without a closing line")
        passed, failed, skipped = (int(number or 0) for number in closing[-1])
        return Outcome(passed, max(failed, int(process.returncode != 0)), skipped, took, text)


def ninja(build, targets):
    done = subprocess.run(["cmake", "--build", build, "--target", *targets], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return None if done.returncode == 0 else done.stdout


def apply(edit):
    path = claims.ROOT / edit["file"]
    path.write_text(path.read_text().replace(edit["old"], edit["new"]))


def last_lines(text, count=12):
    return "\n".join("     | " + line for line in text.strip().splitlines()[-count:])


def try_row(row, breakers, tests, layer):
    """None where every breaker was noticed; ("skipped" or "failed", why) otherwise."""
    wanted = dict.fromkeys((test, breaker.backend) for breaker in breakers for test in breaker.notices)
    skipped, usual = [], {}
    with layer:
        targets = {target for breaker in breakers for test in breaker.notices for target in breaker.build or tests.targets(test)}
        if (trouble := ninja(tests.build, sorted(targets))) is not None:
            return "failed", "does not build as it is:\n" + last_lines(trouble)
        for test, backend in wanted:
            outcome = tests.run(test, backend)
            if outcome.failed or not (outcome.passed or outcome.skipped):
                return "failed", f"{test} does not pass as the code is:\n" + last_lines(outcome.text)
            usual[test, backend] = outcome.seconds
            if not outcome.passed:
                reason = next((line.strip() for line in outcome.text.splitlines() if line.lstrip().startswith("SKIP")), "no reason given")
                skipped.append((test, reason))
    cannot = {test for test, _ in skipped}
    for breaker in breakers:
        with layer:
            for edit in breaker.edits:
                apply(edit)
            left = [test for test in breaker.notices if test not in cannot]
            if not left:
                continue
            targets = breaker.build or sorted({target for test in left for target in tests.targets(test)})
            if (trouble := ninja(tests.build, targets)) is not None:
                return "failed", f"'{breaker.removes}' does not build:\n" + last_lines(trouble)
            for test in left:
                outcome = tests.run(test, breaker.backend, patience=30 + 10 * usual[test, breaker.backend])
                if not outcome.failed:
                    return "failed", f"'{breaker.removes}' is not noticed by {test}:\n" + last_lines(outcome.text)
    if skipped:
        return "skipped", "; ".join(f"{test}: {reason}" for test, reason in skipped)
    return None


def tenth_of(rows):
    """A tenth of the rows, another one with each commit."""
    commit = subprocess.run(["git", "rev-parse", "HEAD"], cwd=claims.ROOT, capture_output=True, text=True).stdout.strip()
    by_chance = sorted(rows, key=lambda row: hashlib.sha256((commit + row.claim).encode()).digest())
    return by_chance[: math.ceil(len(rows) / 10)]


def write_dates(seen):
    today = datetime.date.today().isoformat()
    for document in claims.DOCUMENTS:
        path = claims.ROOT / document
        lines = path.read_text().splitlines(keepends=True)
        for row in claims.rows_of(document, "".join(lines)):
            if row.claim in seen:
                lines[row.line - 1] = "| " + " | ".join([*row.cells[:4], today]) + " |\n"
        path.write_text("".join(lines))


def enter_namespace():
    """Runs this program again where it may mount; None where that cannot be."""
    for how, flags in (("root", ["-m"]), ("user", ["-U", "-r", "-m"])):
        if (os.geteuid() == 0) == (how == "root"):
            if subprocess.run(["unshare", *flags, "true"], capture_output=True).returncode == 0:
                os.execvpe("unshare", ["unshare", *flags, sys.executable, *sys.argv], {**os.environ, INSIDE: how})


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("words", nargs="?", default="", help="only rows whose claim holds these words")
    parser.add_argument("--tenth", action="store_true", help="a tenth of the rows, chosen by the commit")
    parser.add_argument("--part", default="1/1", help="K/N: every Nth row, from the Kth on")
    parser.add_argument("--date", action="store_true", help="write today into the rows whose breakers were all noticed")
    parser.add_argument("--build", type=pathlib.Path, default=claims.ROOT / "build", help="the build folder of the release preset")
    arguments = parser.parse_args()
    if INSIDE not in os.environ:
        enter_namespace()
        print("SKIP break_claims: no mount namespace can be had here (unshare -m, or -U -r -m for an ordinary user)\n0 passed, 0 failed, 1 skipped")
        return 0
    rows = [row for row in claims.read_rows() if arguments.words.lower() in row.claim.lower()]
    if not rows:
        parser.error(f"no row's claim holds '{arguments.words}'")
    if arguments.tenth:
        rows = tenth_of(rows)
    first, of = (int(number) for number in arguments.part.split("/"))
    rows = rows[first - 1 :: of]
    breakers, problems = claims.read_breakers()
    tests = Tests(arguments.build.resolve())
    counts, seen = collections.Counter(), set()
    for problem in problems:
        print(f"FAILED {problem}")
        counts["failed"] += 1
    with tempfile.TemporaryDirectory(prefix="enarx-break-") as store:
        layer = Layer(claims.ROOT, pathlib.Path(store))
        for row in rows:
            started = time.monotonic()
            if row.claim in breakers:
                trouble = try_row(row, breakers[row.claim], tests, layer)
            else:
                trouble = "failed", "has no breaker"
            took = f"{time.monotonic() - started:.0f} s"
            if trouble is None:
                seen.add(row.claim)
                counts["passed"] += 1
                print(f" ok    {took:>6}  {len(breakers[row.claim])} noticed: {row.claim}", flush=True)
            else:
                how, why = trouble
                counts[how] += 1
                print(f"{'FAILED' if how == 'failed' else 'SKIP'} {took:>6}  {row.claim}: {why}", flush=True)
    if arguments.date:
        write_dates(seen)
    print(f"{counts['passed']} passed, {counts['failed']} failed" + (f", {counts['skipped']} skipped" if counts["skipped"] else ""))
    return bool(counts["failed"])


if __name__ == "__main__":
    sys.exit(main())
