#include "attest/measure/id_block.hpp"

#include "crypto/curve_point.hpp"
#include "crypto/public_key.hpp"

#include <algorithm>

namespace attest::measure {

namespace {

using hw::snp::EcdsaPublicKey;
using hw::snp::Signature;

// Numbers of 48 bytes, big-endian here and little-endian in 72 bytes there.
base::Bytes<72> little(base::Bytes<48> const& number) {
    base::Bytes<72> out{};
    std::ranges::reverse_copy(number, out.begin());
    return out;
}

std::optional<base::Bytes<48>> big(base::Bytes<72> const& number) {
    if (!base::all_zero(base::View{number}.subspan(48))) return {};
    base::Bytes<48> out{};
    std::ranges::reverse_copy(std::span{number}.first<48>(), out.begin());
    return out;
}

template <base::Wire T> base::View bytes_of(T const& value) {
    return std::as_bytes(std::span{&value, 1});
}

Signature wire_signature(crypto::P384Signature const& signature) {
    return {.r = little(signature.r), .s = little(signature.s), .reserved = {}};
}

bool verified(EcdsaPublicKey const& key, base::View message, Signature const& signature) {
    auto const x = big(key.qx);
    auto const y = big(key.qy);
    auto const r = big(signature.r);
    auto const s = big(signature.s);
    if (!x || !y || !r || !s || key.curve != hw::snp::curve_p384 ||
        !base::all_zero(key.reserved_094) || !base::all_zero(signature.reserved))
        return false;
    base::Bytes<96> point{};
    std::ranges::copy(*x, point.begin());
    std::ranges::copy(*y, point.begin() + 48);
    auto const parsed = crypto::PublicKey::from_point(crypto::KeyKind::P384, point);
    return parsed && parsed->verify(crypto::Hash::Sha384, message, {.r = *r, .s = *s});
}

} // namespace

EcdsaPublicKey snp_public_key(crypto::P384SigningKey const& key) {
    auto const point = key.public_point();
    return {
        .curve = hw::snp::curve_p384,
        .qx = little(point.x),
        .qy = little(point.y),
        .reserved_094 = {}
    };
}

crypto::Sha384Digest key_digest(EcdsaPublicKey const& key) { return crypto::sha384(bytes_of(key)); }

base::Result<hw::snp::IdKeyEndorsement>
endorse_id_key(crypto::P384SigningKey const& author, crypto::P384SigningKey const& id_key) {
    auto const public_key = snp_public_key(id_key);
    auto const signature = TRY(author.sign(bytes_of(public_key)));
    return hw::snp::IdKeyEndorsement{
        .id_key_signature = wire_signature(signature), .author_key = snp_public_key(author)
    };
}

hw::snp::IdBlock make_id_block(
    crypto::Sha384Digest const& launch_digest, std::uint64_t policy, GuestIdentity const& identity
) {
    return {
        .launch_digest = launch_digest,
        .family_id = identity.family_id,
        .image_id = identity.image_id,
        .version = 1,
        .guest_svn = identity.guest_svn,
        .policy = policy
    };
}

base::Result<hw::snp::IdAuth> sign_id_block(
    hw::snp::IdBlock const& block,
    crypto::P384SigningKey const& id_key,
    std::optional<hw::snp::IdKeyEndorsement> const& endorsement
) {
    auto const signature = TRY(id_key.sign(bytes_of(block)));
    auto const author = endorsement.value_or(hw::snp::IdKeyEndorsement{});
    return hw::snp::IdAuth{
        .id_key_algo = hw::snp::ecdsa_p384_sha384,
        .author_key_algo = endorsement ? hw::snp::ecdsa_p384_sha384 : 0,
        .reserved_008 = {},
        .id_block_signature = wire_signature(signature),
        .id_key = snp_public_key(id_key),
        .reserved_644 = {},
        .id_key_signature = author.id_key_signature,
        .author_key = author.author_key,
        .reserved_c84 = {}
    };
}

bool endorsed(hw::snp::IdKeyEndorsement const& endorsement, EcdsaPublicKey const& id_key) {
    return verified(endorsement.author_key, bytes_of(id_key), endorsement.id_key_signature);
}

bool id_key_endorsed(hw::snp::IdAuth const& auth) {
    return auth.author_key_algo == hw::snp::ecdsa_p384_sha384 &&
           endorsed(
               {.id_key_signature = auth.id_key_signature, .author_key = auth.author_key},
               auth.id_key
           );
}

bool covers(hw::snp::IdAuth const& auth, hw::snp::IdBlock const& block) {
    return auth.id_key_algo == hw::snp::ecdsa_p384_sha384 &&
           verified(auth.id_key, bytes_of(block), auth.id_block_signature);
}

bool signature_plausible(hw::snp::IdAuth const& auth) {
    auto const& signature = auth.id_block_signature;
    auto const r = big(signature.r);
    auto const s = big(signature.s);
    return r && s && base::all_zero(signature.reserved) && !base::all_zero(*s) &&
           crypto::p384_coordinate(*r);
}

} // namespace attest::measure
