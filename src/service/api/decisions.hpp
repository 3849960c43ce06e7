#pragma once

// The last decisions of this process, for people who look; the log has all of them.

#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace service {

struct Decision {
    std::uint64_t time = 0;
    std::string_view step; // "grant", "certificate", "renewal"
    std::string deployment;
    std::string keep;
    std::string rule; // that denied; empty: accepted, or another failure
    std::string failure;
    std::string detail;
};

class Decisions {
public:
    void add(Decision decision);
    // The latest first; of one deployment, or of all where that is empty.
    std::vector<Decision> last(std::string_view deployment, std::size_t most) const;

    // Of these deployments.
    std::vector<Decision>
    last_of(std::set<std::string, std::less<>> const& deployments, std::size_t most) const;

private:
    static constexpr std::size_t kept = 1000;

    mutable std::mutex mutex_;
    std::deque<Decision> decisions_; // the latest first
};

} // namespace service
