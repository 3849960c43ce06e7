"""Evidence: what the secure processor signs, and whether `enarx verify` goes from there to AMD's root."""
import pathlib
import re
import struct

from commands import enarx, guest, keep, succeeded
from launch import DEBUG
from report import Failed, Skip

MOUNT = '[[files]]\nkind = "dir"\npath = "/dev/attestation"\nsource = "attestation"\n'
REPORT = b"\x59\x04\xa0"  # CBOR: a string of 1184 bytes
NONCE = "hardware check"


def report_in(evidence):
    """The report's bytes; docs/attestation.md says what is around them."""
    begin = evidence.find(REPORT) + len(REPORT)
    if begin < len(REPORT) or len(evidence) < begin + 1184:
        raise Failed("the evidence has no report of 1184 bytes")
    return evidence[begin:begin + 1184]


class Evidence:
    def __init__(self, folder, options):
        self.folder, self.given = pathlib.Path(folder), options
        (self.folder / "Enarx.toml").write_text(MOUNT)
        self.path = self.folder / "evidence"
        self.seconds = {}

    def make(self, options=(), name="evidence"):
        outcome = succeeded(keep("attestation", "evidence", NONCE, options=["--config", self.folder / "Enarx.toml", *options]))
        path = self.folder / name
        path.write_bytes(outcome.out)
        report_in(outcome.out)
        return path, outcome.seconds


def made(evidence):
    host_data = "5a" * 32
    evidence.path, seconds = evidence.make([f"--host-data={host_data}"])
    if report_in(evidence.path.read_bytes())[0xC0:0xE0].hex() != host_data:
        raise Failed("HOST_DATA of the report is not the launch's")
    return f"{evidence.path.stat().st_size} bytes, a Keep with it {seconds:.3f} s, HOST_DATA as given"


def contents(evidence):
    return report_in(evidence.path.read_bytes())


def measurement(evidence):
    predicted, signed = succeeded(enarx("measure", "snp")).text.split()[-1], contents(evidence)[0x90:0xC0].hex()
    if predicted != signed:
        raise Failed(f"signed {signed}, predicted {predicted}")
    return f"{signed} is signed, and what was predicted"


def fields(evidence, report):
    data = contents(evidence)
    version, svn, policy = struct.unpack_from("<IIQ", data)
    vmpl, algorithm = struct.unpack_from("<II", data, 0x30)
    current, platform_info, key_info = struct.unpack_from("<QQI", data, 0x38)
    reported, = struct.unpack_from("<Q", data, 0x180)
    committed, = struct.unpack_from("<Q", data, 0x1E0)
    launch, launch_mitigations, current_mitigations = struct.unpack_from("<QQQ", data, 0x1F0)
    chip = data[0x1A0:0x1E0]
    used = len(chip.rstrip(b"\0"))
    family, model, stepping = data[0x188:0x18B]
    if vmpl != 0 or not 2 <= version <= 5:
        raise Failed(f"version {version}, VMPL {vmpl}")
    reserved = [f"{begin:#x}-{end:#x}" for begin, end in ((0x4C, 0x50), (0x18B, 0x1A0), (0x208, 0x2A0), (0x330, 0x4A0)) if any(data[begin:end])]
    return (f"version {version}, SVN {svn}, policy {policy:#x}, VMPL {vmpl}, algorithm {algorithm}, platform info {platform_info:#x}, key info {key_info:#x} "
            f"(signed by {('VCEK', 'VLEK')[key_info >> 2 & 7] if key_info >> 2 & 7 < 2 else 'nobody'}), TCB {current:#018x} reported {reported:#018x} committed {committed:#018x} launch {launch:#018x}, "
            f"mitigations {launch_mitigations:#x} {current_mitigations:#x}, CPUID {family}/{model}/{stepping}, firmware {data[0x1EA]}.{data[0x1E9]}.{data[0x1E8]}, "
            f"reserved bytes that are not zero: {', '.join(reserved) or 'none'}, chip id of {used} bytes {chip.hex() if report.with_chip_id else '(masked)' if used else '(zero)'}")


