#include "signer/pin.hpp"

#include "os/fd.hpp"

#include <cstdlib>

#include <fcntl.h>
#include <sys/stat.h>

namespace signer {

namespace {

constexpr std::size_t largest = 1024;
constexpr std::string_view credential = "credential:";

std::unexpected<os::Failure> unusable(std::string text) {
    return std::unexpected(os::Failure{.name = "signer-unusable", .text = std::move(text)});
}

} // namespace

os::OrFailure<Pin> read_pin(std::string const& place) {
    auto path = place;
    // systemd lets only the service read its credentials, by rights that a mode does not show.
    bool const given = place.starts_with(credential);
    if (given) {
        auto const* const folder = std::getenv("CREDENTIALS_DIRECTORY");
        auto const name = place.substr(credential.size());
        if (folder == nullptr || name.empty() || name.contains('/'))
            return unusable(
                "'" + place + "' is no credential of this service: systemd hands none of that name"
            );
        path = std::string{folder} + '/' + name;
    }
    os::Fd const file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
    struct stat about{};
    if (!file || ::fstat(file.number(), &about) != 0 || !S_ISREG(about.st_mode))
        return unusable("the PIN's file '" + path + "' is not there, or may not be read");
    constexpr unsigned others = 077;
    if (!given && (about.st_mode & others) != 0)
        return unusable(
            "the PIN's file '" + path + "' can be read or written by others; give it mode 0600"
        );
    auto bytes = os::read_file(file.number(), largest);
    if (!bytes) return unusable("the PIN's file '" + path + "' cannot be read");
    Pin out{*std::move(bytes)};
    if (out.bytes().empty()) return unusable("the PIN's file '" + path + "' is empty");
    return out;
}

} // namespace signer
