#include "service/store/sqlite/schema.hpp"

namespace service::sqlite {

namespace {

constexpr std::uint64_t application = 0x454e5853; // "ENXS", in the header of the file
constexpr std::uint64_t version = 2;

// A change of any word here is another version.
constexpr auto tables = R"(
BEGIN IMMEDIATE;
CREATE TABLE deployment(name TEXT NOT NULL, serial INTEGER NOT NULL, statement BLOB NOT NULL, tenant BLOB NOT NULL,
    policy TEXT, time INTEGER NOT NULL, PRIMARY KEY(name, serial)) STRICT;
CREATE TABLE withdrawal(name TEXT NOT NULL PRIMARY KEY, time INTEGER NOT NULL) STRICT;
CREATE TABLE sealed(kind INTEGER NOT NULL, name TEXT NOT NULL, serial INTEGER NOT NULL, secret TEXT NOT NULL,
    kek BLOB NOT NULL, value BLOB NOT NULL, PRIMARY KEY(name, serial, kind, secret)) STRICT;
CREATE INDEX sealed_kek ON sealed(kek);
CREATE TABLE release(keep_id BLOB NOT NULL PRIMARY KEY, deployment TEXT NOT NULL, serial INTEGER NOT NULL,
    instance BLOB NOT NULL, tenant BLOB NOT NULL, kind TEXT NOT NULL, time INTEGER NOT NULL,
    not_after INTEGER NOT NULL, revoked_at INTEGER, leaf INTEGER) STRICT;
CREATE INDEX release_alive ON release(deployment, revoked_at, not_after);
CREATE INDEX release_expiry ON release(not_after);
CREATE TABLE certificate(serial BLOB NOT NULL PRIMARY KEY, keep_id BLOB NOT NULL, time INTEGER NOT NULL,
    not_after INTEGER NOT NULL, revoked_at INTEGER) STRICT;
CREATE INDEX certificate_keep ON certificate(keep_id);
CREATE INDEX certificate_expiry ON certificate(not_after);
CREATE INDEX certificate_revoked ON certificate(revoked_at) WHERE revoked_at IS NOT NULL;
CREATE TABLE leaf(number INTEGER NOT NULL PRIMARY KEY, hash BLOB NOT NULL, entry BLOB NOT NULL) STRICT;
PRAGMA application_id = 0x454e5853;
PRAGMA user_version = 2;
COMMIT;
)";

constexpr auto from_version_1 = R"(
BEGIN IMMEDIATE;
ALTER TABLE release ADD COLUMN leaf INTEGER;
PRAGMA user_version = 2;
COMMIT;
)";

std::unexpected<os::Failure> damaged(std::string const& path, std::string const& what) {
    return std::unexpected(os::Failure{"store-damaged", path + ": " + what});
}

template <class T> os::OrFailure<T> at(std::string const& path, Answer<T> answer) {
    if (!answer) {
        auto failure = std::move(answer.error().failure);
        failure.text = path + ": " + failure.text;
        return std::unexpected(std::move(failure));
    }
    if constexpr (std::is_void_v<T>)
        return {};
    else
        return std::move(*answer);
}

Answer<std::uint64_t> number_of(Connection& connection, std::string_view sql) {
    auto const query = TRY(connection.query(sql));
    if (!TRY(query->row())) return std::uint64_t{0};
    return query->number(0);
}

Answer<std::string> text_of(Connection& connection, std::string_view sql) {
    auto const query = TRY(connection.query(sql));
    if (!TRY(query->row())) return std::string{};
    return query->text(0);
}

constexpr std::string_view names_of_tables =
    "SELECT coalesce(group_concat(type || ' ' || name, ', '), '') FROM "
    "(SELECT type, name FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' "
    "ORDER BY type, name)";

// A trigger or view that somebody has added would act on our rows.
constexpr std::string_view names_expected =
    "index certificate_expiry, index certificate_keep, index certificate_revoked, "
    "index release_alive, index release_expiry, index sealed_kek, "
    "table certificate, table deployment, table leaf, table release, table sealed, "
    "table withdrawal";

os::OrFailure<void> check_file(Connection& connection, std::string const& path) {
    auto const names = TRY(at(path, text_of(connection, names_of_tables)));
    if (names != names_expected) return damaged(path, "its tables are " + names);
    // Cells, pages and order, not the indexes: as long as reading the file once.
    auto const whole = TRY(at(path, text_of(connection, "PRAGMA quick_check(1)")));
    if (whole != "ok") return damaged(path, whole);
    return {};
}

} // namespace

Answer<void> configure(Connection& connection) {
    return connection.script(
        "PRAGMA synchronous = FULL; PRAGMA cell_size_check = ON; "
        "PRAGMA temp_store = MEMORY; PRAGMA journal_size_limit = 67108864;"
    );
}

os::OrFailure<void> prepare(Connection& connection, std::string const& path) {
    auto const theirs = TRY(at(path, number_of(connection, "PRAGMA application_id")));
    auto const written = TRY(at(path, number_of(connection, "PRAGMA user_version")));
    auto const objects = TRY(at(path, number_of(connection, "SELECT count(*) FROM sqlite_schema")));
    bool const empty = theirs == 0 && written == 0 && objects == 0;
    if (!empty && theirs != application)
        return damaged(path, "this is a file of SQLite, but no store of the attestation service");
    if (written > version)
        return std::unexpected(
            os::Failure{
                "store-newer",
                path + " has version " + std::to_string(written) + ", this program knows " +
                    std::to_string(version)
            }
        );
    TRY(at(path, configure(connection)));
    auto const mode = TRY(at(path, text_of(connection, "PRAGMA journal_mode = WAL")));
    if (mode != "wal")
        return std::unexpected(
            os::Failure{"store-unavailable", path + ": this file system allows no write-ahead log"}
        );
    if (empty) TRY(at(path, connection.script(tables)));
    if (written == 1) TRY(at(path, connection.script(from_version_1)));
    return check_file(connection, path);
}

} // namespace service::sqlite
