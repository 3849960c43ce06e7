#include "keep/exec/vfs/memory/names.hpp"

namespace exec::vfs::memory {

Inode* Names::find(std::string_view name) const {
    auto const found = by_name_.find(name);
    return found == by_name_.end() ? nullptr : found->second->second.inode;
}

void Names::add(std::string_view name, Inode& inode) {
    auto const at = by_age_.emplace_hint(
        by_age_.end(), next_number_++, Named{.name = std::string{name}, .inode = &inode}
    );
    by_name_.emplace(at->second.name, at);
}

void Names::replace(std::string_view name, Inode& inode) {
    by_name_.find(name)->second->second.inode = &inode;
}

void Names::remove(std::string_view name) {
    auto const found = by_name_.find(name);
    auto const at = found->second;
    by_name_.erase(found);
    by_age_.erase(at);
}

} // namespace exec::vfs::memory
