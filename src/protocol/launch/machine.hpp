#pragma once

// What a machine's loader and the shim must agree on before the shim runs: the image's header,
// memory's lower end, boot data.

#include "base/wire.hpp"
#include "protocol/hostcall/batch.hpp"
#include "protocol/program/tree.hpp"

#include <array>
#include <cstdint>
#include <string_view>

namespace protocol::launch {

// Guest-physical addresses. Below `files_address` the loader gives small pages, because page tables
// lie there.
inline constexpr std::uint64_t image_address = 0x40'0000; // the shim, linked to run at this address
inline constexpr std::uint64_t boot_address = 0x60'0000;  // Boot, then its strings
inline constexpr std::uint64_t batch_address = 0x69'0000; // what goes along with its host calls
inline constexpr std::uint64_t block_address = 0x70'0000; // the first vCPU's host-call block
inline constexpr std::uint64_t table_address = 0x75'0000; // the first page tables
inline constexpr std::uint64_t files_address =
    0x80'0000; // the program's file and memory files, then the Keep's memory
// The vector by which the host kicks a vCPU into the shim when Call::Kick asks for it.
inline constexpr std::uint8_t kick_vector = 0xf0;
// On QEMU's TCG a vCPU begins when its page table's root is written at its place here, 8 bytes
// each.
inline constexpr std::uint64_t tcg_roots_address = 0x8800;
inline constexpr std::uint64_t address_limit = 64ULL << 30;
inline constexpr std::uint64_t chunk_size = 2 << 20;

// The first bytes of a shim image: what the loader puts into registers. Virtual addresses, equal to
// physical ones below 1 GiB.
struct ImageHeader {
    base::Bytes<8> magic;      // 0x00  "ENXSHIM1"
    base::U64 platform;        // 0x08  a ShimKind
    base::U64 end;             // 0x10  first byte after the image's memory
    base::U64 start;           // 0x18  entry of the first vCPU
    base::U64 start_secondary; // 0x20  entry of every other vCPU
    base::U64 system_call;     // 0x28  what LSTAR holds
    base::U64 stack;           // 0x30  stack pointer at both entries
    base::U64 page_table;      // 0x38  root of the first vCPU
    base::U64 gdt;             // 0x40
    base::U64 idt;             // 0x48
    base::U64 tss;             // 0x50
    base::U64 tss_limit;       // 0x58
    base::U64 idt_limit;       // 0x60
    protocol::program::Root
        program;      // 0x68  of the only program that the image loads; size 0: of any
    base::U64 memory; // 0x90  from here to `end` it uses all at once, before it only what it needs
};
static_assert(base::Wire<ImageHeader> && sizeof(ImageHeader) == 0x98);

enum class ShimKind : std::uint64_t { Kvm = 1, Deprivileged = 2, Snp = 3 };

inline constexpr std::array image_magic{'E', 'N', 'X', 'S', 'H', 'I', 'M', '1'};
inline constexpr std::array boot_magic{'E', 'N', 'X', 'B', 'O', 'O', 'T', '1'};

enum class Doorbell : std::uint32_t { Port = 0, Polled = 1 };

enum class DescriptorKind : std::uint32_t {
    Host = 0,   // `place` is a handle of the host-call server
    Memory = 1, // a file that lies at guest-physical `place`, read-only
    Named = 2,  // the same, not open: `number` is its index in named_files
};

// Files that a program looks for by these names and the host may give: how names are resolved.
inline constexpr std::array<std::string_view, 2> named_files{"/etc/resolv.conf", "/etc/hosts"};

// A descriptor that the program finds open.
struct Descriptor {
    base::U32 number; // 0x00
    base::U32 kind;   // 0x04  DescriptorKind
    base::U64 place;  // 0x08
    base::U64 size;   // 0x10  of a memory file
    base::U32 mode;   // 0x18  st_mode
    base::U32 flags;  // 0x1c  open flags
};
static_assert(base::Wire<Descriptor> && sizeof(Descriptor) == 0x20);

inline constexpr std::size_t max_descriptors = 120;
inline constexpr std::size_t max_strings = 512 << 10;

// What the loader leaves at boot_address. The shim copies it once and believes no address in it
// unchecked.
struct Boot {
    base::Bytes<8> magic;        // 0x00  "ENXBOOT1"
    base::U64 memory_end;        // 0x08  of the Keep's free memory, a multiple of 2 MiB
    base::U64 memory_limit;      // 0x10  it may grow to here
    base::U64 program;           // 0x18  guest-physical address of the program's file, below memory
    base::U64 program_size;      // 0x20
    base::U64 tsc_khz;           // 0x28
    base::U64 tsc;               // 0x30  at this tick
    base::U64 monotonic_ns;      // 0x38  ... CLOCK_MONOTONIC was this
    base::U64 realtime_ns;       // 0x40  ... and CLOCK_REALTIME this
    base::U32 doorbell;          // 0x48  Doorbell
    base::U32 max_cpus;          // 0x4c
    base::U32 argument_count;    // 0x50
    base::U32 environment_count; // 0x54
    base::U32 strings_size;      // 0x58  arguments, then K=V, each ended by a zero
    base::U32 descriptor_count;  // 0x5c
    base::U32 verbose;           // 0x60  1: log every system call that is answered ENOSYS
    base::U32 cpus;              // 0x64  how many processors to report
    base::U64 memory;            // 0x68  where the Keep's free memory begins, a multiple of 2 MiB
    base::U32 user;  // 0x70  who the program is, for it to compare with the owners of files
    base::U32 group; // 0x74
    // Memory that the host must see whatever the rest is: page tables, vCPU areas, host-call
    // blocks.
    base::U64 open;     // 0x78  begins here, a multiple of 2 MiB
    base::U64 open_end; // 0x80  equal to `open`: no such memory, the rest serves
    base::U64 tree;     // 0x88  of the hash tree over the program's file, where the image wants one
    std::array<Descriptor, max_descriptors> descriptors; // 0x90
};
static_assert(base::Wire<Boot> && sizeof(Boot) == 0xf90);
inline constexpr std::uint64_t strings_address = boot_address + 0x1000;
static_assert(strings_address + max_strings <= batch_address);
static_assert(batch_address + hostcall::batch_size <= block_address);

} // namespace protocol::launch
