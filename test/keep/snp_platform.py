#!/usr/bin/env python3
"""What an SEV-SNP Keep takes of its processor, on tee-model: the key under which it seals compiled code, a counter that no host turns, and the
certificates that its host has of it.
"""
import os
import pathlib
import hashlib
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../model/strangers"))
from model import model  # noqa: E402  first: it finds the harness
from harness import BUILD, PROGRAM, Failed, contains, enarx, environment, equal, execute, folder, guest, main, refused, scratch, story, succeeded, true, write  # noqa: E402,E501

sys.path.insert(0, os.path.join(HERE, "../attest"))
from web_service import Service  # noqa: E402
from cbor import decoded  # noqa: E402
from report import KEYS, Report  # noqa: E402

LOG = "--log-filter=cache=info"
TAKEN, KEPT, NOT_OURS = "the code is taken from the cache", "the code is kept for the next start", "of another module, engine or Keep"
ROOT = f"amd-milan:{KEYS}/ark.pem"
# The model's processor is of an older firmware than AMD's newest.
POLICY = """
base = "strict"
[snp.minimum-tcb.milan]
snp = 23
microcode = 213
"""


def run(*options, module="kernels", arguments=("list", "0.001"), host="", hostile="", counts=None, **more):
    settings = {"XDG_CACHE_HOME": str(scratch("cache")), "TEE_MODEL_HOST": host, "TEE_MODEL_HOSTILE": hostile}
    if counts:
        settings["TEE_MODEL_COUNTS"] = str(counts)
    line = [*model(), PROGRAM, "run", "--backend=snp", *options, module if isinstance(module, pathlib.Path) else guest(module), *arguments]
    return execute(line, timeout=400, env=environment({name: value for name, value in settings.items() if value}), **more)


def sealed():
    """The files of the cache."""
    return sorted(path for path in (scratch("cache") / "enarx/code/snp").glob("*") if path.is_file())


def cached(*options, **more):
    """What the log says of the cache, of a run that does what it should."""
    outcome = succeeded(run(LOG, *options, **more))
    return outcome.errors


def counted(name, *options, **more):
    file = scratch(f"counts-{name}")
    outcome = succeeded(run(*options, counts=file, **more))
    for _ in range(100):
        if file.exists() and file.read_text().count("\n") >= 8:
            break
        time.sleep(0.05)
    return {what: int(number) for what, number in (line.split() for line in file.read_text().splitlines())}, outcome


@story("compiled code is sealed for the next start of the same application, and nobody finds it in the cache", seconds=1500)
def kept():
    contains(cached(), KEPT)
    files = sealed()
    equal(len(files), 1)
    code = files[0].read_bytes()
    # An artefact of Wasmtime is an ELF file; the header that the host reads stands before it.
    true(b"\x7fELF" not in code and b".text" not in code, "the code lies open in the cache")
    contains(cached(), TAKEN)
    equal(sealed(), files)
    equal(files[0].read_bytes(), code)


@story("code that was changed, of another application or of another Keep is not taken: it is compiled anew and replaced", seconds=1500)
def not_taken():
    contains(cached(), KEPT)
    path = sealed()[0]
    good = path.read_bytes()

    def with_digest(data):
        data = bytearray(data)
        data[0x50:0x70] = hashlib.sha256(data[0x70:]).digest()
        return bytes(data)

    flipped = bytearray(good)
    flipped[0x70 + 5000] ^= 1
    path.write_bytes(with_digest(flipped))  # the host can make the digest right, and not the tag
    said = cached()
    contains(said, NOT_OURS, KEPT)
    contains(cached(), TAKEN)
    # Another policy, other firmware, other HOST_DATA: other keys.
    for options, host in ((("--guest-policy=0xb0000",), ""), ((), "tcb:22"), (("--host-data=" + "11" * 32,), "")):
        contains(cached(*options, host=host), NOT_OURS, KEPT)
        contains(cached(*options, host=host), TAKEN)
    # And other numbers of vCPUs are other measurements.
    contains(cached("--vcpus=3"), NOT_OURS, KEPT)


@story("a chip that masks its key, and a host that touches messages, leave an application without sealed code and running", seconds=900)
def without():
    said = cached(host="masked-key")
    contains(said, "there is no key to seal code with")
    equal(sealed(), [])
    said = cached(hostile="message-flip@2")
    contains(said, "there is no key to seal code with")
    equal(sealed(), [])


@story("the shim's call gives one key for one origin, measurement and chip, once, and none after it was given up", seconds=600)
def by_the_call():
    def key(letter, host=""):
        program = scratch("code_key")
        if not program.exists():
            shutil.copy(BUILD / "parts/keep-program-code_key", program)
            succeeded(execute([BUILD / "parts/keep-bind", BUILD / "parts/shim-snp", program, f"{program}.shim", f"{program}.tree"]))
        line = [*model(), str(BUILD / "parts/keep-run"), f"--shim={program}.shim", "--cpus=1", str(program), letter]
        return succeeded(execute(line, timeout=100, env=environment({"TEE_MODEL_HOST": host} if host else {}))).text.strip()
    first = key("a")
    equal(len(first), 64, first)
    equal(key("a"), first)
    true(len({first, key("b"), key("a", host="tcb:22")}) == 3, "two origins, or two firmwares, have one key")
    equal(key("-"), "none: no more")
    equal(key("a", host="masked-key"), "none: no device")


