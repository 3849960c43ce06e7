#include "host/cli/deploy/reach.hpp"

#include "os/check.hpp"

#include <cstring>

#include <sys/socket.h>
#include <sys/un.h>

namespace host::cli {

namespace {

class Socket final : public Reach {
public:
    explicit Socket(std::string path) : path_{std::move(path)} {}

    os::OrFailure<void> start(int /*stop*/) override { return {}; }

    OrUnreached<net::Channel::Parts> connect() override {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        if (path_.size() >= sizeof address.sun_path) return unreached("its path is too long");
        std::memcpy(address.sun_path, path_.data(), path_.size());
        os::Fd socket{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
        if (!socket) return unreached(os::description(os::last_error()));
        // Safety: the kernel reads the family first, and then an address of that family.
        auto const* const name = reinterpret_cast<sockaddr const*>(&address);
        if (::connect(socket.number(), name, sizeof address) != 0)
            return unreached(os::description(os::last_error()));
        return net::Channel::Parts{.socket = std::move(socket)};
    }

    void end() override {} // it was not ours to start
    std::string words() const override { return "--keep " + path_; }
    std::string id() const override { return path_; }

private:
    std::unexpected<Unreached> unreached(std::string_view why) const {
        return std::unexpected(
            Unreached{
                .failure = {
                    .name = "host-unreachable",
                    .text = "no Keep waits at '" + path_ + "': " + std::string{why},
                    .hint = "`enarx keep --channel " + path_ + "` starts one"
                }
            }
        );
    }

    std::string path_;
};

} // namespace

std::unique_ptr<Reach> reach_socket(std::string path) {
    return std::make_unique<Socket>(std::move(path));
}

} // namespace host::cli
