// What a filter's program answers, run by a small machine of this test.

#include "host/vmm/backend/kvm/filter.hpp"

#include <gtest/gtest.h>

namespace {

using namespace host::vmm::kvm;

constexpr std::uint32_t yes = 100;
constexpr std::uint32_t no = 200;
constexpr std::uint32_t maybe = 300;

// With the loaded word as the only data.
std::uint32_t answer_of(std::vector<sock_filter> const& code, std::uint32_t word) {
    for (std::size_t at = 0; at < code.size();) {
        auto const& one = code[at++];
        switch (one.code) {
        case BPF_LD | BPF_W | BPF_ABS:
            break;
        case BPF_RET | BPF_K:
            return one.k;
        case BPF_JMP | BPF_JEQ | BPF_K:
            at += word == one.k ? one.jt : one.jf;
            break;
        case BPF_JMP | BPF_JGE | BPF_K:
            at += word >= one.k ? one.jt : one.jf;
            break;
        case BPF_JMP | BPF_JSET | BPF_K:
            at += (word & one.k) != 0 ? one.jt : one.jf;
            break;
        default:
            ADD_FAILURE() << "instruction " << one.code;
            return 0;
        }
    }
    ADD_FAILURE() << "the program has no end";
    return 0;
}

TEST(Filter, AnswersEachCaseAndAllOthers) {
    Filter filter;
    auto const to_yes = filter.answer(yes);
    auto const to_no = filter.answer(no);
    auto const to_maybe = filter.answer(maybe);
    Cases cases{to_no};
    for (auto const value : {9U, 0U, 3U, 4U, 7U}) cases.add(value, to_yes);
    cases.add(5, to_maybe);
    cases.add(0xffff'fff0, to_maybe);
    filter.by_range(cases.ranges());
    filter.load(0);
    auto const code = filter.code();
    ASSERT_TRUE(code);
    for (auto const value : {0U, 3U, 4U, 7U, 9U}) EXPECT_EQ(answer_of(*code, value), yes) << value;
    for (auto const value : {1U, 2U, 6U, 8U, 10U}) EXPECT_EQ(answer_of(*code, value), no) << value;
    EXPECT_EQ(answer_of(*code, 5), maybe);
    EXPECT_EQ(answer_of(*code, 0xffff'fff0), maybe);
    EXPECT_EQ(answer_of(*code, 0xffff'fff1), no);
    EXPECT_EQ(answer_of(*code, 0xffff'ffff), no);
}

TEST(Filter, TellsValuesAndBits) {
    Filter filter;
    auto const to_yes = filter.answer(yes);
    auto const to_no = filter.answer(no);
    auto const by_bit = filter.by_bits(4, to_no, to_yes);
    filter.by_value(13, to_yes, by_bit);
    filter.load(0);
    auto const code = filter.code();
    ASSERT_TRUE(code);
    EXPECT_EQ(answer_of(*code, 13), yes);
    EXPECT_EQ(answer_of(*code, 4), no);
    EXPECT_EQ(answer_of(*code, 3), yes);
}

TEST(Filter, RefusesAJumpThatNoInstructionCanSay) {
    Filter filter;
    auto const far = filter.answer(yes);
    for (unsigned i = 0; i < 300; ++i) filter.load(0);
    auto const near = filter.answer(no);
    filter.by_value(1, far, near);
    EXPECT_FALSE(filter.code());
}

} // namespace
