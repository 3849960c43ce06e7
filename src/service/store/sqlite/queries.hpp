#pragma once

// What the store's reading calls ask, on any connection.

#include "service/store/sqlite/connection.hpp"

namespace service::sqlite {

Answer<std::optional<DeploymentRow>> newest(Connection& connection, std::string_view name);
Answer<std::optional<DeploymentRow>>
deployment(Connection& connection, std::string_view name, std::uint64_t serial);
Answer<std::vector<SealedRow>>
sealed(Connection& connection, std::string_view name, std::uint64_t serial);
Answer<std::vector<SealedRow>>
sealed_by_others(Connection& connection, KekId const& kek, std::size_t most);
Answer<std::uint64_t> sealed_under(Connection& connection, KekId const& kek);
Answer<std::vector<DeploymentRow>> deployments(
    Connection& connection,
    std::optional<Digest> const& tenant,
    std::string_view after,
    std::size_t most
);
Answer<std::uint64_t>
count_alive(Connection& connection, std::string_view deployment, std::uint64_t now);
Answer<std::optional<ReleaseRow>> released(Connection& connection, base::View keep_id);
Answer<std::vector<ReleaseRow>>
alive(Connection& connection, std::string_view deployment, std::uint64_t now, std::size_t most);
Answer<std::vector<CertificateRow>> revoked(Connection& connection, std::uint64_t now);
Answer<std::uint64_t> leaves(Connection& connection);
Answer<std::vector<LeafRow>> leaves(Connection& connection, LeafIndex from, std::size_t most);

} // namespace service::sqlite
