#pragma once

// What the host ordered: the launch block, item by item, as one struct.

#include "os/failure.hpp"
#include "protocol/evidence/evidence.hpp"
#include "protocol/launch/launch.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace exec {

enum class Action : std::uint8_t { Run, Inspect, Digests, Provision };

// Whose compiled code exec may run. Never the host's word: protocol/launch/traits.hpp.
enum class Code : std::uint8_t {
    AnyOfThisModule, // whatever the host hands in
    OwnOnly,         // what this start compiles
    Sealed           // or what an equal Keep has compiled, under a key that the host has not
};

// An open directory of the host, and what the application or the configuration calls it.
struct OrderedDirectory {
    int descriptor;
    std::string_view path;
};

// Whom the Keep asks for its application, and for which. The host's word, as all of it: the service
// is one whose key the Keep sees, and what it grants is signed.
struct OrderedPull {
    std::string_view deployment;
    std::string_view steward; // https address
    protocol::evidence::Digest pin{};
};

// The texts refer to the launch block.
struct Orders {
    Action action = Action::Run;
    int module = protocol::launch::no_descriptor;
    std::string_view module_name;
    std::optional<std::string_view> configuration; // text of Enarx.toml
    std::vector<std::string_view> args;
    std::vector<std::string_view> env;
    std::vector<OrderedDirectory> directories;      // from --dir
    std::vector<OrderedDirectory> host_directories; // for the configuration's
    std::optional<int> package_directory;
    Code code = Code::AnyOfThisModule;
    std::optional<int> artefact;      // compiled code of this module
    std::optional<int> artefact_sink; // takes compiled code, to be kept
    std::optional<int> channel;       // listens for who provisions this Keep
    std::optional<int> blobs;         // of packages: a folder, or a package file
    std::optional<OrderedPull> pull;
    std::optional<std::string_view> places; // net/places.hpp
    std::optional<std::string_view> invoke;
    std::optional<std::uint64_t> max_memory; // bytes
    std::optional<std::uint64_t> timeout_ms;
    std::optional<std::uint64_t>
        started_ns; // CLOCK_MONOTONIC at the command's start, if timings are wanted
    std::string_view log_filter;
    std::string_view log_format;
    std::string_view log_target;
    std::optional<protocol::evidence::Measurement> measurement; // of the launch, as the host says
    std::string_view certificates;                              // of the hardware, as the host says

    // Whether compiled code may come or go: else nothing in exec has a use for the key that seals
    // it.
    bool keeps_code() const { return action == Action::Run && (artefact || artefact_sink); }
};

os::OrFailure<Orders> take_orders(protocol::launch::Items const& items, Code code);

} // namespace exec
