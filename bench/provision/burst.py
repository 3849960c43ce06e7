#!/usr/bin/env python3
"""How many Keeps one attestation service certifies at once, and what each costs it.

usage: burst.py [--keeps N] [--kind asking|nil|kvm] [--at-once N] [--log]

asking: programs that ask as Keeps do and do nothing else; nil, kvm: `enarx run --pull`, one for each Keep, all started by this
command. With --log the deployment names the service's log, so that each grant waits for its line there. Printed: time until all are certified, the service's processor time and memory, beside what its signatures and key
exchanges alone cost in OpenSSL (`openssl speed`).
"""
import argparse, json, os, pathlib, re, resource, subprocess, sys, tempfile, time

HERE = pathlib.Path(__file__).resolve()
BUILD = pathlib.Path(os.environ.get("ENARX_BUILD_DIR") or HERE.parents[2] / "build").resolve()
os.environ["ENARX_BUILD_DIR"] = str(BUILD)
STEWARD, ENARX, PULLS = BUILD / "enarx-steward", BUILD / "enarx", BUILD / "parts/pulls"
TICK = os.sysconf("SC_CLK_TCK")


def done(*line, **more):
    ended = subprocess.run([str(word) for word in line], capture_output=True, text=True, check=False, **more)
    if ended.returncode != 0:
        sys.exit(f"{line[0]} ended with {ended.returncode}: {ended.stderr[-800:]}")
    return ended.stdout


