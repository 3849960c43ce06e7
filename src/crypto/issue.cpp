#include "crypto/issue.hpp"

#include "crypto/der_writer.hpp"
#include "crypto/digest.hpp"
#include "crypto/oid.hpp"
#include "os/random.hpp"

#include <algorithm>
#include <array>

namespace crypto {

namespace {

using Bytes = std::vector<std::byte>;

constexpr base::View ecdsa_sha384 = oid_bytes<1, 2, 840, 10045, 4, 3, 3>; // RFC 5758, 3.2
constexpr base::View organizational_unit = oid_bytes<2, 5, 4, 11>;
constexpr base::View subject_key_identifier = oid_bytes<2, 5, 29, 14>; // RFC 5280, 4.2.1
constexpr base::View subject_alternative_name = oid_bytes<2, 5, 29, 17>;
constexpr base::View list_number = oid_bytes<2, 5, 29, 20>;
constexpr base::View list_places = oid_bytes<2, 5, 29, 31>;
constexpr base::View authority_key_identifier = oid_bytes<2, 5, 29, 35>;
constexpr base::View extended_key_usage = oid_bytes<2, 5, 29, 37>;
constexpr base::View server_authentication = oid_bytes<1, 3, 6, 1, 5, 5, 7, 3, 1>;
constexpr base::View client_authentication = oid_bytes<1, 3, 6, 1, 5, 5, 7, 3, 2>;

// A BIT STRING of key usages (RFC 5280, 4.2.1.3): how many bits of its one byte are unused.
constexpr std::array digital_signature{std::byte{7}, std::byte{0x80}};
constexpr std::array signs_certificates_and_lists{std::byte{1}, std::byte{0x06}};

void algorithm(DerWriter& out) {
    out.nested(Tag::Sequence, [](DerWriter& in) { in.add(Tag::Oid, ecdsa_sha384); });
}

void extension(DerWriter& out, base::View oid, bool critical, base::View value) {
    out.nested(Tag::Sequence, [&](DerWriter& in) {
        in.add(Tag::Oid, oid);
        if (critical) in.boolean(true);
        in.add(Tag::OctetString, value);
    });
}

// RFC 7093, 2, method 1: the leftmost 160 bits of SHA-256 of the key.
Bytes identifier_of(base::View public_key) {
    auto const digest = sha256(public_key);
    return {digest.begin(), digest.begin() + 20};
}

Bytes usage(base::View bits) {
    return der_of([&](DerWriter& out) { out.add(Tag::BitString, bits); });
}

Bytes constraints(std::optional<std::uint8_t> authorities_below) {
    return der_of([&](DerWriter& out) {
        out.nested(Tag::Sequence, [&](DerWriter& in) {
            if (!authorities_below) return;
            in.boolean(true);
            std::array const number{std::byte{*authorities_below}};
            in.number(number);
        });
    });
}

Bytes purposes() {
    return der_of([](DerWriter& out) {
        out.nested(Tag::Sequence, [](DerWriter& in) {
            in.add(Tag::Oid, server_authentication);
            in.add(Tag::Oid, client_authentication);
        });
    });
}

constexpr unsigned dns_name = 2; // GeneralName, RFC 5280, 4.2.1.6
constexpr unsigned uri_name = 6;

Bytes alternative_names(CertificateWish const& wish) {
    return der_of([&](DerWriter& out) {
        out.nested(Tag::Sequence, [&](DerWriter& in) {
            for (auto const& name : wish.dns_names) in.add(context(dns_name), base::view_of(name));
            for (auto const& uri : wish.uris) in.add(context(uri_name), base::view_of(uri));
        });
    });
}

Bytes wrapped(Tag tag, base::View content) {
    return der_of([&](DerWriter& out) { out.add(tag, content); });
}

// One DistributionPoint with a fullName of one URI (4.2.1.13).
Bytes places(std::string const& url) {
    auto const full =
        wrapped(context_constructed(0), wrapped(context(uri_name), base::view_of(url)));
    auto const point = wrapped(Tag::Sequence, wrapped(context_constructed(0), full));
    return wrapped(Tag::Sequence, point);
}

Bytes authority_identifier(P384Signer const& key) {
    return der_of([&](DerWriter& out) {
        out.nested(Tag::Sequence, [&](DerWriter& in) {
            in.add(context(0), identifier_of(key.public_key()));
        });
    });
}

void extensions(DerWriter& out, Issuer const& issuer, CertificateWish const& wish) {
    bool const authority = wish.authorities_below.has_value();
    extension(out, oid_basic_constraints, true, constraints(wish.authorities_below));
    extension(
        out,
        oid_key_usage,
        true,
        usage(authority ? base::View{signs_certificates_and_lists} : digital_signature)
    );
    if (!authority) extension(out, extended_key_usage, false, purposes());
    extension(out, subject_key_identifier, false, der_of([&](DerWriter& in) {
                  in.add(Tag::OctetString, identifier_of(wish.public_key));
              }));
    extension(out, authority_key_identifier, false, authority_identifier(issuer.key));
    if (!wish.dns_names.empty() || !wish.uris.empty())
        extension(out, subject_alternative_name, false, alternative_names(wish));
    if (!wish.list_url.empty()) extension(out, list_places, false, places(wish.list_url));
    for (auto const& more : wish.more) extension(out, more.oid, false, more.value);
}

// `content` with its signature around it, as certificates and lists have it.
os::OrFailure<Bytes> signed_by(P384Signer const& key, base::View content) {
    auto const signature = TRY(key.sign(content));
    auto const value = der_of([&](DerWriter& out) { // Ecdsa-Sig-Value, RFC 5480
        out.nested(Tag::Sequence, [&](DerWriter& in) {
            in.number(signature.r);
            in.number(signature.s);
        });
    });
    return der_of([&](DerWriter& out) {
        out.nested(Tag::Sequence, [&](DerWriter& in) {
            in.raw(content);
            algorithm(in);
            in.bit_string(value);
        });
    });
}

void attribute(DerWriter& out, base::View type, std::string const& value) {
    out.nested(Tag::Set, [&](DerWriter& set) {
        set.nested(Tag::Sequence, [&](DerWriter& in) {
            in.add(Tag::Oid, type);
            in.add(Tag::Utf8String, base::view_of(value));
        });
    });
}

constexpr std::array version_3{std::byte{2}}; // of certificates
constexpr std::array version_2{std::byte{1}}; // of lists

} // namespace

Bytes name_of(std::string const& common_name, std::string const& unit) {
    return der_of([&](DerWriter& out) {
        out.nested(Tag::Sequence, [&](DerWriter& in) {
            if (!unit.empty()) attribute(in, organizational_unit, unit);
            attribute(in, oid_common_name, common_name);
        });
    });
}

base::Result<base::Bytes<16>> fresh_serial() {
    base::Bytes<16> out{};
    TRY(os::random(out));
    out[0] = (out[0] & std::byte{0x3f}) | std::byte{0x40};
    return out;
}

os::OrFailure<Bytes> issue_certificate(Issuer const& issuer, CertificateWish const& wish) {
    auto const content = der_of([&](DerWriter& out) {
        out.nested(Tag::Sequence, [&](DerWriter& in) {
            in.nested(context_constructed(0), [](DerWriter& version) {
                version.number(version_3);
            });
            in.number(wish.serial);
            algorithm(in);
            in.raw(issuer.name);
            in.nested(Tag::Sequence, [&](DerWriter& validity) {
                validity.time(wish.not_before);
                validity.time(wish.not_after);
            });
            in.raw(wish.subject);
            in.raw(wish.public_key);
            in.nested(context_constructed(3), [&](DerWriter& tagged) {
                tagged.nested(Tag::Sequence, [&](DerWriter& list) {
                    extensions(list, issuer, wish);
                });
            });
        });
    });
    return signed_by(issuer.key, content);
}

os::OrFailure<Bytes> issue_list(Issuer const& issuer, ListWish const& wish) {
    base::Bytes<8> number{};
    for (std::size_t i = 0; i < number.size(); ++i)
        number[i] = std::byte((wish.number >> (8 * (number.size() - 1 - i))) & 0xff);
    auto const entries = der_of([&](DerWriter& out) {
        for (auto const& revoked : wish.revoked)
            out.nested(Tag::Sequence, [&](DerWriter& entry) {
                entry.number(revoked.serial);
                entry.time(revoked.at);
            });
    });
    auto const more = der_of([&](DerWriter& out) {
        extension(out, authority_key_identifier, false, authority_identifier(issuer.key));
        extension(out, list_number, false, der_of([&](DerWriter& value) { value.number(number); }));
    });
    auto const content = der_of([&](DerWriter& out) {
        out.nested(Tag::Sequence, [&](DerWriter& in) {
            in.number(version_2);
            algorithm(in);
            in.raw(issuer.name);
            in.time(wish.this_update);
            in.time(wish.next_update);
            if (!entries.empty()) in.add(Tag::Sequence, entries);
            in.add(context_constructed(0), wrapped(Tag::Sequence, more));
        });
    });
    return signed_by(issuer.key, content);
}

} // namespace crypto
