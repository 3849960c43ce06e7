"""hardware_check.sh snp [OPTIONS]: tries each open question of docs/hardware.md on this host, and writes the answers to one file."""
import argparse
import pathlib
import sys
import tempfile
import time

import evidence
import host
import launch
import processor
import programs
import stories
import times
from commands import ENARX
from report import Report

ABOUT = """Starts SEV-SNP Keeps of this build, one after another, and writes one line for each question: `ok`, `FAILED` or `SKIP`, its name, what was
seen. Needs the build (./run.sh; ENARX_BUILD_DIR names another folder), /dev/kvm and /dev/sev; nothing of the host is changed. The kernel's log is read if
this user may. One text file comes out: names of user and machine are not in it, and the chip's only with --with-chip-id."""


def options():
    parser = argparse.ArgumentParser(prog="hardware_check.sh", description=ABOUT)
    parser.add_argument("platform", choices=["snp"], help="what to check; Keeps of tdx and sgx are not built yet")
    parser.add_argument("--out", type=pathlib.Path, help="the new file; default: enarx-hardware-snp-TIME.txt")
    parser.add_argument("--certificates", action="append", default=[], metavar="FILE", help="what AMD says of this chip (enarx collateral fetch); without it AMD's service is asked, and learns the chip's id")
    parser.add_argument("--offline", action="store_true", help="do not ask AMD's service")
    parser.add_argument("--policy", help="another policy than strict to judge evidence by")
    parser.add_argument("--root", metavar="FOR:FILE", help="another root than AMD's: of a model")
    parser.add_argument("--with-chip-id", action="store_true", help="write the chip's id, too")
    parser.add_argument("--minutes", type=float, default=55, help="how long it may take; what does not fit is skipped (default 55)")
    parser.add_argument("--many", action="store_true", help="also as many Keeps at once as there is room for")
    parser.add_argument("--quick", action="store_true", help="one round where times are taken, a few programs: for a model")
    parser.add_argument("--stories", default=",".join(stories.NAMES), metavar="NAMES", help="which of test/scenario, by commas; none: -")
    parser.add_argument("--only", action="append", default=[], metavar="PREFIX", help="only checks whose name begins so, beside those of the host and hello")
    return parser.parse_args()


def ask(report, given, folder):
    if not host.ask(report):
        return
    before = host.complaints_before()
    if not launch.ask(report, folder):
        return
    evidence.ask(report, folder, given)
    programs.ask(report, folder, given.quick, given.many)
    processor.ask(report, folder)
    times.ask(report, folder, given.quick)
    stories.ask(report, [name for name in given.stories.split(",") if name not in ("", "-")])
    report.check("host.kernel-log-behind", host.complaints, before)


def main():
    given = options()
    unknown = set(given.stories.split(",")) - {*stories.NAMES, "", "-"}
    if unknown:
        sys.exit(f"hardware_check.sh: no such stories: {', '.join(sorted(unknown))}")
    if not ENARX.exists():
        print("FAILED host.enarx: enarx is not built: ./run.sh builds it, and ENARX_BUILD_DIR names another build\n0 passed, 1 failed, 0 skipped")
        return 1
    path = given.out or pathlib.Path(time.strftime("enarx-hardware-snp-%Y%m%d-%H%M%S.txt", time.gmtime()))
    report = Report(path, given.minutes, given.only, given.with_chip_id)
    report.note(f"Enarx hardware check, snp, {time.strftime('%Y-%m-%d', time.gmtime())}")
    with tempfile.TemporaryDirectory(prefix="enarx-hardware-", ignore_cleanup_errors=True) as folder:
        try:
            ask(report, given, folder)
        except KeyboardInterrupt:
            report.broken_off()
    status = report.close()
    print(f"Read {path}, then attach it to an issue (docs/hardware.md).")
    return status


sys.exit(main())
