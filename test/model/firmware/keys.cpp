// The model's PKI: ARK, ASK and VCEK, ASVK and VLEK with certificates as AMD's KDS gives them (AMD
// 57230, chapter 3), under roots of its own.
#include "base/bytes.hpp"
#include "base/rules.hpp"
#include "firmware/platform.hpp"

#include <array>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <system_error>
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

void name_part(X509_NAME* name, char const* field, char const* value) {
    // Safety: OpenSSL's text is unsigned char.
    X509_NAME_add_entry_by_txt(
        name, field, MBSTRING_ASC, reinterpret_cast<unsigned char const*>(value), -1, -1, 0
    );
}

struct Place {
    char const* locality;
    char const* state;
    char const* organisation;
};
constexpr Place nowhere{
    .locality = "Nowhere", .state = "XX", .organisation = "Enarx tee-model: not AMD, proves nothing"
};
// go-sev-guest takes no certificate of another place. Its root is the model's all the same.
constexpr Place amds{
    .locality = "Santa Clara", .state = "CA", .organisation = "Advanced Micro Devices"
};

void set_name(X509_NAME* name, Place const& place, char const* common) {
    name_part(name, "OU", "Engineering");
    name_part(name, "C", "US");
    name_part(name, "L", place.locality);
    name_part(name, "ST", place.state);
    name_part(name, "O", place.organisation);
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
void describe_leaf(X509* certificate) {
    extend_integer(certificate, "1.3.6.1.4.1.3704.1.1", 0);
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
}

void describe_vcek(X509* certificate, std::span<std::byte const> chip_id) {
    describe_leaf(certificate);
    extend(certificate, "1.3.6.1.4.1.3704.1.4", chip_id);
}

// AMD 58369: of a provider's machines, not of a chip.
void describe_vlek(X509* certificate) {
    static constexpr std::string_view provider = "tee-model";
    describe_leaf(certificate);
    std::vector<std::byte> name{std::byte{0x16}, std::byte{provider.size()}};
    for (char const c : provider) name.push_back(static_cast<std::byte>(c));
    extend(certificate, "1.3.6.1.4.1.3704.1.5", name);
}

Certificate certificate_of(
    EVP_PKEY* key, Place const& place, char const* common, char const* issuer, long serial
) {
    Certificate made{X509_new()};
    X509_set_version(made.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(made.get()), serial);
    X509_gmtime_adj(X509_getm_notBefore(made.get()), -24 * 3600);
    X509_gmtime_adj(X509_getm_notAfter(made.get()), years_25);
    set_name(X509_get_subject_name(made.get()), place, common);
    set_name(X509_get_issuer_name(made.get()), place, issuer);
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

// A context that signs as AMD's authorities do; null: none.
Signer signer_with(EVP_PKEY* key) {
    Signer context{EVP_MD_CTX_new()};
    EVP_PKEY_CTX* settings = nullptr; // the signer's
    bool const good =
        EVP_DigestSignInit(context.get(), &settings, EVP_sha384(), nullptr, key) == 1 &&
        EVP_PKEY_CTX_set_rsa_padding(settings, RSA_PKCS1_PSS_PADDING) == 1 &&
        EVP_PKEY_CTX_set_rsa_pss_saltlen(settings, 48) == 1 &&
        EVP_PKEY_CTX_set_rsa_mgf1_md(settings, EVP_sha384()) == 1;
    return good ? std::move(context) : Signer{};
}

bool certify(X509* certificate, EVP_PKEY* key) {
    auto const context = signer_with(key);
    return context && X509_sign_ctx(certificate, context.get()) > 0;
}

// What ARK has revoked: nothing.
bool write_list(std::string const& path, X509* ark, EVP_PKEY* key) {
    using List = std::unique_ptr<X509_CRL, Freeing<X509_CRL, X509_CRL_free>>;
    using Time = std::unique_ptr<ASN1_TIME, Freeing<ASN1_TIME, ASN1_TIME_free>>;
    List const list{X509_CRL_new()};
    Time const from{X509_gmtime_adj(nullptr, -24 * 3600)};
    Time const until{X509_gmtime_adj(nullptr, years_25)};
    auto const context = signer_with(key);
    bool const made = context && X509_CRL_set_version(list.get(), 1) == 1 &&
                      X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(ark)) == 1 &&
                      X509_CRL_set1_lastUpdate(list.get(), from.get()) == 1 &&
                      X509_CRL_set1_nextUpdate(list.get(), until.get()) == 1 &&
                      X509_CRL_sign_ctx(list.get(), context.get()) > 0;
    std::FILE* const file = made ? std::fopen(path.c_str(), "we") : nullptr;
    if (file == nullptr) return false;
    bool const good = i2d_X509_CRL_fp(file, list.get()) == 1;
    return std::fclose(file) == 0 && good;
}

struct Keys {
    Key ark;
    Key ask;
    Key vcek;
    Key asvk;
    Key vlek;
    Key other; // another chip's
};

bool write(std::string const& path, X509* certificate) {
    std::FILE* const pem = std::fopen((path + ".pem").c_str(), "we");
    std::FILE* const der = std::fopen((path + ".der").c_str(), "we");
    bool good = pem != nullptr && der != nullptr && PEM_write_X509(pem, certificate) == 1 &&
                i2d_X509_fp(der, certificate) == 1;
    for (auto* const file : {pem, der}) good = file != nullptr && std::fclose(file) == 0 && good;
    return good;
}

bool write_key(std::string const& path, EVP_PKEY* key) {
    std::FILE* const file = std::fopen(path.c_str(), "we");
    if (file == nullptr) return false;
    bool const good = PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr) == 1;
    return std::fclose(file) == 0 && good;
}

