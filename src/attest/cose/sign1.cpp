#include "attest/cose/sign1.hpp"

#include "base/cbor.hpp"

#include <array>
#include <vector>

namespace attest::cose {

namespace {

using base::cbor::Reader;
using crypto::Malformed;

constexpr std::uint64_t tag_sign1 = 18;     // RFC 9052, table 1
constexpr std::int64_t label_algorithm = 1; // RFC 9052, 3.1

struct Header {
    std::int64_t number;
    std::optional<Algorithm> algorithm;
};

// {1: algorithm}. A number below 24 in two bytes is read, so that the answer can name it, but is no
// known algorithm.
base::Result<Header> parse_header(base::View header) {
    constexpr std::array overlong{std::byte{0xa1}, std::byte{0x01}, std::byte{0x38}};
    if (header.size() == 4 && base::equal(header.first(3), overlong) && header[3] < std::byte{24})
        return Header{-1 - std::to_integer<std::int64_t>(header[3]), {}};
    Reader in{header};
    if (TRY(in.map()) != 1) return std::unexpected(base::Errno::BadMsg);
    if (TRY(in.number()) != label_algorithm) return std::unexpected(base::Errno::BadMsg);
    auto const number = TRY(in.number());
    if (!in.at_end()) return std::unexpected(base::Errno::BadMsg);
    return Header{number, algorithm_of(number)};
}

} // namespace

base::Result<Sign1, Malformed> Sign1::parse(base::View bytes) {
    Reader in{bytes};
    auto const malformed = [&](std::string_view what) {
        return std::unexpected(Malformed{what, in.offset()});
    };
    if (auto const major = in.peek(); major && *major == base::cbor::Major::Tag) {
        auto const tag = in.tag();
        if (!tag || *tag != tag_sign1) return malformed("tag 18, COSE_Sign1");
    }
    auto const elements = in.array();
    if (!elements || *elements != 4) return malformed("an array of four: COSE_Sign1");

    Sign1 out;
    auto const header = in.bytes();
    if (!header) return malformed("a byte string: the protected header");
    out.protected_ = *header;
    auto const parsed = parse_header(*header);
    if (!parsed) return malformed("a protected header of the algorithm alone");
    out.number_ = parsed->number;
    out.algorithm_ = parsed->algorithm;
    auto const unprotected = in.map();
    if (!unprotected || *unprotected != 0) return malformed("an empty unprotected header");
    auto const payload = in.bytes();
    if (!payload) return malformed("a byte string: the payload");
    out.payload_ = *payload;
    out.payload_offset_ = in.offset() - payload->size();
    auto const signature = in.bytes();
    if (!signature) return malformed("a byte string: the signature");
    out.signature_ = *signature;
    out.signature_offset_ = in.offset() - signature->size();
    if (!in.at_end()) return malformed("nothing behind COSE_Sign1");
    return out;
}

bool Sign1::verified_by(crypto::PublicKey const& key) const {
    if (!algorithm_) return false;
    // RFC 9052, 4.4: Sig_structure.
    std::vector<std::byte> signed_bytes(payload_.size() + protected_.size() + 64);
    base::cbor::Writer writer{signed_bytes};
    writer.array(4);
    writer.text("Signature1");
    writer.bytes(protected_);
    writer.bytes({});
    writer.bytes(payload_);
    return writer.fits() && cose::verified_by(key, *algorithm_, writer.written(), signature_);
}

} // namespace attest::cose
