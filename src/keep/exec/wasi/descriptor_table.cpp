#include "keep/exec/wasi/descriptor_table.hpp"

#include <algorithm>
#include <utility>

namespace exec::wasi {

Result<Descriptor*> DescriptorTable::find(Fd fd) const {
    if (!open(fd.number)) return std::unexpected(Errno::BadF);
    return by_number_[fd.number].get();
}

Result<Descriptor*> DescriptorTable::find(Fd fd, Rights needed) const {
    auto* const descriptor = TRY(find(fd));
    TRY(descriptor->allows(needed));
    return descriptor;
}

Result<void> DescriptorTable::room(bool for_socket) const {
    if (open_ >= limits_.open_files) return std::unexpected(Errno::NFile);
    if (for_socket && sockets_ >= limits_.sockets) return std::unexpected(Errno::NFile);
    return {};
}

Result<Fd> DescriptorTable::insert(Descriptor descriptor, std::uint32_t lowest) {
    TRY(room(descriptor.socket()));
    auto number = std::max(lowest, search_from_);
    while (open(number)) ++number;
    if (lowest <= search_from_) search_from_ = number + 1;
    put(number, std::move(descriptor));
    return Fd{number};
}

Result<void> DescriptorTable::insert_at(Fd fd, Descriptor descriptor) {
    if (open(fd.number)) return std::unexpected(Errno::Exist);
    if (fd.number >= highest_number) return std::unexpected(Errno::Inval);
    TRY(room(descriptor.socket()));
    put(fd.number, std::move(descriptor));
    return {};
}

Result<void> DescriptorTable::close(Fd fd) {
    auto const* const descriptor = TRY(find(fd));
    --open_;
    if (descriptor->socket()) --sockets_;
    by_number_[fd.number].reset();
    search_from_ = std::min(search_from_, fd.number);
    return {};
}

Result<void> DescriptorTable::renumber(Fd from, Fd to) {
    TRY(find(from));
    TRY(find(to));
    if (from == to) return {};
    std::swap(by_number_[from.number], by_number_[to.number]);
    return close(from);
}

void DescriptorTable::put(std::uint32_t number, Descriptor descriptor) {
    if (number >= by_number_.size()) by_number_.resize(std::size_t{number} + 1);
    ++open_;
    if (descriptor.socket()) ++sockets_;
    by_number_[number] = std::make_unique<Descriptor>(std::move(descriptor));
}

} // namespace exec::wasi
