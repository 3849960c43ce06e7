#pragma once

// The states that Intel gives to a platform, with the spelling of its documents.

#include <cstdint>
#include <optional>
#include <string_view>

namespace attest::dcap {

enum class TcbStatus : std::uint8_t {
    UpToDate,
    SwHardeningNeeded,
    ConfigurationNeeded,
    ConfigurationAndSwHardeningNeeded,
    OutOfDate,
    OutOfDateConfigurationNeeded,
    Revoked,
    TdRelaunchAdvised, // no document has this one and the next: appraisals make them
    TdRelaunchAdvisedConfigurationNeeded,
};

std::string_view name_of(TcbStatus status);
std::optional<TcbStatus> tcb_status(std::string_view name);

// The state of a platform one part of which (quoting enclave or TDX module) has a state of its own.
TcbStatus converge(TcbStatus platform, TcbStatus part);

// Whether something has to be configured anew, in whatever company that word stands.
bool configuration_needed(TcbStatus status);

} // namespace attest::dcap
