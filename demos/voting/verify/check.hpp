#pragma once

// The checks of election-verify. Each answers with findings: what fits, and what does not and why.

#include "voting/verify/record.hpp"

namespace voting {

struct Finding {
    bool fits;
    std::string_view rule; // a stable name, explained in PROTOCOL.md
    std::string text;
};

using Findings = std::vector<Finding>;

// What the verifier brings along; what is empty is not compared.
struct Wanted {
    std::optional<Digest> certificate; // as the voter's browser showed it
    std::optional<Digest> workload;
    std::optional<Digest> configuration;
};

// Whether hardware vouches for the Keep is the first of them.
Findings check_evidence(Record const& record, Wanted const& wanted);
Findings check_election(Record const& record, Wanted const& wanted);
Findings check_board(Record const& record);
Findings check_result(Record const& record);
Findings check_kept(Record const& record, Kept const& kept);

// Whether the hardware rule is the only one that fails.
bool only_hardware_missing(Findings const& findings);

inline constexpr std::string_view hardware_rule = "evidence.hardware";

} // namespace voting
