// Whatever the bytes: they are of no kind, or are described, with each place inside of them.

#include "attest/inspect/describe.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    // Safety: std::byte may alias any object.
    base::View const bytes{reinterpret_cast<std::byte const*>(data), size};
    auto const kind = attest::inspect::recognise(bytes, bytes.size());
    if (!kind) return 0;
    auto const described = attest::inspect::describe(*kind, {bytes, "fuzz"}, {});
    (void)attest::inspect::json_of(described).dump(
        -1, ' ', false, attest::inspect::Json::error_handler_t::replace
    );
    return 0;
}
