#include "service/store/sqlite/connection.hpp"

#include <algorithm>

#include <sqlite3.h>

namespace service::sqlite {

namespace {

constexpr int patience_ms = 10'000; // only a checkpoint of the file holds anybody up
constexpr int primary = 0xff;       // of an extended result code

std::unexpected<Refusal> failed(sqlite3* connection, int code) {
    std::string const what = connection ? sqlite3_errmsg(connection) : sqlite3_errstr(code);
    auto text = "SQLite: " + what + " (" + std::to_string(code) + ")";
    switch (code & primary) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return std::unexpected(
            Refusal{Why::Unavailable, os::Failure{"store-damaged", std::move(text)}}
        );
    default:
        return std::unexpected(
            Refusal{Why::Unavailable, os::Failure{"store-unavailable", std::move(text)}}
        );
    }
}

int size_of(std::size_t size) { return static_cast<int>(size); } // caps of rows.hpp are below 2^31

} // namespace

Query::~Query() {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
}

Query& Query::bound(int outcome) {
    if (failed_ == SQLITE_OK) failed_ = outcome;
    ++next_;
    return *this;
}

Query& Query::with(std::uint64_t number) {
    return bound(sqlite3_bind_int64(statement_, next_, static_cast<sqlite3_int64>(number)));
}

// A text or blob without an address would be null.
Query& Query::with(std::string_view text) {
    char const* const at = text.empty() ? "" : text.data();
    return bound(sqlite3_bind_text(statement_, next_, at, size_of(text.size()), SQLITE_STATIC));
}

Query& Query::with(base::View bytes) {
    if (bytes.empty()) return bound(sqlite3_bind_zeroblob(statement_, next_, 0));
    return bound(
        sqlite3_bind_blob(statement_, next_, bytes.data(), size_of(bytes.size()), SQLITE_STATIC)
    );
}

Query& Query::with_null() { return bound(sqlite3_bind_null(statement_, next_)); }

Answer<bool> Query::row() {
    if (failed_ != SQLITE_OK) return failed(connection_, failed_);
    auto const outcome = sqlite3_step(statement_);
    if (outcome == SQLITE_ROW) return true;
    if (outcome == SQLITE_DONE) return false;
    return failed(connection_, outcome);
}

Answer<void> Query::run() {
    while (TRY(row())) {
    }
    return {};
}

std::uint64_t Query::changed() const {
    return static_cast<std::uint64_t>(sqlite3_changes64(connection_));
}

bool Query::null(int column) const {
    return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

std::uint64_t Query::number(int column) const {
    return static_cast<std::uint64_t>(sqlite3_column_int64(statement_, column));
}

std::optional<std::uint64_t> Query::number_or_null(int column) const {
    if (null(column)) return {};
    return number(column);
}

std::string Query::text(int column) const {
    auto const it = bytes(column);
    return std::string{base::text_of(it)};
}

Blob Query::bytes(int column) const {
    auto const* const at = sqlite3_column_blob(statement_, column);
    auto const size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
    if (at == nullptr) return {};
    // Safety: std::byte may alias any object; SQLite says how many there are.
    auto const* const first = static_cast<std::byte const*>(at);
    return {first, first + size};
}

void Query::copy(int column, std::span<std::byte> out) const {
    auto const there = bytes(column);
    if (there.size() == out.size()) std::ranges::copy(there, out.begin());
}

void Connection::Close::operator()(sqlite3* connection) const { sqlite3_close_v2(connection); }
void Connection::Finish::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

Answer<Connection> Connection::open(std::string const& path) {
    sqlite3* opened = nullptr;
    constexpr int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    auto const outcome = sqlite3_open_v2(path.c_str(), &opened, flags, nullptr);
    std::unique_ptr<sqlite3, Close> connection{opened};
    if (outcome != SQLITE_OK) return failed(opened, outcome);
    sqlite3_busy_timeout(opened, patience_ms);
    // Nothing in the file makes us run what is not ours, and no statement writes beside the pages.
    sqlite3_db_config(opened, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(opened, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    return Connection{std::move(connection)};
}

Answer<std::unique_ptr<Query>> Connection::query(std::string_view sql) {
    auto& kept = statements_[sql];
    if (!kept) {
        sqlite3_stmt* made = nullptr;
        auto const outcome = sqlite3_prepare_v3(
            connection_.get(),
            sql.data(),
            size_of(sql.size()),
            SQLITE_PREPARE_PERSISTENT,
            &made,
            nullptr
        );
        if (outcome != SQLITE_OK) return failed(connection_.get(), outcome);
        kept.reset(made);
    }
    return std::make_unique<Query>(connection_.get(), kept.get());
}

Answer<void> Connection::run(std::string_view sql) {
    auto const it = TRY(query(sql));
    return it->run();
}

Answer<void> Connection::script(char const* sql) {
    auto const outcome = sqlite3_exec(connection_.get(), sql, nullptr, nullptr, nullptr);
    if (outcome != SQLITE_OK) return failed(connection_.get(), outcome);
    return {};
}

bool Connection::in_transaction() const { return sqlite3_get_autocommit(connection_.get()) == 0; }

} // namespace service::sqlite
