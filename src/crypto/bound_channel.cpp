#include "crypto/bound_channel.hpp"

#include "crypto/digest.hpp"

namespace crypto {

namespace {

constexpr std::size_t exported_size = 32;

template <std::size_t N> std::vector<std::byte> list(base::Bytes<N> const& bytes) {
    return {bytes.begin(), bytes.end()};
}

} // namespace

base::Result<BoundChannel>
BoundChannel::of(TlsSession const& session, authenticator::End keep_is, base::View request) {
    auto const context = TRY(authenticator::context_of(keep_is, request));
    BoundChannel out;
    out.keep_is_ = keep_is;
    out.secrets_ = TRY(session.authenticator_secrets(keep_is));
    out.exported_.resize(exported_size);
    TRY(session.export_keys(authenticator::attestation_label, context, out.exported_));
    out.tls_1_3_ = session.tls_1_3();
    out.resumed_ = session.resumed();
    out.peer_key_ = session.peer_public_key();
    out.request_.assign(request.begin(), request.end());
    return out;
}

std::vector<std::byte> BoundChannel::binder(base::View identity_key) const {
    std::vector<std::byte> input{identity_key.begin(), identity_key.end()};
    input.insert(input.end(), exported_.begin(), exported_.end());
    return secrets_.hash == Hash::Sha384 ? list(sha384(input)) : list(sha256(input));
}

} // namespace crypto
