#pragma once

// Signed messages of provisioning: made with a key, and believed only with a signature that
// verifies (protocol/provision/signed.hpp has their form).

#include "crypto/p256_signing_key.hpp"
#include "protocol/provision/signed.hpp"

namespace crypto {

base::Result<std::vector<std::byte>>
sign_message(P256SigningKey const& key, std::string_view type, base::View payload);

// Whose it is, `key` says; whether that one may sign it is the caller's to ask. Wrong:
// "signature.wrong", or what decode_signed() names.
protocol::provision::Read<protocol::provision::SignedView>
verified_message(base::View bytes, std::string_view type);

} // namespace crypto
