#include "forge.hpp"

#include "base/cbor.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include <openssl/bytestring.h>
#include <openssl/ec_key.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/nid.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

namespace forged {

namespace {

constexpr unsigned tag_boolean = 0x01;
constexpr unsigned tag_bits = 0x03;
constexpr unsigned tag_octets = 0x04;
constexpr unsigned tag_oid = 0x06;
constexpr unsigned tag_utf8 = 0x0c;
constexpr unsigned tag_time = 0x18; // GeneralizedTime
constexpr unsigned tag_utc = 0x17;
constexpr unsigned tag_sequence = 0x30;
constexpr unsigned tag_set = 0x31;

void need(bool good) {
    if (!good) throw std::runtime_error("the forge is broken");
}

// Safety: std::byte may alias any object.
std::uint8_t const* raw(base::View view) {
    return reinterpret_cast<std::uint8_t const*>(view.data());
}
Bytes copy(std::uint8_t const* data, std::size_t size) {
    auto const* bytes = reinterpret_cast<std::byte const*>(data);
    return {bytes, bytes + size};
}

Bytes name(std::string const& common_name) {
    auto const value = der(tag_utf8, base::view_of(common_name));
    return sequence({der(tag_set, sequence({oid("2.5.4.3"), value}))});
}

// Dates before 2050 are UTCTime (RFC 5280, 4.1.2.5).
Bytes time(Time at) {
    auto const day = std::chrono::floor<std::chrono::days>(at);
    std::chrono::year_month_day const date{day};
    std::chrono::hh_mm_ss const clock{at - day};
    bool const utc = int(date.year()) < 2050;
    std::string text;
    auto const two = [&](auto number) {
        text += char('0' + number / 10 % 10);
        text += char('0' + number % 10);
    };
    if (!utc) two(int(date.year()) / 100);
    two(int(date.year()) % 100);
    two(unsigned(date.month()));
    two(unsigned(date.day()));
    two(clock.hours().count());
    two(clock.minutes().count());
    two(clock.seconds().count());
    return der(utc ? tag_utc : tag_time, base::view_of(text + "Z"));
}

Bytes bits(base::View content) { return der(tag_bits, joined({Bytes(1), content})); }

Bytes authority_extensions(CertificateForm const& form) {
    if (!form.authority) return extension("2.5.29.19", sequence({}), true);
    auto const truth = der(tag_boolean, Bytes{std::byte{0xff}});
    auto const length = form.path_length ? integer(*form.path_length) : Bytes{};
    auto const constraints = sequence({truth, length});
    // keyCertSign and cRLSign; one unused bit.
    auto const usage = der(tag_bits, Bytes{std::byte{1}, std::byte{0x06}});
    return joined({extension("2.5.29.19", constraints, true), extension("2.5.29.15", usage, true)});
}

Bytes signed_by(Key const& signer, base::View content) {
    return sequence({content, signer.algorithm(), bits(signer.signature(content))});
}

} // namespace

Bytes joined(std::initializer_list<base::View> parts) {
    Bytes out;
    for (auto const part : parts) out.insert(out.end(), part.begin(), part.end());
    return out;
}

Bytes der(unsigned tag, base::View content) {
    Bytes out{std::byte(tag)};
    auto const size = content.size();
    if (size >= 0x100) {
        out.push_back(std::byte{0x82});
        out.push_back(std::byte(size >> 8));
    } else if (size >= 0x80) {
        out.push_back(std::byte{0x81});
    }
    out.push_back(std::byte(size));
    out.insert(out.end(), content.begin(), content.end());
    return out;
}

Bytes sequence(std::initializer_list<base::View> parts) { return der(tag_sequence, joined(parts)); }

Bytes integer(std::uint64_t value) {
    Bytes out;
    do {
        out.insert(out.begin(), std::byte(value));
        value >>= 8;
    } while (value != 0);
    if (out.front() >= std::byte{0x80}) out.insert(out.begin(), std::byte{0});
    return der(0x02, out);
}

Bytes octets(base::View content) { return der(tag_octets, content); }

Bytes oid(std::string_view dotted) {
    std::vector<std::uint64_t> arcs;
    for (std::size_t at = 0; at <= dotted.size();) {
        auto const end = std::min(dotted.find('.', at), dotted.size());
        arcs.push_back(std::stoull(std::string(dotted.substr(at, end - at))));
        at = end + 1;
    }
    arcs[1] += arcs[0] * 40;
    Bytes out;
    for (std::size_t i = 1; i < arcs.size(); ++i) {
        Bytes encoded{std::byte(arcs[i] & 0x7f)};
        for (auto left = arcs[i] >> 7; left != 0; left >>= 7)
            encoded.insert(encoded.begin(), std::byte((left & 0x7f) | 0x80));
        out.insert(out.end(), encoded.begin(), encoded.end());
    }
    return der(tag_oid, out);
}

Bytes extension(std::string_view dotted, base::View value, bool critical) {
    auto const flag = critical ? der(tag_boolean, Bytes{std::byte{0xff}}) : Bytes{};
    return sequence({oid(dotted), flag, octets(value)});
}

Key Key::generate(KeyKind kind) {
    bssl::UniquePtr<EVP_PKEY_CTX> const context{
        EVP_PKEY_CTX_new_id(kind == KeyKind::Rsa2048 ? EVP_PKEY_RSA : EVP_PKEY_EC, nullptr)
    };
    need(context && EVP_PKEY_keygen_init(context.get()) == 1);
    if (kind == KeyKind::Rsa2048)
        need(EVP_PKEY_CTX_set_rsa_keygen_bits(context.get(), 2048) == 1);
    else
        need(
            EVP_PKEY_CTX_set_ec_paramgen_curve_nid(
                context.get(), kind == KeyKind::P256 ? NID_X9_62_prime256v1 : NID_secp384r1
            ) == 1
        );
    EVP_PKEY* key = nullptr;
    need(EVP_PKEY_keygen(context.get(), &key) == 1);
    return {std::shared_ptr<EVP_PKEY>{key, EVP_PKEY_free}, kind};
}

Bytes Key::public_key_info() const {
    std::uint8_t* data = nullptr;
    auto const size = i2d_PUBKEY(key_.get(), &data);
    need(size > 0);
    bssl::UniquePtr<std::uint8_t> const owner{data};
    return copy(data, std::size_t(size));
}

Bytes Key::point() const {
    auto const info = public_key_info();
    auto const size = kind_ == KeyKind::P256 ? 64U : 96U;
    return {info.end() - size, info.end()};
}

Bytes Key::sign(base::View message) const {
    bssl::ScopedEVP_MD_CTX context;
    EVP_PKEY_CTX* settings = nullptr;
    auto const* hash = kind_ == KeyKind::P256 ? EVP_sha256() : EVP_sha384();
    need(EVP_DigestSignInit(context.get(), &settings, hash, nullptr, key_.get()) == 1);
    if (kind_ == KeyKind::Rsa2048)
        need(
            EVP_PKEY_CTX_set_rsa_padding(settings, RSA_PKCS1_PSS_PADDING) == 1 &&
            EVP_PKEY_CTX_set_rsa_pss_saltlen(settings, -1) == 1
        );
    std::array<std::uint8_t, 512> out{};
    std::size_t size = out.size();
    need(EVP_DigestSign(context.get(), out.data(), &size, raw(message), message.size()) == 1);
    return copy(out.data(), size);
}

Bytes Key::signature(base::View message) const { return sign(message); }

Bytes Key::raw_signature(base::View message) const {
    auto const encoded = sign(message);
    bssl::UniquePtr<ECDSA_SIG> const parts{ECDSA_SIG_from_bytes(raw(encoded), encoded.size())};
    need(parts != nullptr);
    auto const size = kind_ == KeyKind::P256 ? 32U : 48U;
    std::array<std::uint8_t, 96> out{};
    need(
        BN_bn2bin_padded(out.data(), size, ECDSA_SIG_get0_r(parts.get())) == 1 &&
        BN_bn2bin_padded(out.data() + size, size, ECDSA_SIG_get0_s(parts.get())) == 1
    );
    return copy(out.data(), std::size_t{2} * size);
}

Bytes Key::algorithm() const {
    if (kind_ == KeyKind::P256) return sequence({oid("1.2.840.10045.4.3.2")});
    if (kind_ == KeyKind::P384) return sequence({oid("1.2.840.10045.4.3.3")});
    // RFC 4055: PSS with SHA-384, MGF1 with the same and a salt of 48 bytes; AMD writes the
    // trailer.
    auto const null = der(0x05, {});
    auto const hash = sequence({oid("2.16.840.1.101.3.4.2.2"), null});
    auto const mask = sequence({oid("1.2.840.113549.1.1.8"), hash});
    auto const parameters =
        sequence({der(0xa0, hash), der(0xa1, mask), der(0xa2, integer(48)), der(0xa3, integer(1))});
    return sequence({oid("1.2.840.113549.1.1.10"), parameters});
}

Bytes certificate(CertificateForm const& form, Key const& of, Key const& signer) {
    auto const all = joined({authority_extensions(form), form.extensions});
    auto const extensions = all.empty() ? Bytes{} : der(0xa3, sequence({all}));
    auto const content = sequence({
        der(0xa0, integer(2)), // version 3
        integer(form.serial),
        signer.algorithm(),
        name(form.issuer),
        sequence({time(form.not_before), time(form.not_after)}),
        name(form.subject),
        of.public_key_info(),
        extensions,
    });
    return signed_by(signer, content);
}

Bytes revocation_list(ListForm const& form, Key const& signer) {
    Bytes entries;
    for (auto const serial : form.revoked) {
        auto const entry = sequence({integer(serial), time(form.this_update)});
        entries.insert(entries.end(), entry.begin(), entry.end());
    }
    auto const content = sequence({
        integer(1), // version 2
        signer.algorithm(),
        name(form.issuer),
        time(form.this_update),
        time(form.next_update),
        entries.empty() ? Bytes{} : sequence({entries}),
    });
    return signed_by(signer, content);
}

Bytes sign1(Key const& signer, std::int64_t algorithm, base::View payload) {
    using base::cbor::encoded;
    using base::cbor::Writer;
    auto const header = encoded([&](Writer& out) {
        out.map(1);
        out.number(1);
        out.number(algorithm);
    });
    auto const to_sign = encoded([&](Writer& out) {
        out.array(4);
        out.text("Signature1");
        out.bytes(header);
        out.bytes({});
        out.bytes(payload);
    });
    auto const signature = signer.raw_signature(to_sign);
    return encoded([&](Writer& out) {
        out.array(4);
        out.bytes(header);
        out.map(0);
        out.bytes(payload);
        out.bytes(signature);
    });
}

} // namespace forged
