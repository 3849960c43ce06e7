#pragma once

// One connection to a file of SQLite, and statements on it. Used by one thread at a time.

#include "service/store/store.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>

struct sqlite3;      // NOLINT(readability-identifier-naming): SQLite calls them so
struct sqlite3_stmt; // NOLINT(readability-identifier-naming)

namespace service::sqlite {

// A statement in use: what is bound stays the caller's and has to live until the last step.
class Query {
public:
    Query(sqlite3* connection, sqlite3_stmt* statement)
        : connection_{connection}, statement_{statement} {}
    Query(Query const&) = delete;
    Query(Query&&) = delete;
    Query& operator=(Query const&) = delete;
    Query& operator=(Query&&) = delete;
    ~Query(); // ready for the next user

    // In the order of the question marks.
    Query& with(std::uint64_t number);
    Query& with(std::string_view text);
    Query& with(base::View bytes);
    template <class T> Query& with(std::optional<T> const& value) {
        return value ? with(*value) : with_null();
    }

    Answer<bool> row();            // whether there is another one
    Answer<void> run();            // for what gives no rows
    std::uint64_t changed() const; // rows, by the last run

    // Columns of the present row, from 0.
    bool null(int column) const;
    std::uint64_t number(int column) const;
    std::string text(int column) const;
    Blob bytes(int column) const;
    template <std::size_t N> base::Bytes<N> fixed(int column) const {
        base::Bytes<N> out{};
        copy(column, out);
        return out;
    }
    std::optional<std::uint64_t> number_or_null(int column) const;

private:
    Query& with_null();
    Query& bound(int outcome);
    void copy(int column, std::span<std::byte> out) const; // zeros where it has another size

    sqlite3* connection_;
    sqlite3_stmt* statement_;
    int next_ = 1;
    int failed_ = 0; // of the first bind that did
};

class Connection {
public:
    static Answer<Connection> open(std::string const& path);

    // `sql` is a literal: it is compiled once and kept.
    Answer<std::unique_ptr<Query>> query(std::string_view sql);
    Answer<void> run(std::string_view sql); // the same, run
    // One or more statements without parameters, compiled each time.
    Answer<void> script(char const* sql);
    bool in_transaction() const;

private:
    struct Close {
        void operator()(sqlite3* connection) const;
    };
    struct Finish {
        void operator()(sqlite3_stmt* statement) const;
    };
    explicit Connection(std::unique_ptr<sqlite3, Close> connection)
        : connection_{std::move(connection)} {}

    std::unique_ptr<sqlite3, Close> connection_;
    std::map<std::string_view, std::unique_ptr<sqlite3_stmt, Finish>> statements_;
};

} // namespace service::sqlite
