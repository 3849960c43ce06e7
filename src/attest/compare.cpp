#include "attest/compare.hpp"

#include "attest/text.hpp"

#include <algorithm>

namespace attest {

void compare_report_data(Judge& judge, Rule const& rule, Field const& field) {
    auto const expected = judge.take_report_data(rule);
    if (!expected) {
        judge.undecided(
            rule,
            {"single-use data to compare with",
             "none was given",
             field.place,
             "Give what the attester was asked to bind with --report-data HEX or @FILE."}
        );
        return;
    }
    base::View const wanted{*expected};
    bool const fits = !wanted.empty() && wanted.size() <= field.value.size() &&
                      (field.padded || wanted.size() == field.value.size()) &&
                      base::equal(wanted, field.value.first(wanted.size())) &&
                      base::all_zero(field.value.subspan(wanted.size()));
    judge.demand(rule, fits, [&] { return Detail{hex(wanted), hex(field.value), field.place}; });
}

void compare_measurement(Judge& judge, Rule const& rule, Field const& field) {
    auto const expected = judge.take_measurements(rule);
    if (!expected) {
        judge.undecided(
            rule,
            {"a measurement to compare with",
             "none was given",
             field.place,
             "Give the measurement of the program that you trust with --measurement HEX."}
        );
        return;
    }
    bool const known = std::ranges::any_of(*expected, [&](auto const& wanted) {
        return base::equal(wanted, field.value);
    });
    judge.demand(rule, known, [&] {
        std::string wanted;
        for (auto const& value : *expected)
            wanted += (wanted.empty() ? "" : " or ") + hex(base::View{value});
        return Detail{wanted, hex(field.value), field.place};
    });
}

} // namespace attest
