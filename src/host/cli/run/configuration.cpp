#include "host/cli/run/configuration.hpp"

#include "host/cli/report.hpp"
#include "host/cli/run/wishes.hpp"
#include "os/check.hpp"
#include "os/failure.hpp"

#include <array>

#include <fcntl.h>

namespace host::cli {

namespace {

// One byte more than a configuration may have, so that the parser can say so.
base::Result<std::string> read_text(os::Fd const& file) {
    std::string text;
    std::array<char, 16 << 10> buffer{};
    while (text.size() <= package::max_configuration_size) {
        auto const got = TRY(os::check(os::retry([&] {
            return ::read(file.number(), buffer.data(), buffer.size());
        })));
        if (got == 0) break;
        text.append(buffer.data(), static_cast<std::size_t>(got));
    }
    return text;
}

os::OrFailure<ConfigurationFile> read_configuration(std::string const& path, os::Fd const& file) {
    auto text = read_text(file);
    if (!text)
        return failure(
            "configuration-unreadable",
            '\'' + path + "' cannot be read: " + std::string{os::description(text.error())}
        );
    auto parsed = package::parse_configuration(*text);
    if (!parsed) return std::unexpected(configuration_failure(path, parsed.error()));
    return ConfigurationFile{path, std::move(*text), std::move(*parsed)};
}

// The folder that relative paths of the file start from, with the last slash.
std::string folder_of(std::string const& path) { return path.substr(0, path.rfind('/') + 1); }

} // namespace

os::Failure
configuration_failure(std::string const& path, package::ConfigurationError const& error) {
    auto const place = path + ':' + std::to_string(error.line) + ':' + std::to_string(error.column);
    return {"configuration-invalid", place + ": " + error.message, error.hint};
}

os::OrFailure<std::optional<ConfigurationFile>>
find_configuration(std::optional<std::string> const& path, Application const& application) {
    if (path) {
        auto const file =
            os::check_fd(os::retry([&] { return ::open(path->c_str(), O_RDONLY | O_CLOEXEC); }));
        if (!file)
            return failure(
                "configuration-unreadable",
                '\'' + *path + "' cannot be opened: " + std::string{os::description(file.error())}
            );
        return TRY(read_configuration(*path, *file));
    }
    if (!application.folder) return std::nullopt;
    auto const file =
        os::check_fd(::openat(application.folder->number(), "Enarx.toml", O_RDONLY | O_CLOEXEC));
    if (!file && file.error() == base::Errno::NoEnt) return std::nullopt;
    auto const inner =
        application.path + (application.path.ends_with('/') ? "" : "/") + "Enarx.toml";
    if (!file)
        return failure(
            "configuration-unreadable",
            '\'' + inner + "' cannot be opened: " + std::string{os::description(file.error())}
        );
    return TRY(read_configuration(inner, *file));
}

os::OrFailure<void> add_configuration(vmm::LaunchOrder& order, ConfigurationFile const& file) {
    using protocol::launch::Kind;
    order.add(Kind::Configuration, file.text);
    for (auto const& entry : file.configuration.files) {
        if (auto const* listen = std::get_if<package::Listen>(&entry))
            order.keep.network.listen.push_back({listen->address, listen->port});
        if (auto const* connect = std::get_if<package::Connect>(&entry))
            order.keep.network.connect.push_back({connect->host, connect->port});
        auto const* directory = std::get_if<package::Directory>(&entry);
        if (directory == nullptr) continue;
        if (directory->source == package::Source::Attestation) order.keep.attestation = true;
        if (directory->source != package::Source::Host) continue;
        bool const absolute = directory->host_path.starts_with('/');
        auto opened =
            TRY(open_directory((absolute ? "" : folder_of(file.path)) + directory->host_path));
        bool const writable = directory->mode == package::Mode::ReadWrite;
        order.add(
            Kind::HostDirectory,
            std::move(opened),
            directory->path,
            writable ? vmm::Rights::ReadWrite : vmm::Rights::ReadOnly
        );
    }
    return {};
}

} // namespace host::cli
