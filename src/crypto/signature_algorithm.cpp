#include "crypto/signature_algorithm.hpp"

#include <array>
#include <utility>

namespace crypto {

namespace {

using namespace std::string_view_literals;

struct Known {
    std::string_view der;
    SignatureAlgorithm algorithm;
};

// RFC 5758 (ECDSA), RFC 4055 (RSA). PSS with and without the trailer field, which DER would leave
// out but AMD writes.
constexpr std::array known{
    Known{"\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02"sv, SignatureAlgorithm::EcdsaSha256},
    Known{"\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x03"sv, SignatureAlgorithm::EcdsaSha384},
    Known{"\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x04"sv, SignatureAlgorithm::EcdsaSha512},
    Known{
        "\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b\x05\x00"sv,
        SignatureAlgorithm::RsaPkcs1Sha256
    },
    Known{
        "\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0c\x05\x00"sv,
        SignatureAlgorithm::RsaPkcs1Sha384
    },
    Known{
        "\x30\x41\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a\x30\x34"
        "\xa0\x0f\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00"
        "\xa1\x1c\x30\x1a\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x08\x30\x0d\x06\x09\x60\x86\x48"
        "\x01\x65\x03\x04\x02\x01\x05\x00"
        "\xa2\x03\x02\x01\x20"sv,
        SignatureAlgorithm::RsaPssSha256
    },
    Known{
        "\x30\x41\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a\x30\x34"
        "\xa0\x0f\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x02\x05\x00"
        "\xa1\x1c\x30\x1a\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x08\x30\x0d\x06\x09\x60\x86\x48"
        "\x01\x65\x03\x04\x02\x02\x05\x00"
        "\xa2\x03\x02\x01\x30"sv,
        SignatureAlgorithm::RsaPssSha384
    },
    Known{
        "\x30\x46\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a\x30\x39"
        "\xa0\x0f\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x02\x05\x00"
        "\xa1\x1c\x30\x1a\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x08\x30\x0d\x06\x09\x60\x86\x48"
        "\x01\x65\x03\x04\x02\x02\x05\x00"
        "\xa2\x03\x02\x01\x30\xa3\x03\x02\x01\x01"sv,
        SignatureAlgorithm::RsaPssSha384
    },
};

} // namespace

std::optional<SignatureAlgorithm> signature_algorithm(base::View algorithm_identifier) {
    for (auto const& entry : known)
        if (entry.der == base::text_of(algorithm_identifier)) return entry.algorithm;
    return {};
}

Hash hash_of(SignatureAlgorithm algorithm) {
    switch (algorithm) {
    case SignatureAlgorithm::EcdsaSha256:
    case SignatureAlgorithm::RsaPkcs1Sha256:
    case SignatureAlgorithm::RsaPssSha256:
        return Hash::Sha256;
    case SignatureAlgorithm::EcdsaSha512:
        return Hash::Sha512;
    case SignatureAlgorithm::EcdsaSha384:
    case SignatureAlgorithm::RsaPkcs1Sha384:
    case SignatureAlgorithm::RsaPssSha384:
        return Hash::Sha384;
    }
    std::unreachable();
}

} // namespace crypto
