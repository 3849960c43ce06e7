#pragma once

// Whether a recorded history of a register that only rises could have happened one call after the
// other: each call takes effect at one moment between its begin and its end (Herlihy and Wing; the
// search is Wing and Gong's, with Lowe's memory of what was tried).

#include <cstdint>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace service::testing {

// raise(value): accepted where it is above what is there, else refused with what is there.
// read: what is there.
struct Call {
    enum class Kind : std::uint8_t { Raise, Read } kind{};
    std::int64_t begin = 0;
    std::int64_t end = 0;
    std::uint64_t value = 0;                // Raise: that was asked for
    std::optional<std::uint64_t> seen = {}; // Read, and a Raise that was refused: what was there
};

class Linearizable {
public:
    // At most 64 calls.
    explicit Linearizable(std::vector<Call> const& history) : history_{history} {}

    bool holds(std::uint64_t start = 0) { return from(start, 0); }

private:
    // Which value there is after the call, if it can come now.
    static std::optional<std::uint64_t> after(std::uint64_t there, Call const& call) {
        bool const raises = call.kind == Call::Kind::Raise && !call.seen;
        if (raises) return call.value > there ? std::optional{call.value} : std::nullopt;
        if (*call.seen != there) return {};
        if (call.kind == Call::Kind::Raise && call.value > there) return {};
        return there;
    }

    bool from(std::uint64_t there, std::uint64_t done) {
        auto const all =
            history_.size() == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << history_.size()) - 1;
        if (done == all) return true;
        if (!tried_.emplace(done, there).second) return false;
        auto first_end = INT64_MAX; // nothing that began later can come before
        for (std::size_t i = 0; i < history_.size(); ++i)
            if ((done >> i & 1) == 0) first_end = std::min(first_end, history_[i].end);
        for (std::size_t i = 0; i < history_.size(); ++i) {
            if ((done >> i & 1) != 0 || history_[i].begin > first_end) continue;
            auto const next = after(there, history_[i]);
            if (next && from(*next, done | std::uint64_t{1} << i)) return true;
        }
        return false;
    }

    std::vector<Call> const& history_;
    std::set<std::pair<std::uint64_t, std::uint64_t>> tried_;
};

} // namespace service::testing
