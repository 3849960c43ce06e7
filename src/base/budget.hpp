#pragma once

// How much of something may still be taken. What is taken from a part of a whole counts in both.

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

namespace base {

// Used by one thread.
class Budget {
public:
    // No number: as much as the whole has, or without end.
    explicit Budget(std::optional<std::uint64_t> most, std::shared_ptr<Budget> whole = nullptr)
        : most_{most.value_or(UINT64_MAX)}, whole_{std::move(whole)} {}

    Budget(Budget const&) = delete;
    Budget(Budget&&) = delete;
    Budget& operator=(Budget const&) = delete;
    Budget& operator=(Budget&&) = delete;
    ~Budget() {
        if (whole_) whole_->give_back(taken_);
    }

    // All of it, or nothing.
    [[nodiscard]] bool take(std::uint64_t units) {
        if (units > most_ - taken_) return false;
        if (whole_ && !whole_->take(units)) return false;
        taken_ += units;
        return true;
    }
    void give_back(std::uint64_t units) {
        taken_ -= units;
        if (whole_) whole_->give_back(units);
    }
    void take_again(std::uint64_t units) { // what was just given back
        taken_ += units;
        if (whole_) whole_->take_again(units);
    }

    std::uint64_t taken() const { return taken_; }
    std::uint64_t left() const {
        auto const own = most_ - taken_;
        return whole_ ? std::min(own, whole_->left()) : own;
    }

private:
    std::uint64_t most_;
    std::uint64_t taken_ = 0;
    std::shared_ptr<Budget> whole_;
};

} // namespace base
