// Whatever the text: a JWS is read or refused, and what was read is what its text holds.

#include "attest/jose/jws.hpp"
#include "crypto/base64.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    // Safety: char may alias any object.
    std::string_view const text{reinterpret_cast<char const*>(data), size};
    auto const jws = attest::jose::Jws::parse(text);
    if (!jws) {
        if (jws.error().offset > size) __builtin_trap();
        return 0;
    }
    if (jws->payload_offset() > jws->signature_offset() || jws->signature_offset() > size)
        __builtin_trap();
    // base64url has one spelling for each value.
    if (!text.substr(jws->payload_offset())
             .starts_with(crypto::encode_base64url(jws->payload()) + '.'))
        __builtin_trap();
    if (jws->algorithm() && attest::cose::name_of(*jws->algorithm()) != jws->algorithm_name())
        __builtin_trap();
    return 0;
}
