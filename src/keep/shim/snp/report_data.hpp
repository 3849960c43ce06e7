#pragma once

// What the shim has the hardware sign: SHA-512 of a purpose's words and of what is bound under it,
// as protocol/evidence has it for every Keep.

#include "base/result.hpp"
#include "base/view.hpp"
#include "base/wire.hpp"
#include "protocol/evidence/purpose.hpp"

namespace shim::snp {

using ReportData = base::Bytes<64>;

// SHA-512 of both, one behind the other (FIPS 180-4), by the block function of AWS-LC.
ReportData sha512(base::View first, base::View second);

// Inval: what is bound has not the form of the purpose.
base::Result<ReportData> report_data(protocol::evidence::Purpose purpose, base::View bound);

} // namespace shim::snp
