#include "keep/shim/snp/exception.hpp"

#include <algorithm>
#include <array>

namespace shim::snp {

namespace {

// AMD64 Architecture Programmer's Manual, volume 2, appendix C: what an intercept is the error code
// of #VC for. Each with the instruction that it comes from, and what the program would find on a
// processor without intercepts. RDTSC and accesses to memory are not in it on purpose: no honest
// host has them intercepted, or pages taken away.
struct Intercepted {
    std::uint64_t code;
    std::array<std::uint8_t, 3> bytes;
    std::uint8_t length;
    Verdict verdict;
};
constexpr std::size_t longest_instruction = 15;
constexpr std::array intercepted{
    Intercepted{0x72, {0x0f, 0xa2, 0}, 2, Verdict::Cpuid},
    Intercepted{0x6f, {0x0f, 0x33, 0}, 2, Verdict::Privileged}, // RDPMC, as CR4.PCE is 0
    Intercepted{0x8e, {0x0f, 0x01, 0xfd}, 3, Verdict::Illegal}, // RDPRU
    Intercepted{0x8a, {0x0f, 0x01, 0xc8}, 3, Verdict::Illegal}, // MONITOR
    Intercepted{0x8b, {0x0f, 0x01, 0xc9}, 3, Verdict::Illegal}, // MWAIT
    Intercepted{0x81, {0x0f, 0x01, 0xd9}, 3, Verdict::Illegal}, // VMMCALL
};

bool begins(std::span<std::byte const> code, std::span<std::uint8_t const> with) {
    return code.size() >= with.size() &&
           std::ranges::equal(code.first(with.size()), with, {}, [](std::byte b) {
               return static_cast<std::uint8_t>(b);
           });
}

Verdict communication(std::uint64_t error, std::span<std::byte const> code) {
    for (auto const& known : intercepted)
        if (known.code == error && begins(code, std::span{known.bytes}.first(known.length)))
            return known.verdict;
    return Verdict::Invented;
}

// A host cannot choose the address, and may at most turn the error code of a real fault round.
// Without the bits of what the shim does not use: reserved bits, protection keys, shadow stacks,
// the reverse map.
bool possible_page_fault(Frame const& frame) {
    constexpr std::uint64_t by_user = 1U << 2;
    constexpr std::uint64_t known =
        page_fault::present | page_fault::write | page_fault::fetch | by_user;
    return frame.fault_address != no_fault_address && (frame.error & by_user) != 0 &&
           (frame.error & ~known) == 0;
}

bool after_breakpoint(std::span<std::byte const, 2> before) {
    auto const is = [&](std::size_t i, std::uint8_t byte) { return before[i] == std::byte{byte}; };
    return is(1, 0xcc) || (is(0, 0xcd) && is(1, 0x03)); // INT3, INT 3
}

// APM volume 2, 8.4.1: of a gate that is not for ring 3, its vector in bits 15:3 and IDT, bit 1.
bool possible_protection_fault(std::uint64_t error, std::span<std::byte const> code) {
    if (auto const vector = interrupt(code)) return error == (std::uint64_t{*vector} << 3 | 2);
    return error == 0 && always_privileged(code);
}

bool due(FloatingPoint const& state, Vector vector) {
    constexpr std::uint16_t error_summary = 1U << 7;
    constexpr std::uint32_t flags = 0x3f;
    if (vector == Vector::FloatingPoint) return (state.x87_status & error_summary) != 0;
    return (state.mxcsr & flags & ~(state.mxcsr >> 7)) != 0; // seen, and not masked
}

} // namespace

Verdict
judge(Frame const& frame, ProgramMemory const& memory, FloatingPoint const& floating_point) {
    constexpr std::uint64_t trap_flag = 1U << 8;
    std::array<std::byte, longest_instruction> bytes{};
    std::array<std::byte, 2> before{};
    bool const looks = frame.vector != Vector::PageFault && frame.vector != Vector::Kick;
    auto const size = looks ? memory.read(memory.of, frame.rip, bytes) : 0;
    if (looks) static_cast<void>(memory.read(memory.of, frame.rip - before.size(), before));
    auto const code = std::span<std::byte const>{bytes}.first(size);
    bool programs = false;
    switch (frame.vector) {
    case Vector::Kick:
        return Verdict::Harmless;
    case Vector::VmmCommunication:
        return communication(frame.error, code);
    case Vector::PageFault:
        programs = possible_page_fault(frame);
        break;
    case Vector::Debug:
        programs = (frame.rflags & trap_flag) != 0 || before[1] == std::byte{0xf1}; // INT1
        break;
    case Vector::Breakpoint:
        programs = after_breakpoint(before);
        break;
    case Vector::InvalidOpcode:
        programs = always_illegal(code);
        break;
    case Vector::GeneralProtection:
        programs = possible_protection_fault(frame.error, code);
        break;
    case Vector::DivideError:
        programs = divides_wrongly(frame, code, memory);
        break;
    case Vector::FloatingPoint:
    case Vector::Simd:
        programs = due(floating_point, frame.vector);
        break;
    default:
        break;
    }
    return programs ? Verdict::Programs : Verdict::Invented;
}

} // namespace shim::snp
