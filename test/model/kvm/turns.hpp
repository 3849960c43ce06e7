// Who may use the machine: one processor at a time runs, and nobody changes memory or its maps
// while one does.
#pragma once
#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace model::kvm {

/// First come, first served. Who waits has the running processor stopped.
class Turns {
public:
    void take(bool running);
    void give();
    /// Somebody waits.
    bool wanted() const;

private:
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::uint64_t next_ = 0;
    std::uint64_t serving_ = 0;
};

/// The whole program's.
Turns& turns();

/// A turn of a call that changes something.
class Turn {
public:
    Turn() { turns().take(false); }
    Turn(Turn const&) = delete;
    Turn& operator=(Turn const&) = delete;
    ~Turn() { turns().give(); }
};

} // namespace model::kvm
