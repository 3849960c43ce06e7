#include "host/vmm/plan/maker.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace host::vmm {

namespace launch = protocol::launch;
using hw::snp::PageType;

namespace {

constexpr std::uint64_t first_memory =
    32 << 20; // what a small program needs; more comes when it is asked for
// A file of at most so many bytes costs less to copy than to map.
constexpr std::uint64_t worth_copying = 256 << 10;

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

// Beside memory that the host does not see: a page table for each 2 MiB, each vCPU's area and
// block. Untouched, it costs nothing.
std::uint64_t open_memory_size(Wishes const& wishes) {
    constexpr std::uint64_t per_cpu = 512 << 10;
    return round_up(
        wishes.memory_limit / 256 + wishes.max_cpus * per_cpu + (8 << 20), launch::chunk_size
    );
}

launch::Descriptor descriptor_of(PlannedDescriptor const& wish) {
    return {
        .number = wish.number,
        .kind = 0,
        .place = wish.handle,
        .size = wish.memory_size,
        .mode = wish.mode,
        .flags = wish.flags
    };
}

} // namespace

os::OrFailure<PlanMaker> PlanMaker::begin(ImageSizes const& sizes, Wishes const& wishes) {
    PlanMaker maker{sizes, wishes};
    maker.plan_.strings_ = TRY(strings_of(wishes));
    auto& boot = maker.plan_.boot_;
    std::ranges::transform(launch::boot_magic, boot.magic.begin(), [](char c) {
        return static_cast<std::byte>(c);
    });
    boot.doorbell = static_cast<std::uint32_t>(wishes.doorbell);
    boot.max_cpus = wishes.max_cpus;
    boot.cpus = wishes.cpus;
    boot.user = wishes.user;
    boot.group = wishes.group;
    boot.verbose = wishes.verbose ? 1 : 0;
    boot.argument_count = static_cast<std::uint32_t>(wishes.arguments.size());
    boot.environment_count = static_cast<std::uint32_t>(wishes.environment.size());
    boot.strings_size = static_cast<std::uint32_t>(maker.plan_.strings_.size());
    boot.descriptor_count = static_cast<std::uint32_t>(wishes.descriptors.size());
    return maker;
}

void PlanMaker::image(Holder holder, Type of_memory) {
    auto const behind = launch::image_address + round_up(sizes_.shim, page_size);
    add(
        {.name = "shim's image",
         .begin = launch::image_address,
         .end = behind,
         .holder = holder,
         .type = PageType::Normal,
         .contents = {.part = Part::Shim, .size = sizes_.shim}}
    );
    auto const end = round_up(sizes_.shim_end, page_size);
    if (end <= behind) return;
    auto const at_once = std::clamp(sizes_.shim_memory, behind, end);
    if (behind < at_once)
        add(
            {.name = "shim's tables",
             .begin = behind,
             .end = at_once,
             .holder = holder,
             .type = of_memory}
        );
    if (at_once == end) return;
    add(
        {.name = "shim's memory",
         .begin = at_once,
         .end = end,
         .holder = holder,
         .type = of_memory,
         // It validates and clears all of what is its own.
         .used_at_once = holder == Holder::Private ? end - at_once : 0}
    );
}

void PlanMaker::boot_block(Type type) {
    add(
        {.name = "boot block", // written when the Keep starts: the time is in it
         .begin = launch::boot_address,
         .end = launch::strings_address,
         .type = type}
    );
}

void PlanMaker::strings(Type type) {
    auto const size = plan_.strings_.size();
    if (size == 0) return;
    add(
        {.name = "arguments and environment",
         .begin = launch::strings_address,
         .end = launch::strings_address + round_up(size, page_size),
         .type = type,
         .contents = {.part = Part::Strings, .size = size}}
    );
}

std::uint64_t PlanMaker::append(Region region) {
    region.begin = next_;
    region.end = next_ + round_up(region.contents.size, page_size);
    next_ = region.end;
    add(region);
    return region.begin;
}

void PlanMaker::blocks(std::uint64_t size) {
    if (size == 0) return;
    add({.name = "further host-call blocks", .begin = next_, .end = next_ + size});
    next_ += size;
}

void PlanMaker::program(Type type) {
    plan_.boot_.program_size = sizes_.program;
    plan_.boot_.program = append(
        {.name = "program",
         .type = type,
         .contents = {.part = Part::Program, .size = sizes_.program, .file_pages = true}}
    );
    if (sizes_.tree == 0) return;
    plan_.boot_.tree = append(
        {.name = "program's hash tree",
         .contents = {.part = Part::Tree, .size = sizes_.tree, .file_pages = true}}
    );
}

void PlanMaker::open_memory(Holder holder) {
    auto const begin = round_up(next_, launch::chunk_size);
    next_ = begin + open_memory_size(wishes_);
    add({.name = "open memory", .begin = begin, .end = next_, .holder = holder});
    plan_.boot_.open = begin;
    plan_.boot_.open_end = next_;
}

void PlanMaker::files(Holder holder) {
    std::uint32_t index = 0;
    for (std::size_t i = 0; i < wishes_.descriptors.size(); ++i) {
        auto const& wish = wishes_.descriptors[i];
        auto& descriptor = plan_.boot_.descriptors[i];
        descriptor = descriptor_of(wish);
        if (!wish.resident) continue;
        descriptor.kind = static_cast<std::uint32_t>(
            wish.named ? launch::DescriptorKind::Named : launch::DescriptorKind::Memory
        );
        descriptor.place = append(
            {.name = "file in memory",
             .holder = holder,
             .contents = {
                 .part = Part::File,
                 .index = index++,
                 .size = wish.memory_size,
                 .file_pages = wish.memory_size > worth_copying
             }}
        );
    }
}

os::OrFailure<void> PlanMaker::free_memory(Holder holder) {
    auto& boot = plan_.boot_;
    boot.memory = round_up(next_, launch::chunk_size);
    boot.memory_end = boot.memory + first_memory;
    // No sum of what anybody wishes may wrap to something small.
    auto const wished = std::min(wishes_.memory_limit, launch::address_limit);
    boot.memory_limit = round_up(
        std::max(boot.memory + wished, std::uint64_t{boot.memory_end}), launch::chunk_size
    );
    if (boot.memory_limit > launch::address_limit)
        return std::unexpected(
            too_much(fmt::format("a Keep can have {} GiB at most", launch::address_limit >> 30))
        );
    add(
        {.name = "free memory",
         .begin = boot.memory,
         .end = boot.memory_end,
         .holder = holder,
         // What exec has touched when it has compiled a small module (bench/snp).
         .used_at_once = holder == Holder::Private ? 2 * launch::chunk_size : 0,
         // Page tables lie below: in large pages of the host each of their changes would be dear.
         .large_pages = true}
    );
    return {};
}

Plan PlanMaker::finish() && { return std::move(plan_); }

} // namespace host::vmm
