#pragma once

// The wait of poll_oneoff: one slot for the event of each subscription.

#include "keep/exec/net/closing_list.hpp"
#include "keep/exec/wasi/poll_wanted.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace exec::wasi {

// One slot for each subscription, filled at most once: whatever a descriptor answers when it is
// asked a second time, there are never more events than the application has room for.
class Slots {
public:
    explicit Slots(std::size_t count) : slots_(count) {}

    bool filled(std::size_t index) const { return slots_[index].has_value(); }
    void fill(std::size_t index, Event const& event) {
        if (filled(index)) return;
        slots_[index] = event;
        ++count_;
    }
    bool empty() const { return count_ == 0; }
    std::uint32_t count() const { return count_; }
    std::span<std::optional<Event> const> all() const { return slots_; }

private:
    std::vector<std::optional<Event>> slots_;
    std::uint32_t count_ = 0;
};

// Waits until at least one has an event. Meanwhile what closed connections have left goes on.
Result<Slots> wait_for(std::span<Wanted const> all, net::ClosingList& closing);

// Before a call that would block: waits until it need not, while closed connections have something
// left. Without any this does nothing.
void wait_beside(Descriptor& descriptor, net::Direction direction, net::ClosingList& closing);

} // namespace exec::wasi
