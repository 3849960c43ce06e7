"""Stories that start real Keeps: a small harness without a library.

A story is a function under @story("a sentence"). It runs in a scratch folder of its own; whatever it started is ended
when it ends. `main()` runs the stories of a file (or those whose sentence holds the text given as argument), prints what
failed and why, and closes with `N passed, N failed` (`, N skipped`).

ENARX_TEST_BACKEND   the backend of every Keep (default: nil)
ENARX_BUILD_DIR      the build folder (default: build beside test)
ENARX_TEST_PROGRAM   another program than build/enarx; where it is a wasmtime, stories of our own rules are left out; where it is
                     test/model/enarx.sh, each Keep is on tee-model, which needs patience, and what costs it much is left out
ENARX_TEST_MODEL=all with the latter: everything
"""
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from dataclasses import dataclass

# What nohup or a shell's & has told us to ignore, the programs under test would ignore, too.
for _signal in (signal.SIGHUP, signal.SIGQUIT, signal.SIGTERM):
    if signal.getsignal(_signal) == signal.SIG_IGN:
        signal.signal(_signal, signal.SIG_DFL)
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

SOURCE = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("ENARX_BUILD_DIR") or SOURCE / "build").resolve()
PROGRAM = os.environ.get("ENARX_TEST_PROGRAM") or str(BUILD / "enarx")
PROGRAM = os.path.abspath(PROGRAM) if "/" in PROGRAM else PROGRAM
BACKEND = os.environ.get("ENARX_TEST_BACKEND") or "nil"
REFERENCE = os.path.basename(PROGRAM) == "wasmtime"
MODEL = PROGRAM.endswith("/test/model/enarx.sh")  # a processor in software
ALL = not MODEL or os.environ.get("ENARX_TEST_MODEL") == "all"
PATIENCE = 20 if MODEL else 1  # of limits
LONGER = 50 if MODEL else 1  # takes what a story means to interrupt
COSTLY = "it takes the model a quarter of a minute; with ENARX_TEST_MODEL=all it is told"
GUESTS = BUILD / "guests"
TIMEOUT_S = 30

_stories = []
_running = []
_scratch = None


class Failed(Exception):
    """A story did not come out as it should."""


class Skipped(Exception):
    """A story cannot be told here, for the reason given."""


@dataclass
class Outcome:
    status: int  # as subprocess has it: -15 where it died by SIGTERM
    out: bytes
    err: bytes
    seconds: float

    @property
    def text(self):
        return self.out.decode(errors="replace")

    @property
    def errors(self):
        return self.err.decode(errors="replace")

    @property
    def first_error(self):
        return self.errors.split("\n", 1)[0]


def story(sentence, ours=False, seconds=60, costly=False):
    """Registers a story. `ours`: it tells of a rule that only Enarx has, not the reference runtime; `costly`: a quarter of a minute or
    more where the processor is the model's."""
    return lambda function: _stories.append((sentence, function, ours, seconds, costly)) or function


def by_commit(everything, count):
    """`count` of them, others with each commit."""
    asked = subprocess.run(["git", "rev-parse", "HEAD"], cwd=SOURCE, capture_output=True, text=True, check=False).stdout.strip()
    first = int(asked or "0", 16) % len(everything)
    return [everything[(first + i) % len(everything)] for i in range(min(count, len(everything)))]


def some(everything, count):
    """All, or on the model `count` of them: each of them starts a Keep."""
    return everything if ALL else by_commit(everything, count)


def skip(reason):
    raise Skipped(reason)


def pseudo_terminal():
    """Its two ends; without one the story cannot be told."""
    try:
        return os.openpty()
    except OSError as error:
        return skip(f"this system gives no pseudo-terminal: {error.strerror}; a mounted /dev/pts does")


