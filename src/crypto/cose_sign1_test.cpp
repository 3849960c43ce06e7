// A signed message is believed as it was signed, and as nothing else.

#include "crypto/cose_sign1.hpp"

#include <gtest/gtest.h>

namespace crypto {
namespace {

using protocol::provision::deployment_type;
using protocol::provision::grant_type;

TEST(SignedMessage, is_believed_as_it_was_signed_and_names_its_signer) {
    auto const key = *P256SigningKey::generate();
    auto const bytes = *sign_message(key, deployment_type, base::view_of("payload"));
    auto const read = verified_message(bytes, deployment_type);
    ASSERT_TRUE(read);
    EXPECT_EQ(base::text_of(read->payload), "payload");
    EXPECT_TRUE(base::equal(read->key, key.public_key()));
}

TEST(SignedMessage, of_one_kind_is_none_of_another) {
    auto const key = *P256SigningKey::generate();
    auto const bytes = *sign_message(key, deployment_type, base::view_of("payload"));
    EXPECT_EQ(verified_message(bytes, grant_type).error().field, "signature.type");
}

TEST(SignedMessage, with_any_bit_changed_is_refused) {
    auto const key = *P256SigningKey::generate();
    auto const good = *sign_message(key, grant_type, base::view_of("payload"));
    for (std::size_t at = 0; at < good.size(); ++at)
        for (unsigned bit = 0; bit < 8; ++bit) {
            auto changed = good;
            changed[at] ^= std::byte(1U << bit);
            EXPECT_FALSE(verified_message(changed, grant_type)) << at;
        }
    auto longer = good;
    longer.push_back({});
    EXPECT_FALSE(verified_message(longer, grant_type));
}

TEST(SignedMessage, with_the_key_of_somebody_else_is_refused) {
    auto const key = *P256SigningKey::generate();
    auto const other = *P256SigningKey::generate();
    auto const good = *sign_message(key, grant_type, base::view_of("payload"));
    auto const read = *verified_message(good, grant_type);
    auto const header = protocol::provision::signed_header(grant_type, other.public_key());
    auto const forged = protocol::provision::encode_signed(header, read.payload, read.signature);
    EXPECT_EQ(verified_message(forged, grant_type).error().field, "signature.wrong");
}

} // namespace
} // namespace crypto
