#include "host/cli/platform/vcek.hpp"

#include "attest/snp/leaf.hpp"
#include "crypto/pem.hpp"
#include "host/cli/collateral/of_this_chip.hpp"
#include "host/cli/collateral/services.hpp"
#include "host/cli/report.hpp"
#include "host/cli/verify/inputs.hpp"

#include <algorithm>

namespace host::cli {

namespace {

using attest::wanted::Wanted;

class Vcek : public Use {
public:
    Syntax syntax(Global& global) override;
    os::OrFailure<int> carry_out(Global const& global) override;

private:
    os::OrFailure<Wanted> wanted() const;

    std::optional<std::string> report_;
    std::optional<std::string> product_;
    ServiceOptions services_;
};

Syntax Vcek::syntax(Global& global) {
    (void)global;
    auto options = services_.options();
    options.insert(
        options.begin(),
        {{.name = "--report",
          .value = "FILE",
          .help = "A report of SEV-SNP that says which processor and firmware. Default: this "
                  "host's, by "
                  "/dev/sev.",
          .target = &report_,
          .completion = Completion::File},
         {.name = "--product",
          .value = "NAME",
          .help = "The processor's product. Only reports of version 2 do not tell it.",
          .target = &product_,
          .choices = {"milan", "genoa", "turin"}}}
    );
    return {.options = std::move(options), .operands = {}};
}

os::OrFailure<Wanted> Vcek::wanted() const {
    if (!report_) return std::move(TRY(wanted_of_this_chip()).front());
    auto const bytes = TRY(read_bytes(*report_, largest_evidence));
    auto all = attest::wanted::endorsements_for(bytes, TRY(product_of(product_)));
    if (!all) {
        all.error().source = *report_;
        return unusable_evidence(all.error());
    }
    auto const found = std::ranges::find_if(*all, [](Wanted const& one) {
        return std::holds_alternative<attest::wanted::Vcek>(one.what);
    });
    if (found == all->end())
        return unusable_evidence(
            {*report_, 0x48, "a report of SEV-SNP that a VCEK signed", "another key"}
        );
    return std::move(*found);
}

os::OrFailure<int> Vcek::carry_out(Global const& global) {
    (void)global;
    auto const vcek = TRY(wanted());
    auto const cache = TRY(services_.cache());
    auto downloader = TRY(services_.downloader(cache));
    auto const got = TRY(downloader.get(vcek));
    for (auto const& link : got.certificates())
        if (attest::snp::leaf_kind(link.value))
            TRY(write_output(crypto::write_pem("CERTIFICATE", link.value.der())));
    return 0;
}

} // namespace

std::unique_ptr<Use> use_platform_snp_vcek() { return std::make_unique<Vcek>(); }

} // namespace host::cli
