#pragma once

// The names in one directory in memory, each with the number that it keeps while it stays: the
// cookie of a listing.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>

namespace exec::vfs::memory {

struct Inode;

class Names {
public:
    struct Named {
        std::string name;
        Inode* inode;
    };
    // In the order in which the names came; a number is never used again.
    using ByAge = std::map<std::uint64_t, Named>;

    static constexpr std::uint64_t first_number = 2; // 0 and 1 are "." and ".."

    bool empty() const { return by_age_.empty(); }
    Inode* find(std::string_view name) const;          // nullptr: not there
    void add(std::string_view name, Inode& inode);     // that is not there yet
    void replace(std::string_view name, Inode& inode); // that is there, and keeps its number
    void remove(std::string_view name);                // that is there

    ByAge::const_iterator from(std::uint64_t number) const { return by_age_.lower_bound(number); }
    ByAge::const_iterator end() const { return by_age_.end(); }

private:
    ByAge by_age_;
    std::unordered_map<std::string_view, ByAge::iterator> by_name_; // the keys lie in by_age_
    std::uint64_t next_number_ = first_number;
};

} // namespace exec::vfs::memory
