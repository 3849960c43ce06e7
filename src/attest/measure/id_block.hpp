#pragma once

// ID block and ID authentication information of an SEV-SNP guest: made, signed and checked. SEV-SNP
// firmware ABI 1.58, 8.18.

#include "base/result.hpp"
#include "base/view.hpp"
#include "crypto/digest.hpp"
#include "crypto/ec_signing_key.hpp"
#include "hw/snp/id_block.hpp"

#include <optional>

namespace attest::measure {

hw::snp::EcdsaPublicKey snp_public_key(crypto::P384SigningKey const& key);

// What ID_KEY_DIGEST and AUTHOR_KEY_DIGEST of a report hold.
crypto::Sha384Digest key_digest(hw::snp::EcdsaPublicKey const& key);

// The author vouches for the ID key.
base::Result<hw::snp::IdKeyEndorsement>
endorse_id_key(crypto::P384SigningKey const& author, crypto::P384SigningKey const& id_key);

// What the owner says of the guest beside its measurement.
struct GuestIdentity {
    base::Bytes<16> family_id{};
    base::Bytes<16> image_id{};
    std::uint32_t guest_svn = 1;
};

hw::snp::IdBlock make_id_block(
    crypto::Sha384Digest const& launch_digest,
    std::uint64_t policy,
    GuestIdentity const& identity = {}
);

// Without an endorsement there is no author key: AUTHOR_KEY_EN of the launch has to be 0.
base::Result<hw::snp::IdAuth> sign_id_block(
    hw::snp::IdBlock const& block,
    crypto::P384SigningKey const& id_key,
    std::optional<hw::snp::IdKeyEndorsement> const& endorsement
);

// Whether the author key's signature covers the ID key.
bool endorsed(hw::snp::IdKeyEndorsement const& endorsement, hw::snp::EcdsaPublicKey const& id_key);
bool id_key_endorsed(hw::snp::IdAuth const& auth);
// Whether the ID key's signature covers that block.
bool covers(hw::snp::IdAuth const& auth, hw::snp::IdBlock const& block);
// Without the block: whether the ID block's signature can be one at all.
bool signature_plausible(hw::snp::IdAuth const& auth);

} // namespace attest::measure
