#include "host/cli/deploy/handover.hpp"

#include "crypto/cose_sign1.hpp"
#include "crypto/digest.hpp"
#include "host/cli/report.hpp"
#include "package/oci/manifest.hpp"

#include <algorithm>

namespace host::cli {

namespace wire = protocol::provision;

namespace {

std::vector<std::byte> copy(base::View bytes) { return {bytes.begin(), bytes.end()}; }

std::unexpected<os::Failure> unusable(std::string const& path, std::string const& why) {
    return failure("key-unusable", '\'' + path + "': " + why);
}

} // namespace

os::OrFailure<Provisions> Provisions::read(std::string const& path) {
    Provisions out{TRY(read_package_key(path))};
    if (!out.key_.right)
        return failure(
            "key-unusable",
            '\'' + path + "' has no signed deployment: this package can be granted to nobody",
            "package it again with the tenant's key: enarx package --key tenant.key"
        );
    // The bytes stay where they are when the key is moved.
    auto const message =
        crypto::verified_message(out.key_.right->deployment, wire::deployment_type);
    if (!message) return unusable(path, "the deployment's signature does not verify");
    auto const deployment = wire::decode_deployment(message->payload);
    if (!deployment)
        return unusable(
            path, "the deployment is damaged: " + std::string{deployment.error().field}
        );
    out.deployment_ = *deployment;
    out.tenant_ = crypto::sha256(message->key);
    auto const grantor = crypto::sha256(out.grantor().public_key());
    bool const listed = std::ranges::any_of(deployment->grantors, [&](base::View each) {
        return base::equal(each, grantor);
    });
    if (!listed) return unusable(path, "the deployment does not let this key grant it");
    if (package::oci::digest_text(deployment->package) != out.key_.package)
        return unusable(path, "the deployment is one of another package");
    return out;
}

os::OrFailure<void> Provisions::add_secrets(std::vector<std::string> const& texts) {
    secrets_ = TRY(read_secrets(texts, deployment_.secrets));
    return {};
}

attest::provision::Handover Provisions::handover(std::uint64_t time) const {
    attest::provision::Handover out{
        .grant =
            {.deployment = key_.right->deployment, .package_key = {}, .secrets = {}, .time = time},
        .grantor = key_.right->grantor,
        .runs =
            {.workload = copy(deployment_.workload),
             .configuration = copy(deployment_.configuration),
             .tenant = copy(tenant_),
             .package = copy(deployment_.package),
             .deployment = std::string{deployment_.name},
             .serial = deployment_.serial},
        .hardware_required = deployment_.hardware
    };
    if (key_.data_key) out.grant.package_key = key_.data_key->view();
    for (auto const& [name, value] : secrets_) out.grant.secrets.emplace_back(name, value.view());
    if (registry_)
        out.grant.sources.push_back(
            {.repository = registry_->repository,
             .credentials = registry_->credentials,
             .authorities = registry_->authorities}
        );
    return out;
}

} // namespace host::cli
