// Whatever the bytes: a firmware image's table is read or refused, with entries that lie inside.

#include "attest/measure/firmware.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    // Safety: std::byte may alias any object.
    base::View const image{reinterpret_cast<std::byte const*>(data), size};
    auto const firmware = attest::measure::parse_firmware(image);
    if (!firmware) {
        if (firmware.error().offset > size) __builtin_trap();
        return 0;
    }
    if (!attest::measure::ends_as_firmware(image)) __builtin_trap();
    for (auto const& entry : firmware->entries)
        if (entry.offset < firmware->table_offset || entry.offset + entry.data.size() > size)
            __builtin_trap();
    return 0;
}