def peers(requirements):
    """A Python with the libraries of others that the file names, made once; the story is left out where there is no network for it."""
    requirements = pathlib.Path(requirements)
    place = BUILD / requirements.stem
    mark = place / "installed"
    if not mark.exists() or mark.read_text() != requirements.read_text():
        made = subprocess.run([sys.executable, "-m", "venv", str(place)], capture_output=True, check=False)
        done = made if made.returncode else subprocess.run(
            [str(place / "bin/python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", str(requirements)],
            capture_output=True, timeout=300, check=False)
        if done.returncode:
            skip(f"{requirements.name} cannot be installed: {done.stderr.decode().strip().splitlines()[-1:]}")
        mark.write_text(requirements.read_text())
    return place / "bin/python"


def scratch(name=""):
    """A path in the story's own folder."""
    return _scratch / name if name else _scratch


def write(name, content):
    """A file in the story's own folder; returns its path."""
    path = scratch(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def folder(name):
    path = scratch(name)
    path.mkdir(parents=True, exist_ok=True)
    return path


def guest(name):
    """The path of a guest program: name.wasm of the build, or a .wat of the source tree."""
    if name.endswith(".wat"):
        return SOURCE / "test/wasm/wat" / name
    path = GUESTS / f"{name}.wasm"
    if not path.exists():
        raise Failed(f"the guest program {path.name} is not built")
    return path


def _named_backend(options):
    own = any(str(option).startswith("--backend") for option in options)
    return [] if own or REFERENCE else ["--backend", BACKEND]


def run_line(module, *arguments, options=(), backend=True):
    module = guest(module) if isinstance(module, str) and "/" not in module else module
    named = _named_backend(options) if backend else []
    return [PROGRAM, "run", *named, *map(str, options), str(module), *map(str, arguments)]


def environment(changes=None):
    """The variables of every program under test: a cache of the tests' own, nothing of the user's wishes."""
    base = {k: v for k, v in os.environ.items() if not k.startswith(("ENARX_LOG", "ENARX_BACKEND"))}
    base.update(XDG_CACHE_HOME=str(BUILD / "test-cache"), RUST_BACKTRACE="0", WASMTIME_BACKTRACE_DETAILS="1")
    base.update(changes or {})
    return {name: value for name, value in base.items() if value is not None}


def execute(line, stdin=b"", timeout=TIMEOUT_S, env=None, cwd=None, **popen):
    """Runs a command to its end. A command that does not end in time has failed the story."""
    started = time.monotonic()
    line = [str(part) for part in line]
    timeout *= PATIENCE
    given = {"stdin": stdin} if not isinstance(stdin, bytes) else {"input": stdin}
    popen.setdefault("stdout", subprocess.PIPE)
    popen.setdefault("stderr", subprocess.PIPE)
    try:
        done = subprocess.run(line, timeout=timeout, env=environment(env), cwd=cwd or _scratch, **given, **popen)
    except subprocess.TimeoutExpired as late:
        shown = (late.stderr or b"")[-500:].decode(errors="replace")
        raise Failed(f"no end within {timeout} s: {' '.join(line)[:300]}\n{shown}") from None
    return Outcome(done.returncode, done.stdout or b"", done.stderr or b"", time.monotonic() - started)


def run(module, *arguments, options=(), backend=True, **how):
    """`enarx run` of a guest program to its end."""
    return execute(run_line(module, *arguments, options=options, backend=backend), **how)


def enarx(*arguments, **how):
    """Any command of enarx to its end."""
    return execute([PROGRAM, *arguments], **how)


def start(line, env=None, cwd=None, **popen):
    """Starts a command that goes on beside the story; ended with the story at the latest."""
    for stream in ("stdin", "stdout", "stderr"):
        popen.setdefault(stream, subprocess.PIPE)
    process = subprocess.Popen([str(part) for part in line], env=environment(env), cwd=cwd or _scratch, **popen)
    _running.append(process)
    return process


def start_run(module, *arguments, options=(), **how):
    return start(run_line(module, *arguments, options=options), **how)


def finish(process, timeout=TIMEOUT_S):
    """Waits for a started command; returns its outcome."""
    started = time.monotonic()
    timeout *= PATIENCE
    try:
        out, err = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        raise Failed(f"no end within {timeout} s: {' '.join(process.args)[:300]}") from None
    return Outcome(process.returncode, out or b"", err or b"", time.monotonic() - started)


def wait_for_line(process, expected, timeout=TIMEOUT_S):
    """Reads the command's standard output up to the line expected."""
    os.set_blocking(process.stdout.fileno(), True)
    timeout *= PATIENCE
    deadline = time.monotonic() + timeout
    timer = subprocess.Popen(["sleep", str(timeout)])
    try:
        while time.monotonic() < deadline:
            line = process.stdout.readline()
            if line.strip() == expected.encode():
                return
            if not line:
                err = process.stderr.read() if process.stderr else b""
                raise Failed(f"ended before it said {expected!r}: {err[-800:].decode(errors='replace')}")
    finally:
        timer.kill()
        timer.wait()
    raise Failed(f"never said {expected!r}")


def children(pid):
    """The processes below a process."""
    below = []
    for task in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            below += [int(child), *children(child)]
    return below


# What a story expects. Each says what it saw where it is disappointed.

def _cut(value):
    shown = repr(value)
    return shown if len(shown) < 1500 else shown[:900] + " ... " + shown[-500:]


def equal(found, expected, what=""):
    if found != expected:
        raise Failed(f"{what or 'value'}: expected {_cut(expected)}, found {_cut(found)}")


def true(holds, what):
    if not holds:
        raise Failed(what)


def contains(text, *parts):
    for part in parts:
        if part not in text:
            raise Failed(f"{_cut(part)} is not in {_cut(text)}")


def matches(text, pattern):
    found = re.search(pattern, text, re.MULTILINE)
    if not found:
        raise Failed(f"{pattern!r} does not match {_cut(text)}")
    return found


def succeeded(outcome, out=None):
    if outcome.status != 0:
        raise Failed(f"exit status {outcome.status}: {_cut(outcome.errors)} {_cut(outcome.text)}")
    if out is not None:
        equal(outcome.text, out, "standard output")
    return outcome


def refused(outcome, status, *parts, name=None):
    """An error of ours: the exit status, one clear first line that names these parts, no crash."""
    if outcome.status != status:
        raise Failed(f"exit status {outcome.status} instead of {status}: {_cut(outcome.errors)}")
    first = outcome.first_error
    true(first.startswith("enarx: error: "), f"the first line is no error of ours: {_cut(outcome.errors)}")
    true(len(first) < 400, f"the first line is {len(first)} characters long")
    contains(first, *parts)
    for crash in ("Segmentation", "terminate called", "AddressSanitizer", "runtime error:", "panicked at"):
        true(crash not in outcome.errors, f"a crash: {_cut(outcome.errors)}")
    if name:
        contains(first, f"({name})")
        contains(outcome.errors, f"enarx explain {name}")
    return outcome


# Running the stories.

def _alarm(_signal, _frame):
    raise Failed("the story took too long")


def _end_all():
    for process in _running:
        if process.poll() is None:
            process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream and not stream.closed:
                try:
                    stream.close()
                except OSError:
                    pass
    _running.clear()


def _tell(function, seconds):
    """Returns (outcome, reason)."""
    global _scratch
    _scratch = pathlib.Path(tempfile.mkdtemp(prefix="enarx-story-"))
    signal.signal(signal.SIGALRM, _alarm)
    signal.alarm(seconds * PATIENCE)
    try:
        function()
        return "passed", ""
    except Skipped as reason:
        return "skipped", str(reason)
    except Failed as reason:
        place = next((f for f in reversed(traceback.extract_tb(reason.__traceback__)) if f.filename != __file__), None)
        return "failed", f"{reason}\n    in line {place.lineno}: {place.line}" if place else str(reason)
    except Exception:  # pylint: disable=broad-except
        return "failed", traceback.format_exc()
    finally:
        signal.alarm(0)
        _end_all()
        shutil.rmtree(_scratch, ignore_errors=True)


def _missing():
    """Why no Keep of the chosen backend can run here, if so."""
    if BACKEND == "kvm" and not os.access("/dev/kvm", os.R_OK | os.W_OK):
        return "/dev/kvm is not there, or this user may not open it"
    return _no_model() if MODEL else None


def _no_model():
    """Builds the model; why there is none, if so."""
    sys.path.insert(0, str(SOURCE / "test/model/strangers"))
    sys.modules.setdefault("harness", sys.modules[__name__])
    import model  # pylint: disable=import-outside-toplevel,import-error
    try:
        model.model()
    except Skipped as reason:
        return str(reason)
    return None


def main():
    missing = _missing()
    if missing:
        print(f"SKIP {os.path.basename(sys.argv[0])} with {BACKEND}: {missing}\n0 passed, 0 failed, {len(_stories)} skipped")
        sys.exit(0)
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    if not REFERENCE and not os.path.exists(PROGRAM):
        print(f"FAILED: {PROGRAM} is not built\n0 passed, {len(_stories)} failed")
        sys.exit(1)
    for sentence, function, ours, seconds, costly in _stories:
        if wanted not in sentence or (ours and REFERENCE):
            continue
        started = time.monotonic()
        outcome, reason = ("skipped", COSTLY) if costly and not ALL else _tell(function, seconds)
        counts[outcome] += 1
        took = time.monotonic() - started
        if outcome == "failed":
            print(f"FAILED {sentence}: {reason}", flush=True)
        elif outcome == "skipped":
            print(f"SKIP {sentence}: {reason}", flush=True)
        elif took > 5 or wanted:
            print(f"ok {sentence} ({took:.1f} s)", flush=True)
    closing = f"{counts['passed']} passed, {counts['failed']} failed"
    print(closing + (f", {counts['skipped']} skipped" if counts["skipped"] else ""))
    sys.exit(1 if counts["failed"] else 0)
