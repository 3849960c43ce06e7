#include "base/cbor.hpp"

#include "base/utf8.hpp"

#include <limits>

namespace base::cbor {

namespace {

constexpr std::uint8_t following(std::uint8_t low_bits) {
    return static_cast<std::uint8_t>(
        1U << (low_bits - 24)
    ); // 24: one byte, 25: two, 26: four, 27: eight
}

} // namespace

Result<std::uint64_t> Reader::argument(std::uint8_t low_bits) {
    if (low_bits < 24) return low_bits;
    if (low_bits > 27) return std::unexpected(Errno::BadMsg); // reserved, or of indefinite length
    std::size_t const width = following(low_bits);
    if (in_.size() - at_ < width) return std::unexpected(Errno::BadMsg);
    std::uint64_t value = 0;
    for (std::byte const part : in_.subspan(at_, width))
        value = value << 8 | std::to_integer<std::uint64_t>(part);
    at_ += width;
    std::uint64_t const least = width == 1 ? 24 : 1ULL << (width * 4);
    if (value < least) return std::unexpected(Errno::BadMsg); // a shorter head says the same
    return value;
}

Result<Item> Reader::next() {
    if (at_end()) return std::unexpected(Errno::BadMsg);
    Item item;
    item.offset = at_;
    auto const head = std::to_integer<std::uint8_t>(in_[at_++]);
    item.major = static_cast<Major>(head >> 5);
    auto const low_bits = static_cast<std::uint8_t>(head & 31);
    if (item.major == Major::Simple) {
        // Floating-point numbers (25 to 27) and two-byte simple values have no place in evidence.
        if (low_bits >= 24) return std::unexpected(Errno::BadMsg);
        item.argument = low_bits;
        return item;
    }
    item.argument = TRY(argument(low_bits));
    if (item.major == Major::Bytes || item.major == Major::Text) {
        if (item.argument > in_.size() - at_) return std::unexpected(Errno::BadMsg);
        item.content = in_.subspan(at_, item.argument);
        at_ += item.argument;
    }
    return item;
}

Result<Item> Reader::next(Major expected) {
    if (TRY(peek()) != expected) return std::unexpected(Errno::Proto);
    return next();
}

Result<Major> Reader::peek() const {
    if (at_end()) return std::unexpected(Errno::BadMsg);
    return static_cast<Major>(std::to_integer<std::uint8_t>(in_[at_]) >> 5);
}

Result<std::uint64_t> Reader::argument_of(Major expected) { return TRY(next(expected)).argument; }

Result<std::optional<std::uint64_t>> Reader::any_length(Major expected) {
    constexpr unsigned indefinite = 31;
    if (TRY(peek()) != expected) return std::unexpected(Errno::Proto);
    if ((std::to_integer<unsigned>(in_[at_]) & 31U) != indefinite)
        return std::optional{TRY(next()).argument};
    ++at_;
    return std::optional<std::uint64_t>{};
}

bool Reader::take_break() {
    constexpr std::byte stop{0xff};
    if (at_end() || in_[at_] != stop) return false;
    ++at_;
    return true;
}

Result<std::int64_t> Reader::number() {
    Major const major = TRY(peek());
    if (major != Major::Unsigned && major != Major::Negative) return std::unexpected(Errno::Proto);
    std::uint64_t const argument = TRY(next()).argument;
    if (argument > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
        return std::unexpected(Errno::Overflow);
    auto const value = static_cast<std::int64_t>(argument);
    return major == Major::Negative ? -1 - value : value;
}

Result<std::span<std::byte const>> Reader::bytes() { return TRY(next(Major::Bytes)).content; }

Result<std::string_view> Reader::text() {
    std::string_view const text = TRY(next(Major::Text)).text();
    if (!valid_utf8(text)) return std::unexpected(Errno::BadMsg);
    return text;
}

Result<std::span<std::byte const>> Reader::skip(unsigned depth) {
    if (depth == 0) return std::unexpected(Errno::BadMsg);
    std::size_t const start = at_;
    Item const item = TRY(next());
    std::uint64_t inner = 0;
    if (item.major == Major::Array) inner = item.argument;
    if (item.major == Major::Tag) inner = 1;
    if (item.major == Major::Map) {
        if (item.argument > in_.size())
            return std::unexpected(Errno::BadMsg); // and 2 * argument does not wrap
        inner = 2 * item.argument;
    }
    for (std::uint64_t i = 0; i < inner; ++i) (void)TRY(skip(depth - 1));
    return in_.subspan(start, at_ - start);
}

void Writer::put(std::byte value) {
    if (size_ < out_.size()) out_[size_] = value;
    ++size_;
}

void Writer::head(Major major, std::uint64_t argument) {
    auto const top = static_cast<std::uint8_t>(static_cast<unsigned>(major) << 5);
    if (argument < 24) return put(std::byte(top | argument));
    std::uint8_t low_bits = 24;
    while (low_bits < 27 && argument >> (8 * following(low_bits)) != 0) ++low_bits;
    put(std::byte(top | low_bits));
    for (int i = following(low_bits) - 1; i >= 0; --i) put(std::byte(argument >> (8 * i)));
}

void Writer::number(std::int64_t value) {
    if (value < 0)
        head(Major::Negative, static_cast<std::uint64_t>(-1 - value));
    else
        head(Major::Unsigned, static_cast<std::uint64_t>(value));
}

void Writer::raw(std::span<std::byte const> encoded) {
    for (std::byte const value : encoded) put(value);
}

void Writer::bytes(std::span<std::byte const> content) {
    head(Major::Bytes, content.size());
    raw(content);
}

void Writer::text(std::string_view content) {
    head(Major::Text, content.size());
    raw(std::as_bytes(std::span{content}));
}

} // namespace base::cbor
