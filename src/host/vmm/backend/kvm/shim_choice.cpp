#include "host/vmm/backend/kvm/shim_choice.hpp"

namespace host::vmm {

bool emulates_ring0(Machine const& machine) {
    // Intel SDM volume 2, CPUID leaf 1 ECX bit 5; AMD APM volume 3, leaf 8000_0001 ECX bit 2.
    bool const vmx = (machine.cpuid(1, 0).ecx >> 5 & 1U) != 0;
    bool const svm = (machine.cpuid(0x80000001, 0).ecx >> 2 & 1U) != 0;
    return !vmx && !svm;
}

} // namespace host::vmm
