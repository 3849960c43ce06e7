#include "attest/signature_memo.hpp"

#include <array>

namespace attest {

namespace {

bool verify_now(crypto::Signed const& signed_part, base::View public_key_info) {
    auto const key = crypto::PublicKey::parse(public_key_info);
    return key && signed_part.verified_by(*key);
}

// The key's length comes first, so that no byte of one part can pass as a byte of the next.
crypto::Sha256Digest fact(crypto::Signed const& signed_part, base::View public_key_info) {
    auto const number = [](std::size_t n) {
        return std::bit_cast<base::Bytes<8>>(std::uint64_t(n));
    };
    return crypto::Sha256{}
        .add(number(public_key_info.size()))
        .add(public_key_info)
        .add(number(signed_part.content.size()))
        .add(signed_part.content)
        .add(number(std::size_t(signed_part.algorithm)))
        .add(signed_part.signature)
        .digest();
}

} // namespace

bool SignatureMemo::verify(crypto::Signed const& signed_part, base::View public_key_info) {
    auto const key = fact(signed_part, public_key_info);
    {
        std::scoped_lock const lock{mutex_};
        if (verified_.contains(key)) return true;
    }
    if (!verify_now(signed_part, public_key_info)) return false;
    std::scoped_lock const lock{mutex_};
    if (verified_.size() >= most) verified_.clear();
    verified_.insert(key);
    return true;
}

bool verify_signature(
    crypto::Signed const& signed_part, base::View public_key_info, SignatureMemo* memo
) {
    return memo ? memo->verify(signed_part, public_key_info)
                : verify_now(signed_part, public_key_info);
}

} // namespace attest
