#include "keep/shim/snp/instruction.hpp"

#include <algorithm>
#include <array>
#include <bit>

namespace shim::snp {

namespace {

// Volume 3, 1.2: prefixes, then the opcode.
struct Opcode {
    std::span<std::byte const> rest; // from the opcode on
    bool narrow = false;             // 0x66: 16 bits
    bool locked = false;
    bool unusual = false; // LOCK, another segment or 32-bit addresses
    std::uint8_t rex = 0;

    std::uint8_t at(std::size_t i) const {
        return i < rest.size() ? static_cast<std::uint8_t>(rest[i]) : 0;
    }
};

Opcode opcode_of(std::span<std::byte const> code) {
    constexpr std::array<std::uint8_t, 9> without_meaning{
        0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x67, 0xf2, 0xf3
    };
    Opcode opcode{.rest = code};
    while (!opcode.rest.empty()) {
        auto const byte = opcode.at(0);
        if ((byte & 0xf0) == 0x40) { // REX, which only counts right before the opcode
            opcode.rex = byte;
            opcode.rest = opcode.rest.subspan(1);
            break;
        }
        bool const prefix = byte == 0x66 || byte == 0xf0 ||
                            std::ranges::find(without_meaning, byte) != without_meaning.end();
        if (!prefix) break;
        opcode.narrow = opcode.narrow || byte == 0x66;
        opcode.locked = opcode.locked || byte == 0xf0;
        opcode.unusual =
            opcode.unusual || opcode.locked || (byte >= 0x64 && byte != 0x66 && byte < 0x70);
        opcode.rest = opcode.rest.subspan(1);
    }
    return opcode;
}

std::uint64_t register_of(Frame const& f, unsigned number) {
    std::array<std::uint64_t, 16> const all{
        f.rax,
        f.rcx,
        f.rdx,
        f.rbx,
        f.rsp,
        f.rbp,
        f.rsi,
        f.rdi,
        f.r8,
        f.r9,
        f.r10,
        f.r11,
        f.r12,
        f.r13,
        f.r14,
        f.r15
    };
    return all[number % all.size()];
}

std::int32_t displacement(Opcode const& opcode, std::size_t from, unsigned bytes) {
    std::uint32_t value = 0;
    for (unsigned i = 0; i < bytes; ++i) value |= std::uint32_t{opcode.at(from + i)} << 8 * i;
    if (bytes == 1) return static_cast<std::int8_t>(value);
    return static_cast<std::int32_t>(value);
}

// Volume 3, 1.4 and 1.7: where the memory of a ModRM byte lies. `before`: bytes before the opcode,
// which is one byte, as of an instruction without an immediate value.
std::uint64_t address_of(Frame const& frame, Opcode const& opcode, std::size_t before) {
    auto const modrm = opcode.at(1);
    auto const mode = modrm >> 6;
    bool const has_sib = (modrm & 7) == 4;
    auto const sib = opcode.at(2);
    std::size_t const behind = has_sib ? 3 : 2;
    auto const base = has_sib ? sib & 7U : modrm & 7U;
    bool const no_base = mode == 0 && base == 5; // a displacement of four bytes in its place
    unsigned const bytes = mode == 1 ? 1 : mode == 2 || no_base ? 4 : 0;
    auto address = static_cast<std::uint64_t>(std::int64_t{displacement(opcode, behind, bytes)});
    if (no_base && !has_sib) return address + frame.rip + before + behind + bytes;
    if (!no_base) address += register_of(frame, base | (opcode.rex & 1U) << 3);
    unsigned const index = (sib >> 3 & 7U) | (opcode.rex & 2U) << 2;
    if (has_sib && index != 4) address += register_of(frame, index) << (sib >> 6);
    return address;
}

// A division as the processor does it, for operands of `bits`.
struct Division {
    unsigned bits;
    bool with_sign;
    std::uint64_t divisor;
    std::uint64_t high;
    std::uint64_t low;
};

constexpr __int128 sign_extended(unsigned __int128 value, unsigned bits) {
    auto const unused = 128 - bits;
    return static_cast<__int128>(value << unused) >> unused;
}

// No division here: it would need a library, or fault itself. A quotient fits if the dividend lies
// below the divisor times the first quotient that does not.
bool has_no_quotient(Division const& d) {
    using Wide = unsigned __int128;
    Wide const mask = (Wide{1} << d.bits) - 1;
    Wide const divisor = d.divisor & mask;
    if (divisor == 0) return true;
    Wide const dividend = (d.high & mask) << d.bits | (d.low & mask);
    if (!d.with_sign) return dividend >> d.bits >= divisor;
    auto const value = sign_extended(dividend, 2 * d.bits);
    auto const by = sign_extended(divisor, d.bits);
    Wide const size = value < 0 ? -static_cast<Wide>(value) : static_cast<Wide>(value);
    Wide const step = by < 0 ? -static_cast<Wide>(by) : static_cast<Wide>(by);
    Wide const half = Wide{1} << (d.bits - 1);
    bool const negative = (value < 0) != (by < 0);
    return size >= step * half + (negative ? step : 0);
}

} // namespace

bool always_illegal(std::span<std::byte const> code) {
    auto const opcode = opcode_of(code);
    return opcode.at(0) == 0x0f &&
           (opcode.at(1) == 0x0b || opcode.at(1) == 0xb9 || opcode.at(1) == 0xff);
}

bool always_privileged(std::span<std::byte const> code) {
    // INS, OUTS; IN, OUT; HLT; CLI, STI.
    constexpr std::array<std::uint8_t, 15> short_ones{
        0x6c, 0x6d, 0x6e, 0x6f, 0xe4, 0xe5, 0xe6, 0xe7, 0xec, 0xed, 0xee, 0xef, 0xf4, 0xfa, 0xfb
    };
    // CLTS, INVD, WBINVD; MOV from and to control and debug registers; WRMSR, RDMSR.
    constexpr std::array<std::uint8_t, 9> long_ones{
        0x06, 0x08, 0x09, 0x20, 0x21, 0x22, 0x23, 0x30, 0x32
    };
    auto const opcode = opcode_of(code);
    if (opcode.locked) return false;
    auto const in = [](auto const& set, std::uint8_t byte) {
        return std::ranges::find(set, byte) != set.end();
    };
    if (opcode.at(0) != 0x0f) return in(short_ones, opcode.at(0));
    // LLDT and LTR; LGDT, LIDT, LMSW, INVLPG, SWAPGS.
    auto const modrm = opcode.at(2);
    auto const group = modrm >> 3 & 7;
    if (opcode.at(1) == 0x00) return group == 2 || group == 3;
    if (opcode.at(1) == 0x01)
        return group == 6 || modrm == 0xf8 ||
               (modrm >> 6 != 3 && (group == 2 || group == 3 || group == 7));
    return in(long_ones, opcode.at(1));
}

std::optional<std::uint8_t> interrupt(std::span<std::byte const> code) {
    if (code.size() < 2 || code[0] != std::byte{0xcd}) return {};
    return static_cast<std::uint8_t>(code[1]);
}

bool divides_wrongly(
    Frame const& frame, std::span<std::byte const> code, ProgramMemory const& memory
) {
    auto const opcode = opcode_of(code);
    auto const modrm = opcode.at(1);
    auto const operation = modrm >> 3 & 7; // 6: DIV, 7: IDIV
    bool const divides = (opcode.at(0) == 0xf6 || opcode.at(0) == 0xf7) && operation >= 6;
    if (!divides || opcode.unusual) return false;
    bool const byte_sized = opcode.at(0) == 0xf6;
    Division division{
        .bits = (opcode.rex & 8) != 0 ? 64U
                : opcode.narrow       ? 16U
                                      : 32U,
        .with_sign = operation == 7,
        .divisor = 0,
        .high = frame.rdx,
        .low = frame.rax,
    };
    if (byte_sized) { // the dividend is AX
        division.bits = 8;
        division.high = frame.rax >> 8;
    }
    if (modrm >> 6 == 3) {
        unsigned const number = (modrm & 7U) | (opcode.rex & 1U) << 3;
        bool const high_byte = byte_sized && opcode.rex == 0 && number >= 4; // AH to BH
        division.divisor =
            high_byte ? register_of(frame, number - 4) >> 8 : register_of(frame, number);
    } else {
        std::array<std::byte, 8> bytes{};
        auto const size = division.bits / 8;
        auto const at = address_of(frame, opcode, code.size() - opcode.rest.size());
        if (memory.read(memory.of, at, std::span{bytes}.first(size)) != size) return false;
        division.divisor = std::bit_cast<std::uint64_t>(bytes);
    }
    return has_no_quotient(division);
}

} // namespace shim::snp
