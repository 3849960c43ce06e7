#include "protocol/provision/signed.hpp"

#include "protocol/provision/binding.hpp"

namespace protocol::provision {

using base::cbor::Writer;

namespace {

constexpr std::uint64_t cose_sign1 = 18;
constexpr std::int64_t es256 = -7;
constexpr std::size_t largest_header = 256;

} // namespace

Read<SignedView> decode_signed(base::View bytes, std::string_view type) {
    Strict in{bytes};
    SignedView out;
    TRY(in.tag("signature.form", cose_sign1));
    TRY(in.array("signature.form", 4));
    out.header = TRY(in.bytes("signature.form", {1, largest_header}));
    TRY(in.map("signature.form", 0));
    out.payload = TRY(in.bytes("signature.form", {1, largest_signed}));
    out.signature = TRY(in.bytes("signature.form", {64, 64}));
    TRY(in.end("signature.form"));

    Strict header{out.header};
    TRY(header.map("signature.form", 3));
    TRY(header.key("signature.algorithm", 1));
    if (TRY(header.signed_number("signature.algorithm")) != es256)
        return std::unexpected(Wrong{"signature.algorithm", 0});
    TRY(header.key("signature.type", 3));
    if (TRY(header.text("signature.type", {1, 64})) != type)
        return std::unexpected(Wrong{"signature.type", 0});
    TRY(header.key("signature.key", 4));
    out.key = TRY(header.bytes("signature.key", {1, largest_identity_key}));
    TRY(header.end("signature.form"));
    return out;
}

std::vector<std::byte> signed_header(std::string_view type, base::View key) {
    return base::cbor::encoded([&](Writer& writer) {
        writer.map(3);
        writer.unsigned_number(1);
        writer.number(es256);
        writer.unsigned_number(3);
        writer.text(type);
        writer.unsigned_number(4);
        writer.bytes(key);
    });
}

std::vector<std::byte> signature_input(base::View header, base::View payload) {
    return base::cbor::encoded([&](Writer& writer) {
        writer.array(4);
        writer.text("Signature1");
        writer.bytes(header);
        writer.bytes({});
        writer.bytes(payload);
    });
}

std::vector<std::byte> encode_signed(base::View header, base::View payload, base::View signature) {
    return base::cbor::encoded([&](Writer& writer) {
        writer.tag(cose_sign1);
        writer.array(4);
        writer.bytes(header);
        writer.map(0);
        writer.bytes(payload);
        writer.bytes(signature);
    });
}

} // namespace protocol::provision
