#include "host/vmm/plan.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace host::vmm {

namespace launch = protocol::launch;

namespace {

constexpr std::uint64_t page = 4096;
constexpr std::uint64_t first_memory =
    32 << 20; // what a small program needs; more comes when it is asked for

constexpr std::uint64_t round_up(std::uint64_t v, std::uint64_t unit) {
    return (v + unit - 1) / unit * unit;
}

// Beside sealed memory: a page table for each 2 MiB, each vCPU's area and block. Untouched, it
// costs nothing.
std::uint64_t open_memory(Wishes const& wishes) {
    constexpr std::uint64_t per_cpu = 512 << 10;
    return wishes.memory_limit / 256 + wishes.max_cpus * per_cpu + (8 << 20);
}

os::Failure too_much(std::string text) { return {.name = "keep-plan", .text = std::move(text)}; }

void append(std::string& strings, std::vector<std::string> const& texts) {
    for (auto const& text : texts) {
        strings += text;
        strings += '\0';
    }
}

// Arguments and environment, as long as a boot block has room for them and for the descriptors.
os::OrFailure<std::string> strings_of(Wishes const& wishes) {
    std::string strings;
    append(strings, wishes.arguments);
    append(strings, wishes.environment);
    if (strings.size() > launch::max_strings)
        return std::unexpected(too_much(
            fmt::format(
                "arguments and environment have {} bytes, more than {}",
                strings.size(),
                launch::max_strings
            )
        ));
    if (wishes.descriptors.size() > launch::max_descriptors)
        return std::unexpected(too_much(
            fmt::format(
                "{} descriptors, more than {}", wishes.descriptors.size(), launch::max_descriptors
            )
        ));
    return strings;
}

} // namespace

os::OrFailure<Plan> Plan::make(std::uint64_t program_size, Wishes const& wishes) {
    Plan plan;
    auto& boot = plan.boot_;
    plan.strings_ = TRY(strings_of(wishes));
    std::ranges::transform(launch::boot_magic, boot.magic.begin(), [](char c) {
        return static_cast<std::byte>(c);
    });
    std::uint64_t next = launch::files_address;
    boot.program = next;
    boot.program_size = program_size;
    next += round_up(program_size, page);
    if (wishes.tree_size != 0) boot.tree = next;
    next += round_up(wishes.tree_size, page);
    if (wishes.memory == MemoryKind::Sealed) {
        boot.open = round_up(next, launch::chunk_size);
        boot.open_end = boot.open + round_up(open_memory(wishes), launch::chunk_size);
        next = plan.sealed_at_ = boot.open_end;
    }
    for (std::size_t i = 0; i < wishes.descriptors.size(); ++i) {
        auto const& wish = wishes.descriptors[i];
        auto& descriptor = boot.descriptors[i];
        descriptor = {
            .number = wish.number,
            .kind = 0,
            .place = wish.handle,
            .size = wish.memory_size,
            .mode = wish.mode,
            .flags = wish.flags
        };
        if (!wish.resident) continue;
        descriptor.kind = static_cast<std::uint32_t>(
            wish.named ? launch::DescriptorKind::Named : launch::DescriptorKind::Memory
        );
        descriptor.place = next;
        plan.file_addresses_.push_back(next);
        next += round_up(wish.memory_size, page);
    }
    boot.memory = round_up(next, launch::chunk_size);
    boot.memory_end = boot.memory + first_memory;
    // No sum of what anybody wishes may wrap to something small.
    auto const wished = std::min(wishes.memory_limit, launch::address_limit);
    boot.memory_limit = round_up(
        std::max(boot.memory + wished, std::uint64_t{boot.memory_end}), launch::chunk_size
    );
    if (boot.memory_limit > launch::address_limit)
        return std::unexpected(
            too_much(fmt::format("a Keep can have {} GiB at most", launch::address_limit >> 30))
        );
    boot.doorbell = static_cast<std::uint32_t>(wishes.doorbell);
    boot.max_cpus = wishes.max_cpus;
    boot.cpus = wishes.cpus;
    boot.user = wishes.user;
    boot.group = wishes.group;
    boot.verbose = wishes.verbose ? 1 : 0;
    boot.argument_count = static_cast<std::uint32_t>(wishes.arguments.size());
    boot.environment_count = static_cast<std::uint32_t>(wishes.environment.size());
    boot.strings_size = static_cast<std::uint32_t>(plan.strings_.size());
    boot.descriptor_count = static_cast<std::uint32_t>(wishes.descriptors.size());
    return plan;
}

launch::Boot Plan::boot(Calibration const& time) const {
    auto boot = boot_;
    boot.tsc_khz = time.tsc_khz;
    boot.tsc = time.tsc;
    boot.monotonic_ns = time.monotonic_ns;
    boot.realtime_ns = time.realtime_ns;
    return boot;
}

} // namespace host::vmm
