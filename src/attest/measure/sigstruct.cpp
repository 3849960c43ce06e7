#include "attest/measure/sigstruct.hpp"

#include <algorithm>

namespace attest::measure {

namespace {

using crypto::Malformed;
using hw::sgx::Sigstruct;

constexpr std::uint32_t exponent = 3;

// The processor writes numbers little-endian, the library big-endian.
crypto::Rsa3072Number reversed(crypto::Rsa3072Number const& number) {
    crypto::Rsa3072Number out{};
    std::ranges::reverse_copy(number, out.begin());
    return out;
}

// SDM 38.13: bytes 0 to 127 and 900 to 1027.
base::Bytes<256>
signed_bytes(hw::sgx::SigstructAuthor const& author, hw::sgx::SigstructBody const& body) {
    base::Bytes<256> out{};
    std::ranges::copy(std::as_bytes(std::span{&author, 1}), out.begin());
    std::ranges::copy(std::as_bytes(std::span{&body, 1}), out.begin() + sizeof author);
    return out;
}

std::optional<crypto::Rsa3072Quotients>
quotients(crypto::Rsa3072Number const& signature, crypto::Rsa3072Number const& modulus) {
    if (base::all_zero(modulus)) return {};
    auto found = crypto::rsa3072_quotients(signature, modulus);
    if (!found) return {};
    return *found;
}

} // namespace

bool looks_like_sigstruct(base::View bytes) {
    return bytes.size() >= hw::sgx::sigstruct_header.size() &&
           base::equal(bytes.first(hw::sgx::sigstruct_header.size()), hw::sgx::sigstruct_header);
}

base::Result<Sigstruct, Malformed> parse_sigstruct(base::View bytes) {
    if (bytes.size() != sizeof(Sigstruct))
        return std::unexpected(
            Malformed{
                .what = "1808 bytes: a SIGSTRUCT",
                .offset = std::min(bytes.size(), sizeof(Sigstruct))
            }
        );
    auto const out = *base::take<Sigstruct>(bytes);
    auto const wrong = [](std::string_view what, std::size_t offset) {
        return std::unexpected(Malformed{.what = what, .offset = offset});
    };
    if (out.author.header != hw::sgx::sigstruct_header) return wrong("HEADER of a SIGSTRUCT", 0);
    if (out.author.header2 != hw::sgx::sigstruct_header2)
        return wrong("HEADER2 of a SIGSTRUCT", 24);
    if (!base::all_zero(out.author.reserved_02c)) return wrong("zeros: reserved", 0x2c);
    if (out.exponent != exponent) return wrong("EXPONENT 3", 0x200);
    if (!base::all_zero(out.body.reserved_38e)) return wrong("zeros: reserved", 0x38e);
    if (!base::all_zero(out.body.reserved_3e0)) return wrong("zeros: reserved", 0x3e0);
    if (!base::all_zero(out.reserved_404)) return wrong("zeros: reserved", 0x404);
    return out;
}

crypto::Sha256Digest mr_signer(Sigstruct const& sigstruct) {
    return crypto::sha256(sigstruct.modulus);
}

crypto::Sha256Digest mr_signer(crypto::Rsa3072SigningKey const& key) {
    return crypto::sha256(reversed(key.modulus()));
}

bool signature_valid(Sigstruct const& sigstruct) {
    auto const key = crypto::rsa3072_public_key(reversed(sigstruct.modulus));
    return sigstruct.exponent == exponent && key &&
           key->verify(
               crypto::SignatureAlgorithm::RsaPkcs1Sha256,
               signed_bytes(sigstruct.author, sigstruct.body),
               reversed(sigstruct.signature)
           );
}

QuotientsCheck check_quotients(Sigstruct const& sigstruct) {
    auto const right = quotients(reversed(sigstruct.signature), reversed(sigstruct.modulus));
    if (!right) return {};
    return {.q1 = reversed(right->q1) == sigstruct.q1, .q2 = reversed(right->q2) == sigstruct.q2};
}

base::Result<Sigstruct> sign_enclave(
    hw::sgx::SigstructBody const& body, Author const& author, crypto::Rsa3072SigningKey const& key
) {
    Sigstruct out{};
    out.author.header = hw::sgx::sigstruct_header;
    out.author.header2 = hw::sgx::sigstruct_header2;
    out.author.vendor = author.vendor;
    out.author.date = author.date;
    out.author.sw_defined = author.sw_defined;
    out.body = body;
    out.exponent = exponent;
    auto const modulus = key.modulus();
    auto const signature = TRY(key.sign(signed_bytes(out.author, out.body)));
    auto const factors = TRY(crypto::rsa3072_quotients(signature, modulus));
    out.modulus = reversed(modulus);
    out.signature = reversed(signature);
    out.q1 = reversed(factors.q1);
    out.q2 = reversed(factors.q2);
    return out;
}

} // namespace attest::measure
