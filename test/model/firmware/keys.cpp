// The model's PKI: ARK, ASK and VCEK with certificates as AMD's KDS gives them (AMD 57230, chapter
// 3), under roots of its own.
#include "base/bytes.hpp"
#include "base/rules.hpp"
#include "firmware/platform.hpp"

#include <array>
#include <cstdio>
#include <ctime>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

namespace model::firmware {

namespace {

template <class T, void (*Free)(T*)> struct Freeing {
    void operator()(T* object) const { Free(object); }
};
using Key = std::unique_ptr<EVP_PKEY, Freeing<EVP_PKEY, EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freeing<X509, X509_free>>;
using Octets =
    std::unique_ptr<ASN1_OCTET_STRING, Freeing<ASN1_OCTET_STRING, ASN1_OCTET_STRING_free>>;
using Signer = std::unique_ptr<EVP_MD_CTX, Freeing<EVP_MD_CTX, EVP_MD_CTX_free>>;

constexpr long years_25 = 25L * 365 * 24 * 3600;

struct Pair {
    Key key;
    Certificate certificate;
};

void name_part(X509_NAME* name, char const* field, char const* value) {
    // Safety: OpenSSL's text is unsigned char.
    X509_NAME_add_entry_by_txt(
        name, field, MBSTRING_ASC, reinterpret_cast<unsigned char const*>(value), -1, -1, 0
    );
}

void set_name(X509_NAME* name, char const* common) {
    name_part(name, "OU", "Engineering");
    name_part(name, "C", "US");
    name_part(name, "L", "Nowhere");
    name_part(name, "ST", "XX");
    name_part(name, "O", "Enarx tee-model: not AMD, proves nothing");
    name_part(name, "CN", common);
}

void extend(X509* certificate, char const* oid, std::span<std::byte const> der) {
    Octets const octets{ASN1_OCTET_STRING_new()};
    ASN1_OCTET_STRING_set(
        octets.get(),
        reinterpret_cast<unsigned char const*>(der.data()),
        static_cast<int>(der.size())
    ); // Safety: as above
    std::unique_ptr<ASN1_OBJECT, Freeing<ASN1_OBJECT, ASN1_OBJECT_free>> const object{
        OBJ_txt2obj(oid, 1)
    };
    std::unique_ptr<X509_EXTENSION, Freeing<X509_EXTENSION, X509_EXTENSION_free>> const extension{
        X509_EXTENSION_create_by_OBJ(nullptr, object.get(), 0, octets.get())
    };
    X509_add_ext(certificate, extension.get(), -1);
}

void extend_integer(X509* certificate, char const* oid, std::uint8_t value) {
    std::vector<std::byte> der{std::byte{2}, std::byte{1}, std::byte{value}};
    if (value >= 0x80) der = {std::byte{2}, std::byte{2}, std::byte{0}, std::byte{value}};
    extend(certificate, oid, der);
}

// Which product, which TCB and which chip a VCEK is for.
void describe_vcek(X509* certificate) {
    extend_integer(certificate, "1.3.6.1.4.1.3704.1.1", 1);
    static constexpr std::string_view product = "Milan-B1";
    std::vector<std::byte> name{std::byte{0x16}, static_cast<std::byte>(product.size())};
    for (char const c : product) name.push_back(static_cast<std::byte>(c));
    extend(certificate, "1.3.6.1.4.1.3704.1.2", name);
    extend_integer(certificate, "1.3.6.1.4.1.3704.1.3.1", certified_tcb.boot_loader);
    extend_integer(certificate, "1.3.6.1.4.1.3704.1.3.2", certified_tcb.tee);
    extend_integer(certificate, "1.3.6.1.4.1.3704.1.3.3", certified_tcb.snp);
    for (auto const* const reserved :
         {"1.3.6.1.4.1.3704.1.3.4",
          "1.3.6.1.4.1.3704.1.3.5",
          "1.3.6.1.4.1.3704.1.3.6",
          "1.3.6.1.4.1.3704.1.3.7"})
        extend_integer(certificate, reserved, 0);
    extend_integer(certificate, "1.3.6.1.4.1.3704.1.3.8", certified_tcb.microcode);
    extend(certificate, "1.3.6.1.4.1.3704.1.4", Platform::own().chip_id());
}

Certificate certificate_of(EVP_PKEY* key, char const* common, char const* issuer, long serial) {
    Certificate made{X509_new()};
    X509_set_version(made.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(made.get()), serial);
    X509_gmtime_adj(X509_getm_notBefore(made.get()), -24 * 3600);
    X509_gmtime_adj(X509_getm_notAfter(made.get()), years_25);
    set_name(X509_get_subject_name(made.get()), common);
    set_name(X509_get_issuer_name(made.get()), issuer);
    X509_set_pubkey(made.get(), key);
    return made;
}

// A certificate authority's: as ARK and ASK have it.
void describe_authority(X509* certificate) {
    for (auto const& [kind, value] :
         {std::pair{NID_basic_constraints, "critical,CA:TRUE"},
          std::pair{NID_key_usage, "critical,keyCertSign,cRLSign"}}) {
        std::unique_ptr<X509_EXTENSION, Freeing<X509_EXTENSION, X509_EXTENSION_free>> const
            extension{X509V3_EXT_conf_nid(nullptr, nullptr, kind, value)};
        X509_add_ext(certificate, extension.get(), -1);
    }
}

bool certify(X509* certificate, EVP_PKEY* key) {
    Signer const context{EVP_MD_CTX_new()};
    EVP_PKEY_CTX* settings = nullptr; // the signer's
    return EVP_DigestSignInit(context.get(), &settings, EVP_sha384(), nullptr, key) == 1 &&
           EVP_PKEY_CTX_set_rsa_padding(settings, RSA_PKCS1_PSS_PADDING) == 1 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(settings, 48) == 1 &&
           EVP_PKEY_CTX_set_rsa_mgf1_md(settings, EVP_sha384()) == 1 &&
           X509_sign_ctx(certificate, context.get()) > 0;
}

bool write(std::string const& path, Pair const& pair, bool with_key) {
    std::FILE* const file = std::fopen((path + ".pem").c_str(), "we");
    if (file == nullptr) return false;
    bool good = PEM_write_X509(file, pair.certificate.get()) == 1;
    good = std::fclose(file) == 0 && good;
    if (!good || !with_key) return good;
    std::FILE* const key = std::fopen((path + ".key").c_str(), "we");
    if (key == nullptr) return false;
    good = PEM_write_PrivateKey(key, pair.key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1;
    return std::fclose(key) == 0 && good;
}

} // namespace

bool Platform::make_keys(std::string const& folder) {
    constexpr std::size_t rsa_bits = 4096;
    Pair ark{.key = Key{EVP_RSA_gen(rsa_bits)}, .certificate = {}};
    Pair ask{.key = Key{EVP_RSA_gen(rsa_bits)}, .certificate = {}};
    Pair vcek{.key = Key{EVP_EC_gen("P-384")}, .certificate = {}};
    ark.certificate = certificate_of(ark.key.get(), "ARK-Milan", "ARK-Milan", 1);
    ask.certificate = certificate_of(ask.key.get(), "SEV-Milan", "ARK-Milan", 2);
    vcek.certificate = certificate_of(vcek.key.get(), "SEV-VCEK", "SEV-Milan", 3);
    describe_authority(ark.certificate.get());
    describe_authority(ask.certificate.get());
    describe_vcek(vcek.certificate.get());
    auto* const signer = broken(Rule::CertificateChain) ? ark.key.get() : ask.key.get();
    return certify(ark.certificate.get(), ark.key.get()) &&
           certify(ask.certificate.get(), ark.key.get()) &&
           certify(vcek.certificate.get(), signer) && write(folder + "/ark", ark, false) &&
           write(folder + "/ask", ask, false) && write(folder + "/vcek", vcek, true);
}

} // namespace model::firmware
