#pragma once

// One lock for all of the shim: held from the entry to the return, but not while the host works on
// a call that can wait.

#include "keep/shim/platform/machine.hpp"

namespace shim {

class Lock {
public:
    void lock() {
        while (__atomic_exchange_n(&held_, true, __ATOMIC_ACQUIRE))
            while (__atomic_load_n(&held_, __ATOMIC_RELAXED)) Machine::relax();
    }
    void unlock() { __atomic_store_n(&held_, false, __ATOMIC_RELEASE); }

private:
    bool held_ = false;
};

// Opens the lock for a while.
class Unlocked {
public:
    explicit Unlocked(Lock& lock) : lock_{lock} { lock_.unlock(); }
    ~Unlocked() { lock_.lock(); }
    Unlocked(Unlocked const&) = delete;
    Unlocked& operator=(Unlocked const&) = delete;

private:
    Lock& lock_;
};

} // namespace shim
