#!/usr/bin/env bash
# From the tarball of Debian's source package `bochs` to a configured source tree: prepare.sh TARBALL FOLDER
#
# Bochs' CPU is the engine of the machine model. Nothing of it is copied into this project; what has to be another way is
# changed here, in a tree of its own: the width of physical addresses, which processors it knows, and four functions that
# get another name so that the model can define them.
set -euo pipefail
readonly wanted=78f6c73d4a6472d5130a87ab9dc306d02c7c71ed8e25b3a8ef642e2a7acd282b # bochs 3.0+dfsg, trixie
tarball=$(realpath "$1")
folder=$2
given=$(sha256sum "$tarball" | cut -d ' ' -f 1)
if [ "$given" != "$wanted" ]; then
    echo "prepare: $tarball is not Debian's bochs_3.0+dfsg.orig.tar.xz: its SHA-256 is $given, $wanted is expected" >&2
    exit 1
fi
rm -rf "$folder"
mkdir -p "$folder"
tar xf "$tarball" -C "$folder" --strip-components=1
cd "$folder"
# SMP: a CPU is an object. Without it all state is global, and a machine has one.
CC=clang-22 CXX=clang++-22 ./configure --enable-smp --enable-cpu-level=6 --enable-x86-64 --enable-avx --enable-evex --enable-svm \
    --enable-repeat-speedups --enable-handlers-chaining --enable-trace-linking --enable-memtype \
    --disable-plugins --disable-docbook --disable-readline --with-nogui --disable-a20-pin --disable-logging >configure.log 2>&1 ||
    { tail -n 20 configure.log >&2; exit 1; }

# What configure has no option for.
sed -i 's/define BX_PHY_ADDRESS_WIDTH \(36\|40\)/define BX_PHY_ADDRESS_WIDTH 52/
s/define BX_ENABLE_STATISTICS 1/define BX_ENABLE_STATISTICS 0/
s/define BX_SUPPORT_PKEYS 0/define BX_SUPPORT_PKEYS 1/' config.h
sed -i 's/define BX_MAX_TIMERS 64/define BX_MAX_TIMERS 256/' pc_system.h # each CPU has some
# RDRAND and RDSEED: rand() without a seed gives every machine the same numbers, and two Keeps one identity.
sed -i 's/return rand() & 0xff;/return arc4random() \& 0xff;/' cpu/rdrand.cc
grep -q arc4random cpu/rdrand.cc || { echo 'prepare: RDRAND was not found in rdrand.cc' >&2; exit 1; }
echo 'bx_define_cpudb(ryzen)' >cpudb.h
sed -i 's/return bx_cpudb_\(corei7_haswell_4770\|core2_penryn_t9600\);/return bx_cpudb_ryzen;/' cpu/init.cc
# One CPU runs at a time, until it is told to stop: traces are linked however many CPUs there are.
sed -i '/^void BX_CPP_AttrRegparmN(1) BX_CPU_C::linkTrace/,/^}/s/BX_SMP_PROCESSORS > 1/false/' cpu/cpu.cc

# The four: definitions get another name, declarations are there under both.
sed -i 's/^\(bx_phy_address BX_CPU_C::nested_walk\)(/\1_bochs(/' cpu/paging.cc
sed -i 's/^\(void BX_CPU_C::Svm_Vmexit\)(/\1_bochs(/' cpu/svm.cc
sed -i 's/^\(Bit64u BX_CPU_C::get_TSC\)(/\1_bochs(/' cpu/proc_ctrl.cc
sed -i 's/\(BX_CPU_C::BxError\)(/\1_bochs(/' cpu/proc_ctrl.cc
sed -i '/BX_SMF .*Svm_Vmexit(/{h;s/Svm_Vmexit(/Svm_Vmexit_bochs(/;G}
/BX_SMF .* nested_walk(/{h;s/nested_walk(/nested_walk_bochs(/;G}
/BX_SMF .* get_TSC(/{h;s/get_TSC(/get_TSC_bochs(/;G}
/BX_SMF .* BxError(/{h;s/BxError(/BxError_bochs(/;G}' cpu/cpu.h
for name in nested_walk Svm_Vmexit get_TSC BxError; do
    [ "$(grep -c "BX_SMF .*[ *]${name}_bochs(" cpu/cpu.h)" -eq 1 ] || { echo "prepare: $name was not found once in cpu.h" >&2; exit 1; }
done
