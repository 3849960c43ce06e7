#include "crypto/cose_sign1.hpp"

namespace crypto {

namespace provision = protocol::provision;

base::Result<std::vector<std::byte>>
sign_message(P256SigningKey const& key, std::string_view type, base::View payload) {
    auto const header = provision::signed_header(type, key.public_key());
    auto const signature = TRY(key.sign(provision::signature_input(header, payload)));
    return provision::encode_signed(header, payload, signature);
}

provision::Read<provision::SignedView> verified_message(base::View bytes, std::string_view type) {
    auto const read = TRY(provision::decode_signed(bytes, type));
    if (!verified_es256(
            read.key, provision::signature_input(read.header, read.payload), read.signature
        ))
        return std::unexpected(provision::Wrong{"signature.wrong", 0});
    return read;
}

} // namespace crypto
