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

} // namespace attest
