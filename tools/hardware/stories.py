"""The stories of test/scenario in SEV-SNP Keeps, as the tests tell them in nil and KVM Keeps."""
import re
import sys

from commands import BUILD, SOURCE, execute
from report import Failed, Skip

# install and network have their own backends; bad_configuration and measure start no Keep.
NAMES = ("streams", "traps", "attestation", "signals", "bad_input", "cache", "terminal", "tools", "run_rules", "tcp", "tls", "measure_snp", "confinement", "paths")


def tell(name, seconds):
    path = SOURCE / "test/scenario" / f"{name}.py"
    if not path.exists():
        raise Skip("test/scenario is not here")
    outcome = execute([sys.executable, path], seconds=seconds, env={"ENARX_BUILD_DIR": str(BUILD), "ENARX_TEST_BACKEND": "snp"})
    lines = outcome.text.strip().splitlines() or [""]
    closing = re.match(r"(\d+) passed, (\d+) failed", lines[-1])
    if not closing or outcome.status != 0:
        told = [line for line in lines[:-1] if not line.startswith("ok ")]
        raise Failed(lines[-1] or outcome.first_error(), "\n".join(told) + "\n" + outcome.errors[-1000:])
    if closing[1] == "0":
        raise Skip(f"nothing of it was tried: {lines[-1]}")
    return f"{lines[-1]}, {outcome.seconds:.0f} s"


def ask(report, names):
    for name in names:
        report.check(f"story.{name}", tell, name, max(5, min(300, report.left())))
