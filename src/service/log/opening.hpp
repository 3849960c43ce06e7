#pragma once

// What a log does before it goes on: reads every leaf of the store, and holds leaves, tiles and
// checkpoint against each other. Nothing that was changed passes.

#include "service/log/files.hpp"
#include "service/log/log.hpp"

namespace service {

struct LogIdentity {
    std::string origin;
    crypto::Ed25519PublicKey key{};
};

struct Opened {
    TreeEdge edge;              // of all leaves of the store
    crypto::TreeHead published; // what the checkpoint says
    std::string checkpoint;     // empty: there is none, nor was there ever a leaf
};

// Tiles that became full behind the checkpoint are written. Failures as Log::open() has them.
os::OrFailure<Opened>
open_log(Store& store, LogFiles const& files, LogIdentity const& identity, bool rebuild);

// The leaves from this number on, in pieces; each is the next one and its hash is that of its
// entry. log-damaged, log-unavailable.
os::OrFailure<std::vector<LeafRow>> next_leaves(Store& store, LeafIndex from);

} // namespace service
