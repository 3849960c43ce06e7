#pragma once

// The Keep's side of the host calls: one block per vCPU, each word fetched once, each answer
// checked, all wiped after use.

#include "base/result.hpp"
#include "protocol/hostcall/block.hpp"
#include "protocol/hostcall/call.hpp"
#include "protocol/launch/machine.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace shim {

using protocol::hostcall::Call;
using Arguments = std::array<std::uint64_t, protocol::hostcall::max_arguments>;

inline constexpr unsigned max_cpus = 256;

class Host {
public:
    void attach(unsigned cpu, std::byte* block) { blocks_[cpu] = block; }
    void set_doorbell(protocol::launch::Doorbell doorbell) { doorbell_ = doorbell; }

    // How long a call waits for a host that looks for it, before it rings.
    void set_patience(std::uint64_t ticks) { patience_ticks_ = ticks; }
    std::uint64_t patience() const { return patience_ticks_; }

    // Asks, waits and returns the checked answer: a value up to `limit`, or an errno. The block's
    // words are zero afterwards.
    base::Result<std::uint64_t> call(Call call, Arguments const& arguments, std::uint64_t limit);

    // Lets the next call close this handle on its way; false if two already wait for that.
    bool close_with_next(std::uint32_t handle);

    // Late sends (protocol/hostcall/batch.hpp).
    bool late_ok() const { return header().late_ok != 0; }
    std::uint64_t room() const { return header().room; } // after a SendTo
    void count_late(std::uint64_t count);

private:
    friend class Message; // alone has the block's data in hand (message.hpp)

    std::byte* block() const;
    std::span<std::byte> data() const {
        return {block() + protocol::hostcall::data_offset, protocol::hostcall::data_size};
    }
    std::uint64_t patience_with(Call call) const; // ticks
    // Safety: the loader gave every vCPU a block of its own; each word is written or read once.
    protocol::hostcall::Header volatile& header() const {
        return *reinterpret_cast<protocol::hostcall::Header volatile*>(block());
    }

    std::array<std::byte*, max_cpus> blocks_{};
    protocol::launch::Doorbell doorbell_ = protocol::launch::Doorbell::Port;
    std::uint64_t patience_ticks_ = 0;
    std::uint64_t closing_ = 0; // two handles + 1, or 0: any vCPU's next call takes them along
};

} // namespace shim
