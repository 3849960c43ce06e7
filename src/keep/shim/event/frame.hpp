#pragma once

// What the entry stubs leave of an interrupted program: its registers and why it was interrupted.

#include <cstddef>
#include <cstdint>

namespace shim {

enum class Vector : std::uint64_t {
    DivideError = 0,
    Debug = 1,
    Nmi = 2,
    Breakpoint = 3,
    Overflow = 4,
    InvalidOpcode = 6,
    DoubleFault = 8,
    StackFault = 12,
    GeneralProtection = 13,
    PageFault = 14,
    FloatingPoint = 16,
    AlignmentCheck = 17,
    Simd = 19,
    VmmCommunication = 29,
    Kick = 240, // the host's answer to Call::Kick
    SystemCall = 256,
};

struct Frame {
    std::uint64_t r15, r14, r13, r12, r11, r10, r9, r8, rdi, rsi, rbp, rbx, rdx, rcx, rax; // 0x00
    std::uint64_t fault_address;                                                           // 0x78
    Vector vector;                                                                         // 0x80
    std::uint64_t error;                                                                   // 0x88
    std::uint64_t rip, cs, rflags, rsp, ss;                                                // 0x90
};
static_assert(sizeof(Frame) == 184 && offsetof(Frame, rip) == 0x90);

// Intel SDM volume 3, 4.7: the error code of a page fault.
namespace page_fault {
inline constexpr std::uint64_t present = 1U << 0;
inline constexpr std::uint64_t write = 1U << 1;
inline constexpr std::uint64_t fetch = 1U << 4;
} // namespace page_fault

inline constexpr std::uint64_t user_code_selector = 0x33;
inline constexpr std::uint64_t user_data_selector = 0x2b;
inline constexpr std::uint64_t interrupt_flag = 1U << 9;
// Others would fault in the shim, by IRET or WRFSBASE.
constexpr bool canonical(std::uint64_t address) { return address >> 47 == 0; }
// CF PF AF ZF SF TF DF OF AC ID: what a program may choose for itself.
inline constexpr std::uint64_t user_flags = 0x24'0dd5;

} // namespace shim
