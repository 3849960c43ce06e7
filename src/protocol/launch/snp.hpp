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

// All vCPUs are equal and enter at `start`; the Keep numbers them in the order in which they come.
// The loader runs the first at once, and the next when Call::Spawn asks for its number. The Keep
// asks for another one only when it has seen that one come: so the numbers of both sides are the
// same, as long as the loader keeps to it. A block is block_of() of the number, whatever else the
// call says.

// Why a Keep ends itself by the GHCB's termination request (AMD 56421, 4.1.9): set and code.
inline constexpr std::uint8_t termination_set = 5;
inline constexpr std::uint8_t event_set = 6; // Termination::Event, and the code is the vector
enum class Termination : std::uint8_t {
    Stopped = 0,          // it has said why by Call::Log, if the host took that
    NoSnp = 1,            // SEV_STATUS has not what the image wants, or has what it does not know
    CBit = 2,             // the C-bit is not where the image has it
    GhcbProtocol = 3,     // the hypervisor does not speak version 2 of the GHCB protocol
    GhcbRegistration = 4, // the hypervisor does not take the GHCB where the Keep has it
    GhcbAnswer = 5,       // an answer in the GHCB that the protocol does not know
    Validation = 6,       // a page could not be validated, or was valid already
    Event = 7,            // an event that the processor cannot have raised there
    CpuidPage = 8,        // the CPUID page hides what the Keep needs, or is malformed
    BootBlock = 9,        // the host's boot block is none
    Cpus = 10,            // more vCPUs came than the Keep has
    Randomness = 11,      // the processor gives no random numbers
};

static_assert(table_address < image_address);
static_assert(block_address + hostcall::block_size <= message_address);
static_assert(message_address + 0x2000 <= ghcb_address);
static_assert(ghcb_of(most_cpus) <= files_address);

} // namespace protocol::launch::snp
