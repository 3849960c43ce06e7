#pragma once

// Which rules came out how, each once.

#include "attest/appraisal.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

namespace forged {

using Rules = std::vector<std::string_view>;

inline Rules with(attest::Outcome outcome, attest::Appraisal const& appraisal) {
    Rules out;
    for (auto const& finding : appraisal.findings())
        if (finding.outcome == outcome && std::ranges::find(out, finding.rule->id) == out.end())
            out.push_back(finding.rule->id);
    return out;
}

} // namespace forged
