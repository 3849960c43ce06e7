#include "crypto/der.hpp"

#include <openssl/bytestring.h>

namespace crypto {

namespace {

CBS to_cbs(base::View view) {
    CBS cbs;
    // Safety: CBS reads unsigned char, which may alias any object.
    CBS_init(&cbs, reinterpret_cast<std::uint8_t const*>(view.data()), view.size());
    return cbs;
}

// Two decimal digits at `at`; nothing if they are no digits.
std::optional<unsigned> two_digits(base::View text, std::size_t at) {
    auto const high = std::to_integer<unsigned>(text[at]) - '0';
    auto const low = std::to_integer<unsigned>(text[at + 1]) - '0';
    if (high > 9 || low > 9) return {};
    return high * 10 + low;
}

// YYMMDDHHMMSSZ after the century was read.
std::optional<std::chrono::sys_seconds> parse_time(base::View text, unsigned century) {
    using namespace std::chrono;
    if (text.size() != 13 || text[12] != std::byte{'Z'}) return {};
    std::array<unsigned, 6> part{};
    for (std::size_t i = 0; i < part.size(); ++i) {
        auto const number = two_digits(text, 2 * i);
        if (!number) return {};
        part[i] = *number;
    }
    auto const date =
        year(static_cast<int>(century * 100 + part[0])) / month(part[1]) / day(part[2]);
    if (!date.ok() || part[3] > 23 || part[4] > 59 || part[5] > 59) return {};
    return sys_days(date) + hours(part[3]) + minutes(part[4]) + seconds(part[5]);
}

} // namespace

base::Result<DerElement, Malformed> DerReader::next() {
    CBS left = to_cbs(left_);
    CBS element;
    CBS_ASN1_TAG tag = 0;
    std::size_t header = 0;
    if (CBS_get_any_asn1_element(&left, &element, &tag, &header) != 1 ||
        (std::to_integer<unsigned>(left_[0]) & 0x1f) == 0x1f)
        return std::unexpected(malformed("a DER element"));
    auto const whole = left_.first(CBS_len(&element));
    left_ = left_.subspan(whole.size());
    return DerElement{Tag(whole[0]), whole.subspan(header), whole};
}

base::Result<DerElement, Malformed> DerReader::next(Tag tag, std::string_view what) {
    if (!at(tag)) return std::unexpected(malformed(what));
    auto const start = malformed(what);
    auto element = next();
    if (!element) return std::unexpected(start);
    return element;
}

base::Result<DerReader, Malformed> DerReader::enter(Tag tag, std::string_view what) {
    auto const element = TRY(next(tag, what));
    return DerReader{origin_, element.content};
}

base::Result<void, Malformed> DerReader::finish(std::string_view what) const {
    if (!empty()) return std::unexpected(malformed(what));
    return {};
}

base::Result<base::View, Malformed> DerReader::bit_string(std::string_view what) {
    auto const start = malformed(what);
    auto const element = TRY(next(Tag::BitString, what));
    if (element.content.empty() || element.content[0] != std::byte{0})
        return std::unexpected(start);
    return element.content.subspan(1);
}

base::Result<std::uint64_t, Malformed> DerReader::unsigned_integer(std::string_view what) {
    CBS left = to_cbs(left_);
    std::uint64_t value = 0;
    if (CBS_get_asn1_uint64(&left, &value) != 1) return std::unexpected(malformed(what));
    left_ = left_.last(CBS_len(&left));
    return value;
}

base::Result<std::chrono::sys_seconds, Malformed> DerReader::time(std::string_view what) {
    auto const start = malformed(what);
    auto const element = TRY(next());
    auto text = element.content;
    unsigned century = 20;
    if (element.tag == Tag::GeneralizedTime && text.size() == 15) {
        auto const digits = two_digits(text, 0);
        if (!digits) return std::unexpected(start);
        century = *digits;
        text = text.subspan(2);
    } else if (element.tag != Tag::UtcTime) {
        return std::unexpected(start);
    } else if (!text.empty() && text[0] >= std::byte{'5'}) {
        century = 19; // RFC 5280: two digits from 50 on are of the last century
    }
    auto const time = parse_time(text, century);
    if (!time) return std::unexpected(start);
    return *time;
}

} // namespace crypto
