#!/usr/bin/env python3
"""Hands an application over to a Keep on a host that records, searches and tampers; shows what each side sees. `--check` only says whether
all of it was as it has to be. Runs on one machine, as root in two network namespaces, otherwise over the loopback interface."""
import argparse, glob, json, os, re, secrets, shutil, subprocess, sys, tempfile, threading, time, urllib.request

here = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [here, os.path.dirname(here)]
import model  # noqa: E402
build = os.environ.get("ENARX_BUILD_DIR", os.path.join(here, "../../build"))
enarx = os.path.join(build, "enarx")

PORT, INNER = 7543, 7544


def say(text=""):
    if not options.check:
        print(text, flush=True)


failures = []


def hold(what, true):
    """One thing that has to be so."""
    if not true:
        failures.append(what)
        print(f"NOT SO: {what}", flush=True)


class Networks:
    """Two network namespaces with a wire between them, or none of it where that is not allowed."""

    def __init__(self):
        self.names = None
        if os.geteuid() == 0 and shutil.which("ip"):
            self._make()
        self.host = "10.79.0.1" if self.names else "127.0.0.1"

    def _make(self):
        host, tenant = f"enarx-h{os.getpid()}", f"enarx-t{os.getpid()}"
        wire = f"eh{os.getpid() % 100000}", f"et{os.getpid() % 100000}"
        steps = [f"netns add {host}", f"netns add {tenant}", f"link add {wire[0]} netns {host} type veth peer name {wire[1]} netns {tenant}",
                 f"-n {host} addr add 10.79.0.1/24 dev {wire[0]}", f"-n {tenant} addr add 10.79.0.2/24 dev {wire[1]}",
                 f"-n {host} link set {wire[0]} up", f"-n {tenant} link set {wire[1]} up", f"-n {host} link set lo up", f"-n {tenant} link set lo up"]
        self.names = host, tenant
        for step in steps:
            if subprocess.run(["ip", *step.split()], capture_output=True).returncode:
                self.close()
                return

    def run(self, side):
        """What stands before a command that runs on that side."""
        return ["ip", "netns", "exec", self.names[side]] if self.names else []

    def close(self):
        for name in self.names or ():
            subprocess.run(["ip", "netns", "del", name], capture_output=True)
        self.names = None


