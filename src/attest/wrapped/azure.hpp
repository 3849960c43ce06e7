#pragma once

// What a guest of Azure finds in its vTPM (NV index 0x01400001, "HCL report"): a header, the report
// of SEV-SNP or TDX, and runtime data in JSON whose digest the report binds
// (learn.microsoft.com/azure/confidential-computing/guest-attestation-confidential-vms).

#include "base/result.hpp"
#include "base/view.hpp"

#include <string>

namespace attest::wrapped::azure {

bool looks_like_hcl_report(base::View bytes);

struct HclReport {
    base::View report; // of SEV-SNP
    base::View runtime_data;
};

// Refused, with the reason: one that is cut short, one whose report does not bind the runtime data,
// and one of TDX, which holds no evidence that another machine could verify.
base::Result<HclReport, std::string> parse_hcl_report(base::View bytes);

} // namespace attest::wrapped::azure
