#include "crypto/base64.hpp"

#include <array>
#include <cstdint>

namespace crypto {

namespace {

using Alphabet = std::array<std::int8_t, 256>;

consteval Alphabet alphabet(std::string_view letters) {
    Alphabet out{};
    out.fill(-1);
    for (std::size_t i = 0; i < letters.size(); ++i)
        out[static_cast<unsigned char>(letters[i])] = static_cast<std::int8_t>(i);
    return out;
}

constexpr Alphabet standard =
    alphabet("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
constexpr Alphabet url =
    alphabet("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

std::optional<std::vector<std::byte>> decode(std::string_view text, Alphabet const& values) {
    if (text.size() % 4 == 1) return {};
    std::vector<std::byte> out;
    out.reserve(text.size() * 3 / 4);
    std::uint32_t bits = 0;
    unsigned held = 0;
    for (char const letter : text) {
        auto const value = values[static_cast<unsigned char>(letter)];
        if (value < 0) return {};
        bits = bits << 6 | static_cast<std::uint32_t>(value);
        held += 6;
        if (held < 8) continue;
        held -= 8;
        out.push_back(std::byte(bits >> held & 0xff));
    }
    if ((bits & ((1U << held) - 1)) != 0) return {};
    return out;
}

} // namespace

std::optional<std::vector<std::byte>> decode_base64(std::string_view text) {
    if (text.size() % 4 != 0) return {};
    for (int i = 0; i < 2 && text.ends_with('='); ++i) text.remove_suffix(1);
    return decode(text, standard);
}

std::optional<std::vector<std::byte>> decode_base64url(std::string_view text) {
    return decode(text, url);
}

} // namespace crypto
