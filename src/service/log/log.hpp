#pragma once

// The log that anybody can check: the store's leaves as tiles and a signed checkpoint in a folder
// of static files. The store makes a leaf durable with what it records (Store::release() and
// others); this follows, each second and when somebody waits for a leaf, and never shows what is
// not in the store.

#include "crypto/checkpoint.hpp"
#include "service/log/proof.hpp"
#include "service/store/store.hpp"

#include <chrono>
#include <memory>

namespace service {

struct LogSettings {
    std::string folder; // is made where it is not there; holds `checkpoint` and `tile/`
    std::string origin; // name of the log and of its key
    std::chrono::milliseconds interval{1000}; // until a leaf that nobody waits for is published
    bool rebuild = false; // the folder is empty and was not: write it anew from the store
};

// What a grant carries so that a Keep may see its own line (PROVISION grant key 9).
struct Inclusion {
    std::string checkpoint; // signed note
    Blob proof;             // crypto/inclusion_proof.hpp
};

// A checkpoint of this process, and when it was signed (seconds since 1970).
struct Published {
    crypto::TreeHead head;
    std::uint64_t time = 0;
};

class Log {
public:
    // Reads all leaves, checks them, tiles and checkpoint against each other, and begins to
    // publish. Failures: log-damaged, where one of them was changed, or the store knows less than
    // the log has published; log-unavailable. `store` outlives the log.
    static os::OrFailure<std::unique_ptr<Log>>
    open(Store& store, LogSettings settings, crypto::Ed25519SigningKey key);

    Log(Log const&) = delete;
    Log(Log&&) = delete;
    Log& operator=(Log const&) = delete;
    Log& operator=(Log&&) = delete;
    ~Log(); // publishes what is left

    // The newest one, a signed note, and what it says.
    std::string checkpoint() const;
    crypto::TreeHead head() const;
    // The last ones of this process, the newest first.
    std::vector<Published> recent() const;
    // Why the last attempt to publish failed; nothing where it did not.
    std::optional<os::Failure> trouble() const;

    // Has the leaf published and waits until it is, `patience` at most: log-unavailable. Those who
    // wait at once share a checkpoint.
    os::OrFailure<Inclusion> inclusion(LeafIndex index, std::chrono::milliseconds patience);
    // The published tree of `size` begins with that of `older`.
    os::OrFailure<Proof> consistency(std::uint64_t older, std::uint64_t size) const;

    // "checkpoint" or a tile's path: the bytes to serve. Nothing: there is none of that name. Where
    // a partial tile is gone because the full one is there, this is nothing, as the specification
    // has it.
    std::optional<Blob> file(std::string_view path) const;

    std::string verifier_key() const;

private:
    class Publisher;
    explicit Log(std::unique_ptr<Publisher> publisher);

    std::unique_ptr<Publisher> publisher_;
};

} // namespace service
