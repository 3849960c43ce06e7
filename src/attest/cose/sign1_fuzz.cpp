// Whatever the bytes: COSE_Sign1 is read or refused, and its payload lies where it says.

#include "attest/cose/sign1.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    // Safety: std::byte may alias any object.
    base::View const bytes{reinterpret_cast<std::byte const*>(data), size};
    auto const sign1 = attest::cose::Sign1::parse(bytes);
    if (!sign1) {
        if (sign1.error().offset > size) __builtin_trap();
        return 0;
    }
    if (sign1->payload_offset() + sign1->payload().size() > size) __builtin_trap();
    if (sign1->signature_offset() > size) __builtin_trap();
    if (!base::equal(
            bytes.subspan(sign1->payload_offset(), sign1->payload().size()), sign1->payload()
        ))
        __builtin_trap();
    if (auto const algorithm = sign1->algorithm()) (void)attest::cose::name_of(*algorithm);
    return 0;
}
