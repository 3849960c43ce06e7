#!/usr/bin/env python3
"""The rules of `enarx run`: names, descriptors, directories, the environment, the command line over the file."""
import os
import shutil
import sys

sys.path.insert(0, os.path.dirname(__file__))
from harness import *  # noqa: E402,F403

STREAMS = """
[[files]]
kind = "stdin"
[[files]]
kind = "stdout"
[[files]]
kind = "stderr"
"""


def package(program, configuration=None):
    """A folder with main.wasm and, where given, Enarx.toml."""
    place = folder("package")
    shutil.copy(guest(program), place / "main.wasm")
    if configuration is not None:
        (place / "Enarx.toml").write_text(configuration)
    return place


def variables(outcome):
    return dict(line.split("=", 1) for line in succeeded(outcome).text.splitlines())


@story("argv[0] is the file's base name")
def argv0_of_a_file():
    succeeded(run("arguments"), "1\narguments.wasm\n")
    place = write("deep/er/ other name.wasm", guest("arguments").read_bytes())
    succeeded(run(place), "1\n other name.wasm\n")


@story("argv[0] of a folder is main.wasm, and its Enarx.toml holds", ours=True)
def argv0_of_a_folder():
    succeeded(run(package("arguments", 'args = ["from", "the file"]\n')), "3\nmain.wasm\nfrom\nthe file\n")


@story("a folder needs no Enarx.toml", ours=True)
def folder_without_configuration():
    succeeded(run(package("hello")), "Hello, world!\n")


@story("arguments of the command line replace those of the file", ours=True)
def arguments_replace():
    config = write("Enarx.toml", 'args = ["of", "the", "file"]\n')
    succeeded(run("arguments", options=["--config", config]), "4\narguments.wasm\nof\nthe\nfile\n")
    succeeded(run("arguments", "mine", options=["--config", config]), "2\narguments.wasm\nmine\n")


@story("what follows the application is the application's, even where it looks like an option of ours")
def options_after_the_application():
    succeeded(run("arguments", "--dir", "x", "--help"), "4\narguments.wasm\n--dir\nx\n--help\n")


@story("--env adds to the file's environment and overrides it", ours=True)
def environment_over_file():
    config = write("Enarx.toml", '[env]\nKEPT = "1"\nCHANGED = "old"\n')
    found = variables(run("environment", options=["--config", config, "--env", "CHANGED=new", "--env", "ADDED=2"]))
    equal({k: v for k, v in found.items() if not k.startswith("FD_")}, {"KEPT": "1", "CHANGED": "new", "ADDED": "2"})


@story("nothing of the host's environment comes along by itself", ours=True)
def environment_alone():
    found = variables(run("environment", env={"HOST_SECRET": "x"}))
    equal({k for k in found if not k.startswith("FD_")}, set())


@story("--env of a variable that the host does not have is said, or sets nothing", ours=True)
def environment_unknown():
    outcome = run("environment", options=["--env", "NOBODY_HAS_THIS"], env={"NOBODY_HAS_THIS": None})
    true(outcome.status in (0, 2, 125) and "NOBODY_HAS_THIS" not in outcome.text, outcome.text)


@story("without files in the configuration, 0 to 2 are the standard streams", ours=True)
def default_descriptors():
    found = variables(run("environment", options=["--config", write("Enarx.toml", "")]))
    equal((found["FD_COUNT"], found["FD_NAMES"]), ("3", "stdin:stdout:stderr"))


@story("with streams in the configuration, an entry's descriptor is its index", ours=True)
def descriptors_by_index():
    config = write("Enarx.toml", '[[files]]\nkind = "null"\n[[files]]\nkind = "stdout"\nname = "out"\n')
    found = variables(run("environment", options=["--config", config]))
    equal((found["FD_COUNT"], found["FD_NAMES"]), ("2", "null:out"))
    # Descriptor 1 is standard error here: what the application prints goes there.
    config = write("swapped.toml", '[[files]]\nkind = "stdin"\n[[files]]\nkind = "stderr"\n[[files]]\nkind = "stdout"\n')
    outcome = run("hello", options=["--config", config])
    equal((outcome.status, outcome.text, outcome.errors), (0, "", "Hello, world!\n"))


@story("an entry of kind null reads as empty and swallows what is written", ours=True)
def null_streams():
    config = write("Enarx.toml", '[[files]]\nkind = "null"\n[[files]]\nkind = "null"\n[[files]]\nkind = "stderr"\n')
    outcome = run("copy", options=["--config", config], stdin=b"never read")
    equal((outcome.status, outcome.text, outcome.errors), (0, "", "0 bytes\n"))


@story("directories come first, from 3 on, then the sockets in their order", ours=True)
def order_of_descriptors():
    config = write("Enarx.toml", """
[[files]]
kind = "listen"
name = "first"
prot = "tcp"
addr = "127.0.0.1"
port = 0
[[files]]
kind = "dir"
path = "/scratch"
source = "memory"
[[files]]
kind = "listen"
name = "second"
prot = "tcp"
addr = "127.0.0.1"
port = 0
""")
    found = variables(run("environment", options=["--config", config]))
    names = found["FD_NAMES"].split(":")
    equal(found["FD_COUNT"], "6")
    equal(names[:3], ["stdin", "stdout", "stderr"])
    equal(names[4:], ["first", "second"])
    contains(names[3], "scratch")


