#include "attest/dcap/ecdsa.hpp"

namespace attest::dcap {

namespace {

// A number as an INTEGER of DER: shortest form, a zero in front where its first bit is set.
void append_integer(std::vector<std::byte>& out, base::View number) {
    while (number.size() > 1 && number[0] == std::byte{0}) number = number.subspan(1);
    bool const sign = (number[0] & std::byte{0x80}) != std::byte{0};
    out.push_back(std::byte{0x02});
    out.push_back(std::byte(number.size() + (sign ? 1 : 0)));
    if (sign) out.push_back(std::byte{0});
    out.insert(out.end(), number.begin(), number.end());
}

} // namespace

std::vector<std::byte> der_signature(base::View r_and_s) {
    std::vector<std::byte> out{std::byte{0x30}, std::byte{0}};
    out.reserve(2 + 2 * 35);
    append_integer(out, r_and_s.first(32));
    append_integer(out, r_and_s.subspan(32));
    out[1] = std::byte(out.size() - 2);
    return out;
}

} // namespace attest::dcap
