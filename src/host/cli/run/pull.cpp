#include "host/cli/run/pull.hpp"

#include "base/hex.hpp"
#include "crypto/base64.hpp"
#include "host/cli/package/package_file.hpp"
#include "host/cli/report.hpp"
#include "host/cli/run/wishes.hpp"
#include "net/web_address.hpp"
#include "os/descriptor_limit.hpp"
#include "protocol/provision/binding.hpp"

#include <charconv>
#include <filesystem>

#include <fcntl.h>

namespace host::cli {

namespace {

using protocol::launch::Kind;
using vmm::LaunchOrder;

std::unexpected<os::Failure> usage(std::string text, std::string hint) {
    return failure("usage", std::move(text), std::move(hint));
}

os::OrFailure<vmm::Endpoint> endpoint_of(std::string const& text) {
    auto const address = net::WebAddress::parse(text);
    vmm::Endpoint out;
    if (address) {
        auto const* const end = address->port.data() + address->port.size();
        auto const [rest, error] = std::from_chars(address->port.data(), end, out.port);
        out.host = address->host;
        if (address->tls && error == std::errc{} && rest == end && out.port != 0) return out;
    }
    return usage("--steward cannot be '" + text + '\'', "write https://HOST or https://HOST:PORT");
}

// "sha256/BASE64", as digits.
os::OrFailure<std::string> digits_of_pin(std::string const& text) {
    constexpr std::string_view algorithm = "sha256/";
    constexpr std::size_t size = 32;
    auto const digest = text.starts_with(algorithm)
                            ? crypto::decode_base64(text.substr(algorithm.size()))
                            : std::nullopt;
    if (digest && digest->size() == size) return base::hex(*digest);
    return usage(
        "--steward-pin cannot be '" + text + '\'',
        "it is sha256/ and the Base64 of the SHA-256 of the service's public key"
    );
}

// A package file, an OCI layout, or nothing but its blobs.
os::OrFailure<os::Fd> blobs_of(std::string const& package) {
    std::error_code error;
    if (!std::filesystem::is_directory(package, error)) {
        TRY(PackageFile::open(package)); // before a Keep is started for nothing
        os::Fd file{::open(package.c_str(), O_RDONLY | O_CLOEXEC)};
        if (!file) return failure("file-unreadable", '\'' + package + "' cannot be read");
        return file;
    }
    auto const inside = package + "/blobs/sha256";
    return open_directory(std::filesystem::is_directory(inside, error) ? inside : package);
}

} // namespace

bool GivenPull::any() const {
    return deployment || steward || pin || package || keep.channel || keep.blobs ||
           !keep.listen.empty() || !keep.connect.empty();
}

void add_pull_options(std::vector<Option>& options, GivenPull& given) {
    options.push_back(
        {.name = "--pull",
         .value = "NAME",
         .help = "No application of this machine's: the Keep asks an attestation service for the "
                 "deployment of this name, and the service hands it over to a Keep that has proved "
                 "what it is. The options that follow are for that.",
         .target = &given.deployment}
    );
    options.push_back(
        {.name = "--steward",
         .value = "URL",
         .help = "Where the service is: https://HOST[:PORT].",
         .target = &given.steward}
    );
    options.push_back(
        {.name = "--steward-pin",
         .value = "sha256/BASE64",
         .help = "SHA-256 of the service's public key: the Keep talks to nobody else.",
         .target = &given.pin}
    );
    options.push_back(
        {.name = "--package",
         .value = "FILE",
         .help = "The deployment's package: a file of `enarx package`, or a folder with an OCI "
                 "layout. Another one is found out.",
         .target = &given.package,
         .completion = Completion::File}
    );
    options.push_back(
        {.name = "--channel",
         .value = "SOCKET",
         .help = "Where the tenant reaches the Keep while it runs (`enarx attach`): the path of a "
                 "socket, which is made.",
         .target = &given.keep.channel,
         .completion = Completion::File}
    );
    add_empty_keep_options(options, given.keep);
}

os::OrFailure<LaunchOrder> pull_order(
    GivenPull const& given,
    GivenKeep const& keep,
    std::optional<std::string> const& max_memory,
    Global const& global
) {
    if (!given.deployment)
        return usage("an option is for a Keep that asks a service", "give --pull NAME as well");
    if (!given.steward || !given.pin)
        return usage(
            "it is not said which service the Keep asks",
            "give --steward URL and --steward-pin sha256/BASE64"
        );
    if (!protocol::provision::is_deployment_name(*given.deployment))
        return usage(
            '\'' + *given.deployment + "' is no name of a deployment",
            "--pull NAME takes 1 to 128 of a-z, 0-9, '.', '/' and '-'"
        );
    if (given.package && given.keep.blobs)
        return usage("--package and --blobs say the same", "give one of them");
    auto steward = TRY(endpoint_of(*given.steward));
    auto pin = TRY(digits_of_pin(*given.pin));
    constexpr std::size_t enough_descriptors = 4096;
    os::allow_descriptors(enough_descriptors);
    auto order = TRY(empty_keep_order(given.keep, keep, max_memory, global));
    order.keep.network.connect.push_back(std::move(steward));
    order.add(Kind::Pull, *given.deployment);
    order.add(Kind::Steward, *given.steward);
    order.add(Kind::StewardPin, std::move(pin));
    if (given.package)
        order.add(Kind::Blobs, TRY(blobs_of(*given.package)), "", vmm::Rights::ReadOnly);
    return order;
}

} // namespace host::cli
