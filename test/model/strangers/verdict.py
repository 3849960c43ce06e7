"""What others say of a report: the crate `sev` by VirTEE's snpguest, and Google's go-sev-guest by the program in verdict/."""
import shutil
import subprocess

from model import ALL, FOLDER  # first: it finds the harness
from debian import FOLDER as STRANGERS
from harness import Skipped, execute, scratch
from report import KEYS

SNPGUEST = "0.11.0"
_snpguest = STRANGERS / "snpguest" / "bin" / "snpguest"
_go = STRANGERS / "go-verdict"


def snpguest():
    """The program, from crates.io: built once."""
    if not _snpguest.exists():
        if not ALL:
            raise Skipped("ENARX_TEST_MODEL=all builds snpguest from crates.io, some minutes, and then it stays")
        if shutil.which("cargo") is None:
            raise Skipped("no cargo")
        made = subprocess.run(["cargo", "install", "snpguest", "--version", SNPGUEST, "--locked", "--root", STRANGERS / "snpguest"],
                              capture_output=True, text=True)
        if made.returncode != 0:
            raise Skipped(f"snpguest does not build: {made.stderr[-500:]}")
    return _snpguest


def go_sev_guest():
    """The program of verdict/, with the module from the Go proxy: built once, and again where it has changed."""
    source = FOLDER / "strangers" / "verdict"
    if not _go.exists() or _go.stat().st_mtime < (source / "main.go").stat().st_mtime:
        if shutil.which("go") is None:
            raise Skipped("no go")
        STRANGERS.mkdir(parents=True, exist_ok=True)
        made = subprocess.run(["go", "build", "-o", _go, "."], cwd=source, capture_output=True, text=True)
        if made.returncode != 0:
            raise Skipped(f"go-sev-guest does not build: {made.stderr[-500:]}")
    return _go


def of_snpguest(report, certificates=KEYS, **wanted):
    """Two outcomes: of the certificates, and of the report under them."""
    folder = scratch("certificates")
    folder.mkdir(exist_ok=True)
    for name in ("ark", "ask", "vcek"):
        shutil.copy(certificates / f"{name}.pem", folder)
    path = scratch("report.bin")
    path.write_bytes(report.raw)
    options = [part for name, value in wanted.items() for part in (f"--{name.replace('_', '-')}", f"0x{value.removeprefix('0x')}")]
    return execute([snpguest(), "verify", "certs", folder]), execute([snpguest(), "verify", "attestation", *options, folder, path])


def of_go(report, *options, certificates=KEYS / "as-amd", **wanted):
    path = scratch("report.bin")
    path.write_bytes(report.raw)
    contents = [f"--{name.replace('_', '-')}={value}" for name, value in wanted.items()]
    return execute([go_sev_guest(), f"--certificates={certificates}", *options, *contents, path])
