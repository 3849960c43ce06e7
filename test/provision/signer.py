#!/usr/bin/env python3
"""The attestation service whose authority lies in a token (PKCS #11): what is where, and what happens when the token is not."""
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time
import urllib.error

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "scenario"))
from harness import *  # noqa: E402,F403

from service import STEWARD, Service, done, enarx  # noqa: E402

MODULE = pathlib.Path("/usr/lib/softhsm/libsofthsm2.so")
SIGNER = BUILD / "libexec/enarx/enarx-signer"
PIN = "271828"


def tool(*words):
    return done(execute(["pkcs11-tool", "--module", MODULE, "--token-label", "ca", "--login", "--pin", PIN, *words]))


def token():
    """A token of this story's own with a root's and an intermediate's key; the value: the file for --signer."""
    if not MODULE.exists() or not shutil.which("pkcs11-tool"):
        skip("softhsm2 and opensc are not installed")
    write("softhsm2.conf", f"directories.tokendir = {folder('tokens')}\nobjectstore.backend = file\nlog.level = ERROR\n")
    os.environ["SOFTHSM2_CONF"] = str(scratch("softhsm2.conf"))
    done(execute(["softhsm2-util", "--init-token", "--free", "--label", "ca", "--pin", PIN, "--so-pin", "31415926"]))
    for number, label in (("01", "root"), ("02", "middle")):
        tool("--keypairgen", "--key-type", "EC:secp384r1", "--id", number, "--label", label, "--sensitive")
    write("pin", PIN + "\n")
    scratch("pin").chmod(0o600)
    return wish(root="root", middle="middle")


def wish(root=None, middle=None, pin="pin", label="ca", module=MODULE):
    lines = [f'module = "{module}"', f'token = "{label}"', f'pin-file = "{scratch(pin)}"']
    lines += [f'root-key = "{root}"'] if root else []
    lines += [f'intermediate-key = "{middle}"'] if middle else []
    return write("signer.toml", "\n".join(lines) + "\n")


class TokenService(Service):
    """A service whose authority is made with a token."""

    def __init__(self, file):
        self.signer_file = file
        super().__init__(more=["--signer", str(file)])


def signers(service):
    """Processes that the service has started."""
    listed = [each for task in pathlib.Path(f"/proc/{service.process.pid}/task").iterdir() for each in (task / "children").read_text().split()]
    return [int(each) for each in listed if (pathlib.Path("/proc") / each / "comm").read_text().strip() == "enarx-signer"]


def until(holds, what, seconds=15):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = holds()
        if found:
            return found
        time.sleep(0.05)
    raise Failed(f"not in {seconds} s: {what}")


def certified(service, out="keep"):
    """A Keep was granted to and certified, and openssl verifies what it got."""
    done(service.pull(out=out))
    for name in ("leaf", "intermediate"):
        done(execute(["openssl", "x509", "-inform", "der", "-in", scratch(f"{out}/{name}.der"), "-out", scratch(f"{name}.pem")]))
    done(execute(["openssl", "verify", "-CAfile", service.root, "-untrusted", scratch("intermediate.pem"), "-purpose", "sslserver",
                  scratch("leaf.pem")]))


@story("root and intermediate in a token: certificates and lists verify, and only enarx-signer has loaded the token's OpenSSL", seconds=90)
def _whole():
    service = TokenService(token())
    for name in ("root.key", "intermediate.key"):
        true(not (service.folder / name).exists(), f"{name} is there as well")
    service.ready_to_release()
    certified(service)
    done(execute(["openssl", "crl", "-inform", "der", "-in", write("crl.der", service.get("/pki/crl.der")), "-CAfile",
                  service.folder / "intermediate.pem", "-noout"]))
    true("libcrypto" not in pathlib.Path(f"/proc/{service.process.pid}/maps").read_text(), "the service has OpenSSL's libcrypto")
    (signer,) = signers(service)
    try:
        contains(pathlib.Path(f"/proc/{signer}/maps").read_text(), "libsofthsm2.so", "libcrypto.so")
    except PermissionError:
        pass  # its memory held the PIN: for root alone
    line = pathlib.Path(f"/proc/{signer}/cmdline").read_bytes() + pathlib.Path(f"/proc/{signer}/environ").read_bytes()
    true(PIN.encode() not in line, "the PIN stands where everybody reads it")
    symbols = execute(["nm", "--defined-only", SIGNER]).text
    for prefix in (" EVP_", " SSL_", " EC_", " BN_", " SHA", " OPENSSL_", " CRYPTO_", " RAND_"):
        true(prefix not in symbols.replace(" T ", "  ").replace(" t ", "  "), f"enarx-signer has{prefix}* of AWS-LC beside what the module brings")