def endorsements(evidence):
    """Options that name what AMD says of this chip: given, or fetched."""
    if evidence.given.certificates:
        return [f"--endorsements={path}" for path in evidence.given.certificates]
    if evidence.given.offline:
        raise Skip("no --certificates, and --offline")
    bundle = evidence.folder / "bundle"
    if not bundle.exists():
        outcome = enarx("collateral", "fetch", evidence.path, "--out", bundle, seconds=240)
        if outcome.status != 0:
            raise Skip(f"AMD's key distribution service does not give it: {outcome.first_error()}; --certificates FILE names what somebody else fetched")
    return [f"--endorsements={bundle}"]


def verdict(evidence, path, *options):
    measured = succeeded(enarx("measure", "snp")).text.split()[-1]
    given = [*([f"--policy={evidence.given.policy}"] if evidence.given.policy else []), *([f"--root={evidence.given.root}"] if evidence.given.root else [])]
    digests = dict(line.split() for line in succeeded(
        enarx("run", "--config", evidence.folder / "Enarx.toml", "--digests", guest("attestation"), "evidence", NONCE)).text.splitlines())
    return enarx("verify", *given, *options, f"--measurement={measured}", f"--workload={guest('attestation')}",
                 f"--configuration={digests['configuration']}", f"--user-data={NONCE.encode().hex()}", path)


def verified(evidence):
    """The strict policy, or the one that was given: what it refuses is told by rule."""
    outcome = verdict(evidence, evidence.path, *endorsements(evidence))
    if outcome.status != 0:
        rules = re.findall(r"^ +(failed|undecided) +([\w.-]+)", outcome.text, re.MULTILINE)
        raise Failed(f"not accepted: {', '.join(f'{rule} {how}' for how, rule in rules) or outcome.first_error()}", outcome.text + outcome.errors)
    return f"accepted under {evidence.given.root or 'the built-in root of AMD'}, policy {evidence.given.policy or 'strict'}"


def other_nonce(evidence):
    """The same evidence, another nonce than the application's: refused by the rule that compares it."""
    outcome = enarx("verify", f"--policy={evidence.given.policy or 'strict'}", f"--workload={guest('attestation')}", f"--user-data={b'another'.hex()}",
                    *endorsements(evidence), *([f"--root={evidence.given.root}"] if evidence.given.root else []), evidence.path)
    if outcome.status == 0 or "failed  snp.report-data" not in outcome.text:
        raise Failed("evidence for another nonce is not refused by snp.report-data", outcome.text + outcome.errors)
    return "refused by snp.report-data"


def debug_refused(evidence):
    """A Keep whose host may look into it: its report says so, and nobody takes it for a Keep."""
    try:
        path, _ = evidence.make([f"--guest-policy={DEBUG:#x}"], "debug")
    except Failed as failure:
        raise Skip(f"this host launches none with policy {DEBUG:#x}: {failure}") from None
    outcome = verdict(evidence, path, *endorsements(evidence))
    if outcome.status == 0 or "failed  snp.policy" not in outcome.text:
        raise Failed("evidence of a Keep with debugging is not refused by its policy", outcome.text + outcome.errors)
    return "refused by " + ", ".join(sorted(set(re.findall(r"failed +(snp\.policy[\w.-]*)", outcome.text))))


def ask(report, folder, options):
    evidence = Evidence(folder, options)
    if report.check("evidence.made", made, evidence) is None:
        return
    report.check("evidence.digest", measurement, evidence)
    report.check("evidence.report", fields, evidence, report)
    report.check("evidence.verified", verified, evidence)
    report.check("evidence.other-nonce", other_nonce, evidence)
    report.check("evidence.debug-policy", debug_refused, evidence)
