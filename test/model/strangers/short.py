"""A machine that is short of something (TEE_MODEL_HOST), by what a small VMM meets: for the product's own tests of bad input."""
from model import model  # first: it finds the harness
from harness import BUILD, contains, equal, execute, main, scratch, story
from linux_guest import Guest

CASES = {
    "no-kvm": "/dev/kvm or /dev/sev cannot be opened",
    "no-sev": "/dev/kvm or /dev/sev cannot be opened",
    "sev-denied": "/dev/kvm or /dev/sev cannot be opened",
    "no-snp": "/dev/kvm or /dev/sev cannot be opened",
    "guests:0": "KVM_SEV_INIT2: Device or resource busy",
    "firmware:0.17,start:7": "KVM_SEV_SNP_LAUNCH_START: Input/output error, firmware says 7",
    "memory:100": "KVM_SEV_SNP_LAUNCH_UPDATE: Input/output error",
    "update:0x16": "KVM_SEV_SNP_LAUNCH_UPDATE: Input/output error, firmware says 22",
    "finish:0x0b": "KVM_SEV_SNP_LAUNCH_FINISH: Input/output error, firmware says 11",
    "cpuid:refused": "the firmware does not take its own CPUID page",
    "call:0xaed4:12": "KVM_CREATE_GUEST_MEMFD: Cannot allocate memory",
    "call:0xae41:24:2": "KVM_CREATE_VCPU: Too many open files",
}


@story("each shortage of the machine is met where a real one would be", seconds=900)
def _():
    kernel = Guest().kernel
    for word, said in CASES.items():
        outcome = execute([*model(), BUILD / "parts" / "snp-linux", "--kernel", kernel, "--processors", "2"],
                          env={"TEE_MODEL_HOST": word}, timeout=60)
        equal(outcome.status, 1, f"under {word}: {outcome.err.decode()}")
        contains(outcome.err.decode(), said)


@story("what the model does not know is said, and nothing is started", seconds=60)
def _():
    for variable in ("TEE_MODEL_HOST", "TEE_MODEL_HOSTILE"):
        mark = scratch("mark")
        outcome = execute([*model(), "/bin/sh", "-c", f"touch {mark}"], env={variable: "nonsense:1@2"}, timeout=60)
        equal(outcome.status, 125)
        contains(outcome.err.decode(), f"{variable} is not understood: nonsense:1@2")
        equal(mark.exists(), False, "the program was started")


@story("the program on the model sees none of the model's switches", seconds=60)
def _():
    outcome = execute([*model(), "/bin/cat", "/proc/self/environ"], env={"TEE_MODEL_HOST": "smt", "TEE_MODEL_HOSTILE": "silent@1"}, timeout=60)
    equal(b"TEE_MODEL" in outcome.out, False)


if __name__ == "__main__":
    main()
