#include "host/cli/keep/keep.hpp"

#include "host/cli/report.hpp"
#include "host/cli/run/keep_options.hpp"
#include "host/cli/run/wishes.hpp"
#include "host/vmm/backend/pick.hpp"
#include "os/check.hpp"
#include "os/descriptor_limit.hpp"

#include <charconv>
#include <cstring>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace host::cli {

namespace {

using protocol::launch::Kind;
using vmm::LaunchOrder;

class KeepUse : public Use {
public:
    Syntax syntax(Global& global) override;
    os::OrFailure<int> carry_out(Global const& global) override;

private:
    os::OrFailure<LaunchOrder> order(Global const& global) const;

    std::optional<std::string> backend_;
    bool require_hardware_ = false;
    GivenKeep keep_;
    std::optional<std::string> channel_;
    std::optional<std::string> blobs_;
    std::vector<std::string> listen_;
    std::vector<std::string> connect_;
    std::optional<std::string> max_memory_;
};

Syntax KeepUse::syntax(Global& global) {
    Syntax syntax{
        .options =
            {
                {.name = "--channel",
                 .value = "SOCKET",
                 .help = "Where the Keep waits: the path of a socket, which is made. Required.",
                 .target = &channel_,
                 .completion = Completion::File},
                {.name = "--blobs",
                 .value = "DIRECTORY",
                 .help = "A folder in which pieces of packages may lie, each under the 64 digits "
                         "of its SHA-256; what is not there is asked of the tenant.",
                 .target = &blobs_,
                 .completion = Completion::Folder},
                {.name = "--listen",
                 .value = "ADDRESS:PORT",
                 .help = "Where the tenant's application may listen. Can be repeated.",
                 .target = &listen_},
                {.name = "--connect",
                 .value = "HOST:PORT",
                 .help = "Where the tenant's application may connect to. Can be repeated.",
                 .target = &connect_},
                {.name = "--max-memory",
                 .value = "SIZE",
                 .help = "What the application's linear memories and files in memory may take "
                         "together: bytes, or with K, M, G, T.",
                 .target = &max_memory_},
                {.name = "--backend",
                 .value = "NAME",
                 .help = "The kind of Keep: snp (or sev), tdx, sgx, kvm, or nil for none. Without "
                         "this option the best there is.",
                 .target = &backend_,
                 .environment = "ENARX_BACKEND"},
                {.name = "--require-hardware",
                 .help = "A Keep that hardware protects, or an error.",
                 .target = &require_hardware_},
            },
        .operands = {},
    };
    add_keep_options(syntax.options, keep_);
    for (auto& option : log_options(global)) syntax.options.push_back(std::move(option));
    return syntax;
}

// "host:port", "[address]:port".
os::OrFailure<vmm::Endpoint> endpoint(std::string_view option, std::string const& text) {
    auto const colon = text.rfind(':');
    auto host = text.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    vmm::Endpoint out{.host = host};
    auto const* const end = text.data() + text.size();
    auto const* const begin = colon == std::string::npos ? end : text.data() + colon + 1;
    auto const [rest, error] = std::from_chars(begin, end, out.port);
    if (host.empty() || error != std::errc{} || rest != end)
        return failure(
            "usage",
            std::string{option} + " cannot be '" + text + '\'',
            "write HOST:PORT, or [ADDRESS]:PORT for IPv6"
        );
    return out;
}

std::unexpected<os::Failure> no_socket(std::string const& path, std::string_view why) {
    return failure(
        "channel-broken", "no socket can be made at '" + path + "': " + std::string{why}
    );
}

// A socket that nobody listens at any more may be taken away.
bool is_left_over(sockaddr_un const& address) {
    struct stat status{};
    if (::lstat(address.sun_path, &status) != 0 || !S_ISSOCK(status.st_mode)) return false;
    os::Fd const probe{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    return ::connect(probe.number(), reinterpret_cast<sockaddr const*>(&address), sizeof address) !=
               0 &&
           errno == ECONNREFUSED;
}

os::OrFailure<os::Fd> listen_at_path(std::string const& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path)
        return no_socket(path, "its path has more than 107 bytes");
    std::memcpy(address.sun_path, path.data(), path.size());
    os::Fd listener{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    if (!listener) return no_socket(path, os::description(os::last_error()));
    if (is_left_over(address)) ::unlink(path.c_str());
    constexpr int backlog = 64;
    auto const mask = ::umask(0177); // its owner alone connects
    bool const bound =
        ::bind(listener.number(), reinterpret_cast<sockaddr const*>(&address), sizeof address) == 0;
    auto const error = os::last_error();
    ::umask(mask);
    if (!bound) return no_socket(path, os::description(error));
    if (::listen(listener.number(), backlog) != 0)
        return no_socket(path, os::description(os::last_error()));
    return listener;
}

os::OrFailure<LaunchOrder> KeepUse::order(Global const& global) const {
    LaunchOrder order;
    order.keep = keep_wish(keep_);
    order.keep.attestation = true;
    order.add(Kind::Action, "provision");
    for (auto const& wish : listen_)
        order.keep.network.listen.push_back(TRY(endpoint("--listen", wish)));
    for (auto const& wish : connect_)
        order.keep.network.connect.push_back(TRY(endpoint("--connect", wish)));
    if (blobs_) order.add(Kind::Blobs, TRY(open_directory(*blobs_)), "", vmm::Rights::ReadOnly);
    if (max_memory_) order.add(Kind::MaxMemory, TRY(memory_size(*max_memory_)));
    TRY(add_log(order, global));
    order.add(Kind::Channel, TRY(listen_at_path(*channel_)), "", vmm::Rights::ReadWrite);
    return order;
}

os::OrFailure<int> KeepUse::carry_out(Global const& global) {
    if (!channel_)
        return failure("usage", "it is not said where the Keep waits", "give --channel SOCKET");
    auto const* backend =
        TRY(vmm::pick(
            {.name = backend_, .require_hardware = require_hardware_},
            vmm::backends(),
            vmm::Machine::real()
        ));
    constexpr std::size_t enough_descriptors = 4096;
    os::allow_descriptors(enough_descriptors);
    auto launch_order = TRY(order(global));
    launch_order.add(Kind::Backend, std::string{backend->name});
    return std::unexpected(backend->launch(launch_order));
}

} // namespace

std::unique_ptr<Use> use_keep() { return std::make_unique<KeepUse>(); }

} // namespace host::cli
