// What a host may say by the GHCB: from a right answer on, each part wrong.

#include "keep/shim/snp/ghcb_protocol.hpp"

#include <cstring>
#include <vector>

#include <gtest/gtest.h>

namespace shim::snp {
namespace {

using hw::snp::GhcbEvent;
using hw::snp::GhcbPage;

TEST(TheMsrsVersions, must_hold_ours_between_them) {
    auto const said = [](std::uint64_t most, std::uint64_t least) {
        return speaks_our_version(most << 48 | least << 32 | 51U << 24 | 1);
    };
    EXPECT_TRUE(said(2, 1));
    EXPECT_TRUE(said(2, 2));
    EXPECT_TRUE(said(9, 2));
    EXPECT_FALSE(said(1, 1));
    EXPECT_FALSE(said(9, 3));
    for (std::uint64_t code = 0; code < 0x1000; ++code)
        EXPECT_EQ(speaks_our_version(2ULL << 48 | 1ULL << 32 | code), code == 1) << code;
}

TEST(TheMsrsFeatures, must_have_what_is_used) {
    EXPECT_TRUE(offers_snp(3ULL << 12 | 0x081));
    EXPECT_TRUE(offers_snp(1ULL << 12 | 0x081));
    EXPECT_FALSE(offers_snp(2ULL << 12 | 0x081));
    EXPECT_FALSE(offers_snp(3ULL << 12 | 0x080)); // the question
}

TEST(TheMsrsRegistration, is_of_that_page_to_the_bit) {
    hw::PhysAddr const page{0x75'0000};
    EXPECT_TRUE(registered(0x75'0013, page));
    for (unsigned bit = 0; bit < 64; ++bit)
        EXPECT_FALSE(registered(0x75'0013 ^ 1ULL << bit, page)) << bit;
}

TEST(TheProcessorsStatus, is_refused_with_any_bit_that_is_not_known) {
    EXPECT_TRUE(known_status(7));
    EXPECT_TRUE(known_status(7 | 1U << 7 | 1U << 11));
    for (unsigned bit = 0; bit < 3; ++bit) EXPECT_FALSE(known_status(7 ^ 1U << bit)) << bit;
    for (unsigned bit = 3; bit < 64; ++bit)
        EXPECT_EQ(known_status(7 | 1ULL << bit), bit == 7 || bit == 11) << bit;
}

TEST(ATermination, holds_set_and_code) { EXPECT_EQ(termination(5, 6), 0x6'5100U); }

struct Page : testing::Test {
    // All of it the host's word, before and after.
    GhcbPage page = [] {
        GhcbPage p;
        std::memset(&p, 0xa5, sizeof p);
        return p;
    }();
    Ghcb ghcb{&page};

    bool says_valid(std::size_t offset) const {
        auto const at = hw::snp::valid_bit(offset);
        return (page.valid[at.word] & at.bit) != 0;
    }
    void answer(std::uint64_t first, std::uint64_t second, std::vector<std::size_t> const& fields) {
        page.exit_info1 = first;
        page.exit_info2 = second;
        page.valid[0] = page.valid[1] = 0;
        for (auto const field : fields)
            page.valid[hw::snp::valid_bit(field).word] |= hw::snp::valid_bit(field).bit;
    }
    static constexpr auto info1 = offsetof(GhcbPage, exit_info1);
    static constexpr auto info2 = offsetof(GhcbPage, exit_info2);
};

TEST_F(Page, names_what_is_asked_and_nothing_else) {
    ghcb.ask(GhcbEvent::GuestRequest, 0x74'e000, 0x74'f000);
    EXPECT_EQ(page.exit_code, 0x8000'0011U);
    EXPECT_EQ(page.exit_info1, 0x74'e000U);
    EXPECT_EQ(page.exit_info2, 0x74'f000U);
    EXPECT_EQ(page.version, 2U);
    EXPECT_EQ(page.usage, 0U);
    EXPECT_EQ(page.valid[0], 0U);
    EXPECT_EQ(page.valid[1], 7ULL << (0x390 / 8 - 64)); // code, info1, info2
    ghcb.ask_with_rax(GhcbEvent::Port, hw::snp::port_out_4(0x2e0), 0, 0);
    EXPECT_EQ(page.exit_info1, 0x02e0'0240U);
    EXPECT_TRUE(says_valid(offsetof(GhcbPage, rax)));
    EXPECT_EQ(page.rax, 0U);
}

TEST_F(Page, is_believed_only_where_the_host_says_that_nothing_went_wrong) {
    for (std::uint64_t said = 0; said < 300; ++said) {
        answer(said, 99, {info1, info2});
        EXPECT_EQ(ghcb.take_answer().done, said == 0) << said;
    }
    answer(1ULL << 32, 99, {info1, info2}); // of which nobody says what it means
    auto const taken = ghcb.take_answer();
    EXPECT_TRUE(taken.done);
    EXPECT_EQ(taken.info2, 99U);
}

TEST_F(Page, is_not_believed_where_it_does_not_say_what_it_has_set) {
    answer(0, 0, {});
    EXPECT_FALSE(ghcb.take_answer().done);
    answer(0, 0, {info1});
    EXPECT_FALSE(ghcb.take_answer().done);
    answer(0, 0, {info2});
    EXPECT_FALSE(ghcb.take_answer().done);
}

TEST_F(Page, asks_for_nothing_while_the_program_runs) {
    ghcb.ask_with_rax(GhcbEvent::Port, hw::snp::port_out_4(0x2e0), 0, 0);
    answer(0, 0, {info1, info2});
    static_cast<void>(ghcb.take_answer());
    EXPECT_EQ(page.valid[0], 0U);
    EXPECT_EQ(page.valid[1], 0U);
}

} // namespace
} // namespace shim::snp
