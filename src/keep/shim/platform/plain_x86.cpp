// What machines do alike whose memory and registers the host may see: pages have no owner, and what
// the processor says can be asked of it.

#include "keep/shim/platform/machine.hpp"
#include "protocol/hostcall/block.hpp"
#include "protocol/launch/machine.hpp"

#include <array>

namespace shim {

namespace launch = protocol::launch;

extern "C" {
extern std::uint64_t direct_map[512];
extern std::uint64_t direct_directory[512];
}

namespace {

constexpr std::uint64_t window_gib = 64;
constexpr std::uint64_t large_page_address = 0x000f'ffff'ffe0'0000;
alignas(4096) std::array<std::array<std::uint64_t, 512>, window_gib> window_directories;

} // namespace

std::uint64_t Machine::own_page() { return 0; }
std::optional<std::uint64_t> Machine::own_tsc_khz() { return {}; }

Cpuid Machine::cpuid(std::uint32_t leaf, std::uint32_t subleaf) {
    Cpuid of{.eax = leaf, .ebx = 0, .ecx = subleaf, .edx = 0};
    asm volatile("cpuid" : "+a"(of.eax), "=b"(of.ebx), "+c"(of.ecx), "=d"(of.edx));
    return of;
}

void Machine::extend_window(hw::PhysAddr begin, hw::PhysAddr end, Whose) {
    // The image holds a directory for each GiB, so that memory can grow without taking memory. Its
    // physical address is its own.
    constexpr std::uint64_t gib = 1U << 30;
    for (std::uint64_t i = begin.raw() / gib; i * gib < end.raw() && i < window_gib; ++i) {
        if (direct_map[i] != 0) continue;
        auto& directory = window_directories[i];
        for (std::uint64_t j = 0; j < directory.size(); ++j)
            directory[j] =
                i * gib + j * large_page_size + (direct_directory[0] & ~large_page_address);
        direct_map[i] = reinterpret_cast<std::uint64_t>(directory.data()) | (direct_map[0] & 0xfff);
    }
}

void Machine::let_in(unsigned, hw::PhysAddr) {} // the loader makes it begin with that root
Range Machine::first_tables() { return {launch::table_address, launch::files_address}; }
hw::PhysAddr Machine::further_block(unsigned) { return {}; }
std::uint64_t Machine::end_of_places(unsigned) { return launch::files_address; }
bool Machine::answer_exception(Kernel&, Frame&) { return false; }

void Machine::ring_doorbell() {
    // No register of the Keep goes along: the host sees what the block holds, nothing else.
    asm volatile(
        "push %%rbx; push %%rbp; push %%r12; push %%r13; push %%r14; push %%r15\n"
        "xor %%ebx,%%ebx; xor %%ebp,%%ebp; xor %%ecx,%%ecx; xor %%esi,%%esi; xor %%edi,%%edi\n"
        "xor %%r8d,%%r8d; xor %%r9d,%%r9d; xor %%r10d,%%r10d; xor %%r11d,%%r11d\n"
        "xor %%r12d,%%r12d; xor %%r13d,%%r13d; xor %%r14d,%%r14d; xor %%r15d,%%r15d\n"
        "mov %0,%%edx; xor %%eax,%%eax; out %%eax,%%dx\n"
        "pop %%r15; pop %%r14; pop %%r13; pop %%r12; pop %%rbp; pop %%rbx\n"
        :
        : "i"(protocol::hostcall::doorbell_port)
        : "rax", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "memory", "cc"
    );
}

} // namespace shim
