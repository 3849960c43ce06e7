#include "attest/dcap/tcb_status.hpp"

#include <array>

namespace attest::dcap {

namespace {

using enum TcbStatus;

struct Named {
    TcbStatus status;
    std::string_view name;
};

constexpr std::array<Named, 9> names{{
    {UpToDate, "UpToDate"},
    {SwHardeningNeeded, "SWHardeningNeeded"},
    {ConfigurationNeeded, "ConfigurationNeeded"},
    {ConfigurationAndSwHardeningNeeded, "ConfigurationAndSWHardeningNeeded"},
    {OutOfDate, "OutOfDate"},
    {OutOfDateConfigurationNeeded, "OutOfDateConfigurationNeeded"},
    {Revoked, "Revoked"},
    {TdRelaunchAdvised, "TDRelaunchAdvised"},
    {TdRelaunchAdvisedConfigurationNeeded, "TDRelaunchAdvisedConfigurationNeeded"},
}};

} // namespace

std::string_view name_of(TcbStatus status) {
    for (auto const& [candidate, name] : names)
        if (candidate == status) return name;
    return "unknown";
}

std::optional<TcbStatus> tcb_status(std::string_view name) {
    for (auto const& [status, candidate] : names)
        if (candidate == name) return status;
    return {};
}

bool configuration_needed(TcbStatus status) {
    return status == ConfigurationNeeded || status == ConfigurationAndSwHardeningNeeded ||
           status == OutOfDateConfigurationNeeded || status == TdRelaunchAdvisedConfigurationNeeded;
}

TcbStatus converge(TcbStatus platform, TcbStatus part) {
    if (platform == Revoked || part == Revoked) return Revoked;
    if (part != OutOfDate) return platform;
    if (platform == UpToDate || platform == SwHardeningNeeded) return OutOfDate;
    if (platform == ConfigurationNeeded || platform == ConfigurationAndSwHardeningNeeded)
        return OutOfDateConfigurationNeeded;
    return platform;
}

} // namespace attest::dcap
