#include "attest/snp/leaf.hpp"
#include "host/cli/collateral/collateral.hpp"
#include "host/cli/collateral/services.hpp"
#include "host/cli/key/files.hpp"
#include "host/cli/report.hpp"
#include "host/cli/verify/inputs.hpp"
#include "host/cli/verify/piece.hpp"

namespace host::cli {

namespace {

class Fetch : public Use {
public:
    Syntax syntax(Global& global) override;
    os::OrFailure<int> carry_out(Global const& global) override;

private:
    std::vector<std::string> evidence_;
    std::optional<std::string> product_;
    std::optional<std::string> out_;
    ServiceOptions services_;
};

Syntax Fetch::syntax(Global& global) {
    (void)global;
    auto options = services_.options();
    options.insert(
        options.begin(),
        {{.name = "--out",
          .value = "FILE",
          .help = "Write the bundle to this new file. Default: standard output.",
          .target = &out_,
          .completion = Completion::File},
         {.name = "--product",
          .value = "NAME",
          .help = "The processor's product. Only reports of SEV-SNP of version 2 do not tell it.",
          .target = &product_,
          .choices = {"milan", "genoa", "turin"}}}
    );
    return {
        .options = std::move(options),
        .operands = {
            {.name = "EVIDENCE",
             .help = "Files of evidence.",
             .target = &evidence_,
             .completion = Completion::File}
        },
    };
}

os::OrFailure<int> Fetch::carry_out(Global const& global) {
    (void)global;
    auto const product = TRY(product_of(product_));
    std::vector<attest::wanted::Wanted> all;
    for (auto const& path : evidence_) {
        auto const bytes = TRY(read_bytes(path, largest_evidence));
        auto const piece = piece_of(path, bytes, {});
        auto wanted =
            attest::wanted::endorsements_for(piece ? piece->found.evidence : bytes, product);
        if (!wanted) {
            wanted.error().source = path;
            return unusable_evidence(wanted.error());
        }
        all.insert(all.end(), wanted->begin(), wanted->end());
    }
    auto const cache = TRY(services_.cache());
    auto downloader = TRY(services_.downloader(cache));
    attest::Endorsements gathered;
    for (auto const& wanted : all) {
        auto const bundle = TRY(downloader.get(wanted)).bundle();
        if (!bundle) return unusable(bundle.error());
        if (auto const added = gathered.add(*bundle, attest::wanted::name_of(wanted)); !added)
            return unusable(added.error());
    }
    auto const bundle = gathered.bundle();
    if (!bundle) return unusable(bundle.error());
    TRY(write_result(out_, base::text_of(*bundle), os::Readers::Everybody));
    return 0;
}

} // namespace

std::unique_ptr<Use> use_collateral_fetch() { return std::make_unique<Fetch>(); }

} // namespace host::cli
