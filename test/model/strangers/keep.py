"""Today's Keep on the model, unchanged: the first proof of its front and its processor, without SNP."""

from model import model

from harness import PROGRAM, contains, equal, execute, guest, main, scratch, story, succeeded, true  # noqa: E402


def keep(module, *arguments, options=(), **how):
    """enarx run in a KVM Keep, with the model's /dev/kvm; its shim is the one that lives in ring 0."""
    return execute([*model(), PROGRAM, "run", "--backend=kvm", "--shim=kvm", *options, guest(module), *arguments], timeout=120, **how)


@story("the unchanged enarx runs hello on the model", seconds=1500)
def _():
    succeeded(keep("hello"), out="Hello, world!\n")


@story("the exit status of an application with threads is its own", seconds=300)
def _():
    equal(keep("exit_status", "77", "exit").status, 77)


@story("a time limit ends an endless program on the model as on KVM", seconds=300)
def _():
    equal(keep("endless", options=["--timeout=3s"]).status, 124)


@story("input and output of a program on the model are the program's", seconds=300)
def _():
    text = b"a line\n" * 10000
    outcome = keep("copy", stdin=text)
    equal(outcome.out, text)


@story("all that the host can see of a Keep without hardware holds what its application has in memory", seconds=120)
def _():
    marker = b"a marker that is nowhere else: 7c3f9a"
    outcome = keep("copy", stdin=marker, env={"TEE_MODEL_VIEW": str(scratch("view"))})
    equal(outcome.out, marker)
    true(marker in scratch("view").read_bytes(), "the search finds it")


@story("processors are made while other threads stop those that run", seconds=300)
def _():
    (program,) = model()
    for _ in range(20):
        succeeded(execute([program.replace("tee-model", "model-processors")]))


@story("who calls with closed standard streams finds them closed, and the model none of its own in their place", seconds=60)
def _():
    ends = "[ ! -e /proc/$$/fd/0 ] && [ ! -e /proc/$$/fd/1 ] && [ ! -e /proc/$$/fd/2 ] && exit 7"
    equal(execute(["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh", *model(), "/bin/sh", "-c", ends]).status, 7)


@story("a program that is not there is an error as a shell has it", seconds=60)
def _():
    outcome = execute([*model(), "/no/such/program"])
    equal(outcome.status, 127)
    contains(outcome.err.decode(), "/no/such/program")


main()
