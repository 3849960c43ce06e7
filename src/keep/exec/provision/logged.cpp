// The line is not read from anywhere: the Keep writes it itself, from what it knows of its release,
// and asks whether that one is in the log.

#include "keep/exec/provision/logged.hpp"

#include "crypto/checkpoint.hpp"
#include "crypto/inclusion_proof.hpp"
#include "crypto/merkle.hpp"
#include "protocol/provision/binding.hpp"
#include "protocol/provision/log_entry.hpp"

namespace exec::provision {

namespace wire = protocol::provision;

namespace {

std::unexpected<os::Failure> refused(std::string text) {
    return std::unexpected(os::Failure{.name = "release-unlogged", .text = std::move(text)});
}

crypto::Sha256Digest
leaf_of(wire::Grant const& grant, wire::Deployment const& deployment, Recipient const& keep) {
    auto const statement = crypto::sha256(grant.deployment);
    auto const keep_id = crypto::sha256(wire::keep_id_input(keep.identity_key, {}));
    auto const authenticator = crypto::sha256(keep.authenticator);
    return crypto::merkle::leaf_hash(
        wire::encode(
            wire::entry_of(
                {.time = grant.time,
                 .deployment = deployment.name,
                 .serial = deployment.serial,
                 .statement = statement,
                 .keep_id = keep_id,
                 .authenticator = authenticator}
            )
        )
    );
}

} // namespace

os::OrFailure<void>
check_log(wire::Grant const& grant, wire::Deployment const& deployment, Recipient const& keep) {
    auto const& log = deployment.log;
    if (!log && !grant.log) return {};
    if (!log) return refused("log.unasked: it shows a log, and the deployment names none");
    if (!grant.log)
        return refused(
            "log.missing: the deployment names a log, and the grant shows no line in it"
        );
    auto const head = crypto::open_checkpoint(grant.log->checkpoint, log->origin, log->key);
    if (!head)
        return refused("log.checkpoint: the log that the deployment names has not signed that");
    auto const proof = crypto::parse_inclusion_proof(grant.log->proof);
    if (!proof) return refused("log.proof: what shows the line in the log has no such form");
    if (proof->leaf >= head->size)
        return refused("log.size: the checkpoint is older than the line that it is to show");
    auto const leaf = leaf_of(grant, deployment, keep);
    if (!crypto::merkle::included(head->size, head->root, proof->leaf, leaf, proof->hashes))
        return refused("log.line: the line of this release does not stand there in the log");
    return {};
}

} // namespace exec::provision
