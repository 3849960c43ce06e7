// See vm.hpp.
#include "kvm/vm.hpp"

#include "base/rules.hpp"
#include "engine/cpu.hpp"
#include "engine/processor.hpp"
#include "kvm/capabilities.hpp"
#include "kvm/time.hpp"
#include "kvm/turns.hpp"
#include "kvm/vcpu.hpp"
#include "kvm/view.hpp"
#include "snp/guest.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace model::kvm {

namespace {

constexpr std::uint64_t most_private = 1ULL << 36; // bytes

} // namespace

Vm::Vm(VmType type) : type_{type} {
    if (type == SnpVm) snp_ = std::make_unique<snp::Guest>(*this);
}

Vm::~Vm() { View::own().at_end(*this); }

Vcpu* Vm::vcpu_of(std::uint32_t apic_id) const {
    auto const found =
        std::ranges::find_if(vcpus_, [=](auto const& vcpu) { return vcpu->id() == apic_id; });
    return found == vcpus_.end() ? nullptr : found->get();
}

void Vm::flush() {
    for (auto const& vcpu : vcpus_) vcpu->cpu().flush();
}

Reply Vm::set_region(Context& context) {
    UserMemoryRegion2 wanted{};
    if (context.request() == KVM_SET_USER_MEMORY_REGION) {
        auto const old = context.read<kvm_userspace_memory_region>();
        if (!old) return -EFAULT;
        if ((old->flags & mem_guest_memfd) != 0) return -EINVAL;
        wanted.slot = old->slot;
        wanted.flags = old->flags;
        wanted.guest_phys_addr = old->guest_phys_addr;
        wanted.memory_size = old->memory_size;
        wanted.userspace_addr = old->userspace_addr;
    } else {
        auto const given = context.read<UserMemoryRegion2>();
        if (!given) return -EFAULT;
        wanted = *given;
    }
    if ((wanted.flags & mem_guest_memfd) != 0 && type_ == DefaultVm) return -EINVAL;
    if ((wanted.flags & KVM_MEM_READONLY) != 0 && type_ == SnpVm && !broken(Rule::ReadOnlyRefused))
        return -EINVAL; // has_protected_state
    bool answered = false;
    auto const outcome = memory_.set_slot(context, wanted, answered);
    flush();
    engine::Cpu::forget_code();
    return answered ? Reply::later() : Reply{outcome};
}

Reply Vm::set_attributes(Context& context) {
    auto const wanted = context.read<MemoryAttributes>();
    if (!wanted) return -EFAULT;
    if (type_ == DefaultVm) return -EINVAL;
    if (wanted->flags != 0 || (wanted->attributes & ~attribute_private) != 0 || wanted->size == 0 ||
        (wanted->address | wanted->size) % page_size != 0 ||
        wanted->address + wanted->size < wanted->address)
        return -EINVAL;
    memory_.set_private(wanted->address, wanted->address + wanted->size, wanted->attributes != 0);
    flush();
    return 0;
}

Reply Vm::create_memory(Context& context) {
    auto const wanted = context.read<CreateGuestMemfd>();
    if (!wanted) return -EFAULT;
    bool const reserved =
        std::ranges::any_of(wanted->reserved, [](auto word) { return word != 0; });
    if (wanted->flags != 0 || reserved || wanted->size == 0 || wanted->size % page_size != 0)
        return -EINVAL;
    if (wanted->size > most_private) return -ENOMEM;
    auto made = std::make_shared<GuestMemory>(wanted->size, memory_);
    if (!*made) return -ENOMEM;
    int const theirs = made->theirs();
    context.table.add(std::move(made));
    return Reply::give(theirs);
}

Reply Vm::create_vcpu(Context& context) {
    auto const id = context.argument();
    if (id >= engine::most_cpus) return -EINVAL;
    if (!engine::Cpu::available()) return -ENOMEM; // of this machine and others
    if (vcpu_of(static_cast<std::uint32_t>(id)) != nullptr) return -EEXIST;
    auto made = std::make_shared<Vcpu>(*this, static_cast<std::uint32_t>(id));
    vcpus_.push_back(made);
    int const file = made->file();
    context.table.add(std::move(made));
    return Reply::give(file);
}

Reply Vm::enable_capability(Context& context) {
    auto const wanted = context.read<kvm_enable_cap>();
    if (!wanted) return -EFAULT;
    if (wanted->flags != 0) return -EINVAL;
    switch (wanted->cap) {
    case KVM_CAP_SPLIT_IRQCHIP:
        if (!vcpus_.empty() || local_apics_) return -EEXIST;
        local_apics_ = true;
        split_ = true;
        return 0;
    case KVM_CAP_EXIT_HYPERCALL:
        if ((wanted->args[0] & ~(1ULL << hypercall_map_gpa_range)) != 0) return -EINVAL;
        hypercalls_ = wanted->args[0];
        return 0;
    default:
        return -EINVAL;
    }
}

// The guest's clock, which no guest here reads: it runs with the host's and can be set.
Reply Vm::get_clock(Context& context) const {
    kvm_clock_data now{};
    auto const since = std::chrono::steady_clock::now().time_since_epoch();
    now.clock = static_cast<std::uint64_t>(std::chrono::nanoseconds{since}.count()) + clock_shift_;
    now.flags = KVM_CLOCK_TSC_STABLE;
    return context.write(now);
}

Reply Vm::set_clock(Context& context) {
    auto const wanted = context.read<kvm_clock_data>();
    if (!wanted) return -EFAULT;
    if ((wanted->flags & ~KVM_CLOCK_REALTIME) != 0) return -EINVAL;
    auto const since = std::chrono::steady_clock::now().time_since_epoch();
    clock_shift_ =
        wanted->clock - static_cast<std::uint64_t>(std::chrono::nanoseconds{since}.count());
    return 0;
}

Reply Vm::ioctl(Context& context) {
    Turn const turn;
    if (Interrupts::knows(context.request())) return interrupts_.ioctl(context);
    switch (context.request()) {
    case KVM_CREATE_VCPU:
        return create_vcpu(context);
    case KVM_CHECK_EXTENSION:
        return capability(context.argument(), type_ == SnpVm);
    case KVM_GET_TSC_KHZ:
        return static_cast<long>(time_stamp_khz());
    case KVM_SET_TSC_KHZ:
        return vcpus_.empty() ? 0 : -EINVAL;
    case KVM_SET_USER_MEMORY_REGION:
    case set_user_memory_region2:
        return set_region(context);
    case set_memory_attributes:
        return set_attributes(context);
    case create_guest_memfd:
        return type_ == DefaultVm ? Reply{-EINVAL} : create_memory(context);
    case KVM_ENABLE_CAP:
        return enable_capability(context);
    case KVM_CREATE_IRQCHIP:
        if (local_apics_) return -EEXIST;
        local_apics_ = true;
        return 0;
    case KVM_GET_CLOCK:
        return get_clock(context);
    case KVM_SET_CLOCK:
        return set_clock(context);
    case KVM_SET_NR_MMU_PAGES:
    case KVM_SET_TSS_ADDR:
    case KVM_SET_IDENTITY_MAP_ADDR:
        return 0;
    case KVM_MEMORY_ENCRYPT_OP:
        return snp_ ? snp_->command(context) : Reply{-ENOTTY};
    default:
        return -EINVAL;
    }
}

} // namespace model::kvm
