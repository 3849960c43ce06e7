#!/usr/bin/env bash
# Installs what building and testing Enarx needs on Debian 12; quiet and quick where nothing is missing.
#
#   tools/setup.sh          what ./run.sh needs: to build and to run
#   tools/setup.sh --test   what ./test.sh needs besides
set -euo pipefail

build=(
    clang-22 lld-22 llvm-22 libclang1-22                       # compiler (Debian's security archive)
    libc6-dev libstdc++-12-dev cmake ninja-build make python3 ca-certificates  # make: for the build of AWS-LC
    libgtest-dev libgmock-dev                                  # CMake asks for them, though only ./test.sh compiles tests
    nlohmann-json3-dev libtomlplusplus-dev libfmt-dev libc-ares-dev libboost-dev libsqlite3-dev libp11-kit-dev
    wasi-libc libclang-rt-22-dev-wasm32 libc++-22-dev-wasm32   # the demonstrations are C and C++ programs
    gdb procps                                                 # what an administrator attacks them with
)
test=(
    chromium chromium-driver fonts-dejavu-core                 # votes in the voting demonstration
    spin                                                       # the Keep's states (docs/protocol/provision)
    wabt musl-tools qemu-system-x86 strace systemd openssl skopeo docker-registry
    softhsm2 opensc gnutls-bin faketime                        # a token for the service's authority; certtool; a clock that jumps
    libssl-dev                                                 # the machine model of test/model
    python3-jsonschema python3-cbor2 python3-cryptography man-db nodejs npm python3-pip python3-venv curl
    clang-tidy-22 clang-format-22 libclang-rt-22-dev git
)

wanted=("${build[@]}")
[ "${1-}" = --test ] && wanted+=("${test[@]}")

# Rust builds Wasmtime and AWS-LC: whatever cargo is there and new enough, else Debian's.
rust_is_new_enough() {
    local version
    version=$(cargo --version 2>/dev/null | sed -n 's/^cargo 1\.\([0-9]*\)\..*/\1/p')
    [ -n "$version" ] && [ "$version" -ge 95 ]
}
rust_is_new_enough || wanted+=(rustc-web cargo-web)
# A Node of the user's own is as good as Debian's.
drop() { local keep=() p; for p in "${wanted[@]}"; do [ "$p" = "$1" ] || keep+=("$p"); done; wanted=("${keep[@]}"); }

if command -v npm >/dev/null; then drop nodejs; drop npm; fi

there=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "${wanted[@]}" 2>/dev/null | sed -n 's/^installed //p') || true
missing=()
for package in "${wanted[@]}"; do
    grep -qx -e "$package" <<<"$there" || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

if ! grep -qs '^VERSION_ID="12"' /etc/os-release; then
    echo "setup: this is not Debian 12. Please install by hand what is called here in Debian:" >&2
    printf '  %s\n' "${missing[@]}" >&2
    exit 1
fi
if [ "$(id -u)" -eq 0 ]; then
    as_root=()
elif sudo -n true 2>/dev/null; then
    as_root=(sudo)
else
    echo "setup: ${#missing[@]} packages are missing, and this user may not install any. Please have run as root:" >&2
    echo "  apt-get update && apt-get install --no-install-recommends ${missing[*]}" >&2
    exit 1
fi
echo "setup: installing ${#missing[@]} packages: ${missing[*]}" >&2
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# apt_get WHAT ARGUMENTS...: its output is shown on a terminal, elsewhere only where it fails; then with what can be done.
apt_get() {
    local what=$1 call=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q "${@:2}")
    if [ -t 2 ]; then
        "${call[@]}" >&2 && return
    else
        "${call[@]}" >"$log" 2>&1 && return
        tail -n 20 "$log" >&2
    fi
    cat >&2 <<TEXT
setup: apt-get could not $what. Usually the network, a proxy (Acquire::http::Proxy in /etc/apt/apt.conf.d), the disk's space or
  another apt-get is the reason; the list of packages needs bookworm and bookworm-security. Mend it and call this again: it goes on.
TEXT
    exit 1
}
apt_get "fetch the lists of packages" update
apt_get "install what is missing" install -y --no-install-recommends "${missing[@]}"
