// See system.hpp.
#include "kvm/system.hpp"

#include "base/conditions.hpp"
#include "base/pages.hpp"
#include "kvm/capabilities.hpp"
#include "kvm/turns.hpp"
#include "kvm/uapi.hpp"
#include "kvm/vm.hpp"

#include <array>
#include <memory>

namespace model::kvm {

namespace {

struct ListHead {
    std::uint32_t count;
    std::uint32_t padding;
};
constexpr unsigned get_supported_cpuid = _IOWR(KVMIO, 0x05, ListHead);
constexpr unsigned get_emulated_cpuid = _IOWR(KVMIO, 0x09, ListHead);
constexpr unsigned get_feature_msrs = _IOWR(KVMIO, 0x88, ListHead);
constexpr unsigned get_msr_list = _IOWR(KVMIO, 0x02, std::uint32_t);
constexpr unsigned get_feature_msr_list = _IOWR(KVMIO, 0x0a, std::uint32_t);

// MSRs that migration would carry.
constexpr std::array<std::uint32_t, 14> saved_msrs = {
    0x10,
    0x1b,
    0x174,
    0x175,
    0x176,
    0x277,
    0x6e0,
    0xc000'0081,
    0xc000'0082,
    0xc000'0083,
    0xc000'0084,
    0xc000'0102,
    0xc000'0103,
    0xc000'0080
};

// As many banks as KVM has, the control register of all of them, and software recovery.
constexpr std::uint64_t machine_check = 32 | 1U << 8 | 1U << 24;

Reply create_vm(Context& context) {
    auto const type = context.argument();
    bool const known = type == DefaultVm || type == ProtectedSoftwareVm ||
                       (type == SnpVm && !Conditions::own().has("no-snp"));
    if (!known) return -EINVAL;
    auto vm = std::make_shared<Vm>(static_cast<VmType>(type));
    int const theirs = vm->theirs();
    context.table.add(std::move(vm));
    return Reply::give(theirs);
}

Reply give_cpuid(Context& context) {
    auto const head = context.read<ListHead>();
    if (!head) return -EFAULT;
    auto const& list = supported_cpuid();
    if (head->count < list.size()) return -E2BIG;
    if (!front::write_memory(
            context.call.thread, context.argument() + sizeof *head, std::as_bytes(std::span{list})
        ))
        return -EFAULT;
    return context.write(ListHead{.count = static_cast<std::uint32_t>(list.size()), .padding = 0});
}

Reply give_msr_list(Context& context, std::span<std::uint32_t const> list) {
    auto const room = context.read<std::uint32_t>();
    if (!room) return -EFAULT;
    auto const count = static_cast<std::uint32_t>(list.size());
    auto const told = context.write(count);
    if (told.value != 0) return told;
    if (*room < count) return -E2BIG;
    return front::write_memory(context.call.thread, context.argument() + 4, std::as_bytes(list)) ||
                   list.empty()
               ? 0
               : -EFAULT;
}

Reply device_attribute(Context& context, bool asks) {
    auto const attribute = context.read<kvm_device_attr>();
    if (!attribute) return -EFAULT;
    if (attribute->group != group_sev) return -ENXIO;
    if (attribute->attr != sev_vmsa_features && Conditions::own().old_kernel()) return -ENXIO;
    std::uint64_t value = 0;
    switch (attribute->attr) {
    case sev_vmsa_features:
        value = 1U << 5 | (Conditions::own().secure_tsc() ? 1U << 9 : 0);
        break; // debug swap, Secure TSC
    case snp_policy_bits:
        value = 0xffff | 7U << 16 | 1U << 20;
        break; // API, SMT, reserved one, migration agent, debug, one socket
    case snp_req_certs:
        value = Conditions::own().has("no-snp") ? 0 : 1;
        break;
    default:
        return -ENXIO;
    }
    return asks ? Reply{0} : context.write_at(attribute->addr, value);
}

} // namespace

Reply System::ioctl(Context& context) {
    Turn const turn;
    switch (context.request()) {
    case KVM_GET_API_VERSION:
        return KVM_API_VERSION;
    case KVM_CREATE_VM:
        return create_vm(context);
    case KVM_CHECK_EXTENSION:
        return capability(context.argument(), false);
    case KVM_GET_VCPU_MMAP_SIZE:
        return static_cast<long>(3 * page_size);
    case get_supported_cpuid:
    case get_emulated_cpuid:
        return give_cpuid(context);
    case get_msr_list:
        return give_msr_list(context, saved_msrs);
    case get_feature_msr_list:
        return give_msr_list(context, {});
    case get_feature_msrs:
        return 0;
    case KVM_X86_GET_MCE_CAP_SUPPORTED:
        return context.write(machine_check);
    case KVM_GET_DEVICE_ATTR:
        return device_attribute(context, false);
    case KVM_HAS_DEVICE_ATTR:
        return device_attribute(context, true);
    default:
        return -EINVAL;
    }
}

} // namespace model::kvm
