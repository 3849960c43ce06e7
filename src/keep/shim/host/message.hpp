#pragma once

// What one host call shows and is told: the data of this vCPU's block, filled before the call,
// copied from after it, and wiped with this object, whether or not the call was made.

#include "base/shared.hpp"
#include "keep/shim/host/host.hpp"

namespace shim {

class Message {
public:
    explicit Message(Host& host) : data_{host.data()}, shown_{data_} {}

    base::Shown& shown() { return shown_; }
    // What lies at the beginning of an extent after the call.
    base::Heard heard(protocol::hostcall::Extent at, std::size_t size) {
        shown_.wipe_up_to(at.offset() + size);
        return base::Heard{data_.subspan(at.offset(), size)};
    }
    base::Heard heard(protocol::hostcall::Extent at) { return heard(at, at.size()); }

private:
    std::span<std::byte> data_;
    base::Shown shown_;
};

} // namespace shim
