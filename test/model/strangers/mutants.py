"""Each rule of the model broken, one at a time: a stranger has to notice. One of them, another with each commit; ENARX_TEST_MODEL=all is
all, some minutes.

What only our own tests would notice stands in README.md as not proven, and is not tried here.
"""
from cryptography.exceptions import InvalidSignature
from model import FOLDER, chosen, model  # first: it finds the harness
from harness import Failed, contains, equal, execute, main, peers, scratch, story, succeeded, true
from hostile import INVENTED, replayed
from linux_guest import NONCE, Guest, printed_report, reporting_guest
from report import check_signature
from selftests import run as selftest
from snpguest_guest import KEY, tell as told_by
from snpguest_guest import words
from verdict import of_go, snpguest

# Rule -> the stranger that notices. The kernel ends itself, or its driver refuses.
BY_THE_KERNEL = ["c-bit", "error-code", "validate-flag", "adjust-allowed", "registration", "valid-bits"]
BY_ITS_DRIVER = ["secrets-page", "sequence-number", "message-tag"]
BY_THE_REPORT = ["report-signature"]
BY_GO_SEV_GUEST = ["report-data", "policy-kept"]
BY_THE_CRATE = ["certificate-chain"]
BY_SELFTESTS = {"attribute-decides": "x86/private_mem_conversions_test"}
BY_SEV_SNP_MEASURE = ["digest-order", "digest-page-type", "vmsa-measured"]


def broken(name):
    return {"TEE_MODEL_MUTANT": name}


def tell(name, notices, who):
    @story(f"{who} notices when the model breaks the rule {name}", seconds=900)
    def _():
        if not notices(name):
            raise Failed(f"nobody noticed {name}")


def kernel_ends(name):
    guest = Guest()
    guest.script("echo end of the script")
    outcome = guest.run(env=broken(name), timeout=120)
    return outcome.status != 0 or "end of the script" not in outcome.text


def report_of(name):
    guest = reporting_guest()
    outcome = guest.run("--pages", scratch("pages"), env=broken(name), timeout=200)
    return printed_report(outcome.text)


def whole(report):
    """The report of a guest that has otherwise come out right: what is missing notices nothing."""
    if len(report.raw) != 1184:
        raise Failed(f"a report of {len(report.raw)} bytes")
    return report


def driver_refuses(name):
    return not report_of(name).raw


def signature_fails(name):
    report = whole(report_of(name))
    try:
        check_signature(report)
        return False
    except InvalidSignature:
        return True


def digest_differs(name):
    report = whole(report_of(name))
    predicted = execute([peers(FOLDER / "strangers" / "python_peers.txt"), FOLDER / "strangers" / "predict_digest.py", scratch("pages")])
    return predicted.text.strip() != report.measurement.hex() and len(predicted.text.strip()) == 96


def go_refuses(name):
    return of_go(whole(report_of(name)), report_data=NONCE.encode().hex()).status != 0


def crate_refuses(name):
    """Of keys made with the rule broken; of others, made the same way, it takes the certificates."""
    statuses = []
    for env in ({}, broken(name)):
        folder = scratch(f"keys-{len(env)}")
        folder.mkdir()
        succeeded(execute([*model(), "--make-keys", folder], env=env, timeout=120))
        statuses.append(execute([snpguest(), "verify", "certs", folder]).status)
    return statuses[0] == 0 and statuses[1] != 0


def selftest_fails(name):
    test = BY_SELFTESTS[name]
    equal(selftest(test).status, 0, "without the mutant")
    return selftest(test, env=broken(name)).status not in (0, 4)


def kernel_does_not_end(name):
    """Under a host that has put a page back: model.hostile has the kernel end there."""
    guest = Guest()
    guest.script("echo end of the script")
    outcome = guest.run(env=broken(name) | {"TEE_MODEL_HOSTILE": replayed()}, timeout=200)
    contains(outcome.err.decode(), "tee-model: host: replay")
    return "end of the script" in outcome.text


def kernel_believes_the_page(name):
    """A feature that the processor has not: the kernel uses it, and ends."""
    guest = Guest()
    guest.script("echo end of the script")
    outcome = guest.run(env=broken(name) | {"TEE_MODEL_HOSTILE": INVENTED}, timeout=120)
    contains(outcome.err.decode(), "exit 8")
    return "end of the script" not in outcome.text


BANNER = b"Linux version 6."  # how each kernel begins its log, in its memory


def strings_finds_the_kernel(name):
    """A look through all that the host sees, for what every kernel has in memory: binutils' strings and no tool of ours."""
    found = []
    for env in ({}, broken(name)):
        view = scratch("view")
        view.unlink(missing_ok=True)
        guest = Guest()
        guest.script("echo end of the script")
        outcome = guest.run(env=env | {"TEE_MODEL_VIEW": str(view)}, timeout=200)
        contains(outcome.text, "end of the script")
        found.append(BANNER in succeeded(execute(["strings", "-n", "12", view], timeout=200)).out)
        true(view.stat().st_size > 32 << 20, "a view without the guest's memory")
        view.unlink()
    return found == [False, True]


def openssl_cannot_read(name):
    """What openssl has sealed under a guest's key it opens under the same key, asked for anew: for that it is there."""
    opened = []
    for env in ({}, broken(name)):
        text = told_by(KEY + "key first vcek\nkey second vcek\n", env=env)
        keys = [words(text, which) for which in ("first", "second")]
        equal([len(key) for key in keys], [64, 64], "keys")
        cipher = ["openssl", "enc", "-aes-256-cbc", "-pbkdf2", "-pass"]
        secret = b"what a guest keeps on its disk" * 100
        sealed = succeeded(execute([*cipher, f"pass:{keys[0]}"], stdin=secret)).out
        read = execute([*cipher, f"pass:{keys[1]}", "-d"], stdin=sealed)
        opened.append(read.status == 0 and read.out == secret)
    return opened == [True, False]


if __name__ == "__main__":
    everybody = [(name, kernel_ends, "Debian's kernel") for name in BY_THE_KERNEL]
    everybody += [(name, driver_refuses, "its sev-guest driver") for name in BY_ITS_DRIVER]
    everybody += [(name, signature_fails, "Python's cryptography") for name in BY_THE_REPORT]
    everybody += [(name, digest_differs, "sev-snp-measure") for name in BY_SEV_SNP_MEASURE]
    everybody += [(name, go_refuses, "go-sev-guest") for name in BY_GO_SEV_GUEST]
    everybody += [(name, crate_refuses, "the crate sev") for name in BY_THE_CRATE]
    everybody += [(name, selftest_fails, "a selftest of KVM's") for name in BY_SELFTESTS]
    everybody += [("validation", kernel_does_not_end, "Debian's kernel under a host that lies")]
    everybody += [("cpuid-page-checked", kernel_believes_the_page, "Debian's kernel under a host that lies")]
    everybody += [("ciphertext", strings_finds_the_kernel, "binutils' strings"), ("derived-key", openssl_cannot_read, "openssl")]
    for entry in chosen(everybody, 1):
        tell(*entry)
    main()
