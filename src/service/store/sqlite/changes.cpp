#include "service/store/sqlite/changes.hpp"

#include "crypto/merkle.hpp"
#include "service/store/refusals.hpp"
#include "service/store/sqlite/queries.hpp"

#include <algorithm>

namespace service::sqlite {

namespace {

constexpr std::string_view insert_deployment =
    "INSERT INTO deployment(name, serial, statement, tenant, policy, time) VALUES(?,?,?,?,?,?)";
constexpr std::string_view insert_withdrawal = "INSERT INTO withdrawal(name, time) VALUES(?,?)";
constexpr std::string_view insert_sealed =
    "INSERT INTO sealed(kind, name, serial, secret, kek, value) VALUES(?,?,?,?,?,?) "
    "ON CONFLICT DO NOTHING";
constexpr std::string_view replace_sealed = "UPDATE sealed SET kek = ?, value = ? WHERE kind = ? "
                                            "AND name = ? AND serial = ? AND secret = ?";
constexpr std::string_view insert_release = "INSERT INTO release(keep_id, deployment, serial, "
                                            "instance, tenant, kind, time, not_after, leaf) "
                                            "VALUES(?,?,?,?,?,?,?,?,?)";
constexpr std::string_view find_certificate = "SELECT 1 FROM certificate WHERE serial = ?";
constexpr std::string_view insert_certificate =
    "INSERT INTO certificate(serial, keep_id, time, not_after) VALUES(?,?,?,?)";
constexpr std::string_view prolong_release =
    "UPDATE release SET not_after = max(not_after, ?) WHERE keep_id = ?";
constexpr std::string_view revoke_release = "UPDATE release SET revoked_at = ? WHERE keep_id = ?";
constexpr std::string_view revoke_certificates =
    "UPDATE certificate SET revoked_at = ? WHERE keep_id = ? AND revoked_at IS NULL";
constexpr std::string_view insert_leaf = "INSERT INTO leaf(number, hash, entry) VALUES(?,?,?)";

constexpr std::string_view prune_certificates = "DELETE FROM certificate WHERE not_after < ?";
constexpr std::string_view prune_releases = "DELETE FROM release WHERE not_after < ?";
// The newest of a name stays, and what a Keep that may still ask for a certificate was granted.
constexpr std::string_view prune_versions =
    "DELETE FROM deployment WHERE "
    "serial < (SELECT max(serial) FROM deployment AS newer WHERE newer.name = deployment.name) "
    "AND NOT EXISTS (SELECT 1 FROM release WHERE release.deployment = deployment.name "
    "AND release.serial = deployment.serial)";
constexpr std::string_view prune_sealed =
    "DELETE FROM sealed WHERE kind IN (1, 2) AND NOT EXISTS (SELECT 1 FROM deployment "
    "WHERE deployment.name = sealed.name AND deployment.serial = sealed.serial)";

Answer<void> check_for_release(Connection& connection, ReleaseRow const& row) {
    auto const version = TRY(newest(connection, row.deployment));
    if (!version) return std::unexpected(unknown_deployment(row.deployment));
    if (version->withdrawn_at) return std::unexpected(withdrawn(row.deployment));
    if (version->serial != row.serial)
        return std::unexpected(serial_conflict(row.deployment, version->serial));
    if (TRY(released(connection, row.keep_id))) return std::unexpected(second_release());
    return {};
}

Answer<std::uint64_t> deleted(Connection& connection, std::string_view sql, std::uint64_t now) {
    auto const query = TRY(connection.query(sql));
    TRY(query->with(now).run());
    return query->changed();
}

Answer<std::uint64_t> deleted(Connection& connection, std::string_view sql) {
    auto const query = TRY(connection.query(sql));
    TRY(query->run());
    return query->changed();
}

} // namespace

Answer<LeafIndex> append(Connection& connection, base::View entry) {
    auto const index = TRY(leaves(connection));
    auto const hash = crypto::merkle::leaf_hash(entry);
    auto const query = TRY(connection.query(insert_leaf));
    TRY(query->with(index).with(base::View{hash}).with(entry).run());
    return index;
}

Answer<LeafIndex> publish(Connection& connection, DeploymentRow const& row, base::View entry) {
    if (auto const there = TRY(newest(connection, row.name))) {
        if (there->tenant != row.tenant) return std::unexpected(anothers_name(row.name));
        if (there->withdrawn_at) return std::unexpected(withdrawn(row.name));
        if (there->serial >= row.serial)
            return std::unexpected(serial_conflict(row.name, there->serial));
    }
    auto const query = TRY(connection.query(insert_deployment));
    query->with(row.name).with(row.serial).with(base::View{row.statement});
    TRY(query->with(base::View{row.tenant}).with(row.policy).with(row.time).run());
    return append(connection, entry);
}

Answer<LeafIndex>
withdraw(Connection& connection, std::string_view name, std::uint64_t time, base::View entry) {
    auto const there = TRY(newest(connection, name));
    if (!there) return std::unexpected(unknown_deployment(name));
    if (there->withdrawn_at) return std::unexpected(withdrawn(name));
    auto const query = TRY(connection.query(insert_withdrawal));
    TRY(query->with(name).with(time).run());
    return append(connection, entry);
}

Answer<LeafIndex> seal(Connection& connection, SealedRow const& row, base::View entry) {
    auto const& name = row.name;
    if (name.kind != SealedKind::ServiceKey && !TRY(deployment(connection, name.name, name.serial)))
        return std::unexpected(unknown_deployment(name.name));
    auto const query = TRY(connection.query(insert_sealed));
    query->with(std::uint64_t(name.kind)).with(name.name).with(name.serial).with(name.secret);
    TRY(query->with(base::View{row.value.kek}).with(base::View{row.value.sealed}).run());
    if (query->changed() == 0) return std::unexpected(sealed_there());
    return append(connection, entry);
}

Answer<std::uint64_t>
reseal(Connection& connection, KekId const& kek, Store::Again const& again, base::View entry) {
    constexpr std::size_t at_once = 64;
    std::uint64_t done = 0;
    for (auto rows = TRY(sealed_by_others(connection, kek, at_once)); !rows.empty();
         rows = TRY(sealed_by_others(connection, kek, at_once))) {
        for (auto const& [name, value] : rows) {
            auto const fresh = again({name, value});
            if (!fresh) return std::unexpected(Refusal{Why::Unavailable, fresh.error()});
            TRY(checked(SealedRow{name, *fresh}));
            auto const query = TRY(connection.query(replace_sealed));
            query->with(base::View{fresh->kek}).with(base::View{fresh->sealed});
            query->with(std::uint64_t(name.kind)).with(name.name).with(name.serial);
            TRY(query->with(name.secret).run());
        }
        done += rows.size();
    }
    TRY(append(connection, entry));
    return done;
}

Answer<LeafIndex>
release(Connection& connection, ReleaseRow const& row, std::uint64_t replicas, base::View entry) {
    TRY(check_for_release(connection, row));
    if (TRY(count_alive(connection, row.deployment, row.time)) >= replicas)
        return std::unexpected(replicas_exhausted(row.deployment, replicas));
    auto const leaf = TRY(append(connection, entry));
    auto const query = TRY(connection.query(insert_release));
    query->with(base::View{row.keep_id}).with(row.deployment).with(row.serial);
    query->with(base::View{row.instance}).with(base::View{row.tenant}).with(row.kind);
    TRY(query->with(row.time).with(row.not_after).with(leaf).run());
    return leaf;
}

Answer<LeafIndex> certify(Connection& connection, CertificateRow const& row, base::View entry) {
    auto const keep = TRY(released(connection, row.keep_id));
    if (!keep) return std::unexpected(unknown_keep());
    if (keep->revoked_at) return std::unexpected(revoked_keep());
    auto const version = TRY(newest(connection, keep->deployment));
    if (version && version->withdrawn_at) return std::unexpected(withdrawn(keep->deployment));
    auto const same = TRY(connection.query(find_certificate));
    if (TRY(same->with(base::View{row.serial}).row())) return std::unexpected(certificate_there());

    auto const insert = TRY(connection.query(insert_certificate));
    insert->with(base::View{row.serial}).with(base::View{row.keep_id});
    TRY(insert->with(row.time).with(row.not_after).run());
    auto const prolong = TRY(connection.query(prolong_release));
    TRY(prolong->with(row.not_after).with(base::View{row.keep_id}).run());
    return append(connection, entry);
}

Answer<LeafIndex>
revoke(Connection& connection, base::View keep_id, std::uint64_t time, base::View entry) {
    auto const keep = TRY(released(connection, keep_id));
    if (!keep) return std::unexpected(unknown_keep());
    if (keep->revoked_at) return std::unexpected(revoked_keep());
    for (auto const sql : {revoke_release, revoke_certificates}) {
        auto const query = TRY(connection.query(sql));
        TRY(query->with(time).with(keep_id).run());
    }
    return append(connection, entry);
}

Answer<Pruned> prune(Connection& connection, std::uint64_t now) {
    Pruned out;
    out.certificates = TRY(deleted(connection, prune_certificates, now));
    out.releases = TRY(deleted(connection, prune_releases, now));
    out.versions = TRY(deleted(connection, prune_versions));
    TRY(deleted(connection, prune_sealed));
    return out;
}

} // namespace service::sqlite
