#include "attest/measure/td_pages.hpp"

namespace attest::measure {

namespace {

using base::Result;

Result<void, Unusable> take_step(TdBuild& build, PageJson const& page, Spot const& spot) {
    auto const gpa = TRY(gpa_field(page, spot));
    auto const contents = TRY(contents_field(page, spot));
    auto const found = page.find("operation");
    auto const operation = found == page.end()  ? std::string{"both"}
                           : found->is_string() ? found->get<std::string>()
                                                : std::string{};
    if (operation != "both" && operation != "add" && operation != "extend")
        return spot.wrong("operation", "add, extend or both", operation);
    if (operation == "extend" && !contents)
        return spot.wrong("operation", "the page's bytes beside \"extend\"", "none");
    if (operation == "add" && contents)
        return spot.wrong("operation", "no bytes beside \"add\": they would not count", "some");
    if (operation != "extend") build.add(gpa);
    if (contents) build.extend(gpa, TdPage{*contents});
    return {};
}

} // namespace

Result<std::vector<TdCase>, Unusable> parse_td_pages(base::View json, std::string const& source) {
    auto const cases = TRY(parse_cases(json, source));
    std::vector<TdCase> out;
    for (std::size_t i = 0; i < cases.size(); ++i) {
        auto name = case_name(cases[i], i);
        Spot spot{.source = source + ", " + name};
        auto const expected = TRY(digest_field(cases[i], "expected_mrtd", spot));
        TdBuild build;
        for (auto const& page : cases[i].at("pages")) {
            TRY(take_step(build, page, spot));
            ++spot.page;
        }
        out.push_back({.name = std::move(name), .digest = build.digest(), .expected = expected});
    }
    return out;
}

} // namespace attest::measure
