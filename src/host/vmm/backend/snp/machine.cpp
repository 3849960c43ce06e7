#include "host/vmm/backend/snp/machine.hpp"

#include "host/vmm/backend/kvm/guest_memory.hpp"
#include "host/vmm/backend/snp/exit.hpp"
#include "host/vmm/backend/snp/first_state.hpp"
#include "host/vmm/backend/snp/requests.hpp"
#include "host/vmm/fill.hpp"

#include <algorithm>

#include <fcntl.h>

namespace host::vmm::snp {

namespace {

template <class T> os::OrFailure<T> named(std::string_view what, base::Result<T> result) {
    if (!result) return std::unexpected(refused_by_kernel(what, result.error()));
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
    if (!kvm) return std::unexpected(refused_by_kernel("/dev/kvm", os::last_error()));
    Machine machine;
    machine.machine_ =
        os::Fd{TRY(named("KVM_CREATE_VM", kvm::control(kvm, KVM_CREATE_VM, machine_type)))};
    machine.run_size_ = static_cast<std::size_t>(
        TRY(named("KVM_GET_VCPU_MMAP_SIZE", kvm::control(kvm, KVM_GET_VCPU_MMAP_SIZE)))
    );
    machine.cpuid_ = for_guest(TRY(named("KVM_GET_SUPPORTED_CPUID", supported_cpuid(kvm))));
    auto launch = TRY(Launch::begin(machine.machine_, std::move(firmware), terms.secure_tsc));
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
    machine.bring_in(plan);
    return machine;
}

// The last stretch is the Keep's free memory. All that it can ever have is one file from the start,
// which takes memory of the host as it is touched; what grows is how much of it is the Keep's.
base::Result<void> Machine::add_memory(Plan const& plan, Supply const& supply) {
    free_ = plan.memory();
    end_ = plan.memory_end();
    limit_ = plan.memory_limit();
    for (auto const& stretch : stretches(plan.regions())) {
        if (stretch.holder != Holder::Private) {
            TRY(add_shared(stretch, supply));
            continue;
        }
        TRY(add_private(stretch.begin, stretch.begin == free_ ? limit_ : stretch.end));
        TRY(make_private(stretch.begin, stretch.end));
    }
    return {};
}

base::Result<void> Machine::add_shared(Stretch const& stretch, Supply const& supply) {
    auto memory = TRY(Mapping::create(stretch.end - stretch.begin));
    for (auto const& region : stretch.regions) {
        auto const filled = TRY(fill(memory, region.begin - stretch.begin, region, supply));
        if (filled == Filled::Mapped) reachable_.leave_out(region.begin, region.end);
    }
    kvm_userspace_memory_region slot{};
    slot.slot = static_cast<std::uint32_t>(slots_.size());
    slot.guest_phys_addr = stretch.begin;
    slot.memory_size = memory.bytes().size();
    // Safety: the mapping lives in slots_ as long as the machine.
    slot.userspace_addr = reinterpret_cast<std::uint64_t>(memory.bytes().data());
    TRY(kvm::control(machine_, KVM_SET_USER_MEMORY_REGION, &slot));
    reachable_.add(stretch.begin, memory.bytes());
    slots_.push_back({.address = stretch.begin, .memory = std::move(memory)});
    return {};
}

base::Result<void> Machine::add_private(std::uint64_t begin, std::uint64_t end) {
    auto const size = end - begin;
    kvm::CreateGuestMemory wish{.size = size};
    os::Fd own{TRY(kvm::control(machine_, kvm::create_guest_memory, &wish))};
    auto range = TRY(Mapping::reserve(size));
    kvm::MemoryRegion2 slot{
        .slot = static_cast<std::uint32_t>(slots_.size()),
        .flags = kvm::region_of_guest_memory,
        .address = begin,
        .size = size,
        // Safety: the range stays reserved as long as the machine lives.
        .host_address = reinterpret_cast<std::uint64_t>(range.bytes().data()),
        .file = static_cast<std::uint32_t>(own.number())
    };
    TRY(kvm::control(machine_, kvm::set_memory_region2, &slot));
    slots_.push_back({.address = begin, .memory = std::move(range), .own = std::move(own)});
    return {};
}

// KVM keeps a word for each page that is private: so only of what the Keep has.
base::Result<void> Machine::make_private(std::uint64_t begin, std::uint64_t end) const {
    MemoryAttributes attributes{
        .address = begin, .size = end - begin, .attributes = attribute_private
    };
    TRY(kvm::control(machine_, set_memory_attributes, &attributes));
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
    cpus_.emplace_back(std::move(cpu));
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

// What every start touches, without an exit for each page. A kernel that does not know how is
// slower, not wrong.
void Machine::bring_in(Plan const& plan) const {
    for (auto const& region : plan.regions()) {
        if (region.holder != Holder::Private || region.used_at_once == 0) continue;
        PreFault wish{.address = region.begin, .size = region.used_at_once};
        while (wish.size != 0) {
            auto const left = wish.size;
            auto const done = kvm::control(cpus_.front()->descriptor(), pre_fault_memory, &wish);
            bool const again = !done && done.error() == base::Errno::Intr;
            if (!again && (!done || wish.size == left)) return;
        }
    }
}

base::Result<kvm::Vcpu> Machine::begin_cpu(unsigned index, std::uint64_t root) {
    static_cast<void>(root); // the shim's own business
    if (index >= cpus_.size() || !cpus_[index]) return std::unexpected(base::Errno::Again);
    auto cpu = *std::move(cpus_[index]);
    cpus_[index].reset();
    return cpu;
}

base::Result<void> Machine::calibrate(Plan const& plan, kvm::Vcpu const& first) {
    auto const boot = plan.boot(TRY(kvm::time_of(machine_, first)));
    auto const bytes = std::as_bytes(std::span{&boot, 1});
    auto const at = TRY(memory(protocol::launch::boot_address, bytes.size()));
    std::ranges::copy(bytes, at.begin());
    return {};
}

base::Result<std::span<std::byte>>
Machine::memory(std::uint64_t address, std::uint64_t size) const {
    return reachable_.at(address, size);
}

base::Result<std::uint64_t> Machine::grow(std::uint64_t size) {
    constexpr auto chunk = protocol::launch::chunk_size;
    auto const added = std::min(size, limit_ - end_) / chunk * chunk;
    if (added == 0) return std::unexpected(base::Errno::NoMem);
    TRY(make_private(end_, end_ + added));
    end_ += added;
    return added;
}

// The pages go back to the host, who gives others when the Keep takes them again: the Keep has to
// have let go of them before.
base::Result<void> Machine::discard(std::uint64_t address, std::uint64_t size) {
    constexpr auto chunk = protocol::launch::chunk_size;
    if (address < free_ || address % chunk != 0 || size % chunk != 0)
        return std::unexpected(base::Errno::Inval);
    if (address > end_ || size > end_ - address) return std::unexpected(base::Errno::Fault);
    auto const free = std::ranges::find(slots_, free_, &Slot::address);
    if (free == slots_.end()) return std::unexpected(base::Errno::Fault);
    return os::done(
        ::fallocate(
            free->own.number(),
            FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE,
            static_cast<off_t>(address - free_),
            static_cast<off_t>(size)
        )
    );
}

os::Failure Machine::why_it_stopped(kvm::Vcpu& cpu) const {
    return explain_exit(cpu.seen(), cpu.error());
}

std::span<unsigned long const> Machine::requests() const { return requests_while_running; }

} // namespace host::vmm::snp
