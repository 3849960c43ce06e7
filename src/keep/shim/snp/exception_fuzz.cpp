// An exception of any vector, with any error code and registers, at any instruction. Expected: it
// is the program's, or answered, only where the bytes there say so, looked for by other means.

#include "keep/shim/snp/exception.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>

namespace {

using shim::Vector;
using shim::snp::Verdict;

constexpr std::uint64_t code_at = 0x10000;
constexpr std::size_t behind = 2; // bytes before the instruction: what a breakpoint was

struct Program {
    std::array<std::byte, behind + 15> code{};
    std::array<std::byte, 8> data{};
    std::size_t readable = 15; // of the instruction
};

std::size_t read(void* of, std::uint64_t at, std::span<std::byte> to) {
    auto const& program = *static_cast<Program const*>(of);
    auto const code = std::span{program.code}.first(behind + program.readable);
    auto const offset = at - (code_at - behind); // of a place before that: too large
    auto const from = offset <= program.code.size()
                          ? code.subspan(std::min<std::size_t>(offset, code.size()))
                          : std::span<std::byte const>{program.data};
    auto const size = std::min(from.size(), to.size());
    std::copy_n(from.begin(), size, to.begin());
    return size;
}

bool holds(Program const& program, std::initializer_list<unsigned> bytes) {
    auto const code = std::span{program.code}.subspan(behind, program.readable);
    return !std::ranges::search(code, bytes, [](std::byte one, unsigned other) {
                return std::to_integer<unsigned>(one) == other;
            }).empty();
}

// What has to be there at the very least.
bool explained(Verdict verdict, shim::Frame const& frame, Program const& program) {
    switch (frame.vector) {
    case Vector::Kick:
        return verdict == Verdict::Harmless;
    case Vector::VmmCommunication:
        if (verdict == Verdict::Cpuid) return frame.error == 0x72 && holds(program, {0x0f, 0xa2});
        if (verdict == Verdict::Privileged)
            return frame.error == 0x6f && holds(program, {0x0f, 0x33});
        return verdict == Verdict::Illegal && frame.error != 0x72 && holds(program, {0x0f, 0x01});
    case Vector::PageFault:
        return verdict == Verdict::Programs && frame.fault_address != shim::snp::no_fault_address &&
               (frame.error & ~0x17ULL) == 0;
    case Vector::InvalidOpcode:
        return verdict == Verdict::Programs &&
               (holds(program, {0x0f, 0x0b}) || holds(program, {0x0f, 0xb9}) ||
                holds(program, {0x0f, 0xff}));
    case Vector::DivideError:
        return verdict == Verdict::Programs && (holds(program, {0xf6}) || holds(program, {0xf7}));
    case Vector::GeneralProtection:
        return verdict == Verdict::Programs && program.readable != 0 &&
               (frame.error == 0 || holds(program, {0xcd}));
    case Vector::Debug:
    case Vector::Breakpoint:
    case Vector::FloatingPoint:
    case Vector::Simd:
        return verdict == Verdict::Programs;
    default:
        return false;
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    struct {
        shim::Frame frame;
        std::uint8_t vector;
        std::uint8_t readable;
        shim::snp::FloatingPoint floating_point;
        std::array<std::byte, behind + 15> code;
        std::array<std::byte, 8> data;
    } input{};
    // Safety: plain bytes; the vector is set below.
    std::memcpy(static_cast<void*>(&input), data, std::min(size, sizeof input));
    Program program{.code = input.code, .data = input.data, .readable = input.readable % 16U};
    auto& frame = input.frame;
    frame.vector = static_cast<Vector>(input.vector);
    frame.rip = code_at;
    auto const verdict = judge(frame, {.read = read, .of = &program}, input.floating_point);
    if (verdict == Verdict::Invented) return 0;
    if (!explained(verdict, frame, program)) std::abort();
    return 0;
}
