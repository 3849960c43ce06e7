#!/usr/bin/env bash
# digests.sh ENARX LIBEXEC VERSION: what is written down of a release: SHA-256 of its images, and what processors will say of Keeps with them.
set -euo pipefail
enarx=$1 libexec=$2
echo "# Enarx $3: images by SHA-256, and measurements of Keeps by backend and number of vCPUs (docs/measure.md, \"A release's digests\")"
echo "# $(clang-22 --version | head -n 1); $(rustc --version)"
for image in exec shim-snp shim-verified shim-kvm shim-deprivileged; do
    digest=$(sha256sum "$libexec/$image")
    echo "sha256 $image ${digest%% *}"
done
for vcpus in 1 2 3 4 5 6 7 8 16 32 64 128; do
    digest=$("$enarx" measure snp --vcpus="$vcpus")
    echo "snp $digest"
done
for shim in kvm deprivileged; do
    digest=$("$enarx" measure kvm --shim="$shim")
    echo "kvm $shim $digest"
done
