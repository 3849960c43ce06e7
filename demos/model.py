"""SEV-SNP Keeps in demonstrations: on tee-model, a model of the processor (test/model), and on nothing else, so whoever uses this says so."""
import os
import pathlib
import subprocess

SOURCE = pathlib.Path(__file__).resolve().parents[1]
SAID = ("This was tee-model, a model of the processor, and no silicon: it shows the protocol, and of a real processor nothing. Anybody can have its "
        "keys;\nso the tenant has named its root, as nobody would who means a real one.")


class Model:
    """Below a build folder; what it makes for a demonstration it leaves in `folder`."""

    def __init__(self, build, folder):
        self.build, self.folder = pathlib.Path(build), pathlib.Path(folder)
        self.keys = self.build / "parts/tee-model-keys"

    def missing(self):
        """Why nothing can be shown on it here; None: it can."""
        if not os.access(self.build / "parts/tee-model", os.X_OK) or not (self.keys / "vcek.pem").exists():
            return "tee-model is not built (cmake --build build --target model)"
        if b"user_notif" not in pathlib.Path("/proc/sys/kernel/seccomp/actions_avail").read_bytes():
            return "this kernel has no user notifications of seccomp, by which tee-model works"
        return None

    def runs(self):
        """What stands before a command that runs on it."""
        return [str(self.build / "parts/tee-model")]

    def certificates(self):
        """What a host gives along with its Keeps' evidence: the whole chain, up to a root that counts for nothing by being there."""
        path = self.folder / "processor.pem"
        path.write_bytes(b"".join((self.keys / f"{name}.pem").read_bytes() for name in ("vcek", "ask", "ark")))
        return ["--certificates", str(path)]

    def policy(self):
        return SOURCE / "test/model/policy.toml"

    def root(self):
        return f"amd-milan:{self.keys}/ark.pem"

    def measurement(self):
        """Of this installation's image, as its tenant has computed it."""
        done = subprocess.run([self.build / "enarx", "measure", "snp"], check=True, capture_output=True, text=True)
        return done.stdout.split()[-1]

    def judged_by(self, root=True, measurement=None):
        """How a tenant says which Keeps it takes: those of this root, or only of AMD's own, and of this image."""
        trusted = ["--root", self.root()] if root else []
        return ["--policy", str(self.policy()), *trusted, "--measurement", measurement or self.measurement()]
