// A Keep whose deployment names a log takes the line of its own release there, and nothing that
// comes near it: each other line, log, number, hash and checkpoint is refused by its rule.

#include "crypto/log_for_tests.hpp"
#include "keep/exec/provision/logged.hpp"
#include "protocol/provision/binding.hpp"
#include "protocol/provision/log_entry.hpp"

#include <functional>

#include <gtest/gtest.h>

namespace exec::provision {
namespace {

namespace wire = protocol::provision;
using crypto::testing::TestLog;
using Bytes = std::vector<std::byte>;

Bytes filled(std::size_t size, unsigned value) {
    Bytes out;
    out.assign(size, std::byte(value));
    return out;
}

struct LoggedTest : testing::Test {
    Bytes const identity = filled(91, 1);
    Bytes const authenticator = filled(900, 2);
    Bytes const statement = filled(500, 3);
    crypto::Sha256Digest const keep_id = crypto::sha256(wire::keep_id_input(identity, {}));
    crypto::Sha256Digest const evidence = crypto::sha256(authenticator);
    crypto::Sha256Digest const signed_digest = crypto::sha256(statement);
    wire::LogEntry const line = wire::entry_of(
        {.time = 1'790'000'000,
         .deployment = "shop/api",
         .serial = 14,
         .statement = signed_digest,
         .keep_id = keep_id,
         .authenticator = evidence}
    );
    TestLog log;

    std::string checkpoint;
    crypto::InclusionProof proof;

    // Five lines around that of this release; the tree is not whole.
    void SetUp() override { show(wire::encode(line)); }
    void show(Bytes const& entry) {
        for (auto const* const other : {"a", "b"}) log.add(base::view_of(other));
        auto const index = log.add(entry);
        for (auto const* const other : {"c", "d"}) log.add(base::view_of(other));
        checkpoint = log.checkpoint();
        proof = log.proof(index);
    }

