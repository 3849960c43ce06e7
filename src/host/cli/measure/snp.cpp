// enarx measure snp.

#include "attest/measure/snp_pages.hpp"
#include "host/cli/measure/cases.hpp"
#include "host/cli/measure/identity.hpp"
#include "host/cli/measure/measure.hpp"
#include "host/cli/measure/snp_image.hpp"
#include "host/cli/report.hpp"

#include <algorithm>

namespace host::cli {

namespace {

class MeasureSnp : public Use {
public:
    Syntax syntax(Global& global) override;
    os::OrFailure<int> carry_out(Global const& global) override;

private:
    os::OrFailure<std::vector<MeasuredCase>> measure() const;
    os::OrFailure<crypto::Sha384Digest> chosen(std::vector<MeasuredCase> const& cases) const;

    std::optional<std::string> pages_;
    std::optional<std::string> launch_digest_;
    std::optional<std::string> case_;
    ImageOptions image_;
    IdentityOptions identity_;
    bool json_ = false;
};

Syntax MeasureSnp::syntax(Global& global) {
    (void)global;
    Syntax syntax{
        .options =
            {{.name = "--pages",
              .value = "FILE",
              .help = "A list of pages in JSON, in the place of this installation's.",
              .target = &pages_,
              .completion = Completion::File},
             {.name = "--launch-digest",
              .value = "HEX",
              .help = "A launch digest that is known, in the place of --pages.",
              .target = &launch_digest_},
             {.name = "--case",
              .value = "NAME",
              .help = "Which case of the list the ID block is for, where it has several.",
              .target = &case_}},
        .operands = {}
    };
    for (auto& option : image_options(image_)) syntax.options.push_back(std::move(option));
    for (auto& option : identity_options(identity_)) syntax.options.push_back(std::move(option));
    syntax.options.push_back(
        {.name = "--json", .letter = 'j', .help = "As JSON.", .target = &json_}
    );
    return syntax;
}

os::OrFailure<std::vector<MeasuredCase>> MeasureSnp::measure() const {
    if (launch_digest_) {
        MeasuredCase known{.name = "launch-digest"};
        known.digest = TRY(bytes_or("--launch-digest", launch_digest_, known.digest));
        return std::vector{known};
    }
    if (!pages_) return std::vector{TRY(measure_image(image_))};
    auto const list = TRY(read_page_list(*pages_));
    auto const cases = attest::measure::parse_snp_pages(list, *pages_);
    if (!cases) return std::unexpected(list_failure(cases.error()));
    std::vector<MeasuredCase> out;
    for (auto const& one : *cases)
        out.push_back({.name = one.name, .digest = one.digest(), .expected = one.expected});
    return out;
}

os::OrFailure<crypto::Sha384Digest>
MeasureSnp::chosen(std::vector<MeasuredCase> const& cases) const {
    if (!case_ && cases.size() == 1) return cases[0].digest;
    if (!case_)
        return failure(
            "usage",
            "the list has " + std::to_string(cases.size()) +
                " cases: --case says which one the ID block is for"
        );
    auto const found = std::ranges::find(cases, *case_, &MeasuredCase::name);
    if (found == cases.end())
        return failure("usage", "--case '" + *case_ + "': the list has no such case");
    return found->digest;
}

os::OrFailure<int> MeasureSnp::carry_out(Global const& global) {
    (void)global;
    if (pages_ && launch_digest_)
        return failure("usage", "--pages and --launch-digest exclude each other");
    if ((pages_ || launch_digest_) && any_given(image_))
        return failure(
            "usage",
            "--vcpus, --shim and --write-pages are of this installation's image, so neither "
            "--pages nor --launch-digest goes with them"
        );
    TRY(check_identity(identity_));
    auto const cases = TRY(measure());
    // Before anything is printed: a wrong --case is a mistake, not an answer.
    std::optional<crypto::Sha384Digest> digest;
    if (wants_identity(identity_)) digest = TRY(chosen(cases));
    TRY(write_cases(cases, json_));
    if (digest) TRY(write_identity(identity_, *digest));
    return 0;
}

} // namespace

std::unique_ptr<Use> use_measure_snp() { return std::make_unique<MeasureSnp>(); }

} // namespace host::cli
