// The window of an SEV-SNP guest, whose entries say which memory is the Keep's own.

#include "keep/shim/snp/window.hpp"

#include "keep/shim/platform/machine.hpp"
#include "protocol/launch/snp.hpp"

namespace shim {

namespace launch = protocol::launch;

extern "C" {
extern std::uint64_t direct_map[512];
extern std::uint64_t direct_directory[512];
}

namespace {

constexpr std::uint64_t gib = 1U << 30;
constexpr std::uint64_t window_gib = launch::address_limit / gib;
alignas(4096) std::array<std::array<Entry, 512>, window_gib> window_directories;

// Of that GiB; the image holds the first one's.
Entry* directory_of(std::uint64_t number) {
    // Safety: both are page tables, and the image's physical address is its own.
    if (number == 0) return reinterpret_cast<Entry*>(direct_directory);
    auto* const own = window_directories[number].data();
    if (direct_map[number] == 0)
        direct_map[number] =
            reinterpret_cast<std::uint64_t>(own) | (direct_map[0] & 0xfff) | Machine::own_page();
    return own;
}

} // namespace

std::uint64_t Machine::own_page() { return 1ULL << launch::snp::c_bit; }

void Machine::extend_window(hw::PhysAddr begin, hw::PhysAddr end, Whose whose) {
    for (auto at = begin.raw(); at < end.raw() && at < launch::address_limit; at += large_page_size)
        snp::show_in_window(
            directory_of(at / gib)[at % gib / large_page_size], at, whose, own_page()
        );
}

Range Machine::first_tables() { return {launch::snp::table_address, launch::image_address}; }

hw::PhysAddr Machine::further_block(unsigned index) {
    return hw::PhysAddr{launch::snp::block_of(index)};
}

std::uint64_t Machine::end_of_places(unsigned cpus) {
    if (cpus > launch::snp::most_cpus) return 2 * launch::address_limit; // there is no such Keep
    return larger(launch::files_address, launch::snp::block_of(cpus));
}

} // namespace shim
