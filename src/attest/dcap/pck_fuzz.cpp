// Whatever the bytes: a certificate's SGX extensions are read or refused.

#include "attest/dcap/pck.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    // Safety: std::byte may alias any object.
    auto const certificate =
        crypto::Certificate::parse({reinterpret_cast<std::byte const*>(data), size});
    if (!certificate) return 0;
    auto const pck = attest::dcap::parse_pck(*certificate);
    if (!pck && pck.error().offset > size) __builtin_trap();
    return 0;
}
