#pragma once

// For tests: all ways of changing one byte or one length of a file.

#include "base/view.hpp"
#include "crypto/der.hpp"
#include "hw/quote/quote.hpp"
#include "hw/tdx/report.hpp"

#include <vector>

namespace attest::testing {

// `size` bytes at `offset` become `value`.
struct Mutant {
    std::size_t offset = 0;
    std::vector<std::byte> value;
};

inline std::vector<std::byte> applied(Mutant const& mutant, std::vector<std::byte> bytes) {
    std::ranges::copy(mutant.value, bytes.begin() + std::ptrdiff_t(mutant.offset));
    return bytes;
}

// Each byte with one of its bits flipped, which one by its place.
inline std::vector<Mutant> flips(base::View bytes) {
    std::vector<Mutant> out;
    for (std::size_t i = 0; i < bytes.size(); ++i)
        out.push_back({.offset = i, .value = {bytes[i] ^ std::byte(1U << (i % 8))}});
    return out;
}

// A number as wide as `field`, little- or big-endian.
inline std::vector<std::byte> number(std::uint64_t value, std::size_t width, bool little) {
    std::vector<std::byte> out(width);
    for (std::size_t i = 0; i < width; ++i)
        out[little ? i : width - 1 - i] = std::byte(value >> (8 * i));
    return out;
}

// The number there becomes 0, one less, one more and the greatest.
inline void add_length(
    std::vector<Mutant>& out, base::View bytes, std::size_t offset, std::size_t width, bool little
) {
    std::uint64_t old = 0;
    for (std::size_t i = 0; i < width; ++i)
        old = old << 8 | std::to_integer<unsigned>(bytes[offset + (little ? width - 1 - i : i)]);
    for (auto const value : {std::uint64_t(0), old - 1, old + 1, ~std::uint64_t(0)}) {
        auto const changed = number(value, width, little);
        if (!base::equal(changed, bytes.subspan(offset, width)))
            out.push_back({.offset = offset, .value = changed});
    }
}

// Those of a quote: of body, signature data, authentication data and certification data.
inline std::vector<Mutant> quote_lengths(base::View quote) {
    std::vector<Mutant> out;
    auto left = quote;
    auto const at = [&] { return quote.size() - left.size(); };
    auto const header = *base::take<hw::quote::Header>(left);
    std::size_t body = header.tee_type == hw::quote::tee_tdx ? sizeof(hw::tdx::ReportBody)
                                                             : sizeof(hw::sgx::ReportBody);
    if (header.version == 5U) {
        add_length(out, quote, at() + 2, 4, true);
        body = base::take<hw::quote::BodyDescriptor>(left)->size;
    }
    left = left.subspan(body);
    add_length(out, quote, at(), 4, true);
    left = left.subspan(4 + sizeof(hw::quote::EcdsaSignatureHead));
    if (header.version >= 4U) {
        add_length(out, quote, at() + 2, 4, true);
        left = left.subspan(sizeof(hw::quote::CertificationHead));
    }
    left = left.subspan(sizeof(hw::quote::QeReport));
    add_length(out, quote, at(), 2, true);
    auto const authentication = *base::take<base::U16>(left);
    left = left.subspan(authentication);
    add_length(out, quote, at() + 2, 4, true);
    return out;
}

// Those of all elements of DER, inside of constructed ones too.
inline void add_der_lengths(std::vector<Mutant>& out, base::View all, base::View part) {
    crypto::DerReader in{part};
    while (auto const element = in.next()) {
        auto const start = static_cast<std::size_t>(element->whole.data() - all.data());
        auto const first = std::to_integer<std::size_t>(element->whole[1]);
        auto const width = first < 0x80 ? 1 : first - 0x80;
        add_length(out, all, start + (first < 0x80 ? 1 : 2), width, false);
        bool const constructed = (std::to_integer<unsigned>(element->whole[0]) & 0x20) != 0;
        if (constructed) add_der_lengths(out, all, element->content);
    }
}

inline std::vector<Mutant> der_lengths(base::View der) {
    std::vector<Mutant> out;
    add_der_lengths(out, der, der);
    return out;
}

} // namespace attest::testing
