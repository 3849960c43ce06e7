// Whatever the bytes: the payload of a Nitro document, or a whole one, is read or refused, and what
// was read keeps to the limits of its specification.

#include "attest/cose/sign1.hpp"
#include "attest/nitro/appraise.hpp"
#include "attest/nitro/document.hpp"

namespace {

void read(base::View payload) {
    auto const document = attest::nitro::parse_document(payload);
    if (!document) {
        if (document.error().offset > payload.size()) __builtin_trap();
        return;
    }
    for (auto const& [index, digest] : document->pcrs)
        if (index > 31 || digest.size() != 48) __builtin_trap();
    if (document->nonce.value_or(base::View{}).size() > 1024) __builtin_trap();
    if (document->user_data.value_or(base::View{}).size() > 1024) __builtin_trap();
    if (document->public_key.value_or(base::View{}).size() > 1024) __builtin_trap();
    (void)attest::nitro::debug_mode(*document);
    (void)attest::nitro::claims_of(*document);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    // Safety: std::byte may alias any object.
    base::View const bytes{reinterpret_cast<std::byte const*>(data), size};
    if (auto const sign1 = attest::cose::Sign1::parse(bytes))
        read(sign1->payload());
    else
        read(bytes);
    return 0;
}
