#include "keep/exec/provision/reception.hpp"

#include "os/socket.hpp"

#include <array>

namespace exec::provision {

namespace {

std::unexpected<os::Failure> broken(std::string const& why) {
    return std::unexpected(
        os::Failure{.name = "channel-broken", .text = "the Keep's channel: " + why}
    );
}

} // namespace

os::OrFailure<Reception> Reception::open(os::Fd listener, crypto::TlsCredential const& identity) {
    static std::array<std::string, 1> const protocols{"enarx-keep/1"};
    auto context = crypto::TlsContext::server(
        identity,
        {.authorities = {}, .any_client_certificate = true, .alpn = protocols, .x25519_alone = true}
    );
    if (!context) return broken(context.error().text);
    return Reception{std::move(listener), std::move(*context)};
}

os::OrFailure<std::optional<Visitor>> Reception::next(std::optional<Clock::time_point> deadline) {
    while (true) {
        pollfd entry{.fd = listener(), .events = POLLIN, .revents = 0};
        std::optional<os::Milliseconds> left;
        if (deadline) left = std::chrono::ceil<os::Milliseconds>(*deadline - Clock::now());
        if (left && left->count() <= 0) return std::nullopt;
        auto const ready = os::poll({&entry, 1}, left);
        if (!ready && ready.error() != base::Errno::Intr)
            return broken(std::string{os::description(ready.error())});
        if (ready && *ready > 0) return TRY(take());
    }
}

os::OrFailure<Visitor> Reception::take() const {
    auto socket = os::accept(listener());
    if (!socket) return broken(std::string{os::description(socket.error())});
    auto session = context_.accept();
    if (!session) return broken(session.error().text);
    return Visitor{std::move(*socket), std::move(*session)};
}

} // namespace exec::provision
