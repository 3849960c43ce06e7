#pragma once

// How a store says no, in the same words whatever database is behind; and what is too large for
// any.

#include "service/store/store.hpp"

namespace service {

Refusal serial_conflict(std::string_view name, std::uint64_t newest);
Refusal anothers_name(std::string_view name);
Refusal second_release();
Refusal replicas_exhausted(std::string_view name, std::uint64_t replicas);
Refusal withdrawn(std::string_view name);
Refusal revoked_keep();
Refusal unknown_deployment(std::string_view name);
Refusal unknown_keep();
Refusal certificate_there();
Refusal sealed_there();

// Whether all columns keep to the caps of rows.hpp; all numbers fit a database's signed 64 bits.
Answer<void> checked(DeploymentRow const& row);
Answer<void> checked(SealedRow const& row);
Answer<void> checked(ReleaseRow const& row);
Answer<void> checked(CertificateRow const& row);
Answer<void> checked_entry(base::View entry);

} // namespace service
