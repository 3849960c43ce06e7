#include "host/cli/platform/state.hpp"

#include "host/cli/collateral/of_this_chip.hpp"

#include <sys/utsname.h>

namespace host::cli {

namespace {

std::string system_name() {
    utsname names{};
    if (::uname(&names) != 0) return "unknown";
    return std::string{names.sysname} + ' ' + names.release + ' ' + names.version + ' ' +
           names.machine;
}

// Whoever verifies can fetch them as well: a Keep does not need them.
vmm::Check check_certificates() {
    return {
        .name = "Certificates of this chip, for the evidence of its Keeps",
        .pass = true,
        .info = kept_for_keeps() ? "in the cache"
                                 : "none in the cache: whoever verifies asks AMD. `enarx platform "
                                   "snp fetch` keeps them here"
    };
}

} // namespace

PlatformState platform_state() {
    auto const machine = vmm::Machine::real();
    PlatformState state{.system = system_name(), .cpu = machine.brand(), .backends = {}};
    for (auto const& backend : vmm::backends()) {
        auto report = backend.probe(machine);
        if (backend.name == "snp" && report.available())
            report.platform.push_back(check_certificates());
        state.backends.push_back({&backend, std::move(report)});
    }
    return state;
}

} // namespace host::cli
