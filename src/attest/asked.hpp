#pragma once

// Rules that compare with a value of the policy: not asked where there is none.

#include "attest/judge.hpp"
#include "base/view.hpp"

#include <algorithm>
#include <optional>

namespace attest {

// `matches` gets the policy's value: a single one, or a list.
template <class Wanted, class Matches>
void judge_asked(
    Judge& judge,
    Rule const& rule,
    std::optional<Wanted> const& wanted,
    Matches&& matches,
    Detail detail
) {
    if (!wanted) return judge.not_asked(rule);
    judge.demand(rule, std::forward<Matches>(matches)(*wanted), [&] { return std::move(detail); });
}

inline auto equals(base::View found) {
    return [found](auto const& wanted) { return base::equal(wanted, found); };
}

inline auto among(base::View found) {
    return [found](auto const& list) { return std::ranges::any_of(list, equals(found)); };
}

} // namespace attest
