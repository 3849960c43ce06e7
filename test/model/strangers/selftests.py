"""KVM's own selftests, from Debian's source of Linux 7.3, on the model: what KVM's people say that its interface does."""
import subprocess

from model import ALL, FOLDER, model
from debian import FOLDER as STRANGERS, package
from harness import BUILD, Skipped, equal, execute, main, story

SUITE = "trixie-backports"
PACKAGE = "linux-source-7.3"
TESTS = {
    "x86/sev_smoke_test": "an SNP guest is launched, with and without debugging, and with registers of every kind; ends by its request or by a shutdown",
    "x86/private_mem_kvm_exits_test": "an access to private memory that is not there leaves with its address",
    "x86/private_mem_conversions_test": "pages become private and shared again, and each half keeps its bytes",
    "pre_fault_memory_test": "pages are there before the guest asks for them",
    "set_memory_region_test": "slots are made, moved, deleted, and refused as KVM refuses them",
}
_folder = None


def built():
    """The folder of all tests, built once."""
    global _folder
    if _folder is None:
        if not ALL and not any(STRANGERS.glob(f"{PACKAGE}_*.deb")):
            raise Skipped("the kernel's source is 167 MB: ENARX_TEST_MODEL=all fetches it, and then it stays")
        source = package(PACKAGE, SUITE) / "usr" / "src" / f"{PACKAGE}.tar.xz"
        folder = STRANGERS / "selftests"
        made = subprocess.run([FOLDER / "strangers" / "selftests.sh", source, folder, *TESTS], capture_output=True, text=True)
        if made.returncode != 0:
            raise AssertionError(f"the selftests do not build:\n{made.stderr[-3000:]}")
        _folder = folder
    return _folder


def run(test, **how):
    return execute([*model(), built() / test.rsplit("/", 1)[-1]], timeout=200, **how)


def tell(test, sentence):
    @story(f"{test}: {sentence}", seconds=900)
    def _():
        outcome = run(test)
        if outcome.status == 4:  # kselftest's number for a skip
            raise Skipped(outcome.text.strip().splitlines()[-1])
        equal(outcome.status, 0, outcome.text[-1500:] + outcome.err.decode(errors="replace")[-1500:])


if __name__ == "__main__":
    for name, what in TESTS.items():
        tell(name, what)
    main()
