#pragma once

// Bytes of sockets that travel along with host calls: sent late, received ahead
// (protocol/hostcall/batch.hpp has the rules). Only while the Keep has one vCPU, so that the order
// of a socket's bytes never depends on two blocks.

#include "base/shared.hpp"
#include "keep/shim/file/descriptors.hpp"
#include "keep/shim/host/host.hpp"
#include "protocol/hostcall/batch.hpp"

namespace shim {

class Batch {
public:
    // Of what the host has received ahead on one socket, what the program has not taken yet.
    struct Unread {
        std::uint32_t handle;
        std::uint32_t offset; // of the bytes received ahead
        std::uint32_t size;   // 0: none
    };

    explicit Batch(Host& host) : host_{host} {}
    void attach(std::byte* area) { area_ = area; }

    // Where to put the bytes of a late send; empty: this one cannot go late.
    base::Shown late_room(File const& file, std::uint64_t size) const;
    // Sends what was put there. False: nobody looks for it any more, so the host must be called.
    bool send_late(std::uint64_t number, File const& file, base::Shown room);
    // After a call of the first vCPU: all of them are carried out.
    void settle(Descriptors& files);

    bool may_receive() const { return area_ != nullptr && unread_count_ == 0; }
    // Takes the host's word for bytes of one more socket. False: there cannot be so many.
    bool received(std::uint32_t handle, std::uint64_t size);
    Unread* unread(std::uint32_t handle);
    base::Heard bytes(Unread const& unread) const;
    void take(Unread& unread, std::size_t size);

private:
    std::uint64_t volatile& word(std::size_t offset, std::uint64_t i) const;

    struct Sent {
        std::uint64_t number; // the program's descriptor
        File file;            // that it stood for
    };

    Host& host_;
    std::byte* area_ = nullptr;
    std::array<Sent, protocol::hostcall::most_late> sent_{};
    std::uint64_t sent_count_ = 0; // since the start
    std::uint64_t settled_ = 0;
    std::uint32_t late_used_ = 0;
    std::array<Unread, protocol::hostcall::most_ahead> unread_{};
    unsigned unread_count_ = 0; // not empty
    unsigned unread_end_ = 0;   // none behind
    std::uint32_t ahead_used_ = 0;
};

} // namespace shim
