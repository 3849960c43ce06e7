// A Keep that runs: its tenant, those who want to be it, and those who only ask.

#include "keep/exec/provision/running_for_tests.hpp"
#include "keep/exec/provision/standard_stream.hpp"

#include <csignal>

namespace exec::provision {
namespace {

using namespace testing;
using wire::CommandCode;
using wire::FrameType;
using wire::Purpose;
using wire::State;

TEST(Output, KeepsTheLastBytesAndCountsTheOthers) {
    Output output{100'000};
    std::string all;
    for (int i = 0; i < 30'000; ++i) {
        auto const line = std::to_string(i) + '\n';
        output.add(1 + i % 2, base::view_of(line));
        all += line;
    }
    EXPECT_EQ(output.end(), all.size());
    auto const lost = output.lost_from(0);
    EXPECT_GT(lost, 0U);
    EXPECT_GE(all.size() - lost, 100'000U - 20'000U);
    for (auto const from : {std::uint64_t{0}, lost, lost + 1, std::uint64_t{all.size() - 1}}) {
        std::string kept;
        for (auto const& piece : output.from(from)) kept += base::text_of(piece.bytes);
        EXPECT_EQ(kept, all.substr(std::max(from, lost))) << from;
    }
    EXPECT_TRUE(output.from(all.size()).empty());
}

std::string text_of(std::optional<TestVisit::Heard> const& heard) {
    if (!heard || heard->type != FrameType::Stream) return "none";
    auto const stream = *wire::decode_stream(heard->body);
    return std::to_string(stream.number) + std::string{base::text_of(stream.bytes)};
}

std::optional<std::uint8_t> exit_of(TestVisit& visit) {
    auto const last = visit.hear();
    if (!last || last->type != FrameType::Status) return {};
    return wire::decode_status(last->body)->exit;
}

TEST(Desk, CarriesStreamsBothWaysAndTheEnd) {
    auto& keep = running();
    keep.desk->write(1, base::view_of("out"));
    keep.desk->write(2, base::view_of("err"));
    EXPECT_EQ(text_of(keep.first->hear()), "1out");
    EXPECT_EQ(text_of(keep.first->hear()), "2err");

    StandardStream input{*keep.desk, 0};
    Bytes room(64);
    std::array<std::span<std::byte>, 1> const buffers{room};
    EXPECT_EQ(input.receive(buffers, {.nonblocking = true}).error(), base::Errno::Again);
    net::WaitSet waits;
    EXPECT_FALSE(input.ready(net::Direction::Read, waits));
    ASSERT_EQ(waits.size(), 1U);
    auto const give = [&](std::string_view text) {
        keep.first->say(
            FrameType::Stream, wire::encode(wire::Stream{.number = 0, .bytes = base::view_of(text)})
        );
    };
    give("some input");
    EXPECT_EQ(*os::poll(waits, os::Milliseconds{10'000}), 1U); // what poll_oneoff waits for
    EXPECT_EQ(input.receive(buffers, {})->bytes, 10U);
    EXPECT_EQ(base::text_of(base::View{room}.first(10)), "some input");
    waits.clear();
    EXPECT_FALSE(input.ready(net::Direction::Read, waits));
    give("");
    EXPECT_EQ(input.receive(buffers, {})->bytes, 0U);
    EXPECT_TRUE(input.ready(net::Direction::Read, waits));

    auto const ended = std::async([&] { keep.desk->end(7, {}); });
    EXPECT_EQ(exit_of(*keep.first), 7);
    keep.first->leave();
    EXPECT_EQ(ended.wait_for(std::chrono::seconds{10}), std::future_status::ready);
}

TEST(Desk, TellsTheEndUntilTheTenantItselfHasLeft) {
    auto& keep = running();
    keep.desk->write(1, base::view_of("last words"));
    auto const ended = std::async([&] { keep.desk->end(7, {}); });
    EXPECT_EQ(text_of(keep.first->hear()), "1last words");
    EXPECT_EQ(exit_of(*keep.first), 7);
    keep.first.reset(); // cut, as far as the Keep can know
    EXPECT_EQ(ended.wait_for(std::chrono::milliseconds{200}), std::future_status::timeout);
    auto back = keep.attach(keep.tenant.grantor, 5);
    ASSERT_TRUE(back);
    EXPECT_EQ(counts_of(back->hear()).first, 5U);
    EXPECT_EQ(back->state(back->hear()), State::Running);
    EXPECT_EQ(text_of(back->hear()), "1words");
    EXPECT_EQ(exit_of(*back), 7);
    // Another one takes its place before the Keep has seen that it is gone.
    auto third = keep.attach(keep.tenant.key, 10);
    ASSERT_TRUE(third);
    EXPECT_EQ(counts_of(third->hear()).first, 10U);
    EXPECT_EQ(third->state(third->hear()), State::Running);
    EXPECT_EQ(exit_of(*third), 7);
    third->leave();
    EXPECT_EQ(ended.wait_for(std::chrono::seconds{10}), std::future_status::ready);
}

TEST(Desk, HearsATenantLeaveBehindInputThatNobodyReads) {
    auto& keep = running();
    auto const ended = std::async([&] { keep.desk->end(7, {}); });
    EXPECT_EQ(exit_of(*keep.first), 7);
    std::string const piece(60'000, 'x');
    for (int i = 0; i < 40; ++i)
        keep.first->say(
            FrameType::Stream,
            wire::encode(wire::Stream{.number = 0, .bytes = base::view_of(piece)})
        );
    keep.first->leave();
    EXPECT_EQ(ended.wait_for(std::chrono::seconds{10}), std::future_status::ready);
}

TEST(Desk, StopsTheApplicationAsItsTenantSays) {
    for (auto const& [given, expected] :
         std::vector<std::pair<Bytes, int>>{{{}, SIGTERM}, {{std::byte{2}}, SIGINT}}) {
        auto& keep = running();
        keep.first->say(
            FrameType::Command,
            wire::encode(wire::Command{.code = CommandCode::Stop, .bytes = given})
        );
        EXPECT_EQ(keep.stopped.get_future().get(), expected);
        auto const last = keep.first->hear();
        ASSERT_TRUE(last && last->type == FrameType::Status);
        EXPECT_EQ(wire::decode_status(last->body)->exit, 128 + expected);
    }
}

TEST(Desk, ATenantThatComesBackMissesNothing) {
    auto& keep = running();
    keep.desk->write(1, base::view_of("before"));
    EXPECT_EQ(text_of(keep.first->hear()), "1before");
    keep.first.reset(); // the connection breaks
    std::string large(600'000, 'x');
    keep.desk->write(1, base::view_of(large)); // nobody reads, nobody waits
    auto back = keep.attach(keep.tenant.grantor, 3);
    ASSERT_TRUE(back);
    EXPECT_EQ(counts_of(back->hear()), std::pair(3UL, 0UL));
    EXPECT_EQ(back->state(back->hear()), State::Running);
    std::string all;
    while (all.size() < 3 + large.size()) all += text_of(back->hear()).substr(1);
    EXPECT_EQ(all, "ore" + large);
    keep.desk->write(1, base::view_of("after"));
    EXPECT_EQ(text_of(back->hear()), "1after");
}

TEST(Desk, TellsATenantThatComesBackWhatItHasHadOfItsInput) {
    auto& keep = running();
    auto const send = [](TestVisit& visit, std::string_view text) {
        visit.say(
            FrameType::Stream, wire::encode(wire::Stream{.number = 0, .bytes = base::view_of(text)})
        );
    };
    send(*keep.first, "abc");
    std::array<std::byte, 8> bytes{};
    EXPECT_EQ(*keep.desk->read(bytes, false, false), 3U);
    keep.first.reset();
    auto back = keep.attach(keep.tenant.grantor, 0);
    ASSERT_TRUE(back);
    EXPECT_EQ(counts_of(back->hear()), std::pair(0UL, 3UL));
    send(*back, "de");
    send(*back, "");
    EXPECT_EQ(*keep.desk->read(bytes, false, false), 2U);
    EXPECT_EQ(*keep.desk->read(bytes, false, false), 0U);
    send(*back, "behind the end");
    back.reset();
    auto last = keep.attach(keep.tenant.grantor, 0);
    ASSERT_TRUE(last);
    EXPECT_EQ(counts_of(last->hear()), std::pair(0UL, 6UL));
    EXPECT_EQ(*keep.desk->read(bytes, false, false), 0U);
}

TEST(Desk, ATenantThatDoesNotKnowWhetherItHasStartedItSaysItAgain) {
    auto& keep = running();
    keep.desk->write(1, base::view_of("begun"));
    keep.first.reset();
    auto other = keep.knock(*crypto::P256SigningKey::generate());
    ASSERT_TRUE(other);
    other->say(FrameType::Start, Running::null());
    EXPECT_EQ(other->refusal(), "protocol-version");
    auto back = keep.knock(keep.tenant.grantor);
    ASSERT_TRUE(back);
    back->say(FrameType::Start, Running::null());
    EXPECT_EQ(counts_of(back->hear()), std::pair(0UL, 0UL));
    EXPECT_EQ(back->state(back->hear()), State::Running);
    EXPECT_EQ(text_of(back->hear()), "1begun");
}

TEST(Desk, OnlyTheTenantGetsStreams) {
    auto& keep = running();
    keep.desk->write(1, base::view_of("secret"));
    auto other = keep.attach(*crypto::P256SigningKey::generate(), 0);
    ASSERT_TRUE(other);
    EXPECT_EQ(other->refusal(), "keep-not-empty");
    // The one who signed the deployment is the tenant, too.
    auto signer = keep.attach(keep.tenant.key, 0);
    ASSERT_TRUE(signer);
    EXPECT_EQ(counts_of(signer->hear()), std::pair(0UL, 0UL));
    EXPECT_EQ(signer->state(signer->hear()), State::Running);
    EXPECT_EQ(text_of(signer->hear()), "1secret");
}

TEST(Desk, AnswersUsersAndTakesNoGrantAndNoSecondStart) {
    auto& keep = running();
    for (auto const type : {FrameType::Grant, FrameType::Start}) {
        TestVisit user{keep.door.knock(), *crypto::P256SigningKey::generate()};
        ASSERT_TRUE(user.shake_hands());
        auto const ready = user.attest(Purpose::Ready, true, wire::Role::User);
        ASSERT_TRUE(ready);
        EXPECT_EQ(ready->runs()->deployment, "shop/api");
        user.say(type, type == FrameType::Grant ? wire::encode_bytes({}) : Running::null());
        EXPECT_EQ(user.refusal(), "protocol-version");
    }
    // And no evidence that it was empty.
    TestVisit late{keep.door.knock(), keep.tenant.grantor};
    ASSERT_TRUE(late.shake_hands());
    EXPECT_FALSE(late.attest(Purpose::Provision));
    keep.desk->write(1, base::view_of("still"));
    EXPECT_EQ(text_of(keep.first->hear()), "1still");
}

TEST(Desk, ASlowTenantHoldsUpTheApplicationAndNobodyElse) {
    auto& keep = running();
    std::promise<void> written;
    std::thread{[&] {
        std::string const large(8 << 20, 'y');
        keep.desk->write(1, base::view_of(large));
        written.set_value();
    }}.detach();
    auto done = written.get_future();
    EXPECT_EQ(done.wait_for(std::chrono::milliseconds{300}), std::future_status::timeout);
    TestVisit user{keep.door.knock(), *crypto::P256SigningKey::generate()};
    ASSERT_TRUE(user.shake_hands());
    EXPECT_TRUE(user.attest(Purpose::Ready));
    std::size_t got = 0;
    while (got < 8U << 20) got += text_of(keep.first->hear()).size() - 1;
    EXPECT_EQ(got, 8U << 20);
    done.get();
}

} // namespace
} // namespace exec::provision
