#pragma once

// What the program has told epoll to watch. Its own word for each stays here; the host gets a place
// in this table instead, and may only give back one that is in use.

#include "base/result.hpp"
#include "keep/shim/memory/growing.hpp"

#include <cstdint>
#include <span>

namespace shim {

struct Watch {
    bool used = false;
    std::uint32_t epoll = 0; // handles
    std::uint32_t target = 0;
    std::uint32_t events = 0; // that the program asked for
    std::uint64_t data = 0;   // the program's word
};

class Watches {
public:
    static constexpr std::size_t max_watches = 8192;

    explicit Watches(std::span<Watch, max_watches> watches) : watches_{watches} {}

    std::uint64_t place(Watch const& watch) const { return &watch - watches_.data(); }
    // What the host names, or null if this epoll does not watch it.
    Watch const* at(std::uint64_t place, std::uint32_t epoll) const {
        bool const valid = place < limit_ && watches_[place].used;
        return valid && watches_[place].epoll == epoll ? &watches_[place] : nullptr;
    }
    std::span<Watch const> all() const { return watches_.first(limit_); }
    Watch* find(std::uint32_t epoll, std::uint32_t target) {
        for (auto& watch : watches_.first(limit_))
            if (watch.used && watch.epoll == epoll && watch.target == target) return &watch;
        return nullptr;
    }
    base::Result<Watch*> add(std::uint32_t epoll, std::uint32_t target) {
        std::size_t place = 0;
        while (place < limit_ && watches_[place].used) ++place;
        if (place == max_watches) return std::unexpected(base::Errno::NoSpc);
        limit_ += place == limit_ ? 1 : 0;
        watches_.reach(limit_);
        watches_[place] = {.used = true, .epoll = epoll, .target = target};
        return &watches_[place];
    }
    // A handle is closed: what watched it, and what it watched.
    void forget(std::uint32_t handle) {
        for (auto& watch : watches_.first(limit_))
            if (watch.epoll == handle || watch.target == handle) watch.used = false;
    }

private:
    Growing<Watch, max_watches> watches_;
    std::size_t limit_ = 0; // none at or above was ever used
};

} // namespace shim
