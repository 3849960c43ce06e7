#include "host/cli/platform/info.hpp"

#include "host/cli/platform/state.hpp"
#include "host/cli/report.hpp"

#include <unistd.h>

namespace host::cli {

namespace {

class PlatformInfo : public Use {
public:
    Syntax syntax(Global& global) override;
    os::OrFailure<int> carry_out(Global const& global) override;

private:
    bool json_ = false;
};

Syntax PlatformInfo::syntax(Global& global) {
    (void)global;
    return {
        .options = {{.name = "--json", .letter = 'j', .help = "As JSON.", .target = &json_}},
        .operands = {}
    };
}

os::OrFailure<int> PlatformInfo::carry_out(Global const& global) {
    (void)global;
    auto const state = platform_state();
    TRY(write_output(
        json_ ? platform_json(state) : platform_text(state, ::isatty(STDOUT_FILENO) != 0)
    ));
    return 0;
}

} // namespace

std::unique_ptr<Use> use_platform_info() { return std::make_unique<PlatformInfo>(); }

} // namespace host::cli
