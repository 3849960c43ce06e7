#pragma once

// What Enarx puts into the extension of a request: evidence, and endorsements for it.

#include "attest/endorsements.hpp"
#include "attest/roots.hpp"

#include <optional>

namespace attest::csr {

enum class Technology : std::uint8_t { Kvm = 1, Sgx = 2, Snp = 3 }; // the last arc of the OID

// Nothing where it is none of 1.3.6.1.4.1.58270.1.1 to .3.
std::optional<Technology> technology_of(base::View oid);

struct Evidence {
    base::View report;         // a quote of SGX, a report of SEV-SNP
    Endorsements endorsements; // those that were given and those inside
};

// The value of the extension. Keeps put in the revocation lists of all authorities: one whose
// issuer has no certificate here says nothing and is left out, as is one of which a list was given.
base::Result<Evidence, Unusable> read_evidence(
    Technology technology, base::View value, Endorsements const& given, Roots const& roots
);

} // namespace attest::csr
