#include "host/serve/shelf.hpp"

#include <algorithm>

namespace host::serve {

void Shelf::add(std::string const& name, std::uint64_t size) {
    if (has(name)) return;
    order_.push_back(name);
    entries_.emplace(name, Entry{.size = size, .place = std::prev(order_.end())});
    bytes_ += size;
}

void Shelf::brought(std::string const& name, std::string const& customer) {
    auto& entry = entries_.at(name);
    if (entry.owners.insert(customer).second) held_[customer] += entry.size;
    used(name);
}

void Shelf::used(std::string const& name) {
    order_.splice(order_.end(), order_, entries_.at(name).place);
}

void Shelf::forget(std::string const& name) {
    auto const found = entries_.find(name);
    if (found == entries_.end()) return;
    for (auto const& owner : found->second.owners) held_[owner] -= found->second.size;
    bytes_ -= found->second.size;
    order_.erase(found->second.place);
    entries_.erase(found);
}

// One that several have brought stays as long as one of them may keep it.
bool Shelf::may_go(Entry const& entry, Held const& held, std::string const& customer) const {
    return std::ranges::all_of(entry.owners, [&](std::string const& owner) {
        return owner == customer || held.at(owner) > share_;
    });
}

std::optional<std::vector<std::string>>
Shelf::to_go_for(std::uint64_t size, std::string const& customer) const {
    if (size > most_ || reserved_ > most_ - size) return {};
    auto held = held_;
    bool const within = held[customer] + size <= share_;
    auto left = bytes_;
    std::vector<std::string> out;
    for (auto at = order_.begin(); at != order_.end() && left > most_ - reserved_ - size; ++at) {
        auto const& entry = entries_.at(*at);
        bool const asks = within || entry.owners.contains(customer);
        if (!entry.owners.empty() && !(asks && may_go(entry, held, customer))) continue;
        for (auto const& owner : entry.owners) held[owner] -= entry.size;
        left -= entry.size;
        out.push_back(*at);
    }
    if (left > most_ - reserved_ - size) return {};
    return out;
}

std::vector<std::string> Shelf::too_many() const {
    std::vector<std::string> out;
    auto left = bytes_;
    for (auto const& name : order_) {
        if (left <= most_) break;
        left -= size_of(name);
        out.push_back(name);
    }
    return out;
}

void Shelf::reserve(std::uint64_t size, std::string const& customer) {
    reserved_ += size;
    held_[customer] += size;
}

void Shelf::give_back(std::uint64_t size, std::string const& customer) {
    reserved_ -= size;
    held_[customer] -= size;
}

} // namespace host::serve
