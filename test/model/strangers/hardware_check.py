#!/usr/bin/env python3
"""tools/hardware_check.sh, which asks a host with SEV-SNP what nobody of us could: whole on the model, and on hosts that have none or lie."""
import os
import re
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from model import model  # noqa: E402  first: it finds the harness
from harness import BUILD, SOURCE, contains, environment, equal, execute, main, matches, scratch, story, true, write  # noqa: E402

SCRIPT = str(SOURCE / "tools/hardware_check.sh")
KEYS = BUILD / "parts/tee-model-keys"
POLICY = 'base = "strict"\n[rules]\nsnp.crl.present = false\nsnp.crl.fresh = false\n[snp.minimum-tcb.milan]\nsnp = 23\nmicrocode = 213\n'
# What cannot be answered by a model; the kernel's log is the test machine's.
NEVER = {"host.cpuid", "host.kernel-log", "host.kernel-log-behind", "launch.calls"}


def checked(*options, host="", seconds=1200):
    """Of the script on the model: outcome, and verdict and words by name of check."""
    path = tempfile.mktemp(dir=scratch(), suffix=".txt")
    line = [*model(), SCRIPT, "snp", "--out", path, "--quick", "--offline", "--stories=-", *options]
    outcome = execute(line, timeout=seconds, env=environment({"ENARX_BUILD_DIR": str(BUILD), **({"TEE_MODEL_HOST": host} if host else {})}))
    text = open(path, encoding="utf-8").read()
    contains(outcome.text, text)
    return outcome, text, {name: (verdict, words) for verdict, name, words in re.findall(r"^(ok|FAILED|SKIP) ([\w.-]+): (.*)$", text, re.MULTILINE)}


@story("on the model every question is answered as it is believed, and the closing line counts them", seconds=1300)
def whole():
    outcome, text, answers = checked("--minutes=20", f"--policy={write('policy.toml', POLICY)}", f"--root=amd-milan:{KEYS}/ark.pem",
                                     f"--certificates={KEYS}/vcek.pem", f"--certificates={KEYS}/ask.pem")
    true(len(answers) > 40, f"{len(answers)} answers")
    wrong = [f"{verdict} {name}: {words}" for name, (verdict, words) in answers.items() if verdict != "ok" and name not in NEVER]
    true(not wrong, "\n".join(wrong))
    counted = [sum(verdict == each for verdict, _ in answers.values()) for each in ("ok", "FAILED", "SKIP")]
    equal(text.splitlines()[-1], "{} passed, {} failed, {} skipped".format(*counted))
    equal(outcome.status, 1 if counted[1] else 0, outcome.errors)
    contains(answers["evidence.report"][1], "(masked)")
    true(not re.search(r"[0-9a-f]{128}", text), "64 bytes in hex, such as a chip's id, stand in it")


@story("a chip's id is in it where that is asked for", seconds=400)
def chip():
    _, _, answers = checked("--only=evidence.made", "--only=evidence.report", "--with-chip-id")
    matches(answers["evidence.report"][1], r"chip id of \d+ bytes [0-9a-f]{128}")


@story("under AMD's own root the model's evidence is not accepted, and that fails the check", seconds=400)
def root():
    outcome, _, answers = checked("--only=evidence.made", "--only=evidence.verified", f"--certificates={KEYS}/vcek.pem", f"--certificates={KEYS}/ask.pem")
    equal((outcome.status, answers["evidence.verified"][0]), (1, "FAILED"))


@story("a host that has no SEV-SNP is told what it lacks, at once, and nothing else is tried", seconds=60)
def lacking():
    for host, words in (("no-snp", "KVM offers virtual machines of type 4"), ("no-sev", "/dev/sev"), ("firmware:1.50", "1.51 or later")):
        outcome, text, answers = checked(host=host, seconds=30)
        equal((outcome.status, answers["host.platform-info"][0]), (1, "FAILED"), host)
        contains(answers["host.platform-info"][1], words)
        true("launch.hello" not in answers, text)
        matches(text, r"^2 passed, 1 failed, 0 skipped$")


@story("firmware that comes to another digest, and one that starts nothing, fail the checks that ask", seconds=400)
def other_answers():
    outcome, _, answers = checked("--only=launch.digest-4", host="finish:0x0b")
    equal((outcome.status, answers["launch.hello"][0]), (1, "FAILED"))
    outcome, _, answers = checked("--only=launch.policy-firmware", host="firmware:1.51")
    equal(answers["launch.policy-firmware-255.255"][0], "ok")


@story("a file that is there stays, and words that mean nothing are refused", seconds=60)
def misused():
    path = write("there.txt", "mine")
    outcome = execute([SCRIPT, "snp", "--out", path], env=environment({"ENARX_BUILD_DIR": str(BUILD)}))
    true(outcome.status != 0, outcome.text)
    equal(path.read_text(), "mine")
    for words in (["tdx"], [], ["snp", "--stories=none-such"]):
        true(execute([SCRIPT, *words], env=environment({"ENARX_BUILD_DIR": str(BUILD)})).status != 0, words)


main()
