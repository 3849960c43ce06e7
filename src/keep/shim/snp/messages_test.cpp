// What the shim and the secure processor say to each other, over hosts that lie.

#include "keep/shim/snp/processor_for_tests.hpp"

#include <algorithm>

#include <gtest/gtest.h>

namespace shim::snp {

using base::Errno;
using hw::snp::MessageHeader;
using hw::snp::MessageType;
using Outcome = Carrier::Outcome;

static base::Bytes<64> data_of(int n) {
    base::Bytes<64> out{};
    out.fill(static_cast<std::byte>(n));
    return out;
}

class MessagesTest : public ::testing::Test {
protected:
    hw::snp::SecretsPage page = secrets_for_tests();
    Processor processor{page.keys[0]};
    Messages messages;

    MessagesTest() { messages.take_key(page); }
    auto report(int n) { return messages.report(processor, data_of(n)); }
    // It went wrong, and no message ever goes out again.
    void expect_the_end() {
        EXPECT_EQ(report(1).error(), Errno::Io);
        EXPECT_FALSE(messages.usable());
        auto const sent = processor.sent.size();
        EXPECT_EQ(report(2).error(), Errno::Access);
        EXPECT_EQ(processor.sent.size(), sent);
        EXPECT_FALSE(processor.nonce_reused);
    }
    void begin_with(std::uint64_t number) {
        messages.next_ = number;
        processor.count = number - 1;
    }
    void break_header(void (*how)(MessageHeader&)) {
        processor.on_answer = [how](MessagePage& answer) {
            auto header = Processor::header_of(answer);
            how(header);
            std::ranges::copy(std::as_bytes(std::span{&header, 1}), answer.begin());
        };
    }
    // An answer that the processor itself made so.
    void answer_with(void (*how)(MessageHeader&), std::size_t size) {
        processor.on_answer = [this, how, size](MessagePage& answer) {
            auto header = Processor::answer_header(2);
            how(header);
            answer = {};
            std::vector<std::byte> const text(size);
            processor.write(answer, header, text);
        };
    }
};

TEST_F(MessagesTest, nothing_is_asked_without_a_key) {
    Messages without;
    EXPECT_EQ(without.report(processor, data_of(1)).error(), Errno::Access);
    EXPECT_TRUE(processor.sent.empty());
}

TEST_F(MessagesTest, no_key_stays_in_the_secrets_page) {
    for (auto const& key : page.keys) EXPECT_TRUE(base::all_zero(key));
    EXPECT_EQ(page.version, 3U);
}

TEST_F(MessagesTest, a_report_is_of_the_data_that_were_asked_for) {
    for (int n = 1; n < 5; ++n) {
        auto const made = report(n);
        ASSERT_TRUE(made);
        auto rest = *made;
        auto const report = base::take<hw::snp::AttestationReport>(rest);
        ASSERT_TRUE(report && rest.empty());
        EXPECT_EQ(report->report_data, data_of(n));
    }
    EXPECT_EQ(processor.count, 8U);
    EXPECT_FALSE(processor.nonce_reused);
}

TEST_F(MessagesTest, the_host_sees_no_plaintext) {
    ASSERT_TRUE(report(0x5c));
    base::Bytes<16> run{};
    run.fill(std::byte{0x5c});
    for (auto const& seen : {processor.sent[0], processor.page()})
        EXPECT_TRUE(std::ranges::search(seen, run).empty());
    // The next request comes where the last answer was opened: nothing of that goes along.
    ASSERT_TRUE(report(1));
    EXPECT_TRUE(std::ranges::search(processor.sent[1], run).empty());
    constexpr std::size_t request_end = 0x60 + 96;
    EXPECT_TRUE(base::all_zero(base::View{processor.sent[1]}.subspan(request_end)));
}

TEST_F(MessagesTest, a_busy_host_gets_the_same_bytes_again) {
    unsigned busy = 0;
    processor.on_request = [&](MessagePage&) -> std::optional<Outcome> {
        if (++busy % 3 != 0) return Outcome::Busy;
        return {};
    };
    ASSERT_TRUE(report(1));
    ASSERT_TRUE(report(2));
    ASSERT_EQ(processor.sent.size(), 6U);
    EXPECT_EQ(processor.sent[0], processor.sent[1]);
    EXPECT_EQ(processor.sent[0], processor.sent[2]);
    EXPECT_EQ(processor.sent[3], processor.sent[5]);
    EXPECT_NE(processor.sent[0], processor.sent[3]);
    EXPECT_FALSE(processor.nonce_reused);
}

TEST_F(MessagesTest, a_host_that_stays_busy_ends_it) {
    processor.on_request = [](MessagePage&) { return Outcome::Busy; };
    expect_the_end();
}

TEST_F(MessagesTest, a_request_that_failed_ends_it) {
    processor.on_request = [](MessagePage&) { return Outcome::Failed; };
    expect_the_end();
}

TEST_F(MessagesTest, a_request_that_was_changed_on_the_way_ends_it) {
    processor.on_request = [](MessagePage& request) -> std::optional<Outcome> {
        request[0x60] ^= std::byte{1};
        return {};
    };
    expect_the_end();
    EXPECT_TRUE(processor.report_data.empty());
}

TEST_F(MessagesTest, an_answer_that_was_changed_ends_it) {
    // Each byte of the header that says something, of the text, and of the tag.
    for (std::size_t at :
         {0x00, 0x0f, 0x20, 0x30, 0x31, 0x32, 0x34, 0x35, 0x36, 0x37, 0x3c, 0x5f, 0x60, 0x51f}) {
        SCOPED_TRACE(at);
        auto secrets = secrets_for_tests();
        Processor other{secrets.keys[0]};
        Messages fresh;
        fresh.take_key(secrets);
        other.on_answer = [at](MessagePage& answer) { answer[at] ^= std::byte{1}; };
        EXPECT_EQ(fresh.report(other, data_of(1)).error(), Errno::Io);
        EXPECT_FALSE(fresh.usable());
    }
}

TEST_F(MessagesTest, an_answer_of_an_earlier_request_ends_it) {
    ASSERT_TRUE(report(7));
    auto const earlier = processor.page();
    processor.on_answer = [earlier](MessagePage& answer) { answer = earlier; };
    expect_the_end();
}

TEST_F(MessagesTest, no_answer_at_all_ends_it) {
    processor.on_request = [](MessagePage&) { return Outcome::Answered; };
    expect_the_end();
}

TEST_F(MessagesTest, the_request_given_back_as_its_answer_ends_it) {
    processor.on_answer = [this](MessagePage& answer) { answer = processor.sent.back(); };
    expect_the_end();
}

TEST_F(MessagesTest, a_longer_answer_ends_it) {
    answer_with([](MessageHeader&) {}, sizeof(hw::snp::ReportResponse) + 1);
    expect_the_end();
}

TEST_F(MessagesTest, a_size_that_passes_the_page_ends_it) {
    break_header([](MessageHeader& header) { header.size = 0xffff; });
    expect_the_end();
}

TEST_F(MessagesTest, an_answer_of_another_type_ends_it) {
    answer_with(
        [](MessageHeader& header) { header.type = MessageType::ReportRequest; },
        sizeof(hw::snp::ReportResponse)
    );
    expect_the_end();
}

TEST_F(MessagesTest, an_answer_under_another_key_ends_it) {
    answer_with([](MessageHeader& header) { header.key = 1; }, sizeof(hw::snp::ReportResponse));
    expect_the_end();
}

TEST_F(MessagesTest, an_answer_that_says_no_ends_it) {
    processor.in_report = [](hw::snp::ReportResponse& response) { response.status = 0x16; };
    expect_the_end();
}

TEST_F(MessagesTest, a_report_of_another_size_ends_it) {
    processor.in_report = [](hw::snp::ReportResponse& response) { response.size = 1183; };
    expect_the_end();
}

TEST_F(MessagesTest, what_lies_behind_the_answer_is_nobodys_word) {
    processor.on_answer = [](MessagePage& answer) {
        std::ranges::fill(
            std::span{answer}.subspan(0x60 + sizeof(hw::snp::ReportResponse)), std::byte{0xee}
        );
    };
    EXPECT_TRUE(report(1));
    EXPECT_TRUE(report(2));
}

// The last number that there is stays unused: it would have no answer.
TEST_F(MessagesTest, numbers_end_before_one_comes_twice) {
    begin_with(~std::uint64_t{0} - 4);
    EXPECT_TRUE(report(1));
    EXPECT_EQ(report(2).error(), Errno::Access);
    EXPECT_FALSE(messages.usable());
    EXPECT_EQ(processor.sent.size(), 1U);
}

} // namespace shim::snp
