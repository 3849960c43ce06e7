#include "attest/wrapped/spelling.hpp"

#include "base/hex.hpp"
#include "crypto/base64.hpp"

#include <algorithm>
#include <string>

namespace attest::wrapped {

namespace {

constexpr std::size_t least = 64; // characters

} // namespace

std::vector<std::string_view> pem_blocks(std::string_view text) {
    constexpr std::string_view begin_mark = "-----BEGIN ";
    constexpr std::string_view end_mark = "-----END ";
    constexpr std::string_view dashes = "-----";
    constexpr auto nothing = std::string_view::npos;
    std::vector<std::string_view> out;
    std::size_t at = 0;
    while (true) {
        auto const begin = text.find(begin_mark, at);
        auto const end = begin == nothing ? begin : text.find(end_mark, begin);
        auto const last = end == nothing ? end : text.find(dashes, end + end_mark.size());
        if (last == nothing) return out;
        at = last + dashes.size();
        out.push_back(text.substr(begin, at - begin));
    }
}

std::optional<Spelt> decode(std::string_view text) {
    std::string letters{text};
    std::erase_if(letters, [](char c) { return c == '\n' || c == '\r'; });
    if (letters.size() < least) return {};
    if (auto bytes = base::unhex(letters))
        return Spelt{.bytes = std::move(*bytes), .how = "hexadecimal"};
    // Both alphabets in one: that of URLs, without padding.
    std::ranges::replace(letters, '+', '-');
    std::ranges::replace(letters, '/', '_');
    while (letters.ends_with('=')) letters.pop_back();
    if (auto bytes = crypto::decode_base64url(letters))
        return Spelt{.bytes = std::move(*bytes), .how = "base64"};
    return {};
}

} // namespace attest::wrapped
