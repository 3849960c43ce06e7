#include "attest/inspect/description.hpp"

#include "attest/form.hpp"

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

void Description::malformed(crypto::Malformed const& why, base::View bytes) {
    malformed(std::string{why.what}, found_at(bytes, why.offset), why.offset);
}

void Description::malformed(std::string expected, std::string found, std::size_t offset) {
    auto const field = std::string{field_named(expected)};
    check(
        "form",
        false,
        {.expected = std::move(expected),
         .found = std::move(found),
         .place = {.part = "", .offset = offset, .field = field}}
    );
}

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
