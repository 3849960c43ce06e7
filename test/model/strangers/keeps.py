"""SEV-SNP Keeps on tee-model, for stories about who believes them. Anybody can have its keys (build/parts/tee-model-keys), so nothing counts
but under the root that a story names."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from model import model  # noqa: E402  first: it finds the harness
from harness import BUILD, PROGRAM, SOURCE, enarx, execute, scratch, start, succeeded, write  # noqa: E402
from report import KEYS  # noqa: E402

POLICY = (SOURCE / "test/model/policy.toml").read_text()
ROOT = f"amd-milan:{KEYS}/ark.pem"


def policy(*values, snp=23):
    """POLICY with more values to compare with, and another least firmware."""
    return POLICY.replace("snp = 23", f"snp = {snp}") + "".join(f"{value}\n" for value in values)


def certificates(*names):
    """What a host gives along: if nothing else is named the model's VCEK and ASK, as AMD's service has them."""
    names = names or ("vcek", "ask")
    path = scratch(f"{'-'.join(names)}.pem")
    path.write_bytes(b"".join((KEYS / f"{name}.pem").read_bytes() for name in names))
    return path


def measurement(*options):
    return succeeded(enarx("measure", "snp", *options)).text.split()[-1]


def another_model():
    """The root of a model that is somebody else's, as --root and `roots` have it; made once."""
    folder = BUILD / "another-model"
    if not (folder / "vcek.key").exists():
        folder.mkdir(exist_ok=True)
        succeeded(execute([*model(), "--make-keys", folder], timeout=300))
    return f"amd-milan:{folder}/ark.pem"


def machine(host):
    """The environment in which the model is a machine that is short of something (TEE_MODEL_HOST)."""
    return {"TEE_MODEL_HOST": host} if host else None


def on_model(*words, host="", **how):
    """A command of enarx that starts a Keep, to its end."""
    return execute([*model(), PROGRAM, *words], env=machine(host), **{"timeout": 240, **how})


def start_on_model(*words, host="", **how):
    return start([*model(), PROGRAM, *words], env=machine(host), **how)


def tenants_words(**other):
    """What a tenant says to `enarx deploy` and `enarx verify` who takes the model's Keeps, and only these."""
    wanted = {"policy": write("policy.toml", POLICY), "root": ROOT, "measurement": measurement()} | other
    return [f"--{name}={value}" for name, value in wanted.items() if value is not None]
