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

// Without padding; the last two characters differ between the alphabets.
std::string encode(base::View bytes, char at_62, char at_63) {
    constexpr std::string_view letters =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    std::string out;
    std::uint32_t bits = 0;
    unsigned count = 0;
    auto const put = [&](std::uint32_t value) {
        out += value < 62 ? letters[value] : value == 62 ? at_62 : at_63;
    };
    for (auto const byte : bytes) {
        bits = bits << 8 | std::to_integer<std::uint32_t>(byte);
        for (count += 8; count >= 6; count -= 6) put(bits >> (count - 6) & 63);
    }
    if (count > 0) put(bits << (6 - count) & 63);
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

std::string encode_base64(base::View bytes) {
    auto out = encode(bytes, '+', '/');
    out.append((4 - out.size() % 4) % 4, '=');
    return out;
}

std::string encode_base64url(base::View bytes) { return encode(bytes, '-', '_'); }

} // namespace crypto
