#include "crypto/private_pem.hpp"

#include "crypto/pem.hpp"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

namespace crypto {

namespace {

// The library wipes its own copy.
base::Result<SecretBytes> text_of(BIO* memory, bool written) {
    std::uint8_t const* bytes = nullptr;
    std::size_t size = 0;
    if (!written || BIO_mem_contents(memory, &bytes, &size) != 1)
        return std::unexpected(base::Errno::NoMem);
    // Safety: std::byte may alias any object.
    return SecretBytes{{reinterpret_cast<std::byte const*>(bytes), size}};
}

} // namespace

base::Result<PrivateDer, Malformed> PrivateDer::from_pem(base::View text) {
    auto blocks = TRY(parse_pem(text));
    PrivateDer out{std::string{blocks[0].label}, SecretBytes{blocks[0].der}};
    for (auto& block : blocks) wipe(block.der);
    if (blocks.size() != 1)
        return std::unexpected(
            Malformed{"one private key in PEM, and no second block", blocks[1].offset}
        );
    return out;
}

std::uint8_t const* PrivateDer::bytes() const {
    // Safety: uint8_t is unsigned char, which may alias any object.
    return reinterpret_cast<std::uint8_t const*>(der_.view().data());
}

base::Result<SecretBytes> pkcs8_pem(EVP_PKEY* key) {
    bssl::UniquePtr<BIO> const memory{BIO_new(BIO_s_mem())};
    bool const written = memory && PEM_write_bio_PKCS8PrivateKey(
                                       memory.get(), key, nullptr, nullptr, 0, nullptr, nullptr
                                   ) == 1;
    return text_of(memory.get(), written);
}

base::Result<SecretBytes> pkcs1_pem(EVP_PKEY* key) {
    bssl::UniquePtr<BIO> const memory{BIO_new(BIO_s_mem())};
    auto* rsa = EVP_PKEY_get0_RSA(key);
    bool const written =
        memory && rsa &&
        PEM_write_bio_RSAPrivateKey(memory.get(), rsa, nullptr, nullptr, 0, nullptr, nullptr) == 1;
    return text_of(memory.get(), written);
}

} // namespace crypto
