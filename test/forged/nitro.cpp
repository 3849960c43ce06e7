#include "nitro.hpp"

#include "base/cbor.hpp"

#include <array>

namespace forged {

namespace {

using base::cbor::encoded;
using base::cbor::Writer;
using namespace std::chrono;

constexpr Time noon = sys_days{year{2026} / 6 / 1} + hours{12};
constexpr auto root_name = "aws.nitro-enclaves";
constexpr auto zone_name = "zone.aws.nitro-enclaves";

struct Keys {
    Key root = Key::generate(KeyKind::P384);
    Key zone = Key::generate(KeyKind::P384);
    Key leaf = Key::generate(KeyKind::P384);
    Key stranger = Key::generate(KeyKind::P384);
};
Keys const& keys() {
    static Keys const all;
    return all;
}

void write_optional(Writer& out, char const* name, std::optional<Bytes> const& value) {
    out.text(name);
    if (value)
        out.bytes(*value);
    else
        out.simple(base::cbor::simple_null);
}

// Maps and arrays of a length that is told, or of an indefinite one (RFC 8949, 3.2.2).
void begin_map(Writer& out, bool indefinite, std::size_t pairs) {
    if (indefinite)
        out.raw(std::array{std::byte{0xbf}});
    else
        out.map(pairs);
}
void begin_array(Writer& out, bool indefinite, std::size_t items) {
    if (indefinite)
        out.raw(std::array{std::byte{0x9f}});
    else
        out.array(items);
}
void end(Writer& out, bool indefinite) {
    if (indefinite) out.raw(std::array{std::byte{0xff}});
}

Bytes payload(Nitro const& of, Bytes const& leaf, std::vector<Bytes> const& bundle) {
    return encoded([&](Writer& out) {
        begin_map(out, of.indefinite, 9U + (of.other_field ? 1U : 0U) + (of.twice ? 1U : 0U));
        out.text("module_id");
        out.text(of.module_id);
        out.text("digest");
        out.text(of.digest);
        out.text("timestamp");
        out.number(duration_cast<milliseconds>(of.timestamp.time_since_epoch()).count());
        out.text("pcrs");
        begin_map(out, of.indefinite, of.pcrs.size());
        for (auto const& [index, value] : of.pcrs) {
            out.unsigned_number(index);
            out.bytes(value);
        }
        end(out, of.indefinite);
        out.text("certificate");
        out.bytes(leaf);
        out.text("cabundle");
        begin_array(out, of.indefinite, bundle.size());
        for (auto const& one : bundle) out.bytes(one);
        end(out, of.indefinite);
        write_optional(out, "public_key", of.public_key);
        write_optional(out, "user_data", of.user_data);
        write_optional(out, "nonce", of.nonce);
        if (of.other_field) write_optional(out, "colour", {});
        if (of.twice) write_optional(out, "nonce", of.nonce);
        end(out, of.indefinite && !of.endless);
    });
}

Bytes document(Nitro const& of, Bytes const& content) {
    auto const& signer = of.document_by_stranger ? keys().stranger : keys().leaf;
    return sign1(signer, of.algorithm, content);
}

} // namespace

Nitro Nitro::good() {
    Nitro out;
    out.at = out.timestamp = noon;
    auto const form =
        [&](char const* subject, char const* issuer, std::uint8_t serial, bool authority) {
            return CertificateForm{
                .subject = subject,
                .issuer = issuer,
                .serial = serial,
                .not_before = noon - hours{1},
                .not_after = noon + hours{2},
                .authority = authority
            };
        };
    out.root = form(root_name, root_name, 1, true);
    out.zone = form(zone_name, root_name, 2, true);
    out.zone.path_length = 0;
    out.leaf = form("enclave", zone_name, 3, false);
    for (std::uint64_t i = 0; i < 16; ++i) out.pcrs[i] = Bytes(48, std::byte(i + 1));
    out.nonce = Bytes(32, std::byte{0xda});
    out.expected = {
        attest::ReportData::exactly(*out.nonce), attest::Measurements::any_of({out.pcrs[0]})
    };
    return out;
}

attest::Appraisal Nitro::run() const {
    auto const& k = keys();
    auto const root_der = certificate(root, k.root, k.root);
    std::vector<Bytes> bundle{root_der};
    if (with_zone)
        bundle.push_back(certificate(zone, k.zone, zone_by_stranger ? k.stranger : k.root));
    auto const leaf_der = certificate(leaf, k.leaf, leaf_by_stranger ? k.stranger : k.zone);
    std::vector<attest::Sourced<crypto::Certificate>> pinned;
    if (pin_root) pinned.push_back({crypto::Certificate::parse(root_der).value(), "root"});
    auto const roots = attest::Roots::only(pinned, pinned_for);
    attest::Endorsements const endorsements;
    auto const evidence = document(*this, payload(*this, leaf_der, bundle));
    auto out = attest::appraise(
        attest::Kind::NitroDocument, {evidence, endorsements, roots, policy, expected, at}
    );
    attest::testing::record(out.findings());
    return out;
}

} // namespace forged
