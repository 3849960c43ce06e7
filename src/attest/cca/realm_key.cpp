// The realm attestation key in its two encodings: RMM specification 1.0 has an uncompressed point,
// the token draft a COSE_Key (RFC 9052, 7).

#include "attest/cca/claim_map.hpp"
#include "attest/cca/token.hpp"

namespace attest::cca {

namespace {

using base::Result;
using base::View;
using base::cbor::Reader;

constexpr std::size_t coordinate = 48;

Result<crypto::PublicKey> parse_cose_key(View encoded) {
    Reader in{encoded};
    ClaimMap map{TRY(in.map())};
    std::int64_t type = 0;
    std::int64_t curve = 0;
    View x;
    View y;
    TRY(map.each(in, [&](std::int64_t label) -> Result<void> {
        switch (label) {
        case 1:
            type = TRY(in.number());
            break;
        case -1:
            curve = TRY(in.number());
            break;
        case -2:
            x = TRY(in.bytes());
            break;
        case -3:
            y = TRY(in.bytes());
            break;
        default:
            return std::unexpected(base::Errno::NoEnt);
        }
        return {};
    }));
    // RFC 9053, 7.1: EC2 (2) on P-384 (2).
    bool const p384 = type == 2 && curve == 2 && x.size() == coordinate && y.size() == coordinate;
    if (!p384 || !in.at_end()) return std::unexpected(base::Errno::BadMsg);
    std::vector<std::byte> point{x.begin(), x.end()};
    point.insert(point.end(), y.begin(), y.end());
    auto key = crypto::PublicKey::from_point(crypto::KeyKind::P384, point);
    if (!key) return std::unexpected(base::Errno::BadMsg);
    return std::move(*key);
}

} // namespace

std::optional<crypto::PublicKey> realm_key(View encoded) {
    if (encoded.size() == 1 + (2 * coordinate) && encoded[0] == std::byte{4}) {
        auto key = crypto::PublicKey::from_point(crypto::KeyKind::P384, encoded.subspan(1));
        return key ? std::optional{std::move(*key)} : std::nullopt;
    }
    auto key = parse_cose_key(encoded);
    return key ? std::optional{std::move(*key)} : std::nullopt;
}

} // namespace attest::cca
