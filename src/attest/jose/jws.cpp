#include "attest/jose/jws.hpp"

#include "attest/json/tree.hpp"
#include "crypto/base64.hpp"

namespace attest::jose {

namespace {

using base::Result;
using crypto::Malformed;

std::unexpected<Malformed> malformed(std::string_view what, std::size_t offset) {
    return std::unexpected(Malformed{.what = what, .offset = offset});
}

} // namespace

Result<Jws, Malformed> Jws::parse(std::string_view text) {
    auto const first = text.find('.');
    if (first == std::string_view::npos) return malformed("a point behind the header", text.size());
    auto const second = text.find('.', first + 1);
    if (second == std::string_view::npos)
        return malformed("a point behind the payload", text.size());

    Jws out;
    out.signed_ = text.substr(0, second);
    out.payload_offset_ = first + 1;
    out.signature_offset_ = second + 1;
    auto const header = crypto::decode_base64url(text.substr(0, first));
    if (!header) return malformed("a header in base64url", 0);
    auto payload = crypto::decode_base64url(text.substr(first + 1, second - first - 1));
    if (!payload) return malformed("a payload in base64url", out.payload_offset_);
    auto signature = crypto::decode_base64url(text.substr(second + 1));
    if (!signature) return malformed("a signature in base64url", out.signature_offset_);
    out.header_ = base::text_of(*header);
    out.payload_ = std::move(*payload);
    out.signature_ = std::move(*signature);
    TRY(out.parse_header());
    return out;
}

Result<void, Malformed> Jws::parse_header() {
    auto const tree = json::Tree::parse(header_);
    if (!tree || tree->root().kind() != json::Kind::Object)
        return malformed("a header that is a JSON object", 0);
    if (tree->root().member("crit")) return malformed("a header without crit", 0);
    auto const algorithm = tree->root().member("alg");
    if (!algorithm || algorithm->kind() != json::Kind::Text)
        return malformed("a header that names its algorithm, alg", 0);
    algorithm_name_ = algorithm->content();
    algorithm_ = cose::algorithm_named(algorithm_name_);
    return {};
}

bool Jws::verified_by(crypto::PublicKey const& key) const {
    return algorithm_ && cose::verified_by(key, *algorithm_, base::view_of(signed_), signature_);
}

bool looks_like_jws(base::View bytes) {
    // eyJ and ewo are {" and {, a line feed, in base64.
    auto const text = base::text_of(bytes);
    return (text.starts_with("eyJ") || text.starts_with("ewo")) && text.contains('.');
}

} // namespace attest::jose
