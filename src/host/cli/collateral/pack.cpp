#include "host/cli/collateral/collateral.hpp"
#include "host/cli/key/files.hpp"
#include "host/cli/verify/inputs.hpp"

namespace host::cli {

namespace {

class Pack : public Use {
public:
    Syntax syntax(Global& global) override {
        (void)global;
        return {
            .options =
                {{.name = "--out",
                  .value = "FILE",
                  .help = "Write the bundle to this new file. Default: standard output.",
                  .target = &out_,
                  .completion = Completion::File}},
            .operands = {
                {.name = "FILE|FOLDER",
                 .help = "Endorsements, or folders of which each file is one.",
                 .target = &paths_,
                 .completion = Completion::File}
            }
        };
    }

    os::OrFailure<int> carry_out(Global const& global) override {
        (void)global;
        auto const endorsements = TRY(read_endorsements(paths_));
        auto const bundle = endorsements.bundle();
        if (!bundle) return unusable(bundle.error());
        TRY(write_result(out_, base::text_of(*bundle), os::Readers::Everybody));
        return 0;
    }

private:
    std::vector<std::string> paths_;
    std::optional<std::string> out_;
};

} // namespace

std::unique_ptr<Use> use_collateral_pack() { return std::make_unique<Pack>(); }

} // namespace host::cli
