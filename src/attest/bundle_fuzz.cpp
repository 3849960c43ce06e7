// Bundles: any bytes are parsed or refused, and what is parsed is written the same again.

#include "attest/bundle.hpp"
#include "attest/endorsements.hpp"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto const bytes = std::as_bytes(std::span{data, size});
    if (auto const parts = attest::parse_bundle(bytes))
        if (!base::equal(attest::write_bundle(*parts), bytes)) std::abort();
    attest::Endorsements endorsements;
    (void)endorsements.add(bytes, "fuzz");
    return 0;
}