    std::string outcome(
        std::function<void(wire::Grant&, wire::Deployment&)> const& change = [](auto&, auto&) {},
        std::optional<Bytes> const& proof_bytes = {}
    ) const {
        auto const bytes = proof_bytes.value_or(crypto::encode(proof));
        wire::Grant grant;
        grant.deployment = statement;
        grant.time = 1'790'000'000;
        grant.log = wire::Log{.checkpoint = checkpoint, .proof = bytes};
        wire::Deployment deployment;
        deployment.name = "shop/api";
        deployment.serial = 14;
        deployment.log = wire::LogKey{.origin = log.origin(), .key = log.key()};
        change(grant, deployment);
        auto const out = check_log(grant, deployment, {identity, authenticator});
        if (out) return "taken";
        EXPECT_EQ(out.error().name, "release-unlogged");
        return out.error().text.substr(0, out.error().text.find(':'));
    }
};

TEST_F(LoggedTest, TheLineOfItsOwnReleaseIsTaken) {
    EXPECT_EQ(outcome(), "taken");
    for (int size = 0; size < 40; ++size) { // and still when the log has grown
        log.add(base::view_of("more"));
        checkpoint = log.checkpoint();
        proof = log.proof(2);
        EXPECT_EQ(outcome(), "taken") << size;
    }
}

TEST_F(LoggedTest, WhereNoLogIsNamedNoneIsShown) {
    auto const none = [](auto&, wire::Deployment& it) { it.log.reset(); };
    EXPECT_EQ(outcome(none), "log.unasked");
    EXPECT_EQ(
        outcome([](wire::Grant& grant, wire::Deployment& it) {
            it.log.reset();
            grant.log.reset();
        }),
        "taken"
    );
}

TEST_F(LoggedTest, AGrantThatShowsNothingIsRefused) {
    EXPECT_EQ(outcome([](wire::Grant& it, auto&) { it.log.reset(); }), "log.missing");
}

TEST_F(LoggedTest, ACheckpointOfAnotherLogOrNameOrOneThatWasChangedIsRefused) {
    TestLog const other;
    auto const named = [](std::string_view origin, base::View key) {
        return [=](auto&, wire::Deployment& it) { it.log = {.origin = origin, .key = key}; };
    };
    EXPECT_EQ(outcome(named(log.origin(), other.key())), "log.checkpoint");
    EXPECT_EQ(outcome(named("other.example", log.key())), "log.checkpoint");
    EXPECT_EQ(outcome(named("", log.key())), "log.checkpoint");
    auto const right = checkpoint;
    for (std::size_t at = 0; at < right.size(); ++at) {
        checkpoint = right;
        checkpoint[at] = static_cast<char>(checkpoint[at] ^ 1);
        EXPECT_EQ(outcome(), "log.checkpoint") << at;
    }
    checkpoint =
        *crypto::signed_checkpoint({}, other.origin(), *crypto::Ed25519SigningKey::generate());
    EXPECT_EQ(outcome(), "log.checkpoint");
}

TEST_F(LoggedTest, ACheckpointFromBeforeTheReleaseIsRefused) {
    TestLog earlier;
    for (auto const* const other : {"a", "b"}) earlier.add(base::view_of(other));
    auto const newer = std::exchange(log, earlier);
    checkpoint = log.checkpoint();
    EXPECT_EQ(outcome(), "log.size");
    log = newer;
    checkpoint = log.checkpoint();
    EXPECT_EQ(outcome(), "taken");
    for (std::uint64_t const beyond : {std::uint64_t{5}, UINT64_MAX}) { // of the five there are
        proof.leaf = beyond;
        EXPECT_EQ(outcome(), "log.size");
    }
}

TEST_F(LoggedTest, AProofOfAnotherFormIsRefused) {
    auto const right = crypto::encode(proof);
    for (std::size_t size = 0; size < right.size(); ++size) {
        auto const cut = Bytes{right.begin(), right.begin() + static_cast<std::ptrdiff_t>(size)};
        EXPECT_EQ(outcome([](auto&, auto&) {}, cut), size % 32 == 8 ? "log.line" : "log.proof")
            << size;
    }
    auto longer = right;
    longer.push_back({});
    EXPECT_EQ(outcome([](auto&, auto&) {}, longer), "log.proof");
}

TEST_F(LoggedTest, AProofWithAnotherNumberOrHashIsRefused) {
    auto const right = proof;
    for (std::uint64_t other : {0U, 1U, 3U, 4U}) {
        proof.leaf = other;
        EXPECT_EQ(outcome(), "log.line") << other;
    }
    for (std::size_t i = 0; i < right.hashes.size(); ++i)
        for (std::size_t at = 0; at < 32; ++at) {
            proof = right;
            proof.hashes[i][at] ^= std::byte{1};
            EXPECT_EQ(outcome(), "log.line") << i << ' ' << at;
        }
    proof = right;
    std::swap(proof.hashes.front(), proof.hashes.back());
    EXPECT_EQ(outcome(), "log.line");
    proof = right;
    proof.hashes.push_back(right.hashes.front());
    EXPECT_EQ(outcome(), "log.line");
}

// A line that is in the log and says almost what it has to.
TEST_F(LoggedTest, TheLineOfAnotherReleaseIsRefused) {
    auto const other = filled(32, 99);
    using Spoil = std::function<void(wire::LogEntry&)>;
    for (auto const& spoil : std::vector<Spoil>{
             [](wire::LogEntry& it) { ++it.time; },
             [](wire::LogEntry& it) { it.kind = wire::LogKind::Certificate; },
             [](wire::LogEntry& it) { it.deployment->name = "shop/other"; },
             [](wire::LogEntry& it) { ++it.deployment->serial; },
             [&](wire::LogEntry& it) { it.deployment->statement = other; },
             [](wire::LogEntry& it) { it.deployment->statement.reset(); },
             [](wire::LogEntry& it) { it.deployment.reset(); },
             [&](wire::LogEntry& it) { it.keep_id = other; },
             [](wire::LogEntry& it) { it.keep_id.reset(); },
             [](wire::LogEntry& it) { it.rule = "release.tenant"; },
             [&](wire::LogEntry& it) { it.digest = other; },
             [](wire::LogEntry& it) { it.digest.reset(); },
             [](wire::LogEntry& it) { it.accepted = false; }
         }) {
        auto changed = line;
        spoil(changed);
        log = TestLog{};
        show(wire::encode(changed));
        EXPECT_EQ(outcome(), "log.line");
    }
    log = TestLog{};
    show(wire::encode(line));
    EXPECT_EQ(outcome(), "taken"); // it was each of these alone
}

// The same line, and a grant that says otherwise.
TEST_F(LoggedTest, TheLineOfAnotherGrantIsRefused) {
    auto const other = filled(500, 4);
    EXPECT_EQ(outcome([](wire::Grant& it, auto&) { ++it.time; }), "log.line");
    EXPECT_EQ(outcome([&](wire::Grant& it, auto&) { it.deployment = other; }), "log.line");
    EXPECT_EQ(outcome([](auto&, wire::Deployment& it) { ++it.serial; }), "log.line");
    EXPECT_EQ(outcome([](auto&, wire::Deployment& it) { it.name = "shop/other"; }), "log.line");
}

} // namespace
} // namespace exec::provision
