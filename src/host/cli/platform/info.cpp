#include "host/cli/platform/info.hpp"

#include "host/cli/platform/render.hpp"
#include "host/cli/report.hpp"

#include <sys/utsname.h>
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

std::string system_name() {
    utsname names{};
    if (::uname(&names) != 0) return "unknown";
    return std::string{names.sysname} + ' ' + names.release + ' ' + names.version + ' ' +
           names.machine;
}

os::OrFailure<int> PlatformInfo::carry_out(Global const& global) {
    (void)global;
    auto const machine = vmm::Machine::real();
    PlatformState state{.system = system_name(), .cpu = machine.brand(), .backends = {}};
    for (auto const& backend : vmm::backends())
        state.backends.push_back({&backend, backend.probe(machine)});
    TRY(write_output(
        json_ ? platform_json(state) : platform_text(state, ::isatty(STDOUT_FILENO) != 0)
    ));
    return 0;
}

} // namespace

std::unique_ptr<Use> use_platform_info() { return std::make_unique<PlatformInfo>(); }

} // namespace host::cli
