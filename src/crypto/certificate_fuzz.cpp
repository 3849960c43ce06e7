// Whatever the bytes: a certificate is read or refused, and each part of it lies inside of it.

#include "crypto/certificate.hpp"
#include "crypto/name.hpp"

namespace {

void inside(base::View part, base::View all) {
    if (part.empty()) return;
    if (part.data() < all.data() || part.data() + part.size() > all.data() + all.size())
        __builtin_trap();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    // Safety: std::byte may alias any object.
    base::View const bytes{reinterpret_cast<std::byte const*>(data), size};
    auto const certificate = crypto::Certificate::parse(bytes);
    if (!certificate) {
        if (certificate.error().offset > size) __builtin_trap();
        return 0;
    }
    auto const all = certificate->der();
    if (!base::equal(all, bytes)) __builtin_trap();
    for (auto const part :
         {certificate->signed_part().content,
          certificate->signed_part().signature,
          certificate->serial(),
          certificate->issuer(),
          certificate->subject(),
          certificate->public_key_info()})
        inside(part, all);
    for (auto const& extension : certificate->extensions()) {
        inside(extension.oid, all);
        inside(extension.value, all);
    }
    (void)certificate->unknown_critical();
    (void)crypto::name_text(certificate->subject());
    (void)crypto::common_name(certificate->issuer());
    (void)crypto::PublicKey::parse(certificate->public_key_info());
    return 0;
}
