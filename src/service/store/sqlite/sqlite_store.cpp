// Locks, opens, and hands each call to the writer or to a reader.

#include "service/store/sqlite/sqlite_store.hpp"

#include "os/check.hpp"
#include "service/store/refusals.hpp"
#include "service/store/sqlite/changes.hpp"
#include "service/store/sqlite/queries.hpp"
#include "service/store/sqlite/readers.hpp"
#include "service/store/sqlite/schema.hpp"
#include "service/store/sqlite/writer.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

namespace service {

namespace {

constexpr unsigned owner_only = 0600;

os::Failure unavailable(std::string const& path, base::Errno error) {
    return {"store-unavailable", path + ": " + std::string{os::description(error)}};
}

// Beside the file: closing any descriptor of the file itself would end SQLite's own locks on it.
os::OrFailure<os::Fd> lock(std::string const& path) {
    auto const name = path + ".lock";
    auto file = os::check_fd(::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, owner_only));
    if (!file) return std::unexpected(unavailable(name, file.error()));
    auto const locked = os::done(::flock(file->number(), LOCK_EX | LOCK_NB));
    if (!locked && locked.error() == base::Errno::Again)
        return std::unexpected(
            os::Failure{"store-in-use", path + " is open in another process, and one alone writes"}
        );
    if (!locked) return std::unexpected(unavailable(name, locked.error()));
    return std::move(*file);
}

// With the mode that it shall have, and its name on the disk, before SQLite writes anything.
os::OrFailure<void> make_file(std::string const& path) {
    auto const file = os::check_fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, owner_only));
    if (!file) return std::unexpected(unavailable(path, file.error()));
    auto const slash = path.rfind('/');
    auto const folder = slash == std::string::npos ? std::string{"."} : path.substr(0, slash + 1);
    auto const parent = os::check_fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!parent) return std::unexpected(unavailable(folder, parent.error()));
    auto const synced = os::done(::fsync(parent->number()));
    if (!synced) return std::unexpected(unavailable(folder, synced.error()));
    return {};
}

using sqlite::Connection;

class SqliteStore final : public Store {
public:
    SqliteStore(os::Fd lock, std::string path, Connection connection)
        : lock_{std::move(lock)}, readers_{std::move(path)}, writer_{std::move(connection)} {}

    base::Result<void> start() { return writer_.start(); }

    Answer<LeafIndex> publish(DeploymentRow const& row, base::View entry) override {
        TRY(checked(row));
        return with_leaf(entry, [&](Connection& it) { return sqlite::publish(it, row, entry); });
    }
    Answer<LeafIndex>
    withdraw(std::string_view name, std::uint64_t time, base::View entry) override {
        return with_leaf(entry, [&](Connection& it) {
            return sqlite::withdraw(it, name, time, entry);
        });
    }
    Answer<std::optional<DeploymentRow>> newest(std::string_view name) override {
        return readers_.ask([&](Connection& it) { return sqlite::newest(it, name); });
    }
    Answer<std::optional<DeploymentRow>>
    deployment(std::string_view name, std::uint64_t serial) override {
        return readers_.ask([&](Connection& it) { return sqlite::deployment(it, name, serial); });
    }
    Answer<std::vector<DeploymentRow>> deployments(
        std::optional<Digest> const& tenant, std::string_view after, std::size_t most
    ) override {
        return readers_.ask([&](Connection& it) {
            return sqlite::deployments(it, tenant, after, most);
        });
    }

    Answer<LeafIndex> seal(SealedRow const& row, base::View entry) override {
        TRY(checked(row));
        return with_leaf(entry, [&](Connection& it) { return sqlite::seal(it, row, entry); });
    }
    Answer<std::vector<SealedRow>> sealed(std::string_view name, std::uint64_t serial) override {
        return readers_.ask([&](Connection& it) { return sqlite::sealed(it, name, serial); });
    }
    Answer<std::uint64_t> sealed_under(KekId const& kek) override {
        return readers_.ask([&](Connection& it) { return sqlite::sealed_under(it, kek); });
    }
    Answer<std::uint64_t> reseal(KekId const& kek, Again const& again, base::View entry) override {
        TRY(checked_entry(entry));
        return writer_.commit<std::uint64_t>([&](Connection& it) {
            return sqlite::reseal(it, kek, again, entry);
        });
    }

    Answer<LeafIndex>
    release(ReleaseRow const& row, std::uint64_t replicas, base::View entry) override {
        TRY(checked(row));
        return with_leaf(entry, [&](Connection& it) {
            return sqlite::release(it, row, replicas, entry);
        });
    }
    Answer<std::optional<ReleaseRow>> released(base::View keep_id) override {
        return readers_.ask([&](Connection& it) { return sqlite::released(it, keep_id); });
    }
    Answer<std::vector<ReleaseRow>>
    alive(std::string_view deployment, std::uint64_t now, std::size_t most) override {
        return readers_.ask([&](Connection& it) {
            return sqlite::alive(it, deployment, now, most);
        });
    }
    Answer<std::uint64_t> count_alive(std::string_view deployment, std::uint64_t now) override {
        return readers_.ask([&](Connection& it) {
            return sqlite::count_alive(it, deployment, now);
        });
    }

    Answer<LeafIndex> certify(CertificateRow const& row, base::View entry) override {
        TRY(checked(row));
        return with_leaf(entry, [&](Connection& it) { return sqlite::certify(it, row, entry); });
    }
    Answer<LeafIndex> revoke(base::View keep_id, std::uint64_t time, base::View entry) override {
        return with_leaf(entry, [&](Connection& it) {
            return sqlite::revoke(it, keep_id, time, entry);
        });
    }
    Answer<std::vector<CertificateRow>> revoked(std::uint64_t now) override {
        return readers_.ask([&](Connection& it) { return sqlite::revoked(it, now); });
    }

    Answer<LeafIndex> append(base::View entry) override {
        return with_leaf(entry, [&](Connection& it) { return sqlite::append(it, entry); });
    }
    Answer<std::uint64_t> leaves() override {
        return readers_.ask([](Connection& it) { return sqlite::leaves(it); });
    }
    Answer<std::vector<LeafRow>> leaves(LeafIndex from, std::size_t most) override {
        return readers_.ask([&](Connection& it) { return sqlite::leaves(it, from, most); });
    }

    Answer<Pruned> prune(std::uint64_t now) override {
        return writer_.commit<Pruned>([&](Connection& it) { return sqlite::prune(it, now); });
    }

private:
    template <class Change> Answer<LeafIndex> with_leaf(base::View entry, Change const& change) {
        TRY(checked_entry(entry));
        return writer_.commit<LeafIndex>(change);
    }

    os::Fd lock_; // released last
    sqlite::Readers readers_;
    sqlite::Writer writer_;
};

} // namespace

os::OrFailure<std::unique_ptr<Store>> open_sqlite_store(std::string const& path) {
    auto held = TRY(lock(path));
    TRY(make_file(path));
    auto connection = Connection::open(path);
    if (!connection) return std::unexpected(std::move(connection.error().failure));
    TRY(sqlite::prepare(*connection, path));
    auto store = std::make_unique<SqliteStore>(std::move(held), path, std::move(*connection));
    auto const started = store->start();
    if (!started) return std::unexpected(unavailable(path, started.error()));
    return std::unique_ptr<Store>{std::move(store)};
}

} // namespace service
