#pragma once

// Where the attestation service keeps its state: one interface, so that the rest of it does not
// know which database is behind. Every call may come from any thread and waits for its answer.
//
// A call that changes something is answered when the change is durable, and never before; what it
// records and the leaf that says so (`entry`, an encoded line of the log) become durable together
// or not at all. A refused call has changed nothing, and has appended nothing.

#include "os/failure.hpp"
#include "service/store/rows.hpp"

#include <functional>
#include <span>
#include <string_view>

namespace service {

enum class Why : std::uint8_t {
    Conflict,          // serial-conflict: not the newest, or not newer than the newest;
                       // secret-exists
    AnothersName,      // deployment-of-another: the name is another tenant's
    SecondRelease,     // keep-not-empty: this Keep was granted to before
    ReplicasExhausted, // replicas-exhausted: as many Keeps live as the deployment admits
    Withdrawn,         // deployment-withdrawn
    Revoked,           // keep-revoked
    Unknown,           // deployment-unknown, keep-unknown: no such row
    TooLarge,          // store-too-large: a value above the caps of rows.hpp
    Unavailable,       // store-unavailable: database gone, disk full. Whether it happened is open
};

struct Refusal {
    Why why{};
    os::Failure failure; // for whoever reads it
};

template <class T> using Answer = base::Result<T, Refusal>;

struct Pruned {
    std::uint64_t releases = 0;
    std::uint64_t certificates = 0;
    std::uint64_t versions = 0; // of deployments, with what was sealed for them
};

class Store {
public:
    Store() = default;
    Store(Store const&) = delete;
    Store(Store&&) = delete;
    Store& operator=(Store const&) = delete;
    Store& operator=(Store&&) = delete;
    virtual ~Store() = default;

    // Deployments. Conflict: the serial is not higher than the newest one's. AnothersName: the
    // newest one is another tenant's. Withdrawn: nothing is published under such a name again.
    virtual Answer<LeafIndex> publish(DeploymentRow const& row, base::View entry) = 0;
    // All versions of the name. Unknown, Withdrawn.
    virtual Answer<LeafIndex>
    withdraw(std::string_view name, std::uint64_t time, base::View entry) = 0;
    virtual Answer<std::optional<DeploymentRow>> newest(std::string_view name) = 0;
    virtual Answer<std::optional<DeploymentRow>>
    deployment(std::string_view name, std::uint64_t serial) = 0;
    // The newest of each name behind `after`, by name, at most `most`; of one tenant's key or all.
    virtual Answer<std::vector<DeploymentRow>>
    deployments(std::optional<Digest> const& tenant, std::string_view after, std::size_t most) = 0;

    // Sealed values. Conflict: one of this name is there, and stays, however many come at once.
    // Unknown: of a deployment that is not there.
    virtual Answer<LeafIndex> seal(SealedRow const& row, base::View entry) = 0;
    // Package key and secrets of one version; or, with ServiceKey's name and serial 0, that key.
    virtual Answer<std::vector<SealedRow>> sealed(std::string_view name, std::uint64_t serial) = 0;
    // For a change of the key over them: how many values are under this KEK; and all that are under
    // another one, sealed again, in one transaction: where `again` fails for one of them, nothing
    // has changed (Unavailable, with that failure). The value: how many there were.
    virtual Answer<std::uint64_t> sealed_under(KekId const& kek) = 0;
    using Again = std::function<os::OrFailure<SealedValue>(SealedRow const&)>;
    virtual Answer<std::uint64_t>
    reseal(KekId const& kek, Again const& again, base::View entry) = 0;

    // Releases. At most `replicas` Keeps of the deployment's name live at row.time. Unknown,
    // Withdrawn, Conflict (the serial is not the newest), SecondRelease, ReplicasExhausted.
    virtual Answer<LeafIndex>
    release(ReleaseRow const& row, std::uint64_t replicas, base::View entry) = 0;
    virtual Answer<std::optional<ReleaseRow>> released(base::View keep_id) = 0;
    // Those of a deployment that live at `now`, the latest first, at most `most`.
    virtual Answer<std::vector<ReleaseRow>>
    alive(std::string_view deployment, std::uint64_t now, std::size_t most) = 0;
    virtual Answer<std::uint64_t> count_alive(std::string_view deployment, std::uint64_t now) = 0;

    // Certificates. Unknown: of a Keep that was never granted to. Revoked, Withdrawn, Conflict (a
    // certificate of this serial number is there). The Keep lives at least as long as it.
    virtual Answer<LeafIndex> certify(CertificateRow const& row, base::View entry) = 0;
    // A Keep and all of its certificates. Unknown, Revoked.
    virtual Answer<LeafIndex> revoke(base::View keep_id, std::uint64_t time, base::View entry) = 0;
    // What a revocation list holds: revoked, and not expired at `now`.
    virtual Answer<std::vector<CertificateRow>> revoked(std::uint64_t now) = 0;

    // A line about something that changes no row: a denial, a policy, an act of an operator.
    virtual Answer<LeafIndex> append(base::View entry) = 0;
    virtual Answer<std::uint64_t> leaves() = 0; // how many there are
    virtual Answer<std::vector<LeafRow>> leaves(LeafIndex from, std::size_t most) = 0;

    // Takes away what has expired before `now`: certificates, releases without one, and versions
    // of deployments that are neither the newest nor any living Keep's. Leaves stay for ever.
    virtual Answer<Pruned> prune(std::uint64_t now) = 0;
};

} // namespace service
