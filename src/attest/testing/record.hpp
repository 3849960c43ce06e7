#pragma once

// For tests: what each appraisal came to, for test/forged/rules.py, which looks for one in which a
// rule stands alone. Written to the file that ENARX_RECORD_OUTCOMES names, each outcome once.

#include "attest/finding.hpp"

#include <cstdlib>
#include <fstream>
#include <set>
#include <string>
#include <vector>

namespace attest::testing {

inline std::string ids_of(std::vector<Finding> const& findings, Outcome outcome) {
    std::set<std::string_view> ids;
    for (auto const& finding : findings)
        if (finding.outcome == outcome && !finding.detail.found.starts_with("not reached"))
            ids.insert(finding.rule->id);
    std::string out;
    for (auto const id : ids) out += (out.empty() ? "" : " ") + std::string{id};
    return out;
}

// A line: the rules that failed, a tab, those that were looked at and left undecided.
inline void record(std::vector<Finding> const& findings) {
    static auto const* const path = std::getenv("ENARX_RECORD_OUTCOMES");
    if (path == nullptr) return;
    static std::ofstream file{path, std::ios::app};
    static std::set<std::string> seen;
    auto const line =
        ids_of(findings, Outcome::Failed) + '\t' + ids_of(findings, Outcome::Undecided);
    if (seen.insert(line).second)
        file << line << '\n' << std::flush; // test programs end in many ways
}

} // namespace attest::testing
