// Divisions of every form, against the processor that runs the test: it faults where we say so, and
// nowhere else.

#include "keep/shim/snp/instruction.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <csetjmp>
#include <csignal>
#include <cstring>
#include <initializer_list>
#include <random>
#include <span>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>
#include <sys/mman.h>

namespace shim::snp {
namespace {

constexpr std::size_t page = 4096;
constexpr std::size_t data_at = page + 256; // behind the code, where RIP reaches it
constexpr unsigned stack_pointer = 4;

sigjmp_buf before;
extern "C" void on_fault(int) { siglongjmp(before, 1); }

// One division, with all that the processor is given for it.
class Division {
public:
    explicit Division(std::byte* place) : place_{place} {}

    void add(std::initializer_list<unsigned> bytes) {
        for (auto const byte : bytes) code_.push_back(static_cast<std::byte>(byte));
    }
    void add_number(std::uint64_t value, std::size_t bytes) {
        for (std::size_t i = 0; i < bytes; ++i) add({static_cast<unsigned>(value >> 8 * i & 0xff)});
    }

    // A function that sets the registers, divides and comes back.
    void assemble(std::array<std::uint64_t, 16> const& registers, auto const& instruction) {
        code_.clear();
        add({0x53, 0x55, 0x41, 0x54, 0x41, 0x55, 0x41, 0x56, 0x41, 0x57}); // push RBX RBP R12-R15
        for (unsigned i = 0; i < registers.size(); ++i) {
            if (i == stack_pointer) continue;
            add({i < 8 ? 0x48U : 0x49U, 0xb8 | (i & 7)}); // MOV r, imm64
            add_number(registers.at(i), 8);
        }
        begin_ = code_.size();
        instruction();
        end_ = code_.size();
        add({0x41, 0x5f, 0x41, 0x5e, 0x41, 0x5d, 0x41, 0x5c, 0x5d, 0x5b, 0xc3}); // pop them, RET
        std::ranges::copy(code_, place_);
    }

    bool faults_here() const {
        if (sigsetjmp(before, 1) != 0) return true;
        // Safety: the code that assemble() has put there.
        reinterpret_cast<void (*)()>(place_)();
        return false;
    }

    bool faults_by(std::array<std::uint64_t, 16> const& r) const {
        Frame frame{};
        std::tie(frame.rax, frame.rcx, frame.rdx, frame.rbx) = std::tie(r[0], r[1], r[2], r[3]);
        std::tie(frame.rbp, frame.rsi, frame.rdi, frame.r8) = std::tie(r[5], r[6], r[7], r[8]);
        std::tie(frame.r9, frame.r10, frame.r11, frame.r12) = std::tie(r[9], r[10], r[11], r[12]);
        std::tie(frame.r13, frame.r14, frame.r15) = std::tie(r[13], r[14], r[15]);
        frame.rip = address() + begin_;
        ProgramMemory const memory{
            .read = [](void* of, std::uint64_t at, std::span<std::byte> to) -> std::size_t {
                auto const from = at - std::bit_cast<std::uint64_t>(of);
                if (from > 2 * page - to.size()) return 0; // elsewhere than the division looks
                std::memcpy(to.data(), static_cast<std::byte const*>(of) + from, to.size());
                return to.size();
            },
            .of = place_
        };
        return divides_wrongly(frame, std::span{code_}.subspan(begin_, end_ - begin_), memory);
    }

    std::uint64_t address() const { return std::bit_cast<std::uint64_t>(place_); }
    std::uint64_t here() const { return address() + code_.size(); }
    std::vector<std::byte> text() const {
        return {code_.begin() + static_cast<long>(begin_), code_.begin() + static_cast<long>(end_)};
    }

private:
    std::byte* place_;
    std::vector<std::byte> code_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

class Divisions : public testing::Test {
protected:
    void SetUp() override {
        auto* const got = ::mmap(
            nullptr,
            2 * page,
            PROT_READ | PROT_WRITE | PROT_EXEC,
            MAP_PRIVATE | MAP_ANONYMOUS,
            -1,
            0
        );
        if (got == MAP_FAILED) {
            std::puts("SKIP divisions: this host maps nothing both to write and to run");
            GTEST_SKIP();
        }
        place = static_cast<std::byte*>(got);
        struct sigaction action{};
        action.sa_handler = on_fault;
        ASSERT_EQ(::sigaction(SIGFPE, &action, &usual), 0);
    }
    void TearDown() override {
        if (place == nullptr) return;
        ::sigaction(SIGFPE, &usual, nullptr);
        ::munmap(place, 2 * page);
    }

