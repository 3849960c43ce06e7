#pragma once

// What the loader of an SEV-SNP Keep and its shim agree on beside launch/machine.hpp: which of the
// addresses are the Keep's own, and which it shares with the host. Nothing of it changes while the
// Keep runs, so no page is ever handed from one side to the other.
//
//     0x20'0000  secrets page, CPUID page, first page tables           private
//     0x40'0000  the shim's image and memory                           private
//     0x60'0000  boot block, strings, bytes along with calls,
//                first block, guest messages, GHCBs                    shared
//     0x80'0000  further blocks, then program, hash tree and files     shared
//     boot.memory to its limit                                         private
//
// Each border lies on 2 MiB: an entry of the window's page tables is private or shared as a whole.

#include "protocol/hostcall/block.hpp"
#include "protocol/launch/machine.hpp"

namespace protocol::launch::snp {

// The bit of a page table entry that says that its page is private. It is part of the image, whose
// page tables are measured, and the same on all processors that have SEV-SNP so far.
inline constexpr unsigned c_bit = 51;

inline constexpr std::uint64_t secrets_address = 0x20'0000;
inline constexpr std::uint64_t cpuid_address = 0x20'1000;
inline constexpr std::uint64_t table_address = 0x20'2000; // in the place of launch::table_address
// A request to the secure processor and its answer, a page each.
inline constexpr std::uint64_t message_address = 0x74'e000;
inline constexpr std::uint64_t ghcb_address = 0x75'0000; // of the first vCPU; a page for each
inline constexpr std::uint32_t most_cpus = 128;

constexpr std::uint64_t ghcb_of(std::uint32_t cpu) { return ghcb_address + cpu * 0x1000ULL; }

// Where a vCPU's host-call block lies: the first one's is where every Keep has it.
constexpr std::uint64_t block_of(std::uint32_t cpu) {
    if (cpu == 0) return block_address;
    return files_address + (cpu - 1ULL) * hostcall::block_size;
}

static_assert(table_address < image_address);
static_assert(block_address + hostcall::block_size <= message_address);
static_assert(message_address + 0x2000 <= ghcb_address);
static_assert(ghcb_of(most_cpus) <= files_address);

} // namespace protocol::launch::snp
