#pragma once

// The certificate table that hosts of SEV-SNP hand to their guests beside a report (GHCB
// specification, publication 56421, 4.1.8.1.1): entries of GUID, offset and length up to an entry
// of zeros, then the certificates, DER or PEM. Linux gives it as `auxblob` of a TSM report.

#include "base/result.hpp"
#include "base/view.hpp"
#include "crypto/malformed.hpp"

#include <vector>

namespace attest {

struct TableEntry {
    base::View content;
    std::size_t offset = 0; // in the table
};

// Whether bytes begin as such a table does: with a GUID that it knows.
bool looks_like_certificate_table(base::View bytes);

// The certificates and lists in it, which point into `bytes`; what hosts add under GUIDs of their
// own is passed over.
base::Result<std::vector<TableEntry>, crypto::Malformed> parse_certificate_table(base::View bytes);

} // namespace attest
