#!/usr/bin/env bash
# hardware_check.sh snp [--enarx PROGRAM] [--parts FOLDER] [--module FILE] [--out FOLDER] [--many]
#
# Tries on a host with SEV-SNP what nobody of us could (docs/hardware.md), in less than an hour, and packs what came out into one
# file that can be sent back. It changes nothing of the host: it starts Keeps, one after another (--many: as many at once as there
# are ASIDs). Read the file before you send it: it names the host's kernel, firmware and processor, and what its log says of SEV.
set -u

here=$(cd "$(dirname "$0")/.." && pwd)
enarx=$here/build/enarx parts=$here/build/parts module=$here/build/guests/hello.wasm out= many=
[ "${1:-}" = snp ] || { sed -n '2,6s/^# \{0,1\}//p' "$0"; exit 125; }
shift
while [ $# -gt 0 ]; do
    case $1 in
    --enarx) enarx=$2; shift ;;
    --parts) parts=$2; shift ;;
    --module) module=$2; shift ;;
    --out) out=$2; shift ;;
    --many) many=yes ;;
    *) echo "hardware_check.sh: what is $1?" >&2; exit 125 ;;
    esac
    shift
done
for file in "$enarx" "$module"; do
    [ -r "$file" ] || { echo "hardware_check.sh: there is no $file: build Enarx (./run.sh), or name it" >&2; exit 125; }
done
out=${out:-enarx-hardware-snp-$(date +%Y%m%d-%H%M%S)}
mkdir -p "$out" || exit 125
log=$out/answers.txt
passed=0 failed=0 skipped=0

say() { echo "$*" | tee -a "$log"; }
# ask QUESTION EXPECTED-STATUS COMMAND...: what the question was, how it came out, how long it took; all output goes to a file.
ask() {
    local question=$1 expected=$2 file begun status
    shift 2
    file=$out/$(printf '%02d' $((passed + failed + skipped))).txt
    begun=$(date +%s%N)
    { echo "# $question"; echo "# $*"; timeout 300 "$@"; } >"$file" 2>&1 </dev/null
    status=$?
    local verdict=no
    if [ "$expected" = any ] || [ "$status" = "$expected" ]; then verdict=yes passed=$((passed + 1)); else failed=$((failed + 1)); fi
    say "$verdict: $question ($(((($(date +%s%N) - begun)) / 1000000)) ms, status $status, $(basename "$file"))"
    return 0
}
skip() { say "SKIP: $1: $2"; skipped=$((skipped + 1)); }
keep() { "$enarx" run --backend=snp "$@" "$module"; }
mean_us() { # COUNT COMMAND...: microseconds of one, of so many
    local count=$1 begun i
    shift
    begun=$(date +%s%N)
    for ((i = 0; i < count; ++i)); do "$@" >/dev/null 2>&1 </dev/null || return 1; done
    echo $((($(date +%s%N) - begun) / count / 1000))
}
export -f keep
export enarx module

say "# Enarx, SEV-SNP, $(date -u +%FT%TZ)"
ask "what the host is" any sh -c 'uname -a; cat /etc/os-release; lscpu; cat /proc/cmdline; grep -H . /sys/module/kvm_amd/parameters/* /sys/fs/cgroup/misc.c*'
ask "what the kernel says of it" any sh -c 'dmesg | grep -iE "sev|snp|rmp|ccp|psp" || journalctl -k --no-pager | grep -iE "sev|snp|rmp|ccp|psp"'
if command -v cpuid >/dev/null; then ask "CPUID 8000001F: is the C-bit 51 here, too?" any cpuid -1 -l 0x8000001f; else skip "CPUID 8000001F" "there is no program cpuid"; fi
ask "enarx platform info finds a host that is ready" 0 "$enarx" platform info --json
ask "hello runs" 0 bash -c 'keep'

