#include "base/shared.hpp"
#include "keep/shim/start/start.hpp"

#include <algorithm>

namespace shim {

namespace launch = protocol::launch;

namespace {

constexpr std::uint32_t open_directory = 0x1'0000; // Linux UAPI, O_DIRECTORY
constexpr std::uint64_t patience_us = 30;          // what a doorbell costs at worst
constexpr std::uint64_t least_tsc_khz = 100'000;
constexpr std::uint64_t most_tsc_khz = 100'000'000;
constexpr std::uint64_t latest_second = 1ULL << 32; // with what can pass, below 2^63 ns

bool sane(launch::Boot const& boot) {
    if (!std::ranges::equal(boot.magic, launch::boot_magic, {}, [](std::byte b) {
            return static_cast<char>(b);
        }))
        return false;
    bool const memory =
        boot.memory >= launch::files_address && boot.memory < boot.memory_end &&
        boot.memory_end <= boot.memory_limit && boot.memory_limit <= launch::address_limit &&
        boot.memory % launch::chunk_size == 0 && boot.memory_end % launch::chunk_size == 0 &&
        Machine::end_of_places(boot.max_cpus) <= boot.memory;
    // Where memory is the Keep's own, page tables and stacks are never where the host can see them.
    bool const open = (boot.open == boot.open_end || !Machine::owns_memory()) &&
                      boot.open % launch::chunk_size == 0 &&
                      boot.open_end % launch::chunk_size == 0 && boot.open <= boot.open_end &&
                      boot.open_end <= boot.memory &&
                      (boot.open == 0 || boot.open >= launch::files_address);
    bool const time = boot.tsc_khz >= least_tsc_khz && boot.tsc_khz <= most_tsc_khz &&
                      boot.monotonic_ns < latest_second * second_ns &&
                      boot.realtime_ns < latest_second * second_ns;
    bool const counts = boot.max_cpus >= 1 && boot.max_cpus <= max_cpus && boot.cpus >= 1 &&
                        boot.cpus <= max_cpus && boot.descriptor_count <= launch::max_descriptors &&
                        boot.strings_size <= launch::max_strings &&
                        boot.doorbell <= static_cast<std::uint32_t>(launch::Doorbell::Polled);
    return memory && open && time && counts;
}

// Whether what the loader says it has placed lies apart, each in pages of its own.
class Places {
public:
    // False: a page of it is another's.
    bool add(std::uint64_t begin, std::uint64_t size) {
        Range const range{begin, begin + round_up(size, hw::page_size)};
        if (range.empty()) return true;
        for (auto const& other : std::span{ranges_}.first(count_))
            if (!range.intersect(other).empty()) return false;
        if (count_ == ranges_.size()) return false;
        ranges_[count_++] = range;
        return true;
    }

private:
    std::array<Range, launch::max_descriptors + 4> ranges_{};
    std::size_t count_ = 0;
};

bool lies_in_memory(launch::Descriptor const& descriptor) {
    return descriptor.kind != static_cast<std::uint32_t>(launch::DescriptorKind::Host);
}

// The file as it is now, in the Keep's own memory: whoever reads it twice finds the same. Where the
// host sees all memory there is nothing to be had by it.
base::Result<std::uint64_t> own_place(Kernel& kernel, std::uint64_t place, std::uint64_t size) {
    if (!Machine::owns_memory() || size == 0) return place;
    auto const own = TRY(kernel.pool.piece(size));
    base::fetch_into({physical(own), size}, physical(hw::PhysAddr{place}));
    return own.raw();
}

base::Result<File>
file_of(Kernel& kernel, launch::Descriptor const& descriptor, std::uint64_t memory) {
    File file{.mode = descriptor.mode, .flags = descriptor.flags};
    if (!lies_in_memory(descriptor)) {
        file.kind = File::Kind::Host;
        file.handle = static_cast<std::uint32_t>(descriptor.place);
        file.close_late = (file.flags & open_directory) != 0;
        return file;
    }
    bool const known = descriptor.kind <= static_cast<std::uint32_t>(launch::DescriptorKind::Named);
    if (!known || !file_fits(descriptor.place, descriptor.size, memory))
        return std::unexpected(base::Errno::Proto);
    file.kind = File::Kind::Memory;
    file.place = TRY(own_place(kernel, descriptor.place, descriptor.size));
    file.size = descriptor.size;
    return file;
}

} // namespace

bool file_fits(std::uint64_t place, std::uint64_t size, std::uint64_t memory) {
    return place % hw::page_size == 0 && place >= launch::files_address && place < memory &&
           size <= memory - place;
}

base::Result<launch::Boot> fetch_boot() {
    // Safety: the loader maps this page for every image before it starts it.
    auto* const at = reinterpret_cast<launch::Boot*>(physical(hw::PhysAddr{launch::boot_address}));
    auto boot = base::Shared{at}.fetch();
    // What the host's counter showed says nothing of one that is the Keep's: time begins now.
    if (auto const khz = Machine::own_tsc_khz()) {
        boot.tsc_khz = *khz;
        boot.tsc = Machine::ticks();
    }
    if (!sane(boot)) return std::unexpected(base::Errno::Proto);
    return boot;
}

base::Result<void> check_places(launch::Boot const& boot, protocol::program::Root const& root) {
    // Of a program that is held to its digest nothing measures the environment, and its C library
    // and cryptography would take orders from there (GLIBC_TUNABLES, OPENSSL_ia32cap).
    if (root.size != 0 && boot.environment_count != 0) return std::unexpected(base::Errno::Proto);
    std::uint64_t tree_size = 0;
    if (root.size != 0) tree_size = TRY(protocol::program::Tree::create(root.size)).size();
    if (!file_fits(boot.program, boot.program_size, boot.memory) ||
        (tree_size != 0 && !file_fits(boot.tree, tree_size, boot.memory)))
        return std::unexpected(base::Errno::Proto);
    Places places;
    auto const fixed = Machine::end_of_places(boot.max_cpus) - launch::files_address;
    bool apart = places.add(launch::files_address, fixed) &&
                 places.add(boot.program, boot.program_size) && places.add(boot.tree, tree_size) &&
                 places.add(boot.open, boot.open_end - boot.open);
    for (auto const& file : std::span{boot.descriptors}.first(boot.descriptor_count))
        if (lies_in_memory(file))
            apart = apart && file_fits(file.place, file.size, boot.memory) &&
                    places.add(file.place, file.size);
    if (!apart) return std::unexpected(base::Errno::Proto);
    return {};
}

base::Result<void> configure(Kernel& kernel, launch::Boot const& boot) {
    kernel.host.attach(0, physical(hw::PhysAddr{launch::block_address}));
    kernel.host.set_doorbell(static_cast<launch::Doorbell>(std::uint32_t{boot.doorbell}));
    kernel.host.set_patience(boot.tsc_khz / 1000 * patience_us);
    kernel.user_id = boot.user;
    kernel.group_id = boot.group;
    kernel.verbose = boot.verbose != 0;
    kernel.max_threads = boot.max_cpus;
    kernel.threads.reach(boot.max_cpus);
    kernel.reported_cpus = boot.cpus;
    kernel.clock = Clock::starting(
        boot.tsc, Machine::ticks(), boot.monotonic_ns, boot.realtime_ns, boot.tsc_khz
    );
    hw::PhysAddr const own{boot.memory};
    Machine::extend_window(hw::PhysAddr{launch::files_address}, own, Whose::Hosts);
    Machine::extend_window(own, hw::PhysAddr{boot.memory_end}, Whose::Keeps);
    TRY(
        kernel.pool.add({boot.memory, boot.memory_end}, Machine::first_tables(), boot.memory_limit)
    );
    if (boot.open != boot.open_end) kernel.pool.add_open({boot.open, boot.open_end});
    for (std::uint32_t i = 0; i < boot.descriptor_count; ++i) {
        auto const& descriptor = boot.descriptors[i];
        auto const file = TRY(file_of(kernel, descriptor, boot.memory));
        bool const named =
            descriptor.kind == static_cast<std::uint32_t>(launch::DescriptorKind::Named);
        if (descriptor.number >= (named ? kernel.named.size() : Descriptors::max_files))
            return std::unexpected(base::Errno::Proto);
        if (named)
            kernel.named[descriptor.number] = file;
        else
            kernel.files.put(descriptor.number, file);
    }
    return {};
}

} // namespace shim
