#include "keep/exec/net/closing_list.hpp"

#include "os/socket.hpp"

#include <algorithm>
#include <utility>

namespace exec::net {
namespace {

using namespace std::chrono_literals;

constexpr auto between_looks = 10ms; // each costs a system call

} // namespace

void ClosingList::take(TlsStream stream) {
    connections_.push_back(
        {.stream = std::move(stream), .deadline = Clock::now() + limits_.patience}
    );
    if (over_limits()) move_on_now(); // most peers do read
    while (over_limits()) connections_.pop_front();
}

bool ClosingList::over_limits() const {
    std::size_t bytes = 0;
    for (auto const& each : connections_) bytes += each.stream.unsent_bytes();
    return connections_.size() > limits_.connections || bytes > limits_.bytes;
}

bool ClosingList::give_up_oldest() {
    if (connections_.empty()) return false;
    connections_.pop_front();
    return true;
}

void ClosingList::move_on() {
    if (connections_.empty() || Clock::now() - moved_ < between_looks) return;
    move_on_now();
}

// One system call for all, and then one for each that has room: those that do not read cost no
// more.
void ClosingList::move_on_now() {
    moved_ = Clock::now();
    WaitSet waits;
    append_waits(waits);
    if (!os::poll(waits, 0ms)) return;
    for (std::size_t i = 0; i < connections_.size(); ++i) {
        auto& [stream, deadline, over] = connections_[i];
        if (waits[i].revents != 0) over = !stream.push() || !stream.unsent();
        if (deadline <= moved_) over = true;
    }
    std::erase_if(connections_, [](Closing const& each) { return each.over; });
}

void ClosingList::append_waits(WaitSet& waits) const {
    for (auto const& each : connections_)
        waits.push_back({.fd = each.stream.socket(), .events = POLLOUT, .revents = 0});
}

std::optional<std::chrono::milliseconds> ClosingList::next_deadline() const {
    if (connections_.empty()) return std::nullopt;
    auto const left = connections_.front().deadline - Clock::now();
    return std::max(0ms, std::chrono::ceil<std::chrono::milliseconds>(left));
}

void ClosingList::finish(std::chrono::milliseconds patience) {
    if (connections_.empty()) return; // nothing to ask the host for
    auto const deadline = Clock::now() + patience;
    for (move_on_now(); !connections_.empty(); move_on_now()) {
        auto const left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
        if (left <= 0ms) break;
        WaitSet waits;
        append_waits(waits);
        if (!os::poll(waits, left)) break;
    }
    connections_.clear();
}

} // namespace exec::net
