#include "base/hex.hpp"

namespace base {

std::string hex(View bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    out.reserve(2 * bytes.size());
    for (auto const byte : bytes) {
        out += digits[std::to_integer<unsigned>(byte) >> 4];
        out += digits[std::to_integer<unsigned>(byte) & 0xf];
    }
    return out;
}

std::optional<std::vector<std::byte>> unhex(std::string_view digits) {
    std::vector<std::byte> out(digits.size() / 2);
    if (!unhex(digits, out)) return {};
    return out;
}

} // namespace base
