#pragma once

// What the store's writing calls do inside a transaction: look, refuse, or write rows and leaf.

#include "service/store/sqlite/connection.hpp"

namespace service::sqlite {

Answer<LeafIndex> publish(Connection& connection, DeploymentRow const& row, base::View entry);
Answer<LeafIndex>
withdraw(Connection& connection, std::string_view name, std::uint64_t time, base::View entry);
Answer<LeafIndex> seal(Connection& connection, SealedRow const& row, base::View entry);
Answer<std::uint64_t>
reseal(Connection& connection, KekId const& kek, Store::Again const& again, base::View entry);
Answer<LeafIndex>
release(Connection& connection, ReleaseRow const& row, std::uint64_t replicas, base::View entry);
Answer<LeafIndex> certify(Connection& connection, CertificateRow const& row, base::View entry);
Answer<LeafIndex>
revoke(Connection& connection, base::View keep_id, std::uint64_t time, base::View entry);
Answer<LeafIndex> append(Connection& connection, base::View entry);
Answer<Pruned> prune(Connection& connection, std::uint64_t now);

} // namespace service::sqlite