@story("a signer that is killed is started again; while it cannot be, there are no certificates, which is said by name", seconds=120)
def _killed():
    service = TokenService(token())
    service.ready_to_release("--replicas", "9")
    (first,) = signers(service)
    os.kill(first, signal.SIGKILL)
    until(lambda: signers(service) not in ([], [first]), "another one runs")
    certified(service, out="k1")
    (second,) = signers(service)
    scratch("pin").rename(scratch("away"))
    os.kill(second, signal.SIGKILL)
    contains(service.pull(out="k2").text, "/v1/attest 200", "/v1/attest/ready 503", "signer-un")
    time.sleep(0.6)
    contains(service.pull(out="k3").text, "/v1/attest/ready 503", "signer-unusable")
    scratch("away").rename(scratch("pin"))
    time.sleep(0.6)
    certified(service, out="k4")
    (third,) = signers(service)
    os.kill(third, signal.SIGSTOP)  # a token that hangs
    begin = time.monotonic()
    contains(service.get("/log/checkpoint").decode(), "steward.example")
    answered = service.pull(out="k5").text
    contains(answered, "/v1/attest 200")
    true(time.monotonic() - begin < 25, "it waits for ever")
    service.process.send_signal(signal.SIGKILL)  # what it has started ends with it
    service.process.wait()
    until(lambda: not pathlib.Path(f"/proc/{third}").exists() or "Z" in pathlib.Path(f"/proc/{third}/stat").read_text().split()[2], "no signer is left")


@story("a wrong PIN is told once and not tried again; so is a token, a key or a module that is not there", seconds=120)
def _wrong():
    file = token()
    service = TokenService(file)
    service.process.send_signal(signal.SIGTERM)
    equal(service.process.wait(timeout=15), 0)
    serve = [STEWARD, "serve", "--config", service.folder / "steward.toml"]
    write("pin", "000000")
    tried = execute(serve)
    equal(tried.status, 3, tried.errors)
    contains(tried.errors, "(signer-pin-refused)")
    write("pin", PIN)
    scratch("pin").chmod(0o644)
    contains(execute(serve).errors, "(signer-unusable)", "0600")
    scratch("pin").chmod(0o600)
    service.start()
    service.ready_to_release()
    (first,) = signers(service)
    write("pin", "000000")
    time.sleep(0.6)
    os.kill(first, signal.SIGKILL)
    contains(service.pull(out="k1").text, "/v1/attest/ready 503", "signer-pin-refused")
    write("pin", PIN)  # right again, and yet not tried before somebody starts the service anew
    time.sleep(1.5)
    equal(signers(service), [])
    contains(service.pull(out="k2").text, "/v1/attest/ready 503", "signer-pin-refused")
    for number, wrong in enumerate((dict(root="none"), dict(root="root", label="another"), dict(root="root", module="/nowhere.so"),
                                    dict(root="root", module="/usr/lib/x86_64-linux-gnu/libz.so.1"), dict(root="root", pin="none"))):
        made = execute([STEWARD, "init", "--signer", wish(**wrong), scratch(f"new{number}")])
        equal(made.status, 1, f"{wrong}: {made.errors}")
        contains(made.errors, "(signer-unusable)")
        true(not scratch(f"new{number}").exists() and not scratch(f"new{number}.init").exists(), "something is left")
    for text in ("", 'module = "x"\n', "pin = \"1\"\n"):
        made = execute([STEWARD, "init", "--signer", write("bad.toml", text), scratch("new")])
        contains(made.errors, "(service-configuration-invalid)")


@story("the root alone in the token: the intermediate is renewed with it, and what was issued before still verifies", seconds=120)
def _renew():
    token()
    service = TokenService(wish(root="root"))
    true(not (service.folder / "root.key").exists() and (service.folder / "intermediate.key").exists(), "wrong keys in the folder")
    service.ready_to_release("--replicas", "9")
    equal(signers(service), [])  # a burst needs no token
    certified(service, out="k1")
    old = [(service.folder / name).read_bytes() for name in ("intermediate.pem", "tls.pem", "tls.key")]
    renew = [STEWARD, "renew-intermediate", "--config", service.folder / "steward.toml"]
    contains(done(execute(renew)).text, "366 days")
    new = [(service.folder / name).read_bytes() for name in ("intermediate.pem", "tls.pem", "tls.key")]
    equal([one == other for one, other in zip(old, new)], [False, False, True])
    done(execute(["openssl", "verify", "-CAfile", service.root, "-untrusted", service.folder / "intermediate.pem", scratch("leaf.pem")]))
    done(execute(["openssl", "verify", "-CAfile", service.root, "-untrusted", service.folder / "intermediate.pem",
                  service.folder / "tls.pem"]))
    service.process.send_signal(signal.SIGTERM)
    equal(service.process.wait(timeout=15), 0)
    service.start()
    certified(service, out="k2")
    scratch("pin").rename(scratch("away"))  # nothing is replaced where the root does not sign
    refused_one = execute(renew)
    equal(refused_one.status, 1)
    contains(refused_one.errors, "(signer-unusable)")
    equal((service.folder / "intermediate.pem").read_bytes(), new[0])


@story("without a token, too, the intermediate is renewed, with the root's file; with another root it is not", seconds=60)
def _renew_file():
    service = Service()
    renew = [STEWARD, "renew-intermediate", "--config", service.folder / "steward.toml"]
    contains(done(execute(renew)).text, "days")
    right = (service.folder / "root.key").read_bytes()
    shutil.copy(service.folder / "intermediate.key", service.folder / "root.key")
    contains(execute(renew).errors, "(ca-unusable)")
    (service.folder / "root.key").unlink()  # kept elsewhere
    contains(execute(renew).errors, "(service-unusable)", "root.key")
    (service.folder / "root.key").write_bytes(right)
    contains(execute(renew).errors, "(service-unusable)", "0600")


main()
