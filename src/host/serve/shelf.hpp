#pragma once

// Which blobs are in the cache, who has brought them, and which go first when room is needed. Of
// what a cache holds each customer has a share: who wants more than that displaces nothing but its
// own, and nobody displaces what others have within theirs. Who has brought what another one had
// already holds it, too, as far as its share goes.

#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace host::serve {

class Shelf {
public:
    Shelf(std::uint64_t most, std::size_t customers)
        : most_{most}, share_{most / (customers == 0 ? 1 : customers)} {}

    // Nobody's: of an earlier process, for example. It goes when its turn comes, whoever wants
    // room.
    void add(std::string const& name, std::uint64_t size);
    // Who has brought it, or would have; its turn to go comes later now.
    void brought(std::string const& name, std::string const& customer);
    void used(std::string const& name); // by whoever it was
    void forget(std::string const& name);
    bool has(std::string const& name) const { return entries_.contains(name); }
    std::uint64_t size_of(std::string const& name) const { return entries_.at(name).size; }

    // What has to go before so many bytes of this customer's can come. Nothing: they cannot.
    std::optional<std::vector<std::string>>
    to_go_for(std::uint64_t size, std::string const& customer) const;
    // The same, for a cache that has become too small.
    std::vector<std::string> too_many() const;
    void reserve(std::uint64_t size, std::string const& customer);
    void give_back(std::uint64_t size, std::string const& customer);

    std::uint64_t bytes() const { return bytes_; }
    std::size_t count() const { return entries_.size(); }

private:
    struct Entry {
        std::uint64_t size;
        std::list<std::string>::iterator place; // in order_
        std::set<std::string> owners = {};
    };
    using Held = std::map<std::string, std::uint64_t>;

    bool may_go(Entry const& entry, Held const& held, std::string const& customer) const;

    std::uint64_t most_;
    std::uint64_t share_;
    std::map<std::string, Entry> entries_;
    std::list<std::string> order_; // the one that goes next is first
    std::uint64_t bytes_ = 0;
    std::uint64_t reserved_ = 0; // of what is coming
    Held held_;                  // by each customer, what is coming with it
};

} // namespace host::serve
