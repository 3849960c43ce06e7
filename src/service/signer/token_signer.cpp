#include "service/signer/token_signer.hpp"

#include "crypto/public_key.hpp"

#include <algorithm>

namespace service {

namespace {

namespace wire = protocol::signer;

std::unexpected<os::Failure> unusable(std::string text) {
    return std::unexpected(os::Failure{.name = "signer-unusable", .text = std::move(text)});
}

os::OrFailure<std::vector<std::byte>> key_of(SignerProcess& process) {
    auto const point = TRY(process.ask(wire::Kind::AskKey, {}, wire::Kind::Key));
    auto out = wire::key_info(point);
    if (point.size() != wire::point_size || !crypto::PublicKey::parse(out))
        return unusable("the token's public key is no point on P-384");
    return out;
}

} // namespace

os::OrFailure<std::unique_ptr<TokenSigner>>
TokenSigner::begin(SignerSettings const& settings, SignerRole role) {
    auto out = std::make_unique<TokenSigner>(settings, role, std::vector<std::byte>{});
    out->public_key_ = TRY(key_of(out->process_));
    return out;
}

os::OrFailure<void> TokenSigner::check() const {
    auto const found = TRY(key_of(process_));
    if (!base::equal(found, public_key_))
        return unusable("the key in the token is not the one of the authority's certificate");
    return {};
}

os::OrFailure<crypto::P384Signature> TokenSigner::sign(base::View content) const {
    auto const bytes = TRY(process_.ask(wire::Kind::AskSign, content, wire::Kind::Signature));
    crypto::P384Signature out{};
    if (bytes.size() != out.r.size() + out.s.size())
        return unusable("the token's signature is none of ECDSA on P-384");
    auto const both = base::View{bytes};
    std::ranges::copy(both.first(out.r.size()), out.r.begin());
    std::ranges::copy(both.last(out.s.size()), out.s.begin());
    auto const key = crypto::PublicKey::parse(public_key_);
    // A token that was exchanged, or that fails: nobody is to get a certificate that is none.
    if (!key || !key->verify(crypto::Hash::Sha384, content, {.r = out.r, .s = out.s}))
        return unusable("the token's signature is not one by the authority's key");
    return out;
}

} // namespace service