bool write_chain(std::string const& folder, Keys const& keys, Place const& place) {
    auto const ark = certificate_of(keys.ark.get(), place, "ARK-Milan", "ARK-Milan", 1);
    auto const ask = certificate_of(keys.ask.get(), place, "SEV-Milan", "ARK-Milan", 2);
    auto const vcek = certificate_of(keys.vcek.get(), place, "SEV-VCEK", "SEV-Milan", 3);
    auto const other = certificate_of(keys.other.get(), place, "SEV-VCEK", "SEV-Milan", 4);
    auto const asvk = certificate_of(keys.asvk.get(), place, "SEV-VLEK-Milan", "ARK-Milan", 5);
    auto const vlek = certificate_of(keys.vlek.get(), place, "SEV-VLEK", "SEV-VLEK-Milan", 6);
    for (auto* const authority : {ark.get(), ask.get(), asvk.get()}) describe_authority(authority);
    auto const& own_chip = Platform::own().chip_id();
    auto other_chip = own_chip;
    other_chip[0] ^= std::byte{1};
    describe_vcek(vcek.get(), own_chip);
    describe_vcek(other.get(), other_chip);
    describe_vlek(vlek.get());
    auto* const signer = broken(Rule::CertificateChain) ? keys.ark.get() : keys.ask.get();
    return certify(ark.get(), keys.ark.get()) && certify(ask.get(), keys.ark.get()) &&
           certify(vcek.get(), signer) && certify(other.get(), signer) &&
           certify(asvk.get(), keys.ark.get()) && certify(vlek.get(), keys.asvk.get()) &&
           write_list(folder + "/crl.der", ark.get(), keys.ark.get()) &&
           write(folder + "/ark", ark.get()) && write(folder + "/ask", ask.get()) &&
           write(folder + "/vcek", vcek.get()) && write(folder + "/other-chip", other.get()) &&
           write(folder + "/asvk", asvk.get()) && write(folder + "/vlek", vlek.get());
}

} // namespace

bool Platform::make_keys(std::string const& folder) {
    constexpr std::size_t rsa_bits = 4096;
    Keys const keys{
        .ark = Key{EVP_RSA_gen(rsa_bits)},
        .ask = Key{EVP_RSA_gen(rsa_bits)},
        .vcek = Key{EVP_EC_gen("P-384")},
        .asvk = Key{EVP_RSA_gen(rsa_bits)},
        .vlek = Key{EVP_EC_gen("P-384")},
        .other = Key{EVP_EC_gen("P-384")}
    };
    auto const named = folder + "/as-amd";
    std::error_code error;
    std::filesystem::create_directories(named, error);
    return !error && write_chain(folder, keys, nowhere) && write_chain(named, keys, amds) &&
           write_key(folder + "/vlek.key", keys.vlek.get()) &&
           write_key(folder + "/vcek.key", keys.vcek.get());
}

} // namespace model::firmware