@story("a module that compiles in no time costs no message, --no-cache none either; code that is ready is cheaper than compiling", seconds=1500)
def cost():
    small, _ = counted("small", module=write("small.wat", '(module (memory (export "memory") 1) (func (export "_start")))'), arguments=())
    equal(small["messages"], 0)
    none, _ = counted("none", "--no-cache")
    equal(none["messages"], 0)
    first, _ = counted("first")
    equal(first["messages"], 2)
    ready, _ = counted("ready")
    equal(ready["messages"], 2)
    print(f"    compiled: {none}\n    compiled and sealed: {first}\n    ready: {ready}")
    true(ready["validated"] < none["validated"], f"{ready} {none}")


class Clock:
    """A Keep that tells its clock when it is asked."""

    def __init__(self, *options, host="", hostile=""):
        settings = {"TEE_MODEL_HOST": host, "TEE_MODEL_HOSTILE": hostile}
        self.process = subprocess.Popen([*model(), PROGRAM, "run", "--backend=snp", *options, guest("ticks")], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, env=environment({name: value for name, value in settings.items() if value}))

    def read(self):
        self.process.stdin.write(b".")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise Failed("the Keep has ended")
        return int(line.split()[0]), int(line.split()[1])

    def pace(self, seconds=4):
        """Seconds of the Keep in a second of ours."""
        self.read()
        begun, first = time.monotonic(), self.read()[0]
        time.sleep(seconds)
        last, ended = self.read()[0], time.monotonic()
        return (last - first) / 1e9 / (ended - begun)

    def close(self):
        self.process.stdin.close()
        self.process.wait(timeout=60)


def pace(*options, **more):
    clock = Clock(*options, **more)
    try:
        return clock.pace()
    finally:
        clock.close()


@story("a host that slows the counter slows a Keep's clock, but not with --secure-tsc", seconds=600)
def counter():
    for options, hostile, least, most in (((), "", 0.9, 1.1), ((), "counter:50@*", 0.4, 0.6), (("--secure-tsc",), "", 0.9, 1.1),
                                          (("--secure-tsc",), "counter:50@*", 0.9, 1.1)):
        seen = pace(*options, hostile=hostile)
        true(least <= seen <= most, f"{options} {hostile}: {seen}")


@story("with --secure-tsc the time of day begins as the host says, and goes on from there", seconds=300)
def time_of_day():
    clock = Clock("--secure-tsc")
    try:
        true(abs(clock.read()[1] / 1e9 - time.time()) < 60, "the time of day is far off")
    finally:
        clock.close()


@story("--secure-tsc is part of the measurement, predicted as the firmware has it, and refused where the host has none", seconds=600)
def secure_tsc():
    plain, secure = (succeeded(enarx("measure", "snp", *more)).text.split()[-1] for more in ((), ("--secure-tsc",)))
    true(plain != secure, "the digest is the same")
    files = {part: str(scratch(part)) for part in ("block", "auth", "key")}
    succeeded(enarx("key", "sev", "create", "--out", files["key"]))
    succeeded(enarx("measure", "snp", "--secure-tsc", "--policy=0x30000", f"--id-block={files['block']}", f"--id-auth={files['auth']}", f"--id-key={files['key']}"))
    identity = (f"--id-block={files['block']}", f"--id-auth={files['auth']}")
    succeeded(run("--secure-tsc", *identity, module="hello", arguments=()))
    refused(run(*identity, module="hello", arguments=()), 125, name="snp-identity-refused")
    for host in ("no-secure-tsc", "kernel:6.12"):
        refused(run("--secure-tsc", module="hello", arguments=(), host=host), 125, name="snp-no-secure-tsc")
    info = succeeded(execute([*model(), PROGRAM, "platform", "info"], timeout=60)).text
    contains(info, "Secure TSC (--secure-tsc): offered")


def kds(folder_of="", snp=23):
    """A stand-in for AMD's key distribution service: it answers for the model's chip, under the addresses of AMD's specification, 4."""
    chip = b"software model of SEV-SNP, no chip: proves nothing".ljust(64, b"\0").hex()
    keys = KEYS / folder_of
    chain = (keys / "ask.pem").read_bytes() + (keys / "ark.pem").read_bytes()
    return Service({f"/vcek/v1/Milan/{chip}?blSPL=04&teeSPL=00&snpSPL={snp}&ucodeSPL=213": (200, {}, (keys / "vcek.der").read_bytes()),
                    "/vcek/v1/Milan/cert_chain": (200, {}, chain), "/vcek/v1/Milan/crl": (200, {}, (keys / "crl.der").read_bytes())})


def of_the_model(*arguments, host="", timeout=60):
    settings = {"XDG_CACHE_HOME": str(scratch("cache"))} | ({"TEE_MODEL_HOST": host} if host else {})
    return execute([*model(), PROGRAM, *arguments], timeout=timeout, env=environment(settings))


