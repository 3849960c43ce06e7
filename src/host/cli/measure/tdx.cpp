// enarx measure tdx.

#include "attest/measure/td_pages.hpp"
#include "host/cli/measure/cases.hpp"
#include "host/cli/measure/measure.hpp"
#include "host/cli/report.hpp"

namespace host::cli {

namespace {

class MeasureTdx : public Use {
public:
    Syntax syntax(Global& global) override;
    os::OrFailure<int> carry_out(Global const& global) override;

private:
    std::optional<std::string> pages_;
    bool json_ = false;
};

Syntax MeasureTdx::syntax(Global& global) {
    (void)global;
    return {
        .options =
            {{.name = "--pages",
              .value = "FILE",
              .help = "The list of pages, in JSON. Required.",
              .target = &pages_,
              .completion = Completion::File},
             {.name = "--json", .letter = 'j', .help = "As JSON.", .target = &json_}},
        .operands = {}
    };
}

os::OrFailure<int> MeasureTdx::carry_out(Global const& global) {
    (void)global;
    if (!pages_) return failure("usage", "--pages FILE is missing");
    auto const list = TRY(read_page_list(*pages_));
    auto const cases = attest::measure::parse_td_pages(list, *pages_);
    if (!cases) return std::unexpected(list_failure(cases.error()));
    std::vector<MeasuredCase> out;
    for (auto const& one : *cases)
        out.push_back({.name = one.name, .digest = one.digest, .expected = one.expected});
    TRY(write_cases(out, json_));
    return 0;
}

} // namespace

std::unique_ptr<Use> use_measure_tdx() { return std::make_unique<MeasureTdx>(); }

} // namespace host::cli
