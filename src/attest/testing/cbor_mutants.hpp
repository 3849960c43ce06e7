#pragma once

// For tests: all ways of changing one length in CBOR, inside of byte strings that hold CBOR too.

#include "attest/testing/mutants.hpp"
#include "base/cbor.hpp"

namespace attest::testing {

// The argument of an item becomes 0, one less, one more and the greatest of its width.
inline void add_argument(std::vector<Mutant>& out, base::View all, base::View head) {
    auto const start = static_cast<std::size_t>(head.data() - all.data());
    auto const first = std::to_integer<unsigned>(head[0]);
    auto const low = first & 0x1fU;
    if (low >= 24U) return add_length(out, all, start + 1, std::size_t(1) << (low - 24U), false);
    for (auto const value : {0U, low - 1U, low + 1U, 23U})
        if (value <= 23U && value != low)
            out.push_back({.offset = start, .value = {std::byte((first & 0xe0U) | value)}});
}

// Whether these bytes are one item of CBOR and nothing else, with more inside.
inline bool holds_cbor(base::View bytes) {
    base::cbor::Reader in{bytes};
    auto const major = in.peek();
    bool const container =
        major && (*major == base::cbor::Major::Map || *major == base::cbor::Major::Array ||
                  *major == base::cbor::Major::Tag);
    return container && in.skip() && in.at_end();
}

inline void add_cbor_lengths(std::vector<Mutant>& out, base::View all, base::View part) {
    base::cbor::Reader in{part};
    while (!in.at_end()) {
        auto const before = in.offset();
        auto const item = in.next();
        if (!item) return;
        using enum base::cbor::Major;
        bool const counted = item->major == Bytes || item->major == Text || item->major == Array ||
                             item->major == Map;
        if (counted) add_argument(out, all, part.subspan(before));
        if (item->major == Bytes && holds_cbor(item->content))
            add_cbor_lengths(out, all, item->content);
    }
}

inline std::vector<Mutant> cbor_lengths(base::View bytes) {
    std::vector<Mutant> out;
    add_cbor_lengths(out, bytes, bytes);
    return out;
}

} // namespace attest::testing
