#include "host/vmm/backend/snp/machine.hpp"

#include "host/vmm/backend/kvm/guest_memory.hpp"
#include "host/vmm/backend/snp/first_state.hpp"
#include "host/vmm/fill.hpp"

#include <algorithm>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>

namespace host::vmm::snp {

namespace {

os::Failure refused(std::string_view what, base::Errno error) {
    return {
        .name = "snp-launch-refused",
        .text = fmt::format("{}: {}", what, std::strerror(static_cast<int>(error)))
    };
}

template <class T> os::OrFailure<T> named(std::string_view what, base::Result<T> result) {
    if (!result) return std::unexpected(refused(what, result.error()));
    if constexpr (std::is_void_v<T>)
        return {};
    else
        return *std::move(result);
}

} // namespace

// Linux 6.12 and 7.3 take these calls in this order and no other: INIT2 before any vCPU, memory
// before pages, LAUNCH_START before both, vCPUs before FINISH.
os::OrFailure<Machine> Machine::launch(
    Image const& image, Plan const& plan, Supply const& supply, LaunchTerms const& terms
) {
    auto firmware = TRY(open_firmware());
    os::Fd const kvm{::open("/dev/kvm", O_RDWR | O_CLOEXEC)};
    if (!kvm) return std::unexpected(refused("/dev/kvm", os::last_error()));
    Machine machine;
    machine.machine_ =
        os::Fd{TRY(named("KVM_CREATE_VM", kvm::control(kvm, KVM_CREATE_VM, machine_type)))};
    machine.run_size_ = static_cast<std::size_t>(
        TRY(named("KVM_GET_VCPU_MMAP_SIZE", kvm::control(kvm, KVM_GET_VCPU_MMAP_SIZE)))
    );
    machine.cpuid_ = for_guest(TRY(named("KVM_GET_SUPPORTED_CPUID", supported_cpuid(kvm))));
    auto launch = TRY(Launch::begin(machine.machine_, std::move(firmware)));
    TRY(named("the Keep's memory", machine.add_memory(plan, supply)));
    TRY(launch.start(terms));
    for (auto const& region : plan.regions()) {
        if (!region.type) continue;
        if (region.holder == Holder::Processor)
            TRY(named("a vCPU", machine.add_cpu(image)));
        else
            TRY(machine.add_page(launch, region, supply));
    }
    TRY(launch.finish(terms));
    return machine;
}

base::Result<void> Machine::add_memory(Plan const& plan, Supply const& supply) {
    for (auto const& stretch : stretches(plan.regions()))
        TRY(stretch.holder == Holder::Private ? add_private(stretch) : add_shared(stretch, supply));
    return {};
}

base::Result<void> Machine::add_shared(Stretch const& stretch, Supply const& supply) {
    auto memory = TRY(Mapping::create(stretch.end - stretch.begin));
    for (auto const& region : stretch.regions)
        TRY(fill(memory, region.begin - stretch.begin, region, supply));
    kvm_userspace_memory_region slot{};
    slot.slot = static_cast<std::uint32_t>(slots_.size());
    slot.guest_phys_addr = stretch.begin;
    slot.memory_size = memory.bytes().size();
    // Safety: the mapping lives in slots_ as long as the machine.
    slot.userspace_addr = reinterpret_cast<std::uint64_t>(memory.bytes().data());
    TRY(kvm::control(machine_, KVM_SET_USER_MEMORY_REGION, &slot));
    slots_.push_back({.address = stretch.begin, .memory = std::move(memory)});
    return {};
}

base::Result<void> Machine::add_private(Stretch const& stretch) {
    auto const size = stretch.end - stretch.begin;
    kvm::CreateGuestMemory wish{.size = size};
    os::Fd own{TRY(kvm::control(machine_, kvm::create_guest_memory, &wish))};
    auto range = TRY(Mapping::create(size));
    kvm::MemoryRegion2 slot{
        .slot = static_cast<std::uint32_t>(slots_.size()),
        .flags = kvm::region_of_guest_memory,
        .address = stretch.begin,
        .size = size,
        // Safety: the range stays reserved as long as the machine lives.
        .host_address = reinterpret_cast<std::uint64_t>(range.bytes().data()),
        .file = static_cast<std::uint32_t>(own.number())
    };
    TRY(kvm::control(machine_, kvm::set_memory_region2, &slot));
    MemoryAttributes attributes{
        .address = stretch.begin, .size = size, .attributes = attribute_private
    };
    TRY(kvm::control(machine_, set_memory_attributes, &attributes));
    slots_.push_back({.address = stretch.begin, .memory = std::move(range), .own = std::move(own)});
    return {};
}

// By calls: KVM offers no registers through kvm_run for such a machine. CPUID first: by its leaf
// 0x8000001f KVM takes a CR3 with the C-bit.
base::Result<void> Machine::add_cpu(Image const& image) {
    auto const index = static_cast<unsigned>(cpus_.size());
    auto cpu = TRY(kvm::Vcpu::create(machine_, index, run_size_));
    TRY(set_cpuid(cpu.descriptor(), cpuid_));
    auto registers = first_registers(image.header());
    TRY(kvm::control(cpu.descriptor(), KVM_SET_SREGS, &registers.special));
    TRY(kvm::control(cpu.descriptor(), KVM_SET_REGS, &registers.general));
    TRY(kvm::set_listed_registers(cpu.descriptor(), kvm::other_registers(image.header())));
    cpus_.push_back(std::move(cpu));
    return {};
}

os::OrFailure<void>
Machine::add_page(Launch& launch, Region const& region, Supply const& supply) const {
    auto const staged = TRY(named("memory for a page", Mapping::create(region.size())));
    auto const& contents = region.contents;
    if (contents.part == Part::Cpuid) {
        auto const page = TRY(named("CPUID page", page_of(cpuid_)));
        std::ranges::copy(std::as_bytes(std::span{&page, 1}), staged.bytes().begin());
    } else if (contents.part != Part::Nothing) {
        auto const to = staged.bytes().first(contents.size);
        TRY(named(region.name, supply.read(contents, 0, to)));
    }
    return launch.add(region, staged.bytes());
}

} // namespace host::vmm::snp
