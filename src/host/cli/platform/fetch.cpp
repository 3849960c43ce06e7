#include "host/cli/platform/fetch.hpp"

#include "host/cli/collateral/of_this_chip.hpp"
#include "host/cli/collateral/services.hpp"
#include "host/cli/key/files.hpp"
#include "host/cli/report.hpp"

#include <optional>

namespace host::cli {

namespace {

class Fetch : public Use {
public:
    Syntax syntax(Global& global) override;
    os::OrFailure<int> carry_out(Global const& global) override;

private:
    std::optional<std::string> out_;
    ServiceOptions services_;
};

Syntax Fetch::syntax(Global& global) {
    (void)global;
    auto options = services_.options();
    options.insert(
        options.begin(),
        {.name = "--out",
         .value = "FILE",
         .help = "Write all of it to this new file as well, for --certificates elsewhere.",
         .target = &out_,
         .completion = Completion::File}
    );
    return {.options = std::move(options), .operands = {}};
}

os::OrFailure<int> Fetch::carry_out(Global const& global) {
    (void)global;
    auto const all = TRY(wanted_of_this_chip());
    auto const cache = TRY(services_.cache());
    auto downloader = TRY(services_.downloader(cache));
    std::vector<attest::Endorsements> got;
    for (auto const& wanted : all) {
        got.push_back(TRY(downloader.get(wanted)));
        keep_for_keeps(cache, wanted, got.back());
        TRY(write_output("kept " + attest::wanted::name_of(wanted) + '\n'));
    }
    if (!out_) return 0;
    auto const bundle = TRY(bundle_of(got));
    TRY(write_file(*out_, base::view_of(bundle), os::Readers::Everybody));
    return 0;
}

} // namespace

std::unique_ptr<Use> use_platform_snp_fetch() { return std::make_unique<Fetch>(); }

} // namespace host::cli