@story("--dir adds directories to those of the file", ours=True)
def directories_add():
    config = write("Enarx.toml", '[[files]]\nkind = "dir"\npath = "/memory"\nsource = "memory"\n')
    data = folder("data")
    options = ["--config", config, "--dir", f"{data}::/host"]
    contains(succeeded(run("many_files", "/memory", 10, options=options)).text, "listed 10 left 0")
    succeeded(run("stream", "write", "/host/file", 1, options=options))
    equal((data / "file").stat().st_size, 1 << 20)
    succeeded(run("stream", "write", "/memory/file", 1, options=options))


@story("--dir HOST alone appears under its own name")
def directory_by_its_own_name():
    folder("data")
    succeeded(run("stream", "write", "data/file", 1, options=["--dir", "data"]))
    equal(scratch("data/file").stat().st_size, 1 << 20)


@story("without --dir there is no file system")
def no_directory():
    equal(run("stream", "read", "/etc/passwd").status, 1)


@story("--backend names a backend: that one, or an error", ours=True)
def backend_named():
    succeeded(run("hello", options=["--backend", BACKEND]), "Hello, world!\n")
    refused(run("hello", options=["--backend", "tdx"]), 125, "tdx")
    refused(run("hello", options=["--backend", "sgx"]), 125, "sgx")
    snp = run("hello", options=["--backend", "snp"])
    sev = run("hello", options=["--backend", "sev"])
    equal((snp.status, snp.first_error), (sev.status, sev.first_error), "sev is another name for snp")


@story("a backend that does not exist is a wrong command line", ours=True)
def backend_unknown():
    outcome = run("hello", options=["--backend", "nill"])
    true(outcome.status in (2, 125), f"exit status {outcome.status}")
    contains(outcome.errors, "nill")
    equal(outcome.text, "")


@story("without --backend the best there is runs, and one line on standard error says which", ours=True)
def backend_chosen():
    outcome = run("hello", backend=False)
    equal((outcome.status, outcome.text), (0, "Hello, world!\n"))
    equal(len(outcome.errors.splitlines()), 1, "lines on standard error")
    matches(outcome.errors, r"\b(nil|kvm|snp|tdx|sgx)\b")


@story("--require-hardware refuses what is no TEE, and nothing else", ours=True)
def hardware_required():
    if BACKEND == "snp":
        succeeded(run("hello", options=["--require-hardware"]))
    else:
        refused(run("hello", options=["--require-hardware"]), 125, "hardware")
    outcome = run("hello", options=["--require-hardware"], backend=False)
    true(outcome.status in (0, 125), f"exit status {outcome.status}")


@story("--max-memory bounds the application's memory", ours=True)
def memory_bounded():
    equal(run("memory", 200, options=["--max-memory", "64M"]).status, 3)
    succeeded(run("memory", 30, options=["--max-memory", "64M"]))
    config = write("Enarx.toml", '[limits]\nmemory = "64M"\n')
    equal(run("memory", 200, options=["--config", config]).status, 3)
    equal(run("endless_growth.wat", options=["--max-memory", "64M"]).status, 0)


@story("a module that wants more memory than allowed at the start is not run", ours=True)
def memory_refused():
    refused(run("large_memory.wat", options=["--max-memory", "64M"]), 137, name="memory-limit")
    equal(run("large_memory.wat").status, 0)


@story("--timeout ends what takes too long with 124", ours=True)
def timeout():
    limit = 1 if not MODEL else round(3 + 4 * run("hello").seconds)  # time to begin
    for how in some(("compute", "sleep", "read"), 2):
        process = start_run("spin", how, options=["--timeout", limit])
        outcome = finish(process, 10 + limit)
        refused(outcome, 124, name="timed-out")
        equal(outcome.text, "begun\n")
        true(0.9 * limit < outcome.seconds < 3 * PATIENCE + limit, f"{how}: ended after {outcome.seconds:.1f} s")
    succeeded(run("hello", options=["--timeout", 20 * PATIENCE]), "Hello, world!\n")


@story("--invoke calls a function by name and prints what it returns", ours=True)
def invoke():
    equal(succeeded(run("reactor", 19, 23, options=["--invoke", "add"])).text, "42\n")
    refused(run("reactor", options=["--invoke", "nothing"]), 126, "nothing", name="export-unknown")
    refused(run("reactor", 1, options=["--invoke", "add"]), 125, name="invoke-arguments")
    refused(run("reactor", "x", "y", options=["--invoke", "add"]), 125, name="invoke-arguments")


@story("--timings shows the phases of a start on standard error", ours=True)
def timings():
    outcome = succeeded(run("hello", options=["--timings"]), "Hello, world!\n")
    true(len(outcome.errors.splitlines()) >= 4, outcome.errors)
    matches(outcome.errors, r"\d+\.\d+")


@story("logs go to standard error, as text or as JSON, only where asked for", ours=True)
def logs():
    import json
    equal(succeeded(run("hello")).errors, "")
    text = execute([PROGRAM, "--log-filter", "debug", *run_line("hello")[1:]])
    true(text.status == 0 and text.text == "Hello, world!\n" and text.errors, text.errors)
    lines = execute([PROGRAM, "--log-filter", "debug", "--log-format", "json", *run_line("hello")[1:]])
    for line in lines.errors.splitlines():
        true(isinstance(json.loads(line), dict), line)
    true(run("hello", env={"ENARX_LOG": "debug"}).errors, "ENARX_LOG gives no log")


main()
