// Whatever the text: PEM is read or refused, and each block that was read is found again in what is
// written of it.

#include "crypto/pem.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    // Safety: std::byte may alias any object.
    base::View const text{reinterpret_cast<std::byte const*>(data), size};
    auto const blocks = crypto::parse_pem(text);
    if (!blocks) {
        if (blocks.error().offset > size) __builtin_trap();
        return 0;
    }
    if (blocks->empty() || !crypto::looks_like_pem(text)) __builtin_trap();
    for (auto const& block : *blocks) {
        auto const written = crypto::write_pem(block.label, block.der);
        auto const again = crypto::parse_pem(base::view_of(written));
        if (!again || again->size() != 1 || (*again)[0].der != block.der) __builtin_trap();
    }
    return 0;
}
