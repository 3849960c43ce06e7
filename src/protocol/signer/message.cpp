#include "protocol/signer/message.hpp"

#include "base/printable.hpp"

#include <algorithm>

namespace protocol::signer {

namespace {

constexpr std::string_view between = ": ";

} // namespace

std::optional<Head> decode_head(base::Bytes<head_size> const& bytes, std::size_t most) {
    std::size_t length = 0;
    for (std::size_t i = 0; i < head_size - 1; ++i)
        length = length << 8 | std::to_integer<std::size_t>(bytes[i]);
    auto const kind = std::to_integer<std::uint8_t>(bytes.back());
    if (length == 0 || length - 1 > most || kind < std::uint8_t(Kind::AskKey) ||
        kind > std::uint8_t(Kind::Refusal))
        return {};
    return Head{.kind = Kind{kind}, .body = length - 1};
}

std::vector<std::byte> encode(Kind kind, base::View body) {
    auto const length = static_cast<std::uint32_t>(body.size() + 1);
    std::vector<std::byte> out;
    out.reserve(head_size + body.size());
    for (unsigned shift = 32; shift > 0; shift -= 8)
        out.push_back(std::byte((length >> (shift - 8)) & 0xff));
    out.push_back(std::byte(kind));
    out.insert(out.end(), body.begin(), body.end());
    return out;
}

std::vector<std::byte> encode(Refusal const& refusal) {
    auto text = refusal.name + std::string{between} + base::printable(refusal.text);
    text.resize(std::min(text.size(), largest_answer));
    return encode(Kind::Refusal, base::view_of(text));
}

std::optional<Refusal> decode_refusal(base::View body) {
    auto const text = base::text_of(body);
    auto const end = text.find(between);
    if (end == std::string_view::npos) return {};
    return Refusal{
        .name = std::string{text.substr(0, end)},
        .text = base::printable(text.substr(end + between.size()))
    };
}

std::vector<std::byte> key_info(base::View point) {
    std::vector<std::byte> out;
    out.reserve(key_info_begin.size() + point.size());
    for (auto const each : key_info_begin) out.push_back(std::byte{each});
    out.insert(out.end(), point.begin(), point.end());
    return out;
}

} // namespace protocol::signer
