#pragma once

// A piece of a Keep's memory as it is before the Keep's first instruction. A plan is a list of
// them; backends and the measurement walk that list and know no piece by its name.

#include "hw/snp/page_info.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace host::vmm {

inline constexpr std::uint64_t page_size = 4096;

constexpr std::uint64_t round_up(std::uint64_t v, std::uint64_t unit) {
    return (v + unit - 1) / unit * unit;
}

// Whose memory it is while the Keep runs.
enum class Holder : std::uint8_t {
    Shared,    // the host and the Keep both use it
    Private,   // the Keep alone, where a processor keeps the host out
    Sealed,    // in a file that nobody has open or mapped, once it is filled
    Processor, // no memory of the Keep: a vCPU's registers, as the processor takes them in
};

// What is put into a region. Which bytes these are, a Supply knows.
enum class Part : std::uint8_t { Nothing, Shim, Strings, Program, Tree, File, Cpuid, FirstState };

struct Contents {
    Part part = Part::Nothing;
    std::uint32_t index = 0; // of a File: the how manieth
    std::uint64_t size = 0;  // bytes from the region's beginning on; zeros behind
    // The Keep only reads it, and it is large: a backend may map the pages of the host's file
    // instead of copying them.
    bool file_pages = false;
};

struct Region {
    std::string_view name; // for messages
    std::uint64_t begin = 0;
    std::uint64_t end = 0; // both on pages
    Holder holder = Holder::Shared;
    // How its pages are added when the Keep is launched, by SEV-SNP's names (docs/adr/0032); none:
    // they are memory that is there, or comes, without a word of the launch's measurement.
    std::optional<hw::snp::PageType> type = {};
    Contents contents = {};
    std::uint64_t used_at_once = 0; // bytes from its beginning that any program touches at once
    bool large_pages = false;       // shall be backed by large pages, if the host has them

    std::uint64_t size() const { return end - begin; }
    std::uint64_t pages() const { return size() / page_size; }
};

// Neighbours of one holder, with the gaps between them: memory that a backend makes in one piece.
struct Stretch {
    std::uint64_t begin;
    std::uint64_t end; // where the next stretch begins; of the last one, where its last region ends
    Holder holder;
    std::span<Region const> regions;
};

// Of regions in the order of their addresses; those of the processor are left out.
std::vector<Stretch> stretches(std::span<Region const> regions);

// Pages that the launch adds, each of which costs its time.
std::uint64_t pages_added(std::span<Region const> regions);

} // namespace host::vmm
