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
        // NOLINTNEXTLINE(clang-analyzer-security.MmapWriteExec): the test writes what it runs
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

    std::array<std::uint64_t, 16> any_registers(unsigned run) {
        std::array<std::uint64_t, 16> out{};
        for (auto& one : out) one = number();
        if (run % 2 == 0) out[2] = 0; // else most have no quotient
        return out;
    }

    // 1: both say that it faults.
    static unsigned
    agree(Division const& division, std::array<std::uint64_t, 16> const& registers) {
        bool const wanted = division.faults_here();
        EXPECT_EQ(division.faults_by(registers), wanted)
            << testing::PrintToString(division.text()) << testing::PrintToString(registers);
        return wanted ? 1 : 0;
    }

    std::byte* place = nullptr;
    struct sigaction usual{};
    std::mt19937_64 chance{11};
};

TEST_F(Divisions, by_registers_fault_where_the_processor_says_so) {
    unsigned faults = 0;
    for (unsigned i = 0; i < 20'000; ++i) {
        auto const registers = any_registers(i);
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
        faults += agree(division, registers);
    }
    EXPECT_GT(faults, 1000U);
    EXPECT_LT(faults, 19'000U);
}

// How an operand in memory is named: by RBX or R11, and what is added to it. 4 and 5 have meanings
// of their own in these places.
struct Operand {
    bool extended;
    unsigned mode; // how long the displacement is: 0, 1 or 4 bytes
    bool by_rip;
    bool with_index;
    unsigned index; // 4 stands for none
    unsigned scale;
    std::int64_t displacement;

    static Operand any(std::mt19937_64& chance) {
        constexpr std::array<unsigned, 5> indices{1, 4, 5, 12, 13};
        Operand out{
            .extended = chance() % 2 == 0,
            .mode = static_cast<unsigned>(chance() % 3),
            .by_rip = false,
            .with_index = chance() % 2 == 0,
            .index = indices.at(chance() % indices.size()),
            .scale = static_cast<unsigned>(chance() % 4),
            .displacement = 0
        };
        out.by_rip = out.mode == 0 && !out.with_index;
        if (out.mode == 1) out.displacement = static_cast<std::int64_t>(chance() % 256) - 128;
        if (out.mode == 2) out.displacement = static_cast<std::int32_t>(chance());
        return out;
    }
    unsigned rex() const {
        return 0x40U | (with_index && index > 7 ? 2U : 0U) | (extended ? 1U : 0U);
    }
    // The register that has to hold the rest of the address.
    void point_at(std::uint64_t target, std::array<std::uint64_t, 16>& registers) const {
        registers.at(extended ? 11 : 3) =
            target - static_cast<std::uint64_t>(displacement) -
            (with_index && index != 4 ? registers.at(index) << scale : 0);
    }
    void write(Division& division, unsigned operation, std::uint64_t target) const {
        if (by_rip) {
            division.add({operation | 5});
            division.add_number(target - (division.here() + 4), 4);
            return;
        }
        division.add({mode << 6 | operation | (with_index ? 4U : 3U)});
        if (with_index) division.add({scale << 6 | (index & 7) << 3 | 3U});
        constexpr std::array<std::size_t, 3> sizes{0, 1, 4};
        division.add_number(static_cast<std::uint64_t>(displacement), sizes.at(mode));
    }
};

TEST_F(Divisions, by_memory_fault_where_the_processor_says_so) {
    unsigned faults = 0;
    for (unsigned i = 0; i < 20'000; ++i) {
        auto const target = std::bit_cast<std::uint64_t>(place) + data_at + chance() % 1024;
        auto const content = number();
        std::memcpy(reinterpret_cast<void*>(target), &content, sizeof content);
        auto const operand = Operand::any(chance);
        auto registers = any_registers(i);
        operand.point_at(target, registers);
        Division division{place};
        division.assemble(registers, [&] {
            begin(division, operand.rex() | (chance() & 8), chance() % 4 == 0);
            operand.write(division, (6 + (i / 2) % 2) << 3, target);
        });
        faults += agree(division, registers);
    }
    EXPECT_GT(faults, 1000U);
    EXPECT_LT(faults, 19'000U);
}

} // namespace
} // namespace shim::snp
