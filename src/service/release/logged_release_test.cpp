// A deployment may name the log in which each release has to stand: its grants show their line, and
// where none can be shown nothing leaves.

#include "crypto/inclusion_proof.hpp"
#include "crypto/merkle.hpp"
#include "service/release/releaser_for_tests.hpp"

#include <filesystem>
#include <fstream>

namespace service {
namespace {

using namespace testing;

TEST_F(PulledTest, AGrantShowsItsLineInTheLogThatTheDeploymentNames) {
    name_own_log();
    publish_all();
    auto const answered = answer(keep, pull);
    auto const body = releaser.grant(pull.exchange(), answered.attestation(), at);
    ASSERT_TRUE(body) << body.error().rule << body.error().detail;
    auto const opened = payload_of(*body, answered);
    auto const grant = *wire::decode_grant(opened);
    ASSERT_TRUE(grant.log);
    auto const head = crypto::open_checkpoint(grant.log->checkpoint, "steward.example", keys.log);
    ASSERT_TRUE(head);
    auto const proof = crypto::parse_inclusion_proof(grant.log->proof);
    ASSERT_TRUE(proof);
    auto const statement = crypto::sha256(grant.deployment);
    auto const name = keep_name(keep.identity_key());
    auto const evidence = crypto::sha256(answered.made.authenticator);
    auto const line = wire::encode(
        wire::entry_of(
            {.time = grant.time,
             .deployment = "shop/api",
             .serial = 3,
             .statement = statement,
             .keep_id = name,
             .authenticator = evidence}
        )
    );
    EXPECT_TRUE(
        crypto::merkle::included(
            head->size, head->root, proof->leaf, crypto::merkle::leaf_hash(line), proof->hashes
        )
    );
    // Everybody sees the line before the Keep does.
    EXPECT_EQ(base::text_of(*log->file("checkpoint")), grant.log->checkpoint);
}

TEST_F(PulledTest, NothingIsReleasedOfADeploymentThatNamesAnotherLog) {
    for (bool const other_name : {true, false}) {
        name_own_log();
        auto const other = *crypto::Ed25519SigningKey::generate();
        auto const key = other.public_key();
        if (other_name)
            deployment.log->origin = "other.example";
        else
            deployment.log->key = key;
        ++deployment.serial;
        publish_all();
        EXPECT_EQ(granted().error().rule, rule::log) << other_name;
    }
    EXPECT_EQ(count(wire::LogKind::Release), 0U);
}

// The Keep was released then, and no other answer comes for it; the line is published when it can.
TEST_F(PulledTest, WithoutItsLineNothingLeaves) {
    name_own_log();
    publish_all();
    std::filesystem::remove_all(folder.path() + "/log");
    std::ofstream{folder.path() + "/log"} << "no folder";
    auto const none = granted();
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().failure, "log-unavailable");
    EXPECT_EQ(none.error().status, 503U);
    EXPECT_EQ(count(wire::LogKind::Release), 1U);
    // And now that it is known, nobody is released in vain.
    provision::testing::Keep const other;
    Pull const second{other, tls};
    auto const more = releaser.grant(second.exchange(), answer(other, second).attestation(), at);
    EXPECT_EQ(more.error().failure, "log-unavailable");
    EXPECT_EQ(count(wire::LogKind::Release), 1U);
}

} // namespace
} // namespace service
