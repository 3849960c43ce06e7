// See capabilities.hpp.
#include "kvm/capabilities.hpp"

#include "base/conditions.hpp"
#include "engine/processor.hpp"
#include "kvm/memory.hpp"
#include "kvm/uapi.hpp"

namespace model::kvm {

namespace {

constexpr long page = 4096; // of KVM_GET_XSAVE2
constexpr long machine_check_banks = 32;
constexpr long most_routes = 4096;
constexpr std::uint32_t svm = 1U << 2;         // 8000_0001 ECX: no nested guests
constexpr std::uint32_t monitor = 1U << 3;     // 1 ECX
constexpr std::uint32_t hypervisor = 1U << 31; // 1 ECX
constexpr std::uint32_t sme = 1;               // 8000_001F EAX

kvm_cpuid_entry2 entry(std::uint32_t leaf, std::uint32_t index, bool significant) {
    auto const own = engine::processor_cpuid(leaf, index);
    kvm_cpuid_entry2 result{};
    result.function = leaf;
    result.index = index;
    result.flags = significant ? KVM_CPUID_FLAG_SIGNIFCANT_INDEX : 0;
    result.eax = own[0];
    result.ebx = own[1];
    result.ecx = own[2];
    result.edx = own[3];
    return result;
}

std::vector<kvm_cpuid_entry2> make_cpuid() {
    std::vector<kvm_cpuid_entry2> list;
    for (auto const leaf : {0U, 1U, 5U, 6U}) list.push_back(entry(leaf, 0, false));
    list.push_back(entry(7, 0, true));
    for (auto const index : {0U, 1U, 2U}) list.push_back(entry(0xd, index, true));
    for (auto const leaf :
         {0x8000'0000U,
          0x8000'0001U,
          0x8000'0002U,
          0x8000'0003U,
          0x8000'0004U,
          0x8000'0005U,
          0x8000'0006U,
          0x8000'0007U,
          0x8000'0008U,
          0x8000'001fU})
        list.push_back(entry(leaf, 0, false));
    for (auto& one : list) {
        if (one.function == 1) one.ecx = (one.ecx & ~monitor) | hypervisor;
        if (one.function == 6) one.ecx = 0;                            // no APERF and MPERF
        if (one.function == 0x8000'0001) one.ecx &= ~(svm | 1U << 29); // nor MONITORX
        if (one.function == 0x8000'0008) --one.eax; // a physical bit is encryption's
        if (one.function == 0x8000'001f) one.eax &= ~sme;
    }
    return list;
}

} // namespace

std::vector<kvm_cpuid_entry2> const& supported_cpuid() {
    static auto const list = make_cpuid();
    return list;
}

long capability(std::uint64_t which, bool protects) {
    switch (which) {
    case KVM_CAP_SYNC_REGS:
        return protects ? 0 : KVM_SYNC_X86_REGS | KVM_SYNC_X86_SREGS;
    case KVM_CAP_NR_VCPUS:
    case KVM_CAP_MAX_VCPUS:
    case KVM_CAP_MAX_VCPU_ID:
        return engine::most_cpus;
    case KVM_CAP_NR_MEMSLOTS:
        return most_slots;
    case cap_vm_types:
        return 1 << DefaultVm | 1 << ProtectedSoftwareVm |
               (Conditions::own().has("no-snp") ? 0 : 1 << SnpVm);
    case KVM_CAP_XSAVE2:
        return page;
    case KVM_CAP_EXIT_HYPERCALL:
        return 1 << hypercall_map_gpa_range;
    case KVM_CAP_IRQ_ROUTING:
        return static_cast<long>(most_routes);
    case KVM_CAP_MCE:
        return machine_check_banks;
    case KVM_CAP_ADJUST_CLOCK:
        return KVM_CLOCK_TSC_STABLE | KVM_CLOCK_REALTIME | KVM_CLOCK_HOST_TSC;
    case cap_memory_attributes:
        return attribute_private;
    case KVM_CAP_USER_MEMORY:
    case KVM_CAP_IRQCHIP:
    case KVM_CAP_SPLIT_IRQCHIP:
    case KVM_CAP_EXT_CPUID:
    case KVM_CAP_MP_STATE:
    case KVM_CAP_DESTROY_MEMORY_REGION_WORKS:
    case KVM_CAP_JOIN_MEMORY_REGIONS_WORKS:
    case KVM_CAP_IMMEDIATE_EXIT:
    case KVM_CAP_GET_TSC_KHZ:
    case KVM_CAP_VCPU_EVENTS:
    case KVM_CAP_XCRS:
    case KVM_CAP_XSAVE:
    case KVM_CAP_DEBUGREGS:
    case KVM_CAP_SET_TSS_ADDR:
    case KVM_CAP_SET_IDENTITY_MAP_ADDR:
    case KVM_CAP_DEVICE_CTRL:
    case KVM_CAP_TSC_DEADLINE_TIMER:
    case KVM_CAP_VM_ATTRIBUTES:
    case KVM_CAP_INTERNAL_ERROR_DATA:
    case KVM_CAP_SYNC_MMU:
    case KVM_CAP_SIGNAL_MSI:
    case KVM_CAP_IOEVENTFD:
    case KVM_CAP_IOEVENTFD_ANY_LENGTH:
    case KVM_CAP_IRQFD:
    case KVM_CAP_IRQ_INJECT_STATUS:
    case KVM_CAP_X86_ROBUST_SINGLESTEP:
    case KVM_CAP_CHECK_EXTENSION_VM:
    case cap_user_memory2:
    case cap_memory_fault_info:
    case cap_guest_memfd:
    case cap_pre_fault_memory:
        return 1;
    default:
        return 0;
    }
}

} // namespace model::kvm
