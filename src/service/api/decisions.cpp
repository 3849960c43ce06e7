#include "service/api/decisions.hpp"

namespace service {

void Decisions::add(Decision decision) {
    std::scoped_lock const lock{mutex_};
    decisions_.push_front(std::move(decision));
    if (decisions_.size() > kept) decisions_.pop_back();
}

std::vector<Decision> Decisions::last(std::string_view deployment, std::size_t most) const {
    std::scoped_lock const lock{mutex_};
    std::vector<Decision> out;
    for (auto const& each : decisions_) {
        if (out.size() == most) break;
        if (deployment.empty() || each.deployment == deployment) out.push_back(each);
    }
    return out;
}

std::vector<Decision>
Decisions::last_of(std::set<std::string, std::less<>> const& deployments, std::size_t most) const {
    std::scoped_lock const lock{mutex_};
    std::vector<Decision> out;
    for (auto const& each : decisions_) {
        if (out.size() == most) break;
        if (deployments.contains(each.deployment)) out.push_back(each);
    }
    return out;
}

} // namespace service
