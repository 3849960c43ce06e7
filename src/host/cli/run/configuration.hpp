#pragma once

// Enarx.toml on the host's disk. exec reads the text again; here it is read to tell the user early
// what is wrong, and to open the directories of the host that it names.

#include "host/cli/run/application.hpp"
#include "host/vmm/launch/order.hpp"
#include "os/failure.hpp"
#include "package/configuration.hpp"

#include <optional>
#include <string>

namespace host::cli {

struct ConfigurationFile {
    std::string path;
    std::string text;
    package::Configuration configuration;
};

// Of that file, or of the application's folder; nothing if there is neither.
os::OrFailure<std::optional<ConfigurationFile>>
find_configuration(std::optional<std::string> const& path, Application const& application);

os::OrFailure<void> add_configuration(vmm::LaunchOrder& order, ConfigurationFile const& file);

// "Enarx.toml:3:5: unknown key ..."
os::Failure
configuration_failure(std::string const& path, package::ConfigurationError const& error);

} // namespace host::cli
