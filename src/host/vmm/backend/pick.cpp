#include "host/vmm/backend/pick.hpp"

#include <algorithm>

namespace host::vmm {

namespace {

std::unexpected<os::Failure> refused(std::string_view name, std::string text, std::string hint) {
    return std::unexpected(os::Failure{name, std::move(text), std::move(hint)});
}

std::string names_of(std::span<Backend const> among) {
    std::string out;
    for (auto const& backend : among) out += (out.empty() ? "" : ", ") + std::string{backend.name};
    return out;
}

// The deepest check that does not pass.
Check const* first_failure(Checks const& checks) {
    for (auto const& check : checks) {
        if (!check.pass) return &check;
        if (auto const* inner = first_failure(check.parts)) return inner;
    }
    return nullptr;
}

os::OrFailure<Backend const*>
named(Backend const& backend, bool require_hardware, Machine const& machine) {
    auto const name = std::string{backend.name};
    if (require_hardware && !backend.tee)
        return refused(
            "hardware-required",
            "--require-hardware, but backend " + name + " is no trusted execution environment",
            "name snp, tdx or sgx, or leave one of both options out"
        );
    auto const report = backend.probe(machine);
    auto const* missing = first_failure(report.platform);
    if (missing == nullptr) missing = first_failure(report.setup);
    if (missing != nullptr)
        return refused(
            "backend-unavailable",
            "backend " + name + " cannot be used on this host: " + missing->name +
                (missing->info.empty() ? "" : ": " + missing->info),
            (missing->advice.empty() ? "" : missing->advice + '\n') +
                "`enarx platform info` lists all that is missing"
        );
    if (backend.launch == nullptr)
        return refused(
            "backend-unavailable",
            "backend " + name +
                ": this build of Enarx has no such Keep yet, although this host could run it",
            "leave --backend out to use the best there is, and see which that is"
        );
    return &backend;
}

bool usable(Backend const& backend, Machine const& machine) {
    if (backend.launch == nullptr) return false;
    auto const report = backend.probe(machine);
    return report.available() && report.configured();
}

} // namespace

os::OrFailure<Backend const*>
pick(Wish const& wish, std::span<Backend const> among, Machine const& machine) {
    if (wish.name) {
        auto const found = std::ranges::find_if(among, [&](Backend const& backend) {
            return *wish.name == backend.name ||
                   (!backend.alias.empty() && *wish.name == backend.alias);
        });
        if (found == among.end())
            return refused(
                "backend-unknown",
                "there is no backend '" + *wish.name + "'",
                "the backends are " + names_of(among)
            );
        return named(*found, wish.require_hardware, machine);
    }
    for (auto const& backend : among)
        if ((backend.tee || !wish.require_hardware) && usable(backend, machine)) return &backend;
    if (wish.require_hardware)
        return refused(
            "hardware-required",
            "this host and this build of Enarx have no trusted execution environment together",
            "`enarx platform info` lists what is missing"
        );
    return refused(
        "backend-unavailable",
        "no backend can be used on this host",
        "`enarx platform info` lists what is missing"
    );
}

} // namespace host::vmm
