#pragma once

// Descriptors whose state is the shim's own: timers (timerfd), and signals that are read
// (signalfd). Behind each the host has a timer, by which poll and epoll wake up; it is believed in
// nothing else.

#include "base/result.hpp"

#include <cstdint>
#include <span>

namespace shim {

struct Source {
    enum class Kind : std::uint8_t { None, Timer, Signals };

    Kind kind = Kind::None;
    bool raised = false;         // Signals: the host was told that some are there
    std::uint8_t clock = 0;      // Timer: Linux's number
    std::uint32_t handle = 0;    // of the host's timer
    std::uint64_t next = 0;      // Timer: when it runs out, by the monotonic clock; 0: never
    std::uint64_t interval = 0;  // Timer: nanoseconds; 0: once only
    std::uint64_t tolerance = 0; // Timer: how far the host's clock may be ahead of the Keep's
    std::uint64_t mask = 0;      // Signals
    std::uint64_t serial = 0;    // of the descriptor that it was made for; 0: closed
};

class Sources {
public:
    static constexpr std::size_t max_sources = 128;

    explicit Sources(std::span<Source, max_sources> sources) : sources_{sources} {}

    base::Result<Source*> find(std::uint32_t handle, base::Errno otherwise) {
        for (auto& source : all())
            if (source.serial != 0 && source.handle == handle) return &source;
        return std::unexpected(otherwise);
    }
    base::Result<Source*> add(Source const& wanted) {
        std::size_t place = 0;
        while (place < limit_ && sources_[place].serial != 0) ++place;
        if (place == max_sources) return std::unexpected(base::Errno::MFile);
        limit_ += place == limit_ ? 1 : 0;
        sources_[place] = wanted;
        sources_[place].serial = ++serial_;
        signals_ = signals_ || wanted.kind == Source::Kind::Signals;
        return &sources_[place];
    }
    // A handle is closed.
    void forget(std::uint32_t handle) {
        if (auto const found = find(handle, base::Errno::BadF)) **found = {};
    }
    bool signals() const { return signals_; } // whether any are read, or ever were
    std::span<Source> all() { return sources_.first(limit_); }

private:
    std::span<Source, max_sources> sources_;
    std::size_t limit_ = 0; // none at or above was ever used
    std::uint64_t serial_ = 0;
    bool signals_ = false;
};

} // namespace shim
