#include "attest/cose/algorithm.hpp"

#include <algorithm>
#include <array>

namespace attest::cose {

namespace {

struct Row {
    Algorithm algorithm;
    std::string_view name;
    crypto::KeyKind curve;
    crypto::Hash hash;
    std::size_t half; // bytes of R, and of S
};
constexpr std::array rows{
    Row{Algorithm::Es256, "ES256", crypto::KeyKind::P256, crypto::Hash::Sha256, 32},
    Row{Algorithm::Es384, "ES384", crypto::KeyKind::P384, crypto::Hash::Sha384, 48},
    Row{Algorithm::Es512, "ES512", crypto::KeyKind::P521, crypto::Hash::Sha512, 66},
};

Row const& row_of(Algorithm algorithm) {
    return *std::ranges::find(rows, algorithm, &Row::algorithm);
}

template <class Field> std::optional<Algorithm> find(Field Row::* field, Field const& value) {
    auto const* found = std::ranges::find(rows, value, field);
    return found == rows.end() ? std::nullopt : std::optional{found->algorithm};
}

} // namespace

std::string_view name_of(Algorithm algorithm) { return row_of(algorithm).name; }

std::optional<Algorithm> algorithm_of(std::int64_t number) {
    return find(&Row::algorithm, static_cast<Algorithm>(number));
}

std::optional<Algorithm> algorithm_named(std::string_view name) { return find(&Row::name, name); }

bool verified_by(
    crypto::PublicKey const& key, Algorithm algorithm, base::View content, base::View signature
) {
    auto const& row = row_of(algorithm);
    if (key.kind() != row.curve || signature.size() != 2 * row.half) return false;
    return key.verify(
        row.hash,
        content,
        crypto::EcdsaSignature{signature.first(row.half), signature.subspan(row.half)}
    );
}

} // namespace attest::cose
