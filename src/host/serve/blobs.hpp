#pragma once

// The host's cache of packages: ciphertext by its digest, for all Keeps and all customers. A Keep
// believes none of it unchecked, and what is not here it asks its tenant for.

#include "base/result.hpp"
#include "base/wire.hpp"
#include "host/serve/worker.hpp"
#include "net/server/loop.hpp"
#include "net/server/metrics.hpp"
#include "net/server/router.hpp"

#include <list>
#include <map>
#include <memory>
#include <string>

namespace host::serve {

class Blobs : public std::enable_shared_from_this<Blobs> {
public:
    // `folder` is this user's own. What an earlier process had not finished is removed, and what is
    // more than `most` bytes, oldest first.
    static base::Result<std::shared_ptr<Blobs>>
    open(std::string folder, std::uint64_t most, net::server::Metrics& metrics);

    // The digest of "sha256:HEX" as the name of its file; nothing: it is none.
    static std::optional<std::string> name_of(std::string_view digest);

    bool has(std::string const& name);
    // Regular and whole; its turn to go comes later now.
    base::Result<net::server::FileBody> read(std::string const& name);

    // What is to come into the cache. Room is made at once; it is given back if the rest does not
    // come.
    base::Result<std::unique_ptr<net::server::Sink>, net::server::Response> receive(
        std::string name,
        std::optional<std::uint64_t> length,
        std::shared_ptr<net::server::Mailbox> loop,
        Worker& worker
    );

private:
    friend class BlobSink;

    struct Entry {
        std::uint64_t size;
        std::list<std::string>::iterator place; // in order_
    };

    Blobs(std::string folder, std::uint64_t most, net::server::Metrics& metrics)
        : folder_{std::move(folder)}, most_{most}, metrics_{&metrics} {}

    base::Result<void> take_stock();
    std::string path(std::string const& name) const { return folder_ + '/' + name; }
    void add(std::string const& name, std::uint64_t size);
    void forget(std::string const& name);
    bool make_room(std::uint64_t size); // reserves it; false: there cannot be so much
    void give_back(std::uint64_t size) { reserved_ -= size; }
    void count();

    std::string folder_;
    std::uint64_t most_;
    net::server::Metrics* metrics_;
    std::map<std::string, Entry> entries_;
    std::list<std::string> order_; // the one that goes next is first
    std::uint64_t size_ = 0;
    std::uint64_t reserved_ = 0; // of what is coming
};

} // namespace host::serve
