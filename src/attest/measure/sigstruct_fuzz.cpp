// Whatever the bytes: a SIGSTRUCT is read or refused, and one whose signature is good has the
// quotients that belong to it or is told apart.

#include "attest/measure/sigstruct.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    // Safety: std::byte may alias any object.
    base::View const bytes{reinterpret_cast<std::byte const*>(data), size};
    auto const parsed = attest::measure::parse_sigstruct(bytes);
    if (!parsed) {
        if (parsed.error().offset > size) __builtin_trap();
        return 0;
    }
    if (!attest::measure::looks_like_sigstruct(bytes)) __builtin_trap();
    (void)attest::measure::signature_valid(*parsed);
    (void)attest::measure::check_quotients(*parsed);
    return 0;
}
