#!/usr/bin/env python3
"""The verifier as a user gets it: `cmake --install`, find_package(enarx-attest), the examples in C++ and C, on vectors.

usage: installed.py BUILD
"""
import datetime
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "../.."))
VECTORS = os.environ.get("ENARX_VECTORS", os.path.join(ROOT, "test/vectors"))
EXAMPLES = ("verify_cpp", "verify_c")
# Strong names of the archive: ours and nobody else's.
OURS = re.compile(r"^(enarx_attest_|(vtable for |typeinfo (name )?for |guard variable for )?\(?(attest|crypto|base|hw|os|protocol)::)")
# What would mean a network, a clock or a log of its own.
FORBIDDEN = {"socket", "connect", "getaddrinfo", "send", "recv", "time", "clock_gettime", "gettimeofday", "clock", "printf", "puts",
             "std::chrono::_V2::system_clock::now()", "std::chrono::_V2::steady_clock::now()", "std::cout", "std::cerr", "std::clog"}
passed = failed = 0


def check(what, good, why=""):
    global passed, failed
    passed, failed = passed + bool(good), failed + (not good)
    if not good:
        print(f"FAIL {what}\n{why}")


def run(*words, **options):
    return subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False, **options)


def build_examples(prefix, scratch, c, cxx):
    folder = os.path.join(scratch, f"examples-{c}")
    configured = run("cmake", "-S", os.path.join(ROOT, "examples/attest"), "-B", folder, "-G", "Ninja", f"-DCMAKE_PREFIX_PATH={prefix}",
                     f"-DCMAKE_C_COMPILER={c}", f"-DCMAKE_CXX_COMPILER={cxx}", "-DCMAKE_C_FLAGS=-Wall -Wextra -Werror",
                     "-DCMAKE_CXX_FLAGS=-Wall -Wextra -Wno-missing-field-initializers -Werror")
    check(f"the examples find the package ({c})", configured.returncode == 0, configured.stderr)
    built = run("cmake", "--build", folder)
    check(f"the examples build without a warning ({c})", built.returncode == 0, built.stdout + built.stderr)
    return [os.path.join(folder, name) for name in EXAMPLES]


def seconds(text):
    return int(datetime.datetime.fromisoformat(text).timestamp())


def reports():
    """Of the SNP reports that come with all that they need: evidence, time, endorsements, whether it is good, MEASUREMENT."""
    for vector in json.load(open(os.path.join(VECTORS, "MANIFEST.json"), encoding="utf-8"))["vectors"]:
        expected = vector["expected"]
        if vector["kind"] != "snp-report" or vector["positive"] is None:
            continue
        window = expected.get("valid_window", ["2024-01-01T00:00:00+00:00"])
        files = [os.path.join(VECTORS, path) for path in [vector["path"], *expected.get("use_with", [])]]
        if len(files) > 1 and all(os.path.exists(file) for file in files):
            with open(files[0], "rb") as file:
                measurement = file.read()[0x90:0xc0].hex()
            yield files[0], seconds(window[0]) + 3600, files[1:], vector["positive"], measurement


def try_examples(programs):
    tried = {True: 0, False: 0}
    for evidence, at, endorsements, good, measurement in reports():
        for program in programs:
            done = run(program, evidence, at, *endorsements)
            name = f"{os.path.basename(program)} {os.path.basename(evidence)}"
            check(f"{name}: {'accepted' if good else 'refused'}", done.returncode == (0 if good else 1), done.stdout + done.stderr)
            check(f"{name}: a measurement only where accepted", (f"measurement {measurement}" in done.stdout) == good, done.stdout)
        tried[good] += 1
    check("there were good and bad reports", all(tried.values()), str(tried))
    for program in programs:
        check("no evidence at all is a usage error", run(program, __file__, 0).returncode == 2)
        check("no endorsement at all is undecided", run(program, next(reports())[0], 0).returncode == 3)


def names(archive, *options):
    listed = run("llvm-nm-22", "--demangle", "--format=posix", *options, archive).stdout.splitlines()
    return [match.groups() for line in listed if (match := re.match(r"^(.*) ([A-Za-z])(?: [0-9a-f]+)?(?: [0-9a-f]+)?\s*$", line))]


def look_inside(archive):
    strong = [name for name, kind in names(archive, "--extern-only", "--defined-only") if kind in "TDBR"]
    foreign = [name for name in strong if not OURS.match(name)]
    check("the archive shows no name of another library", strong and not foreign, "\n".join(foreign[:20]))
    pretended = [name for name in strong if re.search("mock|simulat|fake|test_purpose", name, re.IGNORECASE)]
    check("no verifier that only pretends is linked in", not pretended, "\n".join(pretended))
    wanted = {re.sub(r"@.*", "", name) for name, _ in names(archive, "--undefined-only")}
    check("the archive can reach no network and no clock", "memcpy" in wanted and not wanted & FORBIDDEN, str(wanted & FORBIDDEN))


def main():
    scratch = tempfile.mkdtemp(prefix="enarx-library-")
    try:
        prefix = os.path.join(scratch, "prefix")
        installed = run("cmake", "--install", sys.argv[1], "--prefix", prefix, "--component", "attest")
        check("cmake --install --component attest", installed.returncode == 0, installed.stderr)
        try_examples(build_examples(prefix, scratch, "clang-22", "clang++-22"))
        if shutil.which("g++") and int(run("g++", "-dumpversion").stdout.split(".")[0]) >= 12:
            try_examples(build_examples(prefix, scratch, "gcc", "g++"))
        else:
            print("SKIP examples with GCC: no g++ 12 or later")
        archives = [os.path.join(folder, name) for folder, _, files in os.walk(prefix) for name in files if name.endswith(".a")]
        check("one archive is installed", len(archives) == 1, str(archives))
        look_inside(archives[0])
    finally:
        shutil.rmtree(scratch)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


sys.exit(main())