class Service:
    def __init__(self, place, keeps, kind, log):
        self.place, self.folder = place, place / "service"
        done(STEWARD, "init", "--name", "steward.example", "--listen", "127.0.0.1:0", self.folder)
        done(ENARX, "key", "tenant", "create", "--out", place / "tenant.key")
        self.tenant = done(ENARX, "key", "tenant", "digest", place / "tenant.key").strip()
        config = self.folder / "steward.toml"
        config.write_text(config.read_text().replace("127.0.0.1:9443", "127.0.0.1:0") + f"""
[limits]
per-address = 1000000
per-deployment = 1000000
[tenant.shop]
keys = ["{self.tenant}"]
deployments = ["shop/"]
dns-names = ["api.example"]
replicas = {keeps}
allow-no-hardware = true
""")
        self.process = subprocess.Popen([STEWARD, "serve", "--config", config], stderr=subprocess.PIPE)
        port = int(self.process.stderr.readline().decode().strip().rsplit(":", 1)[1])
        self.url = f"https://localhost:{port}"
        try:
            self.publish(keeps, kind, log)
        except SystemExit:
            self.end()
            raise

    def publish(self, keeps, kind, log):
        app = self.place / "app"
        app.mkdir()
        (app / "main.wasm").write_bytes((BUILD / "guests/hello.wasm").read_bytes())
        told = json.loads(done(ENARX, "package", app, "--out", self.place / "app.enx", "--key", self.place / "tenant.key", "--name", "shop/api",
                               "--secret", "PASSWORD", "--allow-no-hardware", "--json"))
        self.digests = [told["workload"], told["configuration"], told["package"].removeprefix("sha256:")]
        measured = ["--measurement", done(ENARX, "measure", "kvm").strip()] if kind == "kvm" else []
        done(ENARX, "deployment", "create", "shop/api", "--package-key", self.place / "app.enx.key", "--key", self.place / "tenant.key",
             "--grantor", self.folder / "grantor.pem", "--serial", "1", "--replicas", str(keeps), "--allow-no-hardware", "--dns", "api.example",
             "--out", self.place / "d.cose", *measured, *(["--log-key", f"@{self.folder}/log.vkey"] if log else []))
        done(ENARX, "deployment", "publish", self.place / "d.cose", "--steward", self.url, "--cacert", self.folder / "root.pem", "--key",
             self.place / "tenant.key", "--package-key", self.place / "app.enx.key", "--secret", "PASSWORD=hunter2")

    def pin(self):
        line = "openssl x509 -in %s -noout -pubkey | openssl pkey -pubin -outform DER | openssl dgst -sha256 -binary | base64"
        return "sha256/" + done("sh", "-c", line % (self.folder / "tls.pem")).strip()

    def processor(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICK

    def memory(self):
        """The most that was resident so far, in MiB."""
        return int(re.search(r"VmHWM:\s+(\d+)", pathlib.Path(f"/proc/{self.process.pid}/status").read_text()).group(1)) / 1024

    def end(self):
        self.process.terminate()
        self.process.wait()


def asking(service, keeps, at_once):
    ended = subprocess.run([PULLS, service.url, service.folder / "root.pem", "shop/api", "1", *service.digests, service.tenant, str(keeps),
                            str(at_once)], capture_output=True, text=True, check=False)
    if ended.stderr:
        print(ended.stderr, file=sys.stderr)
    return json.loads(ended.stdout)


def running(service, keeps, at_once, kind):
    line = [ENARX, "run", "--backend", kind, "--pull", "shop/api", "--steward", service.url, "--steward-pin", service.pin(), "--package",
            service.place / "app.enx"]
    begin, alive, started, good, seconds, words = time.monotonic(), {}, 0, 0, [], ""
    while started < keeps or alive:
        while started < keeps and len(alive) < at_once:
            keep = subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True)
            alive[keep.pid] = (keep, time.monotonic())
            started += 1
        process, status = os.wait()
        keep, since = alive.pop(process)
        keep.returncode = os.waitstatus_to_exitcode(status)
        if keep.returncode == 0:
            good += 1
            seconds.append(time.monotonic() - since)
        else:
            words = keep.stderr.read().decode()
        keep.stderr.close()
    if words:
        print(words, file=sys.stderr)
    seconds.sort()
    return {"certified": good, "seconds": time.monotonic() - begin, "median": seconds[len(seconds) // 2] if seconds else 0,
            "slowest": seconds[-1] if seconds else 0}


def openssl():
    """Milliseconds of what one Keep costs at the least: handshake (P-256 sign; X25519), authenticator (verify), grant (sign; a key
    exchange), EAR and certificate (P-384 sign)."""
    said = done("openssl", "speed", "-seconds", "1", "ecdsap256", "ecdsap384", "ecdhx25519")
    number = r"\s+([\d.]+)"
    rate = {int(bits): (float(sign), float(verify)) for bits, sign, verify in
            re.findall(r"(\d+) bits ecdsa \(nistp\d+\)\s+\S+\s+\S+" + 2 * number, said)}
    sign, verify = ({bits: 1 / each[which] for bits, each in rate.items()} for which in (0, 1))
    exchange = 1 / float(re.search(r"253 bits ecdh \(X25519\)\s+\S+" + number, said).group(1))
    return 1000 * (2 * sign[256] + 4 * verify[256] + 2 * sign[384] + 3 * exchange)


def main():
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--keeps", type=int, default=1000)
    words.add_argument("--kind", choices=["asking", "nil", "kvm"], default="asking")
    words.add_argument("--at-once", type=int, default=64)
    words.add_argument("--log", action="store_true")
    wish = words.parse_args()
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    with tempfile.TemporaryDirectory() as place:
        service = Service(pathlib.Path(place), wish.keeps, wish.kind, wish.log)
        try:
            before = service.processor()
            others, own = (resource.getrusage(who) for who in (resource.RUSAGE_CHILDREN, resource.RUSAGE_SELF))
            told = asking(service, wish.keeps, wish.at_once) if wish.kind == "asking" else running(service, wish.keeps, wish.at_once, wish.kind)
            spent = service.processor() - before
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            keeps_spent = after.ru_utime + after.ru_stime - others.ru_utime - others.ru_stime
            here = resource.getrusage(resource.RUSAGE_SELF)
            command_spent = here.ru_utime + here.ru_stime - own.ru_utime - own.ru_stime
            print(json.dumps({"kind": wish.kind, "log": wish.log, "keeps": wish.keeps, "at_once": wish.at_once, **told, "service_seconds": round(spent, 2),
                              "service_ms_each": round(1000 * spent / wish.keeps, 3), "service_mib": round(service.memory()),
                              "keep_ms_each": round(1000 * keeps_spent / wish.keeps, 1),
                              "all_ms_each": round(1000 * (keeps_spent + command_spent + spent) / wish.keeps, 1),
                              "openssl_ms_each": round(openssl(), 3), "load": os.getloadavg()[0]}))
            return 0 if told["certified"] == wish.keeps else 1
        finally:
            service.end()


if __name__ == "__main__":
    sys.exit(main())
