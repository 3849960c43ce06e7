#include "attest/dcap/platform_tcb.hpp"

#include <algorithm>

namespace attest::dcap {

namespace {

using enum TcbStatus;

bool at_least(std::span<std::uint8_t const> found, std::span<std::uint8_t const> wanted) {
    return std::ranges::equal(found, wanted, std::ranges::greater_equal{});
}

// With a module of a version above 0, its own levels count instead of the first two components.
bool reaches(Svns const& tee_tcb_svn, Svns const& level) {
    std::size_t const from = tee_tcb_svn[1] > 0 ? 2 : 0;
    return at_least(std::span{tee_tcb_svn}.subspan(from), std::span{level}.subspan(from));
}

bool current_enough(TcbStatus status) {
    return status == UpToDate || status == SwHardeningNeeded || status == ConfigurationNeeded ||
           status == ConfigurationAndSwHardeningNeeded;
}

// Whether the module that runs now is the latest, as is the loader that started it.
bool up_to_date(TcbInfo const& info, Svns const& current) {
    if (info.levels.empty()) return false;
    auto const& latest = info.levels.front();
    if (current[2] < latest.tdx[2]) return false;
    if (current[1] == 0) return current[0] >= latest.tdx[0];
    auto const* module = find_module(info, current[1]);
    return module && !module->levels.empty() && current[0] >= module->levels.front().isv_svn;
}

} // namespace

TcbLevel const* find_level(TcbInfo const& info, Pck const& pck, Svns const* tee_tcb_svn) {
    for (auto const& level : info.levels)
        if (at_least(pck.components, level.sgx) && pck.pce_svn >= level.pce_svn &&
            (!tee_tcb_svn || reaches(*tee_tcb_svn, level.tdx)))
            return &level;
    return nullptr;
}

ModuleIdentity const* find_module(TcbInfo const& info, std::uint8_t version) {
    auto const found = std::ranges::find(info.modules, version, &ModuleIdentity::version);
    return found == info.modules.end() ? nullptr : &*found;
}

IsvLevel const* find_isv_level(std::span<IsvLevel const> levels, std::uint16_t isv_svn) {
    for (auto const& level : levels)
        if (isv_svn >= level.isv_svn) return &level;
    return nullptr;
}

TcbStatus relaunch(TcbInfo const& info, Launched const& launched) {
    bool const outdated =
        launched.module == OutOfDate &&
        (launched.status == OutOfDate || launched.status == OutOfDateConfigurationNeeded);
    if (!outdated || launched.quoting_enclave == OutOfDate || launched.quoting_enclave == Revoked ||
        !current_enough(launched.sgx) || !up_to_date(info, launched.current))
        return launched.status;
    return configuration_needed(launched.sgx) || configuration_needed(launched.status)
               ? TdRelaunchAdvisedConfigurationNeeded
               : TdRelaunchAdvised;
}

} // namespace attest::dcap
