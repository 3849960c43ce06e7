#include "keep/exec/provision/standard_stream.hpp"

namespace exec::provision {

using base::Errno;

base::Result<net::Received>
StandardStream::receive(std::span<std::span<std::byte> const> out, net::ReceiveHow how) {
    net::Received result;
    if (number_ != 0) return result;
    for (auto const buffer : out) {
        if (buffer.empty()) continue;
        // What is there after the first bytes is taken, too; nothing more is waited for.
        bool const first = result.bytes == 0;
        auto const got = desk_.read(buffer, how.nonblocking || !first, how.peek);
        if (!got && first) return std::unexpected(got.error());
        if (!got) break;
        result.bytes += *got;
        if (*got < buffer.size() || how.peek) break;
    }
    return result;
}

base::Result<std::size_t>
StandardStream::send(std::span<std::span<std::byte const> const> in, bool /*nonblocking*/) {
    if (number_ == 0) return std::unexpected(Errno::BadF);
    std::size_t sent = 0;
    for (auto const buffer : in) {
        desk_.write(number_, buffer);
        sent += buffer.size();
    }
    return sent;
}

base::Result<void> StandardStream::shutdown(net::ShutdownHow /*how*/) { return {}; }

bool StandardStream::ready(net::Direction direction, net::WaitSet& waits) {
    if (direction == net::Direction::Write || number_ != 0 || desk_.readable()) return true;
    waits.push_back({.fd = desk_.bell(), .events = POLLIN, .revents = 0});
    return false;
}

std::uint64_t StandardStream::readable_bytes() { return number_ == 0 ? desk_.readable_bytes() : 0; }

} // namespace exec::provision
