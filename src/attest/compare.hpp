#pragma once

// The two comparisons that every technology makes: report data and measurement with what the
// relying party expects.

#include "attest/judge.hpp"

namespace attest {

struct Field {
    base::View value;
    Place place;
    bool padded = true; // a field of a fixed length, which zeros fill up
};

// Expected data shorter than a padded field must be followed by zeros in it; other data that differ
// in length never fit.
// Nothing to compare with: undecided where the rule is on, off elsewhere.
void compare_report_data(Judge& judge, Rule const& rule, Field const& field);
void compare_measurement(Judge& judge, Rule const& rule, Field const& field);

} // namespace attest
