#pragma once

// The rules for evidence of a Keep without hardware.

#include "attest/common_rules.hpp"

#include <array>

namespace attest::none::rules {

inline constexpr Rule hardware{
    "none.hardware",
    "A CPU signed the evidence: what a Keep without hardware says proves nothing against its host.",
    "RFC 9334, 7.1; docs/attestation.md, Evidence without hardware",
    Level::Always
};
inline constexpr Rule form{
    "none.form",
    "It is an unprotected claims set of the kind `none`, encoded in one way only, and nothing "
    "follows.",
    "RFC 9781; RFC 8949, 4.2.1; docs/attestation.md, Evidence without hardware",
    Level::Always
};
inline constexpr Rule binding{
    "none.binding",
    "The report data are those of the workload, configuration and user data beside them.",
    "docs/attestation.md, Report data",
    Level::Always
};
inline constexpr Rule report_data{
    "none.report-data",
    "The report data, or all parts that they are made of, are what the relying party expects.",
    "docs/attestation.md, Report data",
    Level::Strict
};
inline constexpr Rule measurement{
    "none.measurement",
    "The measurement, where there is one, is one of those expected.",
    "docs/attestation.md, Evidence without hardware",
    Level::Strict
};
inline constexpr Rule workload{
    "none.workload",
    "The workload digest is the expected one.",
    "docs/attestation.md, Workload digest",
    Level::Asked
};
inline constexpr Rule configuration{
    "none.configuration",
    "The configuration digest is the expected one.",
    "docs/attestation.md, Configuration digest",
    Level::Asked
};
inline constexpr Rule user_data{
    "none.user-data",
    "The user data are what the application was asked to bind.",
    "docs/attestation.md, Report data",
    Level::Asked
};

inline constexpr std::array all{
    &attest::rules::kind_accepted,
    &hardware,
    &form,
    &binding,
    &report_data,
    &measurement,
    &workload,
    &configuration,
    &user_data,
    &attest::rules::expectations_compared,
};

} // namespace attest::none::rules
