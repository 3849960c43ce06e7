#include "relay/end.hpp"

#include "os/socket.hpp"

#include <cstring>

#include <sys/socket.h>
#include <sys/un.h>

namespace relay {

namespace wire = protocol::provision;

namespace {

sockaddr_un address_of(std::string const& path) {
    sockaddr_un out{};
    out.sun_family = AF_UNIX;
    if (path.size() >= sizeof out.sun_path) std::abort();
    std::memcpy(out.sun_path, path.data(), path.size());
    return out;
}

} // namespace

os::Fd listen_at(std::string const& path) {
    auto const address = address_of(path);
    os::Fd out{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    // Safety: what every address of a socket is handed over as.
    auto const* const any = reinterpret_cast<sockaddr const*>(&address);
    if (!out || ::bind(out.number(), any, sizeof address) != 0 || ::listen(out.number(), 8) != 0)
        std::abort();
    return out;
}

os::Fd next_visitor(os::Fd const& listener) {
    auto out = os::accept(listener.number());
    if (!out) std::abort();
    return std::move(*out);
}

os::Fd connect_to(std::string const& path) {
    auto const address = address_of(path);
    os::Fd out{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    // Safety: as above.
    auto const* const any = reinterpret_cast<sockaddr const*>(&address);
    if (!out || ::connect(out.number(), any, sizeof address) != 0) std::abort();
    return out;
}

void End::flush() {
    while (!session_.outgoing().empty()) {
        auto const sent = os::send(socket(), session_.outgoing(), 0);
        if (!sent) return;
        session_.sent(*sent);
    }
}

bool End::pull() {
    auto const got = os::receive(socket(), session_.incoming_space(), 0);
    if (got && *got > 0) session_.received(*got);
    return got && *got > 0;
}

bool End::shake_hands() {
    while (true) {
        auto const done = session_.handshake();
        flush();
        if (!done) return false;
        if (*done) return true;
        if (!pull()) return false;
    }
}

void End::say(wire::FrameType type, base::View body) {
    (void)net::put_frame(session_, type, body);
    flush();
}

std::optional<Heard> End::hear_now() {
    auto const frame = reader_.next(session_, wire::Trust::Accepted);
    if (!frame || !*frame) return {};
    return Heard{.type = (*frame)->type, .body = {(*frame)->body.begin(), (*frame)->body.end()}};
}

std::optional<Heard> End::hear() {
    while (true) {
        if (auto heard = hear_now()) return heard;
        if (!pull()) return {};
    }
}

void End::close() {
    session_.close();
    flush();
    (void)os::shutdown(socket(), SHUT_RDWR);
}

} // namespace relay
