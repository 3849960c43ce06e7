#include "host/vmm/backend/kvm/machine.hpp"

#include "host/vmm/backend/kvm/requests.hpp"
#include "host/vmm/fill.hpp"

#include <algorithm>
#include <cstring>
#include <ctime>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>
#include <x86intrin.h>

namespace host::vmm::kvm {

namespace launch = protocol::launch;

namespace {

constexpr std::uint64_t second_ns = 1'000'000'000;

os::Failure unusable(std::string_view what, base::Errno error) {
    return {
        .name = "kvm-unusable",
        .text = fmt::format("{}: {}", what, std::strerror(static_cast<int>(error)))
    };
}

// The value of a Result whose error becomes a failure with a name of what was tried.
template <class T> os::OrFailure<T> named(std::string_view what, base::Result<T> result) {
    if (!result) return std::unexpected(unusable(what, result.error()));
    return *std::move(result);
}

std::uint64_t now_ns(clockid_t clock) {
    timespec now{};
    ::clock_gettime(clock, &now);
    return (static_cast<std::uint64_t>(now.tv_sec) * second_ns) +
           static_cast<std::uint64_t>(now.tv_nsec);
}

// Without any pin of an interrupt controller. A kernel that has no such thing starts more slowly.
void add_local_apics(os::Fd const& machine) {
    kvm_enable_cap wish{};
    wish.cap = KVM_CAP_SPLIT_IRQCHIP;
    static_cast<void>(control(machine, KVM_ENABLE_CAP, &wish));
}

} // namespace

os::OrFailure<Machine> Machine::create(
    Image const& image, Plan const& plan, std::vector<MemoryFile> const& files, LocalApic apic
) {
    os::Fd const kvm{::open("/dev/kvm", O_RDWR | O_CLOEXEC)};
    if (!kvm) return std::unexpected(unusable("/dev/kvm", os::last_error()));
    Machine machine;
    machine.header_ = image.header();
    machine.machine_ = os::Fd{TRY(named("KVM_CREATE_VM", control(kvm, KVM_CREATE_VM)))};
    bool const emulated =
        machine.header_.platform == static_cast<std::uint64_t>(launch::ShimKind::Deprivileged);
    if (emulated && apic == LocalApic::WhereEmulated) add_local_apics(machine.machine_);
    machine.run_size_ = static_cast<std::size_t>(
        TRY(named("KVM_GET_VCPU_MMAP_SIZE", control(kvm, KVM_GET_VCPU_MMAP_SIZE)))
    );
    auto const synchronised =
        TRY(named("KVM_CAP_SYNC_REGS", control(kvm, KVM_CHECK_EXTENSION, KVM_CAP_SYNC_REGS)));
    if ((static_cast<std::uint64_t>(synchronised) & synchronised_registers) !=
        synchronised_registers)
        return std::unexpected(unusable("KVM_CAP_SYNC_REGS", base::Errno::NoSys));
    machine.free_ = plan.memory();
    machine.end_ = plan.memory_end();
    machine.limit_ = plan.memory_limit();
    machine.sealed_ = plan.sealed();
    if (machine.sealed_ && !offers_sealed_memory(kvm))
        return std::unexpected(unusable("sealed memory", base::Errno::NoSys));
    KeepSupply const supply{image, plan, files};
    if (auto const filled = machine.fill(plan, supply); !filled)
        return std::unexpected(unusable("the Keep's memory", filled.error()));
    return machine;
}

base::Result<void> Machine::add_slot(std::uint64_t address, Mapping memory) {
    kvm_userspace_memory_region region{};
    region.slot = static_cast<std::uint32_t>(slots_.size());
    region.guest_phys_addr = address;
    region.memory_size = memory.bytes().size();
    // Safety: the mapping lives in slots_ as long as the machine.
    region.userspace_addr = reinterpret_cast<std::uint64_t>(memory.bytes().data());
    TRY(control(machine_, KVM_SET_USER_MEMORY_REGION, &region));
    reachable_.add(address, memory.bytes());
    slots_.push_back({.address = address, .memory = std::move(memory)});
    return {};
}

base::Result<void> Machine::fill_open(Stretch const& stretch, Supply const& supply) {
    auto memory = TRY(Mapping::create(stretch.end - stretch.begin));
    for (auto const& region : stretch.regions) {
        auto const filled = TRY(vmm::fill(memory, region.begin - stretch.begin, region, supply));
        if (filled == Filled::Mapped) reachable_.leave_out(region.begin, region.end);
    }
    return add_slot(stretch.begin, std::move(memory));
}

base::Result<void> Machine::fill_sealed(Stretch const& stretch, Supply const& supply) {
    auto memory = TRY(SealedMemory::create(machine_, stretch.end - stretch.begin));
    for (auto const& region : stretch.regions) {
        auto const& contents = region.contents;
        if (contents.part == Part::Nothing) continue;
        auto const to = memory.bytes().subspan(region.begin - stretch.begin, contents.size);
        TRY(supply.read(contents, 0, to));
    }
    return add_sealed(stretch.begin, std::move(memory));
}

base::Result<void> Machine::fill(Plan const& plan, Supply const& supply) {
    for (auto const& stretch : stretches(plan.regions()))
        TRY(stretch.holder == Holder::Sealed ? fill_sealed(stretch, supply)
                                             : fill_open(stretch, supply));
    return {};
}

base::Result<void> Machine::add_sealed(std::uint64_t address, SealedMemory memory) {
    auto const slot = static_cast<std::uint32_t>(slots_.size());
    auto range = TRY(SealedMemory::seal(std::move(memory), machine_, {slot, address}));
    slots_.push_back({.address = address, .memory = std::move(range), .sealed = true});
    return {};
}

base::Result<Calibration> time_of(os::Fd const& machine, Vcpu const& first) {
    // The machine answers faster than a vCPU; older kernels let only that say it.
    auto khz = control(machine, KVM_GET_TSC_KHZ);
    if (!khz) khz = control(first.descriptor(), KVM_GET_TSC_KHZ);
    return Calibration{
        .tsc_khz = static_cast<std::uint64_t>(TRY(khz)),
        .tsc = __rdtsc(),
        .monotonic_ns = now_ns(CLOCK_MONOTONIC),
        .realtime_ns = now_ns(CLOCK_REALTIME),
    };
}

base::Result<void> Machine::calibrate(Plan const& plan, Vcpu const& first) {
    auto const boot = plan.boot(TRY(time_of(machine_, first)));
    auto const bytes = std::as_bytes(std::span{&boot, 1});
    std::ranges::copy(bytes, TRY(memory(launch::boot_address, bytes.size())).begin());
    return {};
}

base::Result<Vcpu> Machine::begin_cpu(unsigned index, std::uint64_t root) {
    if (index == 0) return add_cpu(0, {.entry = header_.start, .root = header_.page_table});
    return add_cpu(index, {.entry = header_.start_secondary, .root = root});
}

base::Result<Vcpu> Machine::add_cpu(unsigned index, Beginning const& beginning) {
    bool const first = index == 0;
    auto cpu = TRY(Vcpu::create(machine_, index, run_size_));
    TRY(set_other_registers(cpu.descriptor(), header_));
    cpu.begin_with(registers_at(header_, beginning, first));
    // One with a local APIC would else wait for another's interrupt to start it.
    kvm_mp_state runnable{.mp_state = KVM_MP_STATE_RUNNABLE};
    if (!first) TRY(control(cpu.descriptor(), KVM_SET_MP_STATE, &runnable));
    return cpu;
}

base::Result<std::span<std::byte>>
Machine::memory(std::uint64_t address, std::uint64_t size) const {
    return reachable_.at(address, size);
}

base::Result<std::uint64_t> Machine::grow(std::uint64_t size) {
    std::uint64_t const room = limit_ - end_;
    std::uint64_t const added = std::min(size, room) / launch::chunk_size * launch::chunk_size;
    if (added == 0) return std::unexpected(base::Errno::NoMem);
    if (sealed_) {
        auto memory = TRY(SealedMemory::create(machine_, added));
        TRY(add_sealed(end_, std::move(memory)));
        end_ += added;
        return added;
    }
    auto memory = TRY(Mapping::create(added));
    memory.prefer_large_pages(0, added);
    TRY(add_slot(end_, std::move(memory)));
    end_ += added;
    return added;
}

base::Result<void> Machine::discard(std::uint64_t address, std::uint64_t size) {
    // Only whole chunks of what the Keep calls its own; never the shim, the boot block or a file.
    if (address < free_ || address % launch::chunk_size != 0 || size % launch::chunk_size != 0)
        return std::unexpected(base::Errno::Inval);
    for (auto& slot : slots_) {
        if (slot.sealed) continue;
        auto const slot_end = slot.address + slot.memory.bytes().size();
        if (address >= slot.address && address < slot_end && size <= slot_end - address)
            return slot.memory.discard(address - slot.address, size);
    }
    return std::unexpected(base::Errno::Fault);
}

os::Failure Machine::why_it_stopped(Vcpu& cpu) const {
    bool const ring0 = header_.platform == static_cast<std::uint64_t>(launch::ShimKind::Kvm);
    if (!ring0 || !cpu.not_emulated()) return {.name = "keep-broken", .text = cpu.explain()};
    return {
        .name = "ring0-emulated",
        .text = "the shim of --shim=kvm needs a real ring 0, and this host's KVM emulates one; " +
                cpu.explain(),
        .hint = "leave --shim out, or give --shim=deprivileged; `enarx platform info` shows which "
                "shim suits this host"
    };
}

std::span<unsigned long const> Machine::requests() const {
    if (sealed_) return requests_of_sealed;
    return requests_of_plain;
}

} // namespace host::vmm::kvm