class Demonstration:
    def __init__(self, folder):
        self.folder, self.processes = folder, []
        self.words = [f"{name}-{secrets.token_hex(6)}" for name in ("Alba", "Bruno", "Chiara")]
        self.password = "pw-" + secrets.token_hex(8)
        self.networks = Networks()
        self.snp = model.Model(build, folder) if options.backend == "snp" else None

    def path(self, name):
        return os.path.join(self.folder, name)

    def package(self):
        app = self.path("app")
        os.mkdir(app)
        for name in ("main.wasm", "Enarx.toml"):
            shutil.copy(os.path.join(build, "demos/deploy", name), app)
        with open(os.path.join(app, "patients.txt"), "w") as file:
            file.writelines(f"{word} {dose}\n" for word, dose in zip(self.words, (5, 10, 27)))
        subprocess.run([enarx, "key", "tenant", "create", "--out", self.path("tenant.key")], check=True, capture_output=True)
        made = subprocess.run([enarx, "package", app, "--out", self.path("app.enx"), "--key", self.path("tenant.key"), "--secret", "DB_PASSWORD",
                               *self.without_hardware()], check=True, capture_output=True, text=True)
        say(made.stdout)

    def without_hardware(self):
        return [] if self.snp else ["--allow-no-hardware"]

    def start_host(self):
        """`enarx serve`, and before it the host's own eyes and hands (host.py)."""
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", self.path("host.key"),
                        "-out", self.path("host.pem"), "-days", "2", "-subj", "/CN=host", "-addext",
                        f"subjectAltName=IP:{self.networks.host}"], check=True, capture_output=True)
        os.mkdir(self.path("state"), 0o700)
        run = self.networks.run(0)
        machine, more = (self.snp.runs(), self.snp.certificates()) if self.snp else ([], [])
        self.serve = subprocess.Popen([*run, *machine, enarx, "serve", "--listen", f"127.0.0.1:{INNER}", "--plain-http", "--state",
                                       self.path("state"), "--backend", options.backend, *more], stderr=open(self.path("serve.log"), "w"))
        self.processes.append(self.serve)
        self.eyes = subprocess.Popen([*run, sys.executable, "-u", os.path.join(here, "show.py"), "--host", self.folder, self.networks.host],
                                     stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.processes.append(self.eyes)
        if self.eyes.stdout.readline() != "ready\n":
            raise SystemExit("the host of the demonstration did not start; see its messages above")

    def tell_host(self, **order):
        """An order to host.py, and its answer."""
        self.eyes.stdin.write(json.dumps(order) + "\n")
        self.eyes.stdin.flush()
        return json.loads(self.eyes.stdout.readline())

    def judged_by(self, hardware=False, measurement=None):
        """How the tenant says which Keeps it takes. `hardware`: such as this host has not."""
        if self.snp:
            return self.snp.judged_by(root=not hardware, measurement=measurement)
        return [*([] if hardware else self.without_hardware()), *(["--measurement", measurement] if measurement else [])]

    def deploy(self, judged=None):
        command = [*self.networks.run(1), enarx, "deploy", "--host", f"https://{self.networks.host}:{PORT}", "--host-root", self.path("host.pem"),
                   "--secret", f"DB_PASSWORD={self.password}", *(self.judged_by() if judged is None else judged), self.path("app.enx")]
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def deploy_and_fail(self, name, judged=None):
        process = self.deploy(judged)
        try:
            _, text = process.communicate("", timeout=240)
        except subprocess.TimeoutExpired:
            process.kill()
            text = process.communicate()[1]
        found = re.search(r"\(([a-z0-9-]+)\)\s*$", next((line for line in reversed(text.splitlines()) if "error:" in line), ""))
        said = found.group(1) if found else f"status {process.returncode}: {text.strip()[-200:]}"
        hold(f"the attack ends by {name} ({said})", said == name and process.returncode == 125)
        return said

    def keep_processes(self):
        """The host's processes that serve Keeps: `enarx serve` and all below it."""
        parents = {}
        for path in glob.glob("/proc/[0-9]*/stat"):
            try:
                with open(path) as file:
                    text = file.read()
            except OSError:
                continue
            parents[int(path.split("/")[2])] = int(text.rsplit(")", 1)[1].split()[1])
        found = {self.serve.pid}
        while more := {pid for pid, parent in parents.items() if parent in found} - found:
            found |= more
        return found

    def search_memory(self, words):
        """Which of these words stand in memory that root can read of these processes."""
        found, looked = set(), 0
        for pid in self.keep_processes():
            try:
                with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
                    for line in maps:
                        begin, end = (int(part, 16) for part in line.split()[0].split("-"))
                        if "r" not in line.split()[1] or end - begin > 4 << 30:
                            continue
                        try:
                            memory.seek(begin)
                            data = memory.read(end - begin)
                        except (OSError, ValueError, OverflowError):
                            continue
                        looked += len(data)
                        found |= {word for word in words if word.encode() in data}
            except OSError:
                continue
        return found, looked

    def close(self):
        for process in reversed(self.processes):
            process.terminate()
        for process in self.processes:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.networks.close()


def show(demonstration):
    d = demonstration
    say("== An application is handed to a Keep on a host that nobody trusts ==")
    say("The tenant packages an application, its list of patients and the name of a secret, for a key that only the tenant has:\n")
    d.package()
    d.start_host()
    place = "in a network namespace of its own" if d.networks.names else "on this machine (as root: in a network namespace of its own)"
    say(f"The host runs `enarx serve`, {place}, and records every byte that passes.\n\n-- What the tenant sees --")
    process = d.deploy()
    line = process.stdout.readline()
    hold("the application runs and says what comes of its list", line == "3 patients, 42 mg in all; the password has 19 characters\n")
    say("   " + line.rstrip())
    process.stdin.write("hello\n")
    process.stdin.flush()
    answer = process.stdout.readline()
    hold("what the tenant types reaches it", answer == "you said: hello\n")
    say("   " + answer.rstrip())
    words = [*d.words, d.password]

    say("\n-- What the host sees --")
    seen = d.tell_host(search=[*words, "patients.txt", "Enarx.toml", "you said", "mg in all"])
    hold("nothing of the application in the recording", seen["found"] == [])
    say(f"   its recording, {seen['bytes']} bytes: {len(seen['found'])} of {len(words) + 4} words of the application")
    ours = {word for word in words if word.encode() in "\n".join(words).encode()}
    if os.geteuid() == 0:
        found, looked = d.search_memory(words)
        sealed = d.snp or (options.backend == "kvm" and sealed_memory())
        say(f"   the memory of its processes that root can read, {looked >> 20} MiB: {len(found)} of {len(ours)} words"
            + ("" if sealed or found == set() else "; without sealed memory or hardware that is what it is"))
        if sealed:
            hold("no word in memory that root can read", found == set())
        if options.backend == "nil":
            hold("the search finds what is there", found == ours)
    other = json.loads(subprocess.run([*d.networks.run(0), sys.executable, "-c",
                                       f"import urllib.request; print(urllib.request.urlopen('http://127.0.0.1:{INNER}/v1/keeps').read().decode())"],
                                      capture_output=True, text=True, check=True).stdout)
    keeps = other["keeps"] if isinstance(other, dict) else other
    running = next(keep["id"] for keep in keeps if keep["state"] == "running")

    say("\n-- Five attacks of the host, each refused by its name --")

    def attack(what, name, order=None, judged=None):
        d.tell_host(**(order or {"attack": None}))
        said = d.deploy_and_fail(name, judged)
        say(f"   {what:<86} {said}")
        d.tell_host(attack=None)

    attack("it stands between tenant and Keep, with TLS of its own on both sides", "channel-unbound", order={"attack": "relay"})
    attack("it leads the tenant to a Keep that is somebody's already", "keep-not-empty", order={"attack": "other-keep", "other_keep": running})
    lacks = "its processor is of AMD's making, it says, and the tenant trusts AMD's own roots" if d.snp else \
        "it has no hardware that protects a Keep, and the tenant wants some"
    attack(lacks, "evidence-refused", judged=d.judged_by(hardware=True))
    attack("it runs another shim or exec than the tenant expects", "evidence-refused", judged=d.judged_by(measurement="00" * 48))
    blob = max(glob.glob(d.path("state/blobs/sha256/*")), key=os.path.getsize)
    with open(blob, "r+b") as file:
        file.seek(20_000)
        byte = file.read(1)
        file.seek(20_000)
        file.write(bytes([byte[0] ^ 1]))
    attack("it changes one bit of the package in its cache", "package-damaged")
    process.stdin.close()
    status = process.wait(60)
    hold("the first Keep has run through all of it and ends as its application does", status == 0)
    say(f"\nThe first Keep went on meanwhile, and has ended with status {status}, as its application did.")
    if d.snp:
        return say(model.SAID)
    say("A KVM Keep is no TEE: who commands the host's kernel can still read it, and its evidence proves nothing, which is what the capitals of "
        "`enarx deploy` say.")


def sealed_memory():
    try:
        report = json.loads(subprocess.run([enarx, "platform", "info", "--json"], capture_output=True, text=True).stdout)
    except ValueError:
        return False
    for backend in report["backends"]:
        for check in backend.get("platform", []):
            if backend["name"] == "kvm" and "sealed" in check["name"].lower():
                return bool(check["pass"]) and not str(check["info"]).startswith("no")
    return False


def be_host(folder, address):
    """The other process of the demonstration: host.py, which takes orders on its standard input."""
    import host as other_side
    eyes = other_side.Host((address, PORT), ("127.0.0.1", INNER), os.path.join(folder, "host.pem"), os.path.join(folder, "host.key"))
    for _ in range(200):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{INNER}/healthz", timeout=5)
            break
        except OSError:
            time.sleep(0.05)
    print("ready", flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        answer = {}
        if "search" in order:
            data = b"".join(eyes.recording)
            answer = {"bytes": len(data), "found": [word for word in order["search"] if word.encode() in data]}
        else:
            eyes.attack, eyes.other_keep = order["attack"], order.get("other_keep")
        print(json.dumps(answer), flush=True)


parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--check", action="store_true", help="say only what is not as it has to be, and a line of result at the end")
parser.add_argument("--backend", default=os.environ.get("ENARX_TEST_BACKEND", "kvm" if os.access("/dev/kvm", os.W_OK) else "nil"))
parser.add_argument("--host", nargs=2, help=argparse.SUPPRESS)
options = parser.parse_args()
if options.host:
    be_host(*options.host)
    sys.exit()
without = model.Model(build, ".").missing() if options.backend == "snp" else None
if without:
    print(f"SKIP a host that records and tampers, with snp: {without}\n0 passed, 0 failed, 1 skipped")
    sys.exit()
if options.backend == "kvm" and not os.access("/dev/kvm", os.W_OK):
    print("SKIP a host that records and tampers, with kvm: there is no /dev/kvm here that may be used\n0 passed, 0 failed, 1 skipped")
    sys.exit()
with tempfile.TemporaryDirectory() as folder:
    demonstration = Demonstration(folder)
    try:
        show(demonstration)
    finally:
        demonstration.close()
if options.check:
    print(f"{'0 passed, 1 failed' if failures else '1 passed, 0 failed'}")
sys.exit(1 if failures else 0)
