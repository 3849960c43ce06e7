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
        if (units > left()) return false;
        take_again(units);
        return true;
    }
    void give_back(std::uint64_t units) {
        for (auto* each = this; each != nullptr; each = each->whole_.get()) each->taken_ -= units;
    }
    void take_again(std::uint64_t units) { // what was just given back
        for (auto* each = this; each != nullptr; each = each->whole_.get()) each->taken_ += units;
    }

    std::uint64_t taken() const { return taken_; }
    std::uint64_t left() const {
        auto least = most_ - taken_;
        for (auto const* each = whole_.get(); each != nullptr; each = each->whole_.get())
            least = std::min(least, each->most_ - each->taken_);
        return least;
    }

private:
    std::uint64_t most_;
    std::uint64_t taken_ = 0;
    std::shared_ptr<Budget> whole_;
};

} // namespace base
