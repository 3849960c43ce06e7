#include "attest/inspect/description.hpp"

#include <algorithm>

namespace attest::inspect {

namespace {

std::string_view word(Outcome outcome) {
    if (outcome == Outcome::Passed) return "passed";
    return outcome == Outcome::Failed ? "failed" : "not checked";
}

Json json_of(Check const& check) {
    Json out{{"outcome", word(check.outcome)}, {"check", check.name}};
    auto const& [expected, found, place, hint] = check.detail;
    if (!place.part.empty()) out["part"] = place.part;
    if (!place.field.empty()) out["field"] = place.field;
    if (place.offset) out["offset"] = *place.offset;
    if (!expected.empty()) out["expected"] = expected;
    if (!found.empty()) out["found"] = found;
    return out;
}

} // namespace

Json json_of(Description const& description) {
    Json out{{"kind", description.kind}};
    out.update(description.fields);
    out["checks"] = Json::array();
    for (auto const& check : description.checks) out["checks"].push_back(json_of(check));
    return out;
}

bool wrong(Description const& description) {
    return std::ranges::any_of(description.checks, [](Check const& check) {
        return check.outcome == Outcome::Failed;
    });
}

} // namespace attest::inspect
