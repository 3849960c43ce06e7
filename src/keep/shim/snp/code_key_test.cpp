// The key of compiled code: one for each origin, chip and firmware, and given once.

#include "keep/shim/platform/fake/world.hpp"
#include "keep/shim/snp/code_key.hpp"
#include "keep/shim/snp/processor_for_tests.hpp"

#include <gtest/gtest.h>

namespace shim::snp {
namespace {

using base::Errno;

Origin origin_of(int n) {
    Origin out{};
    out.fill(static_cast<std::byte>(n));
    return out;
}

struct CodeKeyTest : ::testing::Test {
    hw::snp::SecretsPage page = secrets_for_tests();
    Processor processor{page.keys[0]};
    Messages messages;
    CodeKey code_key;

    CodeKeyTest() { messages.take_key(page); }
    auto of(int n) { return code_key.of(messages, processor, origin_of(n)); }
    // Of another Keep on the same chip.
    base::Result<Key> of_another(int n) {
        CodeKey other;
        return other.of(messages, processor, origin_of(n));
    }
};

TEST_F(CodeKeyTest, is_the_same_in_the_next_keep_and_another_for_each_origin_and_chip) {
    auto const key = of(1);
    ASSERT_TRUE(key);
    EXPECT_EQ(*of_another(1), *key);
    EXPECT_NE(*of_another(2), *key);
    processor.chip_key[7] = std::byte{1};
    EXPECT_NE(*of_another(1), *key);
}

TEST_F(CodeKeyTest, is_not_the_processors_own_answer) {
    auto const key = of(1);
    ASSERT_TRUE(key);
    auto const direct = messages.key(processor, processor.key_requests.front());
    ASSERT_TRUE(direct);
    EXPECT_NE(*direct, *key);
    EXPECT_FALSE(processor.nonce_reused);
}

// SEV-SNP firmware ABI, 7.2: the VCEK's root; policy, measurement and the TCB version.
TEST_F(CodeKeyTest, is_of_this_chip_measurement_policy_and_committed_firmware) {
    ASSERT_TRUE(of(1));
    ASSERT_EQ(processor.key_requests.size(), 1U);
    auto const& question = processor.key_requests.front();
    EXPECT_EQ(question.root, 2U);
    EXPECT_EQ(question.fields, 0b10'1001U);
    EXPECT_EQ(question.vmpl, 0U);
    EXPECT_EQ(question.guest_svn, 0U);
    EXPECT_EQ(question.tcb_version.raw[0], std::byte{9}); // the committed one, not the reported
}

TEST_F(CodeKeyTest, is_given_once) {
    ASSERT_TRUE(of(1));
    auto const sent = processor.sent.size();
    EXPECT_EQ(of(1).error(), Errno::Access);
    EXPECT_EQ(of(2).error(), Errno::Access);
    EXPECT_EQ(processor.sent.size(), sent);
}

TEST_F(CodeKeyTest, is_not_given_after_it_was_given_up) {
    code_key.give_up();
    EXPECT_EQ(of(1).error(), Errno::Access);
    EXPECT_TRUE(processor.sent.empty());
}

// A masked chip: reports go on.
TEST_F(CodeKeyTest, a_processor_that_has_none_to_give_is_no_failure_of_the_messages) {
    processor.key_status = 0x27;
    EXPECT_EQ(of(1).error(), Errno::NoDev);
    EXPECT_TRUE(messages.usable());
    EXPECT_TRUE(messages.report(processor, {}));
}

TEST_F(CodeKeyTest, a_host_that_touches_the_answer_ends_it) {
    unsigned answers = 0;
    processor.on_answer = [&](MessagePage& answer) {
        if (++answers == 2) answer[0x80] ^= std::byte{1};
    };
    EXPECT_EQ(of(1).error(), Errno::Io);
    EXPECT_FALSE(messages.usable());
}

TEST_F(CodeKeyTest, a_host_that_answers_with_the_report_again_ends_it) {
    MessagePage report{};
    processor.on_answer = [&](MessagePage& answer) {
        if (processor.key_requests.empty()) report = answer;
        answer = report;
    };
    EXPECT_EQ(of(1).error(), Errno::Io);
    EXPECT_FALSE(messages.usable());
}

TEST_F(CodeKeyTest, the_host_sees_no_key) {
    auto const key = of(1);
    ASSERT_TRUE(key);
    auto const direct = messages.key(processor, processor.key_requests.front());
    EXPECT_TRUE(std::ranges::search(processor.page(), *direct).empty());
}

constexpr std::uint64_t number = protocol::launch::code_key_call;

struct CodeKeyCallTest : ::testing::Test {
    fake::World world;
    std::optional<Origin> asked;
    bool given_up = false;

    CodeKeyCallTest() {
        fake::World::set_reports([](auto, auto, auto) -> base::Result<std::size_t> { return 0; });
        fake::World::set_code_keys(
            [this](std::optional<Origin> const& origin) -> base::Result<Key> {
                asked = origin;
                given_up = !origin;
                return origin_of(0x77);
            }
        );
    }
};

TEST_F(CodeKeyCallTest, origin_and_key_go_to_and_fro) {
    auto const at = world.put("thirty-two bytes of any origin..");
    auto const to = world.room(32);
    EXPECT_EQ(world.call(number, {at, to}), 0);
    EXPECT_EQ(base::text_of(*asked), "thirty-two bytes of any origin..");
    EXPECT_TRUE(base::equal(world.get(to, 32), origin_of(0x77)));
    EXPECT_EQ(world.call(number, {0, 0}), 0);
    EXPECT_TRUE(given_up);
}

TEST_F(CodeKeyCallTest, bad_addresses_are_errors) {
    auto const at = world.room(64);
    EXPECT_EQ(world.call(number, {8, at}), fake::error(Errno::Fault));
    EXPECT_FALSE(asked);
    EXPECT_EQ(world.call(number, {at, 8}), fake::error(Errno::Fault));
}

TEST_F(CodeKeyCallTest, there_is_no_such_call_where_no_hardware_vouches) {
    fake::World::set_reports(nullptr);
    auto const at = world.room(64);
    EXPECT_EQ(world.call(number, {at, at}), fake::error(Errno::NoSys));
}

} // namespace
} // namespace shim::snp
