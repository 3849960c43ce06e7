#pragma once

// What the application is started with, after Enarx.toml and the command line are laid over each
// other.

#include "package/configuration.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace package {

// What the command line says.
struct CommandLine {
    std::string program;                       // argv[0]
    std::vector<std::string> args = {};        // instead of the configuration's, if there are any
    std::vector<std::string> env = {};         // "K=V": added, or instead of the configuration's
    std::vector<std::string> directories = {}; // guest paths, beside the configuration's
    std::optional<std::uint64_t> max_memory = {}; // bytes; instead of the configuration's
};

// What a descriptor is at the start.
struct Nowhere {}; // reads as empty, takes and forgets what is written
struct StandardStream {
    int number; // 0-2, of exec
};
struct FromConfiguration {
    std::size_t file; // index in Configuration::files: a directory or a socket
};
struct FromCommandLine {
    std::size_t directory; // index in CommandLine::directories
};
using Role = std::variant<Nowhere, StandardStream, FromConfiguration, FromCommandLine>;

struct PlannedDescriptor {
    std::uint32_t number;
    Role role;
};

struct Plan {
    std::vector<std::string> argv;
    std::vector<std::string> environment;       // "K=V", each K once
    std::vector<PlannedDescriptor> descriptors; // by ascending number
    std::optional<std::uint64_t> max_memory;
};

// Without a stream or `null` among the files, descriptors 0-2 are the standard streams; with one,
// the first three files that are no directories have them. Then come the directories, which
// wasi-libc looks for from 3 on and up to the first descriptor that is none, then all other files
// in their order. So without a directory, and with a stream or `null`, the index of a file is its
// descriptor.
//
// FD_COUNT and FD_NAMES are told to applications that come with a configuration; others see the
// plain WASI environment.
Plan make_plan(std::optional<Configuration> const& configuration, CommandLine const& command_line);

} // namespace package
