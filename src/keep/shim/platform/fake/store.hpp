#pragma once

// The memory and the large tables that all worlds of a process use one after the other: all zero
// whenever a world begins, at the price of what the one before has changed.

#include "keep/shim/event/kernel.hpp"

#include <memory>

namespace shim::fake {

class Store {
public:
    static constexpr std::uint64_t memory_size = 1ULL << 30;

    Store();
    ~Store();
    Store(Store const&) = delete;
    Store& operator=(Store const&) = delete;

    // Makes memory and tables zero. What each run uses, `busy` among it, is overwritten and stays
    // with this process; the rest goes back to the system, which costs a fault where it is touched.
    void clear(Range busy);

    std::byte* memory() { return memory_; }
    Tables& tables() { return *tables_; }
    bool tables_clear() const;
    void soil_tables(); // until the next world

private:
    void clear_tables();

    std::byte* memory_;
    std::unique_ptr<Tables> tables_;
    unsigned clears_ = 0;
    bool soiled_ = false;
};

} // namespace shim::fake
