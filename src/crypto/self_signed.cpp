#include "crypto/self_signed.hpp"

#include <array>

#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

namespace crypto {
namespace {

constexpr auto before = std::chrono::hours{1}; // the clocks of two machines differ
constexpr auto lifetime = std::chrono::days{365};

// RFC 5280 4.1.2.2: positive, unique, at most 20 octets.
bool set_serial(X509* certificate) {
    std::array<std::uint8_t, 16> random{};
    RAND_bytes(random.data(), random.size()); // AWS-LC: cannot fail, aborts without entropy
    random[0] = static_cast<std::uint8_t>((random[0] & 0x7fU) | 0x40U);
    bssl::UniquePtr<BIGNUM> const number{BN_bin2bn(random.data(), random.size(), nullptr)};
    return number &&
           BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

bool set_validity(X509* certificate, std::chrono::sys_seconds now) {
    auto const from = (now - before).time_since_epoch().count();
    auto const until = (now + lifetime).time_since_epoch().count();
    return ASN1_TIME_set_posix(X509_getm_notBefore(certificate), from) != nullptr &&
           ASN1_TIME_set_posix(X509_getm_notAfter(certificate), until) != nullptr;
}

bool set_subject(X509* certificate) {
    static constexpr std::array<std::uint8_t, 9> name{'l', 'o', 'c', 'a', 'l', 'h', 'o', 's', 't'};
    X509_NAME* const subject = X509_get_subject_name(certificate);
    return X509_NAME_add_entry_by_NID(
               subject, NID_commonName, MBSTRING_UTF8, name.data(), name.size(), -1, 0
           ) == 1 &&
           X509_set_issuer_name(certificate, subject) == 1;
}

bool add_name(GENERAL_NAMES* names, std::string const& text) {
    bssl::UniquePtr<GENERAL_NAME> name{GENERAL_NAME_new()};
    if (!name) return false;
    if (ASN1_OCTET_STRING* const address = a2i_IPADDRESS(text.c_str())) {
        GENERAL_NAME_set0_value(name.get(), GEN_IPADD, address);
    } else {
        ASN1_IA5STRING* const dns = ASN1_IA5STRING_new();
        if (dns == nullptr) return false;
        GENERAL_NAME_set0_value(name.get(), GEN_DNS, dns);
        if (ASN1_STRING_set(dns, text.data(), static_cast<ossl_ssize_t>(text.size())) != 1)
            return false;
    }
    if (sk_GENERAL_NAME_push(names, name.get()) == 0) return false;
    name.release(); // NOLINT(bugprone-unused-return-value): the stack owns it now
    return true;
}

bool add_alternative_names(X509* certificate, std::span<std::string const> names) {
    bssl::UniquePtr<GENERAL_NAMES> const stack{GENERAL_NAMES_new()};
    if (!stack) return false;
    for (auto const& name : names)
        if (!add_name(stack.get(), name)) return false;
    return X509_add1_ext_i2d(
               certificate, NID_subject_alt_name, stack.get(), 0, X509V3_ADD_DEFAULT
           ) == 1;
}

bool add_extension(X509* certificate, int nid, char const* value) {
    X509V3_CTX context{};
    X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
    bssl::UniquePtr<X509_EXTENSION> const extension{
        X509V3_EXT_nconf_nid(nullptr, &context, nid, value)
    };
    return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

} // namespace

TlsResult<TlsHandle<x509_st>> self_signed_certificate(
    evp_pkey_st* key, std::span<std::string const> names, std::chrono::sys_seconds now
) {
    TlsHandle<x509_st> certificate{X509_new()};
    X509* const raw = certificate.get();
    bool const made = raw != nullptr && X509_set_version(raw, X509_VERSION_3) == 1 &&
                      set_serial(raw) && set_validity(raw, now) && set_subject(raw) &&
                      X509_set_pubkey(raw, key) == 1 &&
                      add_extension(raw, NID_basic_constraints, "critical,CA:FALSE") &&
                      add_extension(raw, NID_key_usage, "critical,digitalSignature") &&
                      add_extension(raw, NID_ext_key_usage, "serverAuth,clientAuth") &&
                      add_extension(raw, NID_subject_key_identifier, "hash") &&
                      add_alternative_names(raw, names) && X509_sign(raw, key, EVP_sha256()) > 0;
    if (!made) {
        return std::unexpected(
            tls_library_error(TlsError::Kind::Settings, "making a self-signed certificate")
        );
    }
    return certificate;
}

} // namespace crypto
