#include "host/cli/keep/empty_keep.hpp"

#include "base/hex.hpp"
#include "host/cli/report.hpp"
#include "host/cli/run/wishes.hpp"
#include "os/check.hpp"
#include "os/random.hpp"

#include <array>
#include <charconv>
#include <cstdio>
#include <cstring>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace host::cli {

namespace {

using protocol::launch::Kind;
using vmm::LaunchOrder;

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
    return probe &&
           ::connect(probe.number(), reinterpret_cast<sockaddr const*>(&address), sizeof address) !=
               0 &&
           errno == ECONNREFUSED;
}

// A name beside it that nobody else uses.
base::Result<std::string> name_beside(std::string const& path) {
    std::array<std::byte, 3> unique{};
    TRY(os::random(unique));
    return path + '~' + base::hex(unique);
}

// Under its name only when it listens: who finds it there may connect.
os::OrFailure<os::Fd> listen_at_path(std::string const& path) {
    auto const beside = name_beside(path);
    if (!beside) return no_socket(path, os::description(beside.error()));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (beside->size() >= sizeof address.sun_path)
        return no_socket(path, "its path has more than 100 bytes");
    std::memcpy(address.sun_path, path.data(), path.size());
    if (is_left_over(address)) ::unlink(path.c_str());
    std::memcpy(address.sun_path, beside->data(), beside->size());
    os::Fd listener{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    if (!listener) return no_socket(path, os::description(os::last_error()));
    constexpr int backlog = 64;
    auto const mask = ::umask(0177); // its owner alone connects
    bool const bound =
        ::bind(listener.number(), reinterpret_cast<sockaddr const*>(&address), sizeof address) == 0;
    auto error = os::last_error();
    ::umask(mask);
    if (!bound) return no_socket(path, os::description(error));
    if (::listen(listener.number(), backlog) == 0 &&
        ::renameat2(AT_FDCWD, beside->c_str(), AT_FDCWD, path.c_str(), RENAME_NOREPLACE) == 0)
        return listener;
    error = os::last_error();
    ::unlink(beside->c_str());
    return no_socket(path, os::description(error));
}

// As exec/net reads them.
std::string places_of(vmm::NetworkWish const& network) {
    std::string out;
    auto const add = [&out](std::string_view what, vmm::Endpoint const& each) {
        out += std::string{what} + ' ' + each.host + ' ' + std::to_string(each.port) + '\n';
    };
    for (auto const& each : network.listen) add("listen", each);
    for (auto const& each : network.connect) add("connect", each);
    return out;
}

} // namespace

void add_empty_keep_options(std::vector<Option>& options, GivenEmptyKeep& given) {
    options.push_back(
        {.name = "--blobs",
         .value = "DIRECTORY",
         .help = "A folder in which pieces of packages may lie, each under the 64 digits of its "
                 "SHA-256; what is not there is asked of the tenant.",
         .target = &given.blobs,
         .completion = Completion::Folder}
    );
    options.push_back(
        {.name = "--listen",
         .value = "ADDRESS:PORT",
         .help = "Where the tenant's application may listen. Can be repeated.",
         .target = &given.listen}
    );
    options.push_back(
        {.name = "--connect",
         .value = "HOST:PORT",
         .help = "Where the tenant's application may connect to. Can be repeated.",
         .target = &given.connect}
    );
}

os::OrFailure<LaunchOrder> empty_keep_order(
    GivenEmptyKeep const& given,
    GivenKeep const& keep,
    std::optional<std::string> const& max_memory,
    Global const& global
) {
    LaunchOrder order;
    order.keep = keep_wish(keep);
    order.keep.attestation = true;
    order.add(Kind::Action, "provision");
    for (auto const& wish : given.listen)
        order.keep.network.listen.push_back(TRY(endpoint("--listen", wish)));
    for (auto const& wish : given.connect)
        order.keep.network.connect.push_back(TRY(endpoint("--connect", wish)));
    if (given.blobs)
        order.add(Kind::Blobs, TRY(open_directory(*given.blobs)), "", vmm::Rights::ReadOnly);
    if (max_memory) order.add(Kind::MaxMemory, TRY(memory_size(*max_memory)));
    TRY(add_log(order, global));
    if (given.channel)
        order.add(Kind::Channel, TRY(listen_at_path(*given.channel)), "", vmm::Rights::ReadWrite);
    return order;
}

void hold_to_places(LaunchOrder& order, vmm::Backend const& backend) {
    if (backend.name == "nil") order.add(Kind::Places, places_of(order.keep.network));
}

} // namespace host::cli
