#pragma once

// A map of claims in CBOR: each label once, and which of them were there.

#include "base/cbor.hpp"

#include <algorithm>
#include <initializer_list>
#include <vector>

namespace attest::cca {

class ClaimMap {
public:
    explicit ClaimMap(std::uint64_t pairs) : pairs_{pairs} {}

    // Calls `parse(label)` for each pair, which takes the value. A label that comes again is
    // Errno::NoEnt.
    template <class Parse> base::Result<void> each(base::cbor::Reader& in, Parse parse) {
        for (std::uint64_t i = 0; i < pairs_; ++i) {
            auto const label = TRY(in.number());
            if (std::ranges::find(seen_, label) != seen_.end())
                return std::unexpected(base::Errno::NoEnt);
            seen_.push_back(label);
            TRY(parse(label));
        }
        return {};
    }

    bool has(std::initializer_list<std::int64_t> labels) const {
        return std::ranges::all_of(labels, [&](auto label) {
            return std::ranges::find(seen_, label) != seen_.end();
        });
    }

private:
    std::uint64_t pairs_;
    std::vector<std::int64_t> seen_;
};

} // namespace attest::cca
