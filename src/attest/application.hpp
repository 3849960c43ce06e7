#pragma once

// Report data of an application in a Keep, as its hardware signed them.

#include "attest/expected.hpp"
#include "crypto/digest.hpp"
#include "protocol/evidence/evidence.hpp"

namespace attest {

// What to expect in the evidence of a Keep in which this runs, whatever its hardware.
inline protocol::evidence::ReportData
report_data_of(protocol::evidence::Application const& application) {
    return crypto::sha512(protocol::evidence::ReportDataInput{application}.view());
}

// What somebody expects of an application; what is empty may be anything.
struct ExpectedApplication {
    std::optional<protocol::evidence::Digest> workload = {};
    std::optional<protocol::evidence::Digest> configuration = {};
    std::optional<protocol::evidence::UserData> user_data = {};

    bool any() const { return workload || configuration || user_data; }
    bool all() const { return workload && configuration && user_data; }
};

// Report data of such an application. Hardware signed one digest of all three: what is not expected
// has to stand beside the evidence. Nothing where it does not.
inline std::optional<protocol::evidence::ReportData> report_data_of(
    ExpectedApplication const& expected,
    std::optional<protocol::evidence::Application> const& beside
) {
    if (!expected.all() && !beside) return {};
    auto const other = beside.value_or(protocol::evidence::Application{});
    return report_data_of(
        {.workload = expected.workload.value_or(other.workload),
         .configuration = expected.configuration.value_or(other.configuration),
         .user_data = expected.user_data.value_or(other.user_data)}
    );
}

} // namespace attest
