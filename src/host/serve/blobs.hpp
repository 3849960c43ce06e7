#pragma once

// The host's cache of packages: ciphertext by its digest, for all Keeps and all customers. A Keep
// believes none of it unchecked, and what is not here it asks its tenant for.

#include "base/result.hpp"
#include "base/wire.hpp"
#include "host/serve/shelf.hpp"
#include "host/serve/worker.hpp"
#include "net/server/loop.hpp"
#include "net/server/metrics.hpp"
#include "net/server/router.hpp"

#include <memory>
#include <string>

namespace host::serve {

class Blobs : public std::enable_shared_from_this<Blobs> {
public:
    // `folder` is this user's own. What an earlier process had not finished is removed, and what is
    // more than `most` bytes, oldest first. Each of so many customers has its share of it
    // (shelf.hpp).
    static base::Result<std::shared_ptr<Blobs>> open(
        std::string folder, std::uint64_t most, std::size_t customers, net::server::Metrics& metrics
    );

    // The digest of "sha256:HEX" as the name of its file; nothing: it is none.
    static std::optional<std::string> name_of(std::string_view digest);

    bool has(std::string const& name);
    // Regular and whole; its turn to go comes later now.
    base::Result<net::server::FileBody> read(std::string const& name);

    // What a customer wants to bring into the cache. Room is made at once; it is given back if the
    // rest does not come.
    base::Result<std::unique_ptr<net::server::Sink>, net::server::Response> receive(
        std::string name,
        std::string const& customer,
        std::optional<std::uint64_t> length,
        std::shared_ptr<net::server::Mailbox> loop,
        Worker& worker
    );

private:
    friend class BlobSink;

    struct Settings {
        std::string folder;
        std::uint64_t most;
        std::size_t customers;
    };
    Blobs(Settings settings, net::server::Metrics& metrics)
        : folder_{std::move(settings.folder)},
          shelf_{settings.most, settings.customers},
          metrics_{&metrics} {}

    base::Result<void> take_stock();
    std::string path(std::string const& name) const { return folder_ + '/' + name; }
    void add(std::string const& name, std::uint64_t size, std::string const& customer);
    void drop(std::vector<std::string> const& names);
    // Reserves it; false: there cannot be so much.
    bool make_room(std::uint64_t size, std::string const& customer);
    void give_back(std::uint64_t size, std::string const& customer) {
        shelf_.give_back(size, customer);
    }
    void count();

    std::string folder_;
    Shelf shelf_;
    net::server::Metrics* metrics_;
};

} // namespace host::serve
