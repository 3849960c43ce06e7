// What a host can inject, and what a program can do itself: every vector, with and without the
// instruction that it belongs to.

#include "keep/shim/snp/exception.hpp"

#include <algorithm>
#include <array>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace shim::snp {
namespace {

constexpr std::uint64_t code_at = 0x1000;
constexpr std::uint64_t data_at = 0x2000;
constexpr FloatingPoint quiet{.x87_status = 0, .mxcsr = 0x1f80};

// A program of a few bytes of code, and of data.
struct Program {
    std::vector<std::uint8_t> before; // the instruction pointer stands behind them
    std::vector<std::uint8_t> code;
    std::vector<std::uint8_t> data;

    static std::size_t read(void* of, std::uint64_t at, std::span<std::byte> to) {
        auto const& program = *static_cast<Program*>(of);
        std::vector<std::uint8_t> all = program.before;
        all.insert(all.end(), program.code.begin(), program.code.end());
        auto begin = code_at - program.before.size();
        if (at >= data_at) {
            all = program.data;
            begin = data_at;
        }
        std::size_t done = 0;
        while (done < to.size() && at + done >= begin && at + done - begin < all.size()) {
            to[done] = std::byte{all[at + done - begin]};
            ++done;
        }
        return done;
    }

    Verdict faults(Vector vector, std::uint64_t error = 0, FloatingPoint state = quiet) {
        frame.vector = vector;
        frame.error = error;
        frame.rip = code_at;
        return judge(frame, {.read = read, .of = this}, state);
    }

