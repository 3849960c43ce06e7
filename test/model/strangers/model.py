"""tee-model for stories: built when the first of them asks, or skipped with the reason."""
import fcntl
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "scenario"))
from harness import BUILD, SOURCE, Skipped, by_commit  # noqa: E402

FOLDER = SOURCE / "test" / "model"
PROGRAM = BUILD / "parts" / "tee-model"
ALL = os.environ.get("ENARX_TEST_MODEL") == "all"  # else a part of what takes long, another with each commit


def chosen(everything, count):
    """All, or `count` of them by the commit's name."""
    return everything if ALL else by_commit(everything, count)


def build():
    """Builds the model; one story at a time, as two ninjas in a folder do not go."""
    source = BUILD / "model-engine" / "bochs.tar.xz"
    global _built
    if _built:
        return
    with open(BUILD / "model.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        fetched = subprocess.run([FOLDER / "engine" / "bochs" / "fetch.sh", source], capture_output=True, text=True)
        if fetched.returncode != 0:
            raise Skipped(f"no engine for the model: {fetched.stderr.strip()}")
        if not os.path.exists("/usr/include/openssl/evp.h"):
            raise Skipped("the model needs libssl-dev (tools/setup.sh --test)")
        made = subprocess.run(["cmake", "--build", BUILD, "--target", "model"], capture_output=True, text=True)
        if made.returncode != 0:
            raise AssertionError(f"tee-model does not build:\n{made.stdout[-3000:]}{made.stderr[-2000:]}")
    _built = True


_built = False


def model():
    """The program, as the first words of a command line."""
    if b"user_notif" not in pathlib.Path("/proc/sys/kernel/seccomp/actions_avail").read_bytes():
        raise Skipped("this kernel has no user notifications of seccomp")
    build()
    return [str(PROGRAM)]
