#include "keep/shim/host/batch.hpp"

#include "keep/shim/memory/range.hpp"

#include <cstring>

namespace shim {

namespace hostcall = protocol::hostcall;

std::uint64_t volatile& Batch::word(std::size_t offset, std::uint64_t i) const {
    // Safety: the loader gave batch_size bytes, page-aligned.
    auto* const at = area_ + offset + i % hostcall::most_late * sizeof(std::uint64_t);
    return *reinterpret_cast<std::uint64_t volatile*>(at);
}

base::Shown Batch::late_room(File const& file, std::uint64_t size) const {
    bool const fits = size != 0 && size <= hostcall::most_late_bytes &&
                      size <= hostcall::late_size - late_used_ &&
                      sent_count_ - settled_ < hostcall::most_late;
    if (area_ == nullptr || !file.stream || size > file.room || !fits || !host_.late_ok())
        return {};
    return base::Shown{{area_ + hostcall::late_offset + late_used_, size}};
}

bool Batch::send_late(std::uint64_t number, File const& file, base::Shown room) {
    hostcall::Late const late{
        .handle = file.handle,
        .offset = late_used_,
        .size = static_cast<std::uint32_t>(room.size()),
    };
    sent_[sent_count_ % hostcall::most_late] = {number, file};
    word(0, sent_count_) = late.encode();
    late_used_ += static_cast<std::uint32_t>(round_up(room.size(), sizeof(std::uint64_t)));
    room.leave(); // settle() wipes it
    host_.count_late(++sent_count_);
    return host_.late_ok();
}

void Batch::settle(Descriptors& files) {
    if (settled_ == sent_count_) return;
    for (; settled_ != sent_count_; ++settled_) {
        auto const& sent = sent_[settled_ % hostcall::most_late];
        std::uint64_t const room = word(hostcall::room_offset, settled_);
        files.change(sent.number, sent.file, [room](File& file) {
            if (file.stream) file.room = room;
        });
    }
    std::memset(area_ + hostcall::late_offset, 0, late_used_);
    late_used_ = 0;
}

bool Batch::received(std::uint32_t handle, std::uint64_t size) {
    if (unread_count_ == 0) unread_end_ = ahead_used_ = 0;
    if (unread_end_ == unread_.size() || size > hostcall::ahead_size - ahead_used_) return false;
    unread_[unread_end_++] = {handle, ahead_used_, static_cast<std::uint32_t>(size)};
    ahead_used_ += static_cast<std::uint32_t>(size);
    ++unread_count_;
    return true;
}

Batch::Unread* Batch::unread(std::uint32_t handle) {
    for (unsigned i = 0; unread_count_ != 0 && i < unread_end_; ++i)
        if (unread_[i].size != 0 && unread_[i].handle == handle) return &unread_[i];
    return nullptr;
}

base::Heard Batch::bytes(Unread const& unread) const {
    return base::Heard{{area_ + hostcall::ahead_offset + unread.offset, unread.size}};
}

void Batch::take(Unread& unread, std::size_t size) {
    std::memset(area_ + hostcall::ahead_offset + unread.offset, 0, size);
    unread.offset += static_cast<std::uint32_t>(size);
    unread.size -= static_cast<std::uint32_t>(size);
    if (unread.size == 0) --unread_count_;
}

} // namespace shim
