#include "host/cli/platform/state.hpp"

#include <sys/utsname.h>

namespace host::cli {

namespace {

std::string system_name() {
    utsname names{};
    if (::uname(&names) != 0) return "unknown";
    return std::string{names.sysname} + ' ' + names.release + ' ' + names.version + ' ' +
           names.machine;
}

} // namespace

PlatformState platform_state() {
    auto const machine = vmm::Machine::real();
    PlatformState state{.system = system_name(), .cpu = machine.brand(), .backends = {}};
    for (auto const& backend : vmm::backends())
        state.backends.push_back({&backend, backend.probe(machine)});
    return state;
}

} // namespace host::cli
