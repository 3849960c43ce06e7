// Whatever the bytes: an SGXS stream is read or refused, and its MRENCLAVE is the digest of all
// blocks.

#include "attest/measure/sgxs.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    // Safety: std::byte may alias any object.
    base::View const bytes{reinterpret_cast<std::byte const*>(data), size};
    auto const built = attest::measure::parse_sgxs(bytes);
    if (!built) {
        if (built.error().offset > size) __builtin_trap();
        return 0;
    }
    // 64 bytes for each block, and 256 behind each EEXTEND.
    auto const parts = built->measured_parts + built->unmeasured_parts;
    if (size != 64 + 64 * built->pages + 320 * parts) __builtin_trap();
    bool const all_measured = built->mr_enclave == crypto::sha256(bytes);
    if (all_measured != (built->unmeasured_parts == 0)) __builtin_trap();
    return 0;
}
