#pragma once

// What the application finds when it starts: its arguments, environment and descriptors, made of
// Enarx.toml and the command line by the rules of docs/configuration.md.

#include "package/configuration.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace package {

// What the command line wishes. It wins over the file.
struct CommandLine {
    std::string name{};                       // argv[0]
    std::vector<std::string> arguments{};     // if any: instead of `args`
    std::map<std::string, std::string> env{}; // adds or overrides
    std::vector<std::string> directories{}; // guest paths of --dir, in order; each adds a directory
    std::optional<std::uint64_t> memory{};  // bytes
};

struct Plan {
    std::vector<std::string> args;          // argv[0] first
    std::map<std::string, std::string> env; // with FD_COUNT and FD_NAMES
    std::vector<File> descriptors;          // the index is the descriptor's number
    Limits limits;
};

// Descriptors: without a stream or `null` entry in the file, 0 to 2 are the standard streams; with
// one, an entry's descriptor is its index, and a number below 3 that no entry takes is `null`.
// Directories come first from 3 on (wasi-libc stops its search at the first descriptor that is
// none), those of the file before those of --dir; then the other entries in their order. A --dir at
// the path of a directory of the file takes its place.
//
// A directory of --dir is one of Source::Host, ReadWrite, without a host path: the host hands over
// its descriptor.
Plan make_plan(Configuration configuration, CommandLine command_line);

} // namespace package
