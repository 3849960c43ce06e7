"""Programs of the build, run to their end within a time, and what their failures look like in the report."""
import os
import pathlib
import signal
import subprocess
import time

from report import Failed, Skip

SOURCE = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("ENARX_BUILD_DIR") or SOURCE / "build").resolve()
ENARX, PARTS, GUESTS = BUILD / "enarx", BUILD / "parts", BUILD / "guests"
OURS = {name: value for name, value in os.environ.items() if not name.startswith(("ENARX_LOG", "ENARX_BACKEND"))}


class Outcome:
    def __init__(self, line, status, out, err, seconds):
        self.line, self.status, self.out, self.seconds = line, status, out, seconds
        self.text, self.errors = out.decode(errors="replace"), err.decode(errors="replace")

    def detail(self):
        return f"$ {' '.join(map(str, self.line))[:500]}\nstatus {self.status}, {self.seconds:.1f} s\n{self.errors[-3000:]}"

    def first_error(self):
        return self.errors.strip().split("\n", 1)[0][:200] or f"exit status {self.status}"


def execute(line, seconds=180, stdin=b"", env=None, cwd=None):
    """A command in a session of its own, all of which is ended when its time is over."""
    if not pathlib.Path(line[0]).exists() and "/" in str(line[0]):
        raise Skip(f"{pathlib.Path(line[0]).name} is not built")
    begun = time.monotonic()
    given = {"stdin": stdin} if not isinstance(stdin, bytes) else {"stdin": subprocess.PIPE}
    process = subprocess.Popen([str(part) for part in line], stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
                               env={**OURS, **(env or {})}, cwd=cwd, **given)
    try:
        out, err = process.communicate(stdin if isinstance(stdin, bytes) else None, timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        out, err = process.communicate()
        raise Failed(f"no end within {seconds:.0f} s", Outcome(line, "killed", out, err, seconds).detail()) from None
    return Outcome(line, process.returncode, out, err, time.monotonic() - begun)


def enarx(*arguments, **how):
    return execute([ENARX, *arguments], **how)


def guest(name):
    path = GUESTS / f"{name}.wasm"
    if not path.exists():
        raise Skip(f"the guest program {name}.wasm is not built")
    return path


def keep(module, *arguments, options=(), **how):
    """`enarx run` of a guest program in an SEV-SNP Keep."""
    return enarx("run", "--backend=snp", *options, guest(module), *arguments, **how)


def succeeded(outcome, out=None):
    if outcome.status != 0:
        raise Failed(outcome.first_error(), outcome.detail())
    if out is not None and outcome.text != out:
        raise Failed(f"other output: {outcome.text[:200]!r}", outcome.detail())
    return outcome


def refused(outcome, name):
    """An error of ours, by its name."""
    if outcome.status != 125 or f"({name})" not in outcome.errors:
        raise Failed(f"not refused as {name}, but: {outcome.first_error()}", outcome.detail())
    return f"refused: {outcome.first_error().removeprefix('enarx: error: ')}"
