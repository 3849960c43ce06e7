#include "host/cli/collateral/collateral.hpp"
#include "host/cli/collateral/describe.hpp"
#include "host/cli/report.hpp"
#include "host/cli/verify/inputs.hpp"

namespace host::cli {

namespace {

class Show : public Use {
public:
    Syntax syntax(Global& global) override {
        (void)global;
        return {
            .options = {{.name = "--json", .letter = 'j', .help = "As JSON.", .target = &json_}},
            .operands = {
                {.name = "FILE|FOLDER",
                 .help = "Bundles or other endorsements, or folders of which each file is one.",
                 .target = &paths_,
                 .completion = Completion::File}
            }
        };
    }

    os::OrFailure<int> carry_out(Global const& global) override {
        (void)global;
        auto const all = endorsements_json(TRY(read_endorsements(paths_)));
        TRY(write_output(json_ ? all.dump(2, ' ', true) + '\n' : endorsements_text(all)));
        return 0;
    }

private:
    std::vector<std::string> paths_;
    bool json_ = false;
};

} // namespace

std::unique_ptr<Use> use_collateral_show() { return std::make_unique<Show>(); }

} // namespace host::cli
