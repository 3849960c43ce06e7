#pragma once

// What a memory mount may still take up.

#include <cstdint>

namespace exec::vfs::memory {

class Budget {
public:
    explicit Budget(std::uint64_t units) : left_{units} {}

    [[nodiscard]] bool take(std::uint64_t units) {
        if (units > left_) return false;
        left_ -= units;
        return true;
    }
    void give_back(std::uint64_t units) { left_ += units; }
    void take_again(std::uint64_t units) { left_ -= units; } // what was just given back
    std::uint64_t left() const { return left_; }

private:
    std::uint64_t left_;
};

} // namespace exec::vfs::memory
