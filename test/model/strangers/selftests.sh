#!/usr/bin/env bash
# KVM's own selftests, from the kernel's source as Debian packages it: selftests.sh TARBALL FOLDER TEST... builds those tests.
# The kernel's makefile wants all of the tree; these few files need its headers and one library.
set -euo pipefail
tarball=$(realpath "$1")
mkdir -p "$2"
folder=$(realpath "$2")
shift 2
if [ ! -e "$folder/unpacked" ]; then
    tar xf "$tarball" -C "$folder" --strip-components=1 --wildcards '*/tools/include/*' '*/tools/arch/x86/include/*' '*/tools/testing/selftests/*.h' \
        '*/tools/testing/selftests/kvm/*' '*/tools/testing/selftests/rseq/*' '*/include/uapi/*' '*/lib/rbtree.c'
    # Where the C-bit is they ask the processor, which no model can answer for: here they ask KVM. Nothing else is changed.
    sed -i 's/this_cpu_property(X86_PROPERTY_SEV_C_BIT)/kvm_cpu_property(X86_PROPERTY_SEV_C_BIT)/' \
        "$folder/tools/testing/selftests/kvm/lib/x86/processor.c"
    rm -f "$folder"/tools/arch/x86/include/uapi/asm/unistd*.h # numbers of a few calls only: the system has all
    touch "$folder/unpacked"
fi
cd "$folder/tools/testing/selftests/kvm"
top=../../../..
flags=(-O2 -std=gnu99 -w -DCONFIG_64BIT -U_FORTIFY_SOURCE -D_GNU_SOURCE= -fno-builtin-memcmp -fno-builtin-memcpy -fno-builtin-memset -fno-builtin-strnlen
    -fno-stack-protector -fno-PIE -fno-strict-aliasing -march=x86-64-v2 -I"$top/tools/include" -I"$top/tools/arch/x86/include"
    -Iinclude -Iinclude/x86 -I../rseq -I.. -isystem "$top/tools/include/uapi" -isystem "$top/tools/arch/x86/include/uapi")
make() { # SOURCE: an object, compiled where it is not there
    local object=objects/${1//\//_}.o
    [ -e "$object" ] && return
    clang-22 "${flags[@]}" -c "$1" -o "$object.new"
    mv "$object.new" "$object"
}
mkdir -p objects
libraries=()
for source in lib/{assert,elf,guest_modes,io,kvm_util,lru_gen_util,memstress,guest_sprintf,proc_util,rbtree,sparsebit,test_util,ucall_common,userfaultfd_util,string_override}.c \
    lib/x86/{apic,hyperv,memstress,pmu,processor,sev,svm,ucall,vmx}.c lib/x86/handlers.S; do
    make "$source"
    libraries+=("objects/${source//\//_}.o")
done
for test in "$@"; do
    make "$test.c"
    clang-22 -no-pie -fuse-ld=lld-22 -o "$folder/$(basename "$test")" "objects/${test//\//_}.c.o" "${libraries[@]}" -lpthread
done
