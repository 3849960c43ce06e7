#pragma once

// What is to be run: the items of the launch block, with the descriptors and texts that they refer
// to.

#include "host/vmm/launch/snp_terms.hpp"
#include "host/vmm/plan/plan.hpp"
#include "host/vmm/server/handles.hpp"
#include "host/vmm/shim_log.hpp"
#include "os/fd.hpp"
#include "os/folder.hpp"
#include "protocol/launch/launch.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace host::vmm {

// Where a plan lets its Keep listen or connect to: a name or an address, and a port.
struct Endpoint {
    std::string host;
    std::uint16_t port = 0;
};
struct NetworkWish {
    bool everything = false; // any address, by the user's word
    std::vector<Endpoint> connect = {};
    std::vector<Endpoint> listen = {};
};

// How the Keep itself is to be, beside what is to run in it. nil has none of it.
struct KeepWish {
    std::optional<std::string> shim = {};  // "kvm" or "deprivileged"; else what suits the host
    std::optional<MemoryKind> memory = {}; // else sealed where the host has it
    // Bytes of the host's memory for all of it, engine and compiler too; none: what the host has.
    std::optional<std::uint64_t> memory_limit = {};
    NetworkWish network = {};
    bool attestation = false; // its application asks for evidence
    // Opens the folder of what was measured before; none: each start measures.
    std::function<std::optional<os::Folder>()> measured = {};
    LogWish log = {};                       // of the shim
    std::optional<std::uint32_t> cpus = {}; // of an SEV-SNP Keep, where each is measured
    snp::LaunchTerms snp = {};
};

class LaunchOrder {
public:
    KeepWish keep;

    void add(protocol::launch::Kind kind, std::string text);
    // `rights`: of the Keep on that file, and on all that lies below it.
    void add(protocol::launch::Kind kind, os::Fd descriptor, std::string text, Rights rights);
    void add(protocol::launch::Kind kind, std::uint64_t number);

    std::vector<protocol::launch::Item> const& items() const { return items_; }
    Rights rights(int descriptor) const; // of one that an item names

private:
    std::deque<std::string> texts_; // what the items view; a deque's elements stay where they are
    struct Given {
        os::Fd descriptor;
        Rights rights;
    };
    std::vector<Given> descriptors_;
    std::vector<protocol::launch::Item> items_;
};

} // namespace host::vmm
