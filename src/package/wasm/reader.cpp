// LEB128 numbers, vectors of bytes and names.

#include "package/wasm/reader.hpp"

#include <limits>

namespace package::wasm {

std::optional<std::uint8_t> Reader::byte() {
    if (rest_.empty()) return {};
    auto const first = std::to_integer<std::uint8_t>(rest_.front());
    rest_ = rest_.subspan(1);
    return first;
}

std::optional<std::uint64_t> Reader::leb(unsigned most_bytes) {
    std::uint64_t value = 0;
    for (unsigned i = 0; i < most_bytes; ++i) {
        auto const part = byte();
        if (!part) return {};
        std::uint64_t const low = *part & 0x7f;
        unsigned const shift = 7 * i;
        if (shift == 63 && low > 1) return {};
        value |= low << shift;
        if ((*part & 0x80) == 0) return value;
    }
    return {};
}

std::optional<std::uint32_t> Reader::narrow(std::optional<std::uint64_t> value) {
    if (!value || *value > std::numeric_limits<std::uint32_t>::max()) return {};
    return static_cast<std::uint32_t>(*value);
}

std::optional<std::span<std::byte const>> Reader::bytes(std::uint64_t count) {
    if (count > rest_.size()) return {};
    auto const taken = rest_.first(count);
    rest_ = rest_.subspan(count);
    return taken;
}

std::optional<std::string_view> Reader::name() {
    auto const length = u32();
    auto const text = length ? bytes(*length) : std::nullopt;
    if (!text) return {};
    // Safety: any byte may be read as a char.
    return std::string_view{reinterpret_cast<char const*>(text->data()), text->size()};
}

} // namespace package::wasm
