#include "crypto/der_writer.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace crypto {

namespace {

std::string two(unsigned number) {
    return {static_cast<char>('0' + number / 10), static_cast<char>('0' + number % 10)};
}

} // namespace

void DerWriter::add(Tag tag, base::View content) {
    bytes_.push_back(std::byte(tag));
    auto const size = content.size();
    if (size < 0x80) {
        bytes_.push_back(std::byte(size));
    } else {
        std::vector<std::byte> digits;
        for (auto left = size; left != 0; left >>= 8) digits.push_back(std::byte(left & 0xff));
        bytes_.push_back(std::byte(0x80 | digits.size()));
        bytes_.insert(bytes_.end(), digits.rbegin(), digits.rend());
    }
    raw(content);
}

void DerWriter::raw(base::View encoded) {
    bytes_.insert(bytes_.end(), encoded.begin(), encoded.end());
}

void DerWriter::boolean(bool value) {
    std::array const content{std::byte(value ? 0xff : 0)};
    add(Tag::Boolean, content);
}

void DerWriter::number(base::View big_endian) {
    while (big_endian.size() > 1 && big_endian[0] == std::byte{0})
        big_endian = big_endian.subspan(1);
    std::vector<std::byte> content{big_endian.begin(), big_endian.end()};
    if (content.empty() || (content[0] & std::byte{0x80}) != std::byte{0})
        content.insert(content.begin(), std::byte{0});
    add(Tag::Integer, content);
}

void DerWriter::bit_string(base::View whole_bytes) {
    std::vector<std::byte> content{std::byte{0}};
    content.insert(content.end(), whole_bytes.begin(), whole_bytes.end());
    add(Tag::BitString, content);
}

void DerWriter::time(std::chrono::sys_seconds at) {
    using namespace std::chrono;
    auto const day = floor<days>(at);
    year_month_day const date{day};
    hh_mm_ss const clock{at - day};
    auto const year = static_cast<unsigned>(static_cast<int>(date.year()));
    constexpr unsigned first_generalized = 2050;
    auto text = two(year % 100) + two(static_cast<unsigned>(date.month())) +
                two(static_cast<unsigned>(date.day())) +
                two(static_cast<unsigned>(clock.hours().count())) +
                two(static_cast<unsigned>(clock.minutes().count())) +
                two(static_cast<unsigned>(clock.seconds().count())) + 'Z';
    if (year >= first_generalized) text = two(year / 100) + text;
    add(year >= first_generalized ? Tag::GeneralizedTime : Tag::UtcTime, base::view_of(text));
}

} // namespace crypto