# The digest: an ID block of the predicted one is refused unless the processor comes to the same. Each number of VMSAs counts.
keys=$(mktemp -d)
trap 'rm -rf "$keys"' EXIT
"$enarx" key sev create --out "$keys/id" >/dev/null 2>&1
for vcpus in 1 2 4 16; do
    "$enarx" measure snp --vcpus=$vcpus --policy=0x30000 --id-block="$keys/block-$vcpus" --id-auth="$keys/auth-$vcpus" --id-key="$keys/id" >>"$out/digests.txt" 2>&1
    ask "the predicted digest of $vcpus vCPUs is the processor's" 0 "$enarx" run --backend=snp --vcpus=$vcpus --id-block="$keys/block-$vcpus" --id-auth="$keys/auth-$vcpus" "$module"
done
ask "an ID block for another number of vCPUs is refused" 125 "$enarx" run --backend=snp --vcpus=3 --id-block="$keys/block-4" --id-auth="$keys/auth-4" "$module"

ask "a policy with bit 17 zero is refused" 125 "$enarx" run --backend=snp --guest-policy=0x0 "$module"
ask "a policy without SMT: taken where SMT is off and the kernel is newer than 6.12" any "$enarx" run --backend=snp --guest-policy=0x20000 "$module"
ask "a policy that wants one socket" any "$enarx" run --backend=snp --guest-policy=0x130000 "$module"
ask "a policy that wants firmware ABI 255.255 is refused" 125 "$enarx" run --backend=snp --guest-policy=0x3ffff "$module"

# Costs: a measured page is the difference of a hundred VMSAs.
few=$(mean_us 5 keep --vcpus=1) && lots=$(mean_us 5 keep --vcpus=101) &&
    say "time: hello with 1 vCPU $few us, with 101 vCPUs $lots us: a measured page $(((lots - few) / 100)) us (Milan, by others: 1020)" ||
    skip "what a measured page costs" "a Keep with 1 or with 101 vCPUs does not run here"
usual=$(mean_us 20 keep) && say "time: hello, 20 times, each $usual us (to be <= 150000 on a Milan)"
ask "where a start's time goes" 0 bash -c 'keep --timings'
if command -v strace >/dev/null; then
    ask "the calls of a launch, with what KVM answers and how long each takes" any strace -f -T -e trace=ioctl,openat,fallocate -o "$out/strace.txt" "$enarx" run --backend=snp "$module"
else
    skip "the calls of a launch" "there is no strace"
fi
if command -v perf >/dev/null; then
    ask "exits by reason (is a doorbell an IOIO exit of a few us?)" any perf kvm stat record -o "$keys/perf" "$enarx" run --backend=snp "$module"
    ask "exits by reason, the report" any perf kvm -i "$keys/perf" stat report
else
    skip "exits by reason" "there is no perf"
fi

# Threads, interrupts by KVM_INTERRUPT without an interrupt controller, memory that grows and goes back, time.
for guest in words containers memory clocks random exit_status; do
    file=$(dirname "$module")/$guest.wasm
    [ -r "$file" ] && ask "$guest runs (threads, growth, time)" any "$enarx" run --backend=snp "$file"
done
[ -r "$(dirname "$module")/endless.wasm" ] &&
    ask "a time limit ends what computes" 124 "$enarx" run --backend=snp --timeout=5s "$(dirname "$module")/endless.wasm"
ask "a hundred Keeps one after another: every ASID comes back" 0 bash -c 'for i in $(seq 100); do keep >/dev/null || exit 1; done'
if [ -n "$many" ] && [ -r "$(dirname "$module")/endless.wasm" ]; then
    ask "as many at once as there are ASIDs, and the next is refused by name" any bash -c '
        for i in $(seq 600); do "$enarx" run --backend=snp --timeout=60s "$(dirname "$module")/endless.wasm" 2>"/tmp/enarx-many-$$" & sleep 0.3
            grep -q snp-no-room "/tmp/enarx-many-$$" && { echo "refused after $i"; break; }; done; rm -f "/tmp/enarx-many-$$"; wait'
fi
ask "what the kernel says afterwards" any sh -c 'dmesg | tail -200 | grep -iE "sev|snp|rmp|kvm|bug|warn"'

say "$passed as expected, $failed not, $skipped skipped"
tar -czf "$out.tar.gz" -C "$(dirname "$out")" "$(basename "$out")" && echo "send $out.tar.gz"
[ "$failed" = 0 ]
