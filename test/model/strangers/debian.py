"""Debian's packages as files, unpacked below the build folder and never installed: kernels, sources, firmware.

Which archive: the machine's own for Debian 12; another release's by lists of their own beside the build. A package that cannot be
had is a reason to skip.
"""
import hashlib
import pathlib
import re
import subprocess

from harness import BUILD, Skipped

FOLDER = BUILD / "strangers"


def _mirror():
    found = subprocess.run(["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages"], capture_output=True, text=True)
    plain = [line for line in found.stdout.splitlines() if "security" not in line]
    if not plain:
        raise Skipped("apt-get knows no archive of Debian")
    return plain[0]


def _options(suite):
    """apt's options for the machine's own lists, or for another release's."""
    if suite is None:
        return []
    state = FOLDER / "apt" / suite
    for folder in ("lists/partial", "archives/partial"):
        (state / folder).mkdir(parents=True, exist_ok=True)
    keyring = "/usr/share/keyrings/debian-archive-keyring.gpg"
    (state / "sources.list").write_text(f"deb [signed-by={keyring}] {_mirror()} {suite} main\n")
    options = [f"Dir::Etc::sourcelist={state}/sources.list", "Dir::Etc::sourceparts=-", f"Dir::State::lists={state}/lists",
               f"Dir::Cache={state}", f"Dir::Cache::archives={state}/archives", "APT::Sandbox::User=", "Acquire::Languages=none"]
    flat = [part for option in options for part in ("-o", option)]
    if not any((state / "lists").glob("*Packages*")):
        updated = subprocess.run(["apt-get", *flat, "-q", "update"], capture_output=True, text=True)
        if updated.returncode != 0:
            raise Skipped(f"no lists of {suite}: {updated.stderr.strip()[-200:]}")
    return flat


def newest(pattern, suite=None):
    """The newest package whose name matches, by the number in its name."""
    listed = subprocess.run(["apt-cache", *_options(suite), "pkgnames"], capture_output=True, text=True).stdout.split()
    matching = [name for name in listed if re.fullmatch(pattern, name)]
    if not matching:
        raise Skipped(f"this machine's archive has no package like {pattern}")
    return max(matching, key=lambda name: [int(part) for part in re.findall(r"\d+", name)])


def package(name, suite=None):
    """The folder where a package lies unpacked; says which one it is."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    there = sorted(FOLDER.glob(f"{name}_*.deb"))
    if not there:
        fetched = subprocess.run(["apt-get", *_options(suite), "-q", "download", name], cwd=FOLDER, capture_output=True, text=True)
        there = sorted(FOLDER.glob(f"{name}_*.deb"))
        if fetched.returncode != 0 or not there:
            raise Skipped(f"Debian's package {name} could not be had: {fetched.stderr.strip()[-200:]}")
    file = there[-1]
    folder = pathlib.Path(str(file).removesuffix(".deb"))
    if not folder.exists():
        subprocess.run(["dpkg-deb", "-x", file, folder], check=True)
    print(f"stranger: {file.name}, SHA-256 {hashlib.sha256(file.read_bytes()).hexdigest()}")
    return folder


def with_libraries(name, suite):
    """The folder where a package lies unpacked with all that it depends on, as on an empty machine: programs of another release run from
    there by its own loader (`program()`)."""
    folder = FOLDER / f"{name}-{suite}"
    if not (folder / "whole").exists():
        archives = FOLDER / "apt" / suite / "archives"
        asked = ["apt-get", *_options(suite), "-o", "Dir::State::status=/dev/null", "-o", "APT::Install-Recommends=false", "-q", "--assume-yes",
                 "--download-only", "install", name]
        fetched = subprocess.run(asked, capture_output=True, text=True)
        if fetched.returncode != 0:
            raise Skipped(f"Debian's package {name} of {suite} could not be had: {fetched.stderr.strip()[-200:]}")
        folder.mkdir(exist_ok=True)
        for file in sorted(archives.glob("*.deb")):
            subprocess.run(["dpkg-deb", "-x", file, folder], check=True)
            if file.name.startswith(f"{name}_"):
                (folder / "which").write_text(f"{file.name}, SHA-256 {hashlib.sha256(file.read_bytes()).hexdigest()}")
        (folder / "whole").touch()
    print(f"stranger: {(folder / 'which').read_text()}")
    return folder


def program(folder, name):
    """The first words of a command line that runs a program of such a folder with that folder's libraries."""
    libraries = [str(folder / place) for place in ("usr/lib/x86_64-linux-gnu", "lib/x86_64-linux-gnu")]
    return [str(folder / "usr/lib64/ld-linux-x86-64.so.2"), "--library-path", ":".join(libraries), str(folder / "usr/bin" / name)]
