#pragma once

// The host's part of what goes along with the calls of a Keep (protocol/hostcall/batch.hpp):
// carries out late sends, and receives ahead where Poll has found something. Nothing in the area is
// believed.

#include "host/vmm/server/handles.hpp"
#include "protocol/hostcall/batch.hpp"
#include "protocol/hostcall/block.hpp"

#include <atomic>
#include <span>
#include <vector>

#include <poll.h>

namespace host::vmm {

class Batch {
public:
    explicit Batch(Handles& handles) : handles_{handles} {}

    // Of the first vCPU. Without them nothing goes along.
    void attach(std::span<std::byte> area, std::span<std::byte> block) {
        area_ = area;
        block_ = block;
    }

    // Carries out what the Keep has put down; whether there was anything. One caller at a time.
    bool flush();
    // Receives ahead for the entries that `wants` marks and poll(2) has found readable.
    void receive(
        std::vector<protocol::hostcall::Polled>& polled, std::vector<Handles::Open> const& open
    );
    // Tells the Keep how much this socket takes late next, behind a SendTo of it; whether that is
    // anything.
    bool tell_room(int socket);
    // Whether somebody looks for late sends from time to time.
    void announce(bool looked_for);
    // A late send that waits for memory of the kernel gives up: the Keep has ended.
    void stop() { stopped_ = true; }

private:
    std::uint64_t volatile& word(std::size_t offset, std::uint64_t i) const;
    protocol::hostcall::Header volatile& header() const;
    std::uint64_t send(protocol::hostcall::Late const& late); // how much it takes next

    Handles& handles_;
    std::span<std::byte> area_;
    std::span<std::byte> block_;
    std::uint64_t carried_out_ = 0;
    std::atomic<bool> stopped_ = false;
};

} // namespace host::vmm