    Frame frame{};
};

TEST(AnException, that_nothing_in_the_program_explains_is_the_hosts_for_every_vector) {
    for (std::uint64_t vector = 0; vector < 256; ++vector) {
        if (vector == static_cast<std::uint64_t>(Vector::Kick)) continue;
        for (std::uint64_t const error : {0ULL, 1ULL, 4ULL, 0x72ULL, 0x404ULL, ~0ULL}) {
            Program program{.before = {0x90, 0x90}, .code = {0x90, 0x90, 0x90}, .data = {}};
            program.frame.fault_address = no_fault_address;
            EXPECT_EQ(program.faults(static_cast<Vector>(vector), error), Verdict::Invented)
                << vector << " " << error;
        }
    }
}

TEST(AnException, is_the_hosts_where_the_code_cannot_be_read) {
    for (std::uint64_t vector = 0; vector < 256; ++vector) {
        if (vector == static_cast<std::uint64_t>(Vector::Kick)) continue;
        Program program;
        program.frame.fault_address = no_fault_address;
        EXPECT_EQ(program.faults(static_cast<Vector>(vector), 0x72), Verdict::Invented) << vector;
    }
}

TEST(AKick, is_forgotten) {
    Program program{.before = {}, .code = {0x90}, .data = {}};
    EXPECT_EQ(program.faults(Vector::Kick), Verdict::Harmless);
}

TEST(Communication, is_answered_only_for_the_instruction_that_its_code_names) {
    struct Row {
        std::uint64_t error;
        std::vector<std::uint8_t> code;
        Verdict verdict;
    };
    std::vector<Row> const rows{
        {0x72, {0x0f, 0xa2}, Verdict::Cpuid},
        {0x6f, {0x0f, 0x33}, Verdict::Privileged},
        {0x8e, {0x0f, 0x01, 0xfd}, Verdict::Illegal},
        {0x8a, {0x0f, 0x01, 0xc8}, Verdict::Illegal},
        {0x8b, {0x0f, 0x01, 0xc9}, Verdict::Illegal},
        {0x81, {0x0f, 0x01, 0xd9}, Verdict::Illegal},
    };
    for (auto const& at : rows)
        for (std::uint64_t error = 0; error < 0x1000; ++error) {
            Program program{.before = {}, .code = at.code, .data = {}};
            auto const expected = error == at.error ? at.verdict : Verdict::Invented;
            EXPECT_EQ(program.faults(Vector::VmmCommunication, error), expected) << error;
            program.code.back() ^= 0x80;
            EXPECT_EQ(program.faults(Vector::VmmCommunication, error), Verdict::Invented);
        }
    // RDTSC, memory that was taken away, a device: for nothing that the program could have done.
    for (auto const error : {0x6eULL, 0x87ULL, 0x400ULL, 0x404ULL}) {
        Program program{.before = {}, .code = {0x0f, 0x31}, .data = {}};
        EXPECT_EQ(program.faults(Vector::VmmCommunication, error), Verdict::Invented);
    }
}

TEST(APageFault, is_the_programs_only_with_an_address_and_without_what_the_shim_never_causes) {
    Program program;
    program.frame.fault_address = 0x1234;
    for (std::uint64_t const error : {4ULL, 5ULL, 6ULL, 7ULL, 0x14ULL, 0x15ULL})
        EXPECT_EQ(program.faults(Vector::PageFault, error), Verdict::Programs) << error;
    for (std::uint64_t const error : {0ULL, 1ULL, 0xcULL, 0x24ULL, 0x44ULL, 0x8000'0004ULL})
        EXPECT_EQ(program.faults(Vector::PageFault, error), Verdict::Invented) << error;
    program.frame.fault_address = no_fault_address;
    EXPECT_EQ(program.faults(Vector::PageFault, 4), Verdict::Invented);
}

TEST(AnIllegalInstruction, is_one_that_never_was_any) {
    for (auto const& code : std::vector<std::vector<std::uint8_t>>{
             {0x0f, 0x0b}, {0x0f, 0xb9, 0xc0}, {0x0f, 0xff}, {0x66, 0x0f, 0x0b}, {0x48, 0x0f, 0x0b}
         })
        EXPECT_EQ(
            (Program{.before = {}, .code = code, .data = {}}.faults(Vector::InvalidOpcode)),
            Verdict::Programs
        );
    for (auto const& code : std::vector<std::vector<std::uint8_t>>{
             {0x0f}, {0x0b}, {0x0f, 0x0c}, {0x62, 0xf1}, {0x90, 0x0f, 0x0b}, {}
         })
        EXPECT_EQ(
            (Program{.before = {}, .code = code, .data = {}}.faults(Vector::InvalidOpcode)),
            Verdict::Invented
        );
}

TEST(AProtectionFault, is_the_programs_at_what_is_not_for_it) {
    for (auto const& code : std::vector<std::vector<std::uint8_t>>{
             {0xf4},
             {0xfa},
             {0xef},
             {0x0f, 0x30},
             {0x0f, 0x22, 0xd8},
             {0x0f, 0x01, 0xf8},
             {0x0f, 0x01, 0x18},
             {0x0f, 0x00, 0xd8}
         }) {
        Program program{.before = {}, .code = code, .data = {}};
        EXPECT_EQ(program.faults(Vector::GeneralProtection), Verdict::Programs);
        EXPECT_EQ(program.faults(Vector::GeneralProtection, 8), Verdict::Invented);
    }
    // Neighbours that nobody's right decides: SLDT, XGETBV, RDTSCP; HLT with LOCK is no
    // instruction.
    for (auto const& code : std::vector<std::vector<std::uint8_t>>{
             {0x0f, 0x00, 0xc0}, {0x0f, 0x01, 0xd0}, {0x0f, 0x01, 0xf9}, {0xf0, 0xf4}
         })
        EXPECT_EQ(
            (Program{.before = {}, .code = code, .data = {}}.faults(Vector::GeneralProtection)),
            Verdict::Invented
        ) << testing::PrintToString(code);
    Program gate{.before = {}, .code = {0xcd, 0x80}, .data = {}};
    EXPECT_EQ(gate.faults(Vector::GeneralProtection, 0x402), Verdict::Programs);
    EXPECT_EQ(gate.faults(Vector::GeneralProtection, 0), Verdict::Invented);
    Program load{.before = {}, .code = {0x48, 0x8b, 0x00}, .data = {}};
    EXPECT_EQ(load.faults(Vector::GeneralProtection), Verdict::Invented);
}

TEST(ABreakpoint, stands_before_the_instruction_pointer) {
    EXPECT_EQ(
        (Program{.before = {0x90, 0xcc}, .code = {0x90}, .data = {}}.faults(Vector::Breakpoint)),
        Verdict::Programs
    );
    EXPECT_EQ(
        (Program{.before = {0xcd, 0x03}, .code = {0x90}, .data = {}}.faults(Vector::Breakpoint)),
        Verdict::Programs
    );
    EXPECT_EQ(
        (Program{.before = {0xcc, 0x90}, .code = {0xcc}, .data = {}}.faults(Vector::Breakpoint)),
        Verdict::Invented
    );
}

TEST(AFloatingPointException, is_due) {
    Program program{.before = {}, .code = {0xd8}, .data = {}};
    EXPECT_EQ(
        program.faults(Vector::FloatingPoint, 0, {.x87_status = 0x80, .mxcsr = 0x1f80}),
        Verdict::Programs
    );
    EXPECT_EQ(
        program.faults(Vector::FloatingPoint, 0, {.x87_status = 0x7f, .mxcsr = 0x1d84}),
        Verdict::Invented
    ); // of the other unit
    EXPECT_EQ(
        program.faults(Vector::Simd, 0, {.x87_status = 0x80, .mxcsr = 0x1fbf}),
        Verdict::Invented
    ); // seen, and masked
    EXPECT_EQ(
        program.faults(Vector::Simd, 0, {.x87_status = 0, .mxcsr = 0x1d84}), Verdict::Programs
    );
    EXPECT_EQ(
        program.faults(Vector::Simd, 0, {.x87_status = 0, .mxcsr = 0x1d80}), Verdict::Invented
    );
}

TEST(ATrap, comes_of_the_flag_or_of_its_instruction) {
    Program program{.before = {0x90, 0x90}, .code = {0x90}, .data = {}};
    EXPECT_EQ(program.faults(Vector::Debug), Verdict::Invented);
    program.frame.rflags = 0x100;
    EXPECT_EQ(program.faults(Vector::Debug), Verdict::Programs);
    Program trap{.before = {0x90, 0xf1}, .code = {0x90}, .data = {}}; // INT1
    EXPECT_EQ(trap.faults(Vector::Debug), Verdict::Programs);
    Program elsewhere{.before = {0xf1, 0x90}, .code = {0xf1}, .data = {}};
    EXPECT_EQ(elsewhere.faults(Vector::Debug), Verdict::Invented);
}

// DIV and IDIV of four bytes by ECX, against the arithmetic of C.
TEST(ADivision, faults_exactly_where_there_is_no_quotient) {
    std::mt19937_64 chance{7};
    auto const number = [&] {
        constexpr std::array<std::uint32_t, 7> edges{
            0, 1, 2, 0x7fff'ffff, 0x8000'0000, 0xffff'ffff, 0xffff'fffe
        };
        return chance() % 2 == 0 ? edges.at(chance() % edges.size())
                                 : static_cast<std::uint32_t>(chance() >> chance() % 32);
    };
    unsigned wrong = 0;
    for (unsigned i = 0; i < 200'000; ++i) {
        auto const high = number();
        auto const low = number();
        auto const by = number();
        bool const with_sign = i % 2 == 0;
        Program program{
            .before = {},
            .code = {0xf7, static_cast<std::uint8_t>(with_sign ? 0xf9 : 0xf1)},
            .data = {}
        };
        program.frame.rdx = high | 0xabcd'0000'0000'0000;
        program.frame.rax = low;
        program.frame.rcx = by;
        auto const dividend = std::uint64_t{high} << 32 | low;
        bool faults = by == 0;
        if (!faults && !with_sign) faults = dividend / by > 0xffff'ffff;
        if (!faults && with_sign) {
            auto const quotient = static_cast<__int128>(static_cast<std::int64_t>(dividend)) /
                                  static_cast<std::int32_t>(by);
            faults = quotient > 0x7fff'ffff || quotient < -0x8000'0000LL;
        }
        wrong += faults ? 1 : 0;
        EXPECT_EQ(program.faults(Vector::DivideError) == Verdict::Programs, faults)
            << high << " " << low << " " << by << " " << with_sign;
    }
    EXPECT_GT(wrong, 1000U);
}

TEST(ADivision, of_other_sizes_and_by_memory_faults_by_what_lies_there) {
    struct Row {
        std::vector<std::uint8_t> code;
        std::vector<std::uint8_t> data;
        bool faults;
    };
    std::vector<std::uint8_t> const zero(16);
    std::vector<std::uint8_t> const one{1, 0, 0, 0, 0, 0, 0, 0};
    for (auto const& row : std::vector<Row>{
             {{0xf7, 0x30}, zero, true},    // DIV [RAX]
             {{0xf7, 0x30}, one, false},    //
             {{0xf7, 0x30}, {0, 0}, false}, // half of it cannot be read
             {{0x48, 0xf7, 0x70, 0x04},
              {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
              true},                                               // 8 bytes, [RAX + 4]
             {{0xf6, 0x70, 0x07}, one, true},                      // a byte
             {{0x66, 0xf7, 0x74, 0x1b, 0xfe}, {1, 0, 0, 0}, true}, // 2 bytes, [RBX * 2 - 2]
             {{0xf7, 0x34, 0x25, 0x00, 0x20, 0, 0}, zero, true},   // [0x2000]
             {{0xf7, 0x35, 0xfa, 0x0f, 0, 0}, zero, true},         // [RIP + 0xffa]
             {{0x64, 0xf7, 0x30}, zero, false},                    // by FS: not looked at
             {{0xf0, 0xf7, 0x30}, zero, false},                    // LOCK
             {{0x41, 0xf7, 0xf1}, {}, true},                       // by R9D, which is 0
             {{0xf6, 0xf4}, {}, true},                             // by AH
             {{0xf6, 0xf3}, {}, true},                             // by BL: too large
             {{0xf7, 0xf3}, {}, false},                            // by EBX
             {{0xf7, 0xd0}, {}, false},                            // NOT
         }) {
        Program program{.before = {}, .code = row.code, .data = row.data};
        program.frame.rax = data_at;
        program.frame.rbx = 0x1002;
        EXPECT_EQ(program.faults(Vector::DivideError) == Verdict::Programs, row.faults)
            << testing::PrintToString(row.code);
    }
}

} // namespace
} // namespace shim::snp
