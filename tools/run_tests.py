#!/usr/bin/env python3
"""Runs the tests that ctest knows, two at a time, and adds up their closing lines.

Every test program ends with a line `N passed, N failed` (`, N skipped` if any) and prints the reason of each skip as a
line that begins with `SKIP`. A program that ends without the line, or with a status that contradicts it, has failed.
"""
import argparse, concurrent.futures, json, os, re, signal, subprocess, sys, time

CLOSING = re.compile(r"^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$")


def listed(build, pattern, exclude):
    text = subprocess.run(["ctest", "--show-only=json-v1"], cwd=build, check=True, capture_output=True, text=True).stdout
    for test in json.loads(text)["tests"]:
        if not re.search(pattern, test["name"]) or (exclude and re.search(exclude, test["name"])):
            continue
        properties = {p["name"]: p["value"] for p in test.get("properties", [])}
        if test.get("command"):
            yield test["name"], test["command"], properties
        else:
            yield test["name"], None, properties


def run(test, log_dir):
    name, command, properties = test
    started = time.monotonic()
    if command is None:
        return name, 0, 1, 0, 0.0, "the test program is not built"
    environment = dict(os.environ)
    for pair in properties.get("ENVIRONMENT", []):
        key, _, value = pair.partition("=")
        environment[key] = value
    timeout = float(properties.get("TIMEOUT", 900))
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              timeout=timeout, env=environment, cwd=properties.get("WORKING_DIRECTORY"))
        output, status = done.stdout.decode(errors="replace"), done.returncode
    except subprocess.TimeoutExpired as late:
        output, status = (late.stdout or b"").decode(errors="replace"), f"no end within {timeout:.0f} s"
    except OSError as error:
        output, status = str(error), "not started"
    with open(os.path.join(log_dir, name + ".log"), "w") as log:
        log.write(output)
    passed = failed = skipped = 0
    closing = next((m for line in reversed(output.splitlines()) if (m := CLOSING.match(line.strip()))), None)
    if closing:
        passed, failed, skipped = (int(n or 0) for n in closing.groups())
    if closing is None or (status != 0) != (failed > 0):
        failed = max(failed, 1)
        output += f"\n{name}: ended with {status}" + ("" if closing else " and without a closing line")
    return name, passed, failed, skipped, time.monotonic() - started, output


def main():
    # A shell starts its background jobs deaf to SIGINT and SIGQUIT; the tests of signals need their default meaning.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGQUIT, signal.SIG_DFL)
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build", help="the build folder")
    parser.add_argument("pattern", nargs="?", default=".", help="only tests whose name matches this regular expression")
    parser.add_argument("--exclude", help="leave out tests whose name matches this one")
    parser.add_argument("--jobs", type=int, default=2)
    arguments = parser.parse_args()
    tests = list(listed(arguments.build, arguments.pattern, arguments.exclude))
    alone = [t for t in tests if t[2].get("RUN_SERIAL")]
    together = [t for t in tests if not t[2].get("RUN_SERIAL")]
    log_dir = os.path.join(arguments.build, "test-logs")
    os.makedirs(log_dir, exist_ok=True)
    totals = [0, 0, 0]

    def report(result):
        name, passed, failed, skipped, seconds, output = result
        for i, n in enumerate((passed, failed, skipped)):
            totals[i] += n
        print(f"{'FAIL' if failed else ' ok '} {name:40} {passed:6} passed {failed:4} failed {skipped:4} skipped {seconds:7.1f} s", flush=True)
        for line in output.splitlines():
            if not failed and line.lstrip().startswith("SKIP"):
                print("       ", line.strip())
        if failed:
            print("\n".join("     | " + line for line in output.splitlines()[-80:]), flush=True)

    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        for future in concurrent.futures.as_completed([pool.submit(run, t, log_dir) for t in together]):
            report(future.result())
    for test in alone:
        report(run(test, log_dir))
    print(f"{totals[0]} passed, {totals[1]} failed" + (f", {totals[2]} skipped" if totals[2] else ""))
    return 1 if totals[1] or not totals[0] else 0


if __name__ == "__main__":
    sys.exit(main())
