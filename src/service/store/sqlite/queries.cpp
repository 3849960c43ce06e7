#include "service/store/sqlite/queries.hpp"

namespace service::sqlite {

namespace {

constexpr std::string_view newest_deployment =
    "SELECT name, serial, statement, tenant, policy, time, "
    "(SELECT time FROM withdrawal WHERE withdrawal.name = deployment.name) "
    "FROM deployment WHERE name = ? ORDER BY serial DESC LIMIT 1";
constexpr std::string_view newest_of_all =
    "SELECT name, serial, statement, tenant, policy, time, "
    "(SELECT time FROM withdrawal WHERE withdrawal.name = deployment.name) "
    "FROM deployment WHERE (?1 IS NULL OR tenant = ?1) AND name > ?2 AND serial = "
    "(SELECT max(serial) FROM deployment AS newer WHERE newer.name = deployment.name) "
    "ORDER BY name LIMIT ?3";
constexpr std::string_view number_alive =
    "SELECT count(*) FROM release WHERE deployment = ? AND revoked_at IS NULL AND not_after > ?";
constexpr std::string_view number_under_a_key = "SELECT count(*) FROM sealed WHERE kek = ?";
constexpr std::string_view one_deployment =
    "SELECT name, serial, statement, tenant, policy, time, "
    "(SELECT time FROM withdrawal WHERE withdrawal.name = deployment.name) "
    "FROM deployment WHERE name = ? AND serial = ?";
constexpr std::string_view sealed_of_one =
    "SELECT kind, name, serial, secret, kek, value FROM sealed WHERE name = ? AND serial = ? "
    "ORDER BY kind, secret";
// Both sides of the index, not the middle.
constexpr std::string_view sealed_elsewhere =
    "SELECT kind, name, serial, secret, kek, value FROM sealed WHERE kek < ?1 OR kek > ?1 LIMIT ?2";
constexpr std::string_view one_release =
    "SELECT keep_id, deployment, serial, instance, tenant, kind, time, not_after, revoked_at, "
    "leaf FROM release WHERE keep_id = ?";
constexpr std::string_view living_releases =
    "SELECT keep_id, deployment, serial, instance, tenant, kind, time, not_after, revoked_at, "
    "leaf FROM release WHERE deployment = ? AND revoked_at IS NULL AND not_after > ? "
    "ORDER BY time DESC, keep_id LIMIT ?";
constexpr std::string_view revoked_certificates =
    "SELECT serial, keep_id, time, not_after, revoked_at FROM certificate "
    "WHERE revoked_at IS NOT NULL AND not_after > ? ORDER BY serial";
constexpr std::string_view number_of_leaves = "SELECT coalesce(max(number) + 1, 0) FROM leaf";
constexpr std::string_view some_leaves =
    "SELECT number, hash, entry FROM leaf WHERE number >= ? ORDER BY number LIMIT ?";

DeploymentRow deployment_in(Query const& query) {
    DeploymentRow out;
    out.name = query.text(0);
    out.serial = query.number(1);
    out.statement = query.bytes(2);
    out.tenant = query.fixed<sizeof(Digest)>(3);
    if (!query.null(4)) out.policy = query.text(4);
    out.time = query.number(5);
    out.withdrawn_at = query.number_or_null(6);
    return out;
}

SealedRow sealed_in(Query const& query) {
    SealedRow out;
    out.name = {SealedKind(query.number(0)), query.text(1), query.number(2), query.text(3)};
    out.value = {query.fixed<sizeof(KekId)>(4), query.bytes(5)};
    return out;
}

ReleaseRow release_in(Query const& query) {
    ReleaseRow out;
    out.keep_id = query.fixed<sizeof(Digest)>(0);
    out.deployment = query.text(1);
    out.serial = query.number(2);
    out.instance = query.fixed<sizeof out.instance>(3);
    out.tenant = query.fixed<sizeof(Digest)>(4);
    out.kind = query.text(5);
    out.time = query.number(6);
    out.not_after = query.number(7);
    out.revoked_at = query.number_or_null(8);
    out.leaf = query.number_or_null(9);
    return out;
}

CertificateRow certificate_in(Query const& query) {
    CertificateRow out;
    out.serial = query.bytes(0);
    out.keep_id = query.fixed<sizeof(Digest)>(1);
    out.time = query.number(2);
    out.not_after = query.number(3);
    out.revoked_at = query.number_or_null(4);
    return out;
}

template <class Row> Answer<std::optional<Row>> first(Query& query, Row (*read)(Query const&)) {
    if (!TRY(query.row())) return std::optional<Row>{};
    return std::optional<Row>{read(query)};
}

template <class Row> Answer<std::vector<Row>> all(Query& query, Row (*read)(Query const&)) {
    std::vector<Row> out;
    while (TRY(query.row())) out.push_back(read(query));
    return out;
}

} // namespace

Answer<std::optional<DeploymentRow>> newest(Connection& connection, std::string_view name) {
    auto const query = TRY(connection.query(newest_deployment));
    return first(query->with(name), deployment_in);
}

Answer<std::optional<DeploymentRow>>
deployment(Connection& connection, std::string_view name, std::uint64_t serial) {
    auto const query = TRY(connection.query(one_deployment));
    return first(query->with(name).with(serial), deployment_in);
}

Answer<std::vector<SealedRow>>
sealed(Connection& connection, std::string_view name, std::uint64_t serial) {
    auto const query = TRY(connection.query(sealed_of_one));
    return all(query->with(name).with(serial), sealed_in);
}

Answer<std::vector<SealedRow>>
sealed_by_others(Connection& connection, KekId const& kek, std::size_t most) {
    auto const query = TRY(connection.query(sealed_elsewhere));
    return all(query->with(base::View{kek}).with(std::uint64_t{most}), sealed_in);
}

Answer<std::uint64_t> sealed_under(Connection& connection, KekId const& kek) {
    auto const query = TRY(connection.query(number_under_a_key));
    TRY(query->with(base::View{kek}).row());
    return query->number(0);
}

Answer<std::vector<DeploymentRow>> deployments(
    Connection& connection,
    std::optional<Digest> const& tenant,
    std::string_view after,
    std::size_t most
) {
    std::optional<base::View> of;
    if (tenant) of = base::View{*tenant};
    auto const query = TRY(connection.query(newest_of_all));
    return all(query->with(of).with(after).with(std::uint64_t{most}), deployment_in);
}

Answer<std::uint64_t>
count_alive(Connection& connection, std::string_view deployment, std::uint64_t now) {
    auto const query = TRY(connection.query(number_alive));
    TRY(query->with(deployment).with(now).row());
    return query->number(0);
}

Answer<std::optional<ReleaseRow>> released(Connection& connection, base::View keep_id) {
    auto const query = TRY(connection.query(one_release));
    return first(query->with(keep_id), release_in);
}

Answer<std::vector<ReleaseRow>>
alive(Connection& connection, std::string_view deployment, std::uint64_t now, std::size_t most) {
    auto const query = TRY(connection.query(living_releases));
    return all(query->with(deployment).with(now).with(std::uint64_t{most}), release_in);
}

Answer<std::vector<CertificateRow>> revoked(Connection& connection, std::uint64_t now) {
    auto const query = TRY(connection.query(revoked_certificates));
    return all(query->with(now), certificate_in);
}

Answer<std::uint64_t> leaves(Connection& connection) {
    auto const query = TRY(connection.query(number_of_leaves));
    TRY(query->row());
    return query->number(0);
}

Answer<std::vector<LeafRow>> leaves(Connection& connection, LeafIndex from, std::size_t most) {
    auto const query = TRY(connection.query(some_leaves));
    return all<LeafRow>(query->with(from).with(std::uint64_t{most}), [](Query const& row) {
        return LeafRow{row.number(0), row.fixed<sizeof(Digest)>(1), row.bytes(2)};
    });
}

} // namespace service::sqlite
