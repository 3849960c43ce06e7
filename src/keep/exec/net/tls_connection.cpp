#include "keep/exec/net/tls_connection.hpp"

#include "keep/exec/net/record_source.hpp"
#include "os/socket.hpp"

#include <algorithm>
#include <utility>

namespace exec::net {
namespace {

using base::Errno;

constexpr std::size_t peek_limit = std::size_t{1} << 20; // what a peek may keep in memory

std::size_t total_of(std::span<std::span<std::byte> const> buffers) {
    std::size_t total = 0;
    for (auto const buffer : buffers) total += buffer.size();
    return total;
}

} // namespace

// Nobody waits for the peer: what a nonblocking send has promised to deliver, others move on.
TlsConnection::~TlsConnection() {
    if (!writes_ended_) stream_.session().close();
    if (stream_.push() && stream_.unsent()) closing_->take(std::move(stream_));
}

// At least one byte, or 0 at the end of the stream.
Result<std::size_t> TlsConnection::read(std::span<std::byte> out, Fetch fetch) {
    if (!peeked_.empty()) return peeked_.take(out);
    int pulls = 0;
    while (true) {
        auto const count = stream_.session().read(out);
        if (count || count.error() != Errno::Again || fetch == Fetch::No) return count;
        // What comes may be no data for ever.
        if (fetch == Fetch::Try && pulls++ == TlsStream::most_pulls) return count;
        TRY(fetch == Fetch::Wait ? stream_.pull_waiting() : stream_.pull());
    }
}

// Reads until `out` is full, the stream ends, or nothing comes. An error after the first byte comes
// again at the next call.
Result<std::size_t> TlsConnection::fill(std::span<std::byte> out, Fetch first, Fetch more) {
    std::size_t done = 0;
    while (done < out.size()) {
        auto const count = read(out.subspan(done), done == 0 ? first : more);
        if (!count && done == 0) return count;
        if (!count || *count == 0) break;
        done += *count;
    }
    return done;
}

// Sees to it that `wanted` bytes lie in peeked_, as far as `how` lets it; answers how many do.
Result<std::size_t> TlsConnection::peek(std::size_t wanted, ReceiveHow how) {
    if (peeked_.size() >= wanted) return wanted;
    auto const missing = wanted - peeked_.size();
    auto const patient = how.nonblocking ? Fetch::Try : Fetch::Wait;
    auto const more = how.wait_all ? patient : Fetch::No;

    crypto::TlsBuffer seen = std::exchange(peeked_, {}); // read() would find it again
    auto const first = seen.empty() ? patient : more;
    auto const count = fill(seen.space(missing).first(missing), first, more);
    bool const had_some = !seen.empty();
    seen.wrote(count.value_or(0));
    peeked_ = std::move(seen);
    if (!count && !had_some) return count;
    return peeked_.size();
}

Result<Received> TlsConnection::receive(std::span<std::span<std::byte> const> out, ReceiveHow how) {
    auto const wanted = total_of(out);
    if (reads_ended_ || wanted == 0) return Received{};
    auto const patient = how.nonblocking ? Fetch::Try : Fetch::Wait;
    auto const more = how.wait_all ? patient : Fetch::No;

    std::size_t seen = 0;
    if (how.peek) seen = TRY(peek(std::min(wanted, peek_limit), how));
    Received result;
    for (auto const buffer : out) {
        if (how.peek) {
            auto const from = peeked_.bytes().first(seen).subspan(result.bytes);
            auto const count = std::min(from.size(), buffer.size());
            std::ranges::copy(from.first(count), buffer.begin());
            result.bytes += count;
            continue;
        }
        auto const count = fill(buffer, result.bytes == 0 ? patient : more, more);
        if (!count && result.bytes == 0) return std::unexpected(count.error());
        result.bytes += count.value_or(0);
        if (!count || *count < buffer.size()) break;
    }
    return result;
}

Result<void> TlsConnection::send_record(std::span<std::byte const> plain, bool nonblocking) {
    TRY(stream_.session().write(plain));
    return nonblocking ? stream_.push() : stream_.flush();
}

// What is encrypted cannot be taken back: a nonblocking send goes one record beyond the socket's
// room, no more.
Result<std::size_t>
TlsConnection::send(std::span<std::span<std::byte const> const> in, bool nonblocking) {
    if (writes_ended_) return std::unexpected(Errno::Pipe);
    TRY(nonblocking ? stream_.push() : stream_.flush());
    RecordSource source{in};
    std::size_t accepted = 0;
    while (!source.done() && !stream_.unsent()) {
        auto const plain = source.next(nonblocking ? 1 : 4);
        auto const sent = send_record(plain, nonblocking);
        if (!sent && accepted == 0) return std::unexpected(sent.error());
        if (!sent) break; // the next call says so
        accepted += plain.size();
    }
    if (accepted == 0 && !source.done()) return std::unexpected(Errno::Again);
    return accepted;
}

Result<void> TlsConnection::shutdown(ShutdownHow how) {
    if (how != ShutdownHow::Write) {
        reads_ended_ = true;
        peeked_ = {};
    }
    if (how == ShutdownHow::Read || writes_ended_) return {};
    writes_ended_ = true;
    stream_.session().close();
    TRY(stream_.push());
    // What does not go now goes with a later operation; the close_notify at its end is the end of
    // the stream, too.
    if (stream_.unsent()) return {};
    return os::shutdown(stream_.socket(), SHUT_WR);
}

// Something can be read at once: data, the end of the stream, or an error.
bool TlsConnection::plain_bytes_or_end() {
    if (reads_ended_ || !peeked_.empty()) return true;
    for (int pulls = 0;; ++pulls) {
        auto const readable = stream_.session().readable();
        if (readable || readable.error() != Errno::Again) return true;
        if (pulls == TlsStream::most_pulls) return false; // others first
        auto const pulled = stream_.pull();
        if (!pulled) return pulled.error() != Errno::Again;
    }
}

bool TlsConnection::ready_to_read(WaitSet& waits) {
    if (!stream_.push() || plain_bytes_or_end()) return true;
    waits.push_back(stream_.wait_entry());
    return false;
}

bool TlsConnection::ready_to_write(WaitSet& waits) {
    if (writes_ended_ || !stream_.push()) return true;
    auto const now = os::poll_now(stream_.socket(), POLLOUT);
    if (!stream_.unsent() && (!now || *now != 0)) return true;
    waits.push_back({.fd = stream_.socket(), .events = POLLOUT, .revents = 0});
    return false;
}

bool TlsConnection::ready(Direction direction, WaitSet& waits) {
    return direction == Direction::Read ? ready_to_read(waits) : ready_to_write(waits);
}

std::uint64_t TlsConnection::readable_bytes() {
    if (reads_ended_ || !plain_bytes_or_end()) return 0;
    return peeked_.size() + stream_.session().readable().value_or(0);
}

// Only where everything is said that there is to say on this side.
std::optional<Pollable::Watched> TlsConnection::watched(Direction direction) {
    bool const reads = direction == Direction::Read;
    if (stream_.unsent() || (reads ? reads_ended_ || !peeked_.empty() : writes_ended_)) return {};
    if (reads) {
        auto const readable = stream_.session().readable();
        if (readable || readable.error() != Errno::Again) return {};
    }
    pollfd const entry{.fd = stream_.socket(), .events = events_of(direction), .revents = 0};
    return Watched{.entry = entry, .tells_all = !reads};
}

bool TlsConnection::hung_up(std::optional<short> found) {
    if (stream_.session().closed_by_peer()) return true;
    return is_gone(found ? *found : os::poll_now(stream_.socket(), POLLRDHUP).value_or(POLLERR));
}

} // namespace exec::net