def evidence(*options, host=""):
    config = write("Enarx.toml", '[[files]]\nkind = "dir"\npath = "/dev/attestation"\nsource = "attestation"\n')
    outcome = succeeded(run("--config", config, *options, module="attestation", arguments=("evidence", "my nonce"), host=host))
    return write("evidence", outcome.out)


def verified(path, *more):
    policy = write("policy.toml", POLICY)
    digests = dict(line.split() for line in succeeded(enarx("run", "--config", scratch("Enarx.toml"), "--digests", guest("attestation"), "evidence",
                                                            "my nonce")).text.splitlines())
    measurement = succeeded(enarx("measure", "snp")).text.split()[-1]
    return enarx("verify", f"--policy={policy}", f"--measurement={measurement}", f"--configuration={digests['configuration']}", f"--root={ROOT}", f"--user-data={b'my nonce'.hex()}", f"--workload={guest('attestation')}",
                 *more, path)


@story("platform snp fetch asks AMD's service for this chip, by /dev/sev, and a Keep's evidence then verifies without asking anybody", seconds=900)
def cached_certificates():
    service = kds()
    before = evidence()
    true(verified(before).status != 0, "it verifies without certificates")
    outcome = succeeded(of_the_model("platform", "snp", "fetch", "--kds", service.url, "--pace", "0", f"--out={scratch('bundle')}"))
    equal(len(outcome.text.splitlines()), 3, outcome.text)
    contains(outcome.text, "kept the VCEK of the Milan processor", "kept the chain of SEV-Milan", "kept the revocation list of ARK-Milan")
    equal({path for path, _ in service.asked}, set(service.answers))
    contains(succeeded(of_the_model("platform", "info")).text, "Certificates of this chip, for the evidence of its Keeps: in the cache")
    service.answers.clear()
    after = evidence()
    contains(succeeded(verified(after)).text, "accepted (SEV-SNP report)")
    # The same as a file, elsewhere.
    contains(succeeded(verified(before, f"--endorsements={scratch('bundle')}")).text, "accepted")
    # Under AMD's own root it is nothing.
    equal(enarx("verify", f"--policy={write('policy.toml', POLICY)}", after).status, 1)
    # Other firmware: another certificate, which is not there.
    claims, _ = decoded(evidence(host="tcb:22").read_bytes())
    true("certificates" not in claims or not claims["certificates"], "certificates of other firmware went along")


@story("platform snp vcek prints this chip's certificate; a host without /dev/sev, a service without it and none at all are told by name", seconds=300)
def vcek():
    service = kds()
    outcome = succeeded(of_the_model("platform", "snp", "vcek", "--kds", service.url, "--pace", "0"))
    equal(outcome.out.split(), (KEYS / "vcek.pem").read_bytes().split())
    for what in ("vcek", "fetch"):
        refused(of_the_model("platform", "snp", what, "--kds", service.url, host="no-sev"), 1, "No such file", name="platform-unknown")
        refused(of_the_model("platform", "snp", what, "--kds", service.url, host="sev-denied"), 1, "Permission denied", name="platform-unknown")
        refused(of_the_model("platform", "snp", what, "--kds", service.url, "--refresh", "--pace", "0", host="tcb:22"), 1, "snpSPL=22", "404",
                name="collateral-unavailable")
        refused(of_the_model("platform", "snp", what, "--kds", "http://127.0.0.1:9", "--refresh", "--pace", "0", "--patience", "0"), 1,
                name="collateral-unavailable")


@story("certificates of another chip's making, or none of them whole, are not given along as this chip's", seconds=300)
def foreign_certificates():
    service = kds()
    wrong = next(path for path in service.answers if "?" in path)
    service.answers[wrong] = (200, {}, (KEYS / "vlek.der").read_bytes())
    refused(of_the_model("platform", "snp", "fetch", "--kds", service.url, "--pace", "0"), 1, name="endorsement-unusable")
    contains(succeeded(of_the_model("platform", "info")).text, "none in the cache")


@story("evidence that a VLEK signed verifies with its provider's chain, which the host gives along, and not with the chip's", seconds=900)
def vlek():
    chain = write("vlek-chain.pem", (KEYS / "vlek.pem").read_bytes() + (KEYS / "asvk.pem").read_bytes())
    revoked = f"--endorsements={KEYS}/crl.der"
    path = evidence(f"--certificates={chain}", host="vlek")
    report = Report(decoded(path.read_bytes())[0]["report"])
    equal(report.data[:0], b"")
    outcome = succeeded(verified(path, revoked))
    contains(outcome.text, "accepted (SEV-SNP report)", "VLEK", "tee-model")
    of_chip = write("vcek-chain.pem", (KEYS / "vcek.pem").read_bytes() + (KEYS / "ask.pem").read_bytes())
    true(verified(evidence(f"--certificates={of_chip}", host="vlek"), revoked).status != 0, "a VCEK's chain was taken for a VLEK's report")
    # Code is sealed by the chip's key all the same.
    contains(cached(host="vlek"), KEPT)
    contains(cached(), TAKEN)


main()
