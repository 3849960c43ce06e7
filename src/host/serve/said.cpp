// What Keeps say on their standard error: lines for the host's log, and words about themselves.

#include "host/serve/keeps.hpp"
#include "os/check.hpp"
#include "protocol/launch/launch.hpp"

#include <array>
#include <string_view>
#include <utility>

#include <unistd.h>

namespace host::serve {

namespace {

using base::Level;

constexpr std::size_t longest_line = 4 << 10;

} // namespace

void Keeps::take_line(Keep& keep) {
    auto line = std::exchange(keep.line, {});
    if (line.empty()) return;
    if (line == protocol::launch::waits_for_its_tenant) return has_begun(keep);
    if (line == protocol::launch::has_its_tenant) {
        keep.claimed = true;
        return;
    }
    auto const before = keep.messages_size;
    keep.messages_size += line.size();
    if (keep.messages_size <= settings_.messages)
        journal_->note(Level::Info, "Keep " + keep.id + ": " + line);
    else if (before <= settings_.messages)
        journal_->note(Level::Warn, "Keep " + keep.id + ": it says more than is logged of one");
    bool const failure = line.contains("error: ");
    if (failure || !keep.told_failure) keep.last_line = std::move(line);
    keep.told_failure = keep.told_failure || failure;
}

void Keeps::read_messages(Keep& keep) {
    std::array<char, 4096> piece{};
    for (int i = 0; i < 16; ++i) {
        auto const got = os::retry([&] {
            return ::read(keep.child.messages.number(), piece.data(), piece.size());
        });
        if (got < 0) return;
        if (got == 0) {
            keep.message_watch = {};
            return;
        }
        for (char const c : std::string_view{piece.data(), static_cast<std::size_t>(got)}) {
            if (c != '\n') keep.line += c;
            if (c == '\n' || keep.line.size() >= longest_line) take_line(keep);
        }
    }
}

} // namespace host::serve