    std::uint64_t number() {
        constexpr std::array<std::uint64_t, 6> edges{0, 1, 0x80, ~0ULL, 1ULL << 31, 1ULL << 63};
        auto const any = chance();
        if (any % 3 == 0) return edges.at(chance() % edges.size());
        return chance() >> any % 64;
    }

    // Prefixes and opcode; answers the opcode's byte of the sizes: 0 for bytes.
    void begin(Division& division, unsigned rex, bool byte_sized) {
        if (chance() % 4 == 0) division.add({0x66});
        if (rex != 0) division.add({rex});
        division.add({byte_sized ? 0xf6U : 0xf7U});
    }

    std::byte* place = nullptr;
    struct sigaction usual{};
    std::mt19937_64 chance{11};
};

TEST_F(Divisions, by_registers_fault_where_the_processor_says_so) {
    unsigned faults = 0;
    for (unsigned i = 0; i < 20'000; ++i) {
        std::array<std::uint64_t, 16> registers{};
        for (auto& one : registers) one = number();
        if (i % 2 == 0) registers[2] = 0; // else most have no quotient
        unsigned const rex = chance() % 2 == 0 ? 0 : 0x40 | (chance() & 0xf);
        bool const byte_sized = chance() % 4 == 0;
        unsigned divisor = chance() & 7;
        bool const high_byte = byte_sized && rex == 0;
        if (divisor == stack_pointer && (rex & 1) == 0 && !high_byte) divisor = 3;
        Division division{place};
        division.assemble(registers, [&] {
            begin(division, rex, byte_sized);
            division.add({0xc0U | (6 + (i / 2) % 2) << 3 | divisor});
        });
        bool const wanted = division.faults_here();
        faults += wanted ? 1 : 0;
        ASSERT_EQ(division.faults_by(registers), wanted)
            << testing::PrintToString(division.text()) << testing::PrintToString(registers);
    }
    EXPECT_GT(faults, 1000U);
    EXPECT_LT(faults, 19'000U);
}

TEST_F(Divisions, by_memory_fault_where_the_processor_says_so) {
    unsigned faults = 0;
    for (unsigned i = 0; i < 20'000; ++i) {
        auto const target = std::bit_cast<std::uint64_t>(place) + data_at + chance() % 1024;
        auto const content = number();
        std::memcpy(reinterpret_cast<void*>(target), &content, sizeof content);
        std::array<std::uint64_t, 16> registers{};
        for (auto& one : registers) one = number();
        if (i % 2 == 0) registers[2] = 0;
        // RBX or R11, and what is added to it; 4 and 5 have meanings of their own.
        bool const extended = chance() % 2 == 0;
        unsigned const mode = chance() % 3;
        bool const by_rip = mode == 0 && chance() % 2 == 0;
        bool const with_index = !by_rip && chance() % 2 == 0;
        unsigned const scale = chance() % 4;
        auto const shift = mode == 1 ? static_cast<std::int64_t>(static_cast<std::int8_t>(chance()))
                           : mode == 2
                               ? static_cast<std::int64_t>(static_cast<std::int32_t>(chance()))
                               : 0;
        registers[extended ? 11 : 3] =
            target - static_cast<std::uint64_t>(shift) - (with_index ? registers[13] << scale : 0);
        unsigned const wide = chance() % 2 == 0 ? 8 : 0;
        unsigned const rex = 0x40 | wide | (with_index ? 2U : 0U) | (extended ? 1U : 0U);
        unsigned const operation = (6 + (i / 2) % 2) << 3;
        Division division{place};
        division.assemble(registers, [&] {
            begin(division, rex, chance() % 4 == 0);
            if (by_rip) {
                division.add({operation | 5});
                division.add_number(target - (division.here() + 4), 4);
                return;
            }
            division.add({mode << 6 | operation | (with_index ? 4U : 3U)});
            if (with_index) division.add({scale << 6 | 5U << 3 | 3U}); // R13
            division.add_number(
                static_cast<std::uint64_t>(shift),
                mode == 1   ? 1
                : mode == 2 ? 4
                            : 0
            );
        });
        bool const wanted = division.faults_here();
        faults += wanted ? 1 : 0;
        ASSERT_EQ(division.faults_by(registers), wanted)
            << testing::PrintToString(division.text()) << testing::PrintToString(registers);
    }
    EXPECT_GT(faults, 1000U);
    EXPECT_LT(faults, 19'000U);
}

} // namespace
} // namespace shim::snp
