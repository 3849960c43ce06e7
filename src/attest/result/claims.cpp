#include "attest/result/claims.hpp"

#include "attest/text.hpp"

namespace attest::result {

namespace {

using result::json_of;

Json hex_or_null(std::optional<std::vector<std::byte>> const& value) {
    return value ? Json(hex(*value)) : nullptr;
}

// AWS Nitro Enclaves, "Attestation document specification", 3.1.
Json json_of(nitro::Claims const& claims) {
    Json pcrs = Json::object();
    for (auto const& [index, value] : claims.pcrs) pcrs[std::to_string(index)] = hex(value);
    return {
        {"module_id", claims.module_id},
        {"digest", "SHA384"}, // the only one that the specification has
        {"timestamp", claims.timestamp.time_since_epoch().count()},
        {"pcrs", std::move(pcrs)},
        {"public_key", hex_or_null(claims.public_key)},
        {"user_data", hex_or_null(claims.user_data)},
        {"nonce", hex_or_null(claims.nonce)},
        {"debug", claims.debug},
    };
}

Json json_of(cca::SoftwareComponent const& component) {
    return {
        {"type", component.type},
        {"measurement", hex(component.measurement)},
        {"version", component.version},
        {"signer-id", hex(component.signer_id)},
        {"hash-algorithm", component.hash_algorithm},
    };
}

// draft-ffm-rats-cca-token, sections 4 and 5.
Json json_of(cca::Claims const& claims) {
    Json measurements = Json::array();
    for (auto const& value : claims.realm_extensible_measurements)
        measurements.push_back(hex(value));
    Json components = Json::array();
    for (auto const& component : claims.platform_software) components.push_back(json_of(component));
    return {
        {"cca-platform-profile", claims.platform_profile},
        {"cca-platform-challenge", hex(claims.platform_challenge)},
        {"cca-platform-implementation-id", hex(claims.platform_implementation_id)},
        {"cca-platform-instance-id", hex(claims.platform_instance_id)},
        {"cca-platform-config", hex(claims.platform_configuration)},
        {"cca-platform-lifecycle", claims.platform_lifecycle},
        {"cca-platform-hash-algo-id", claims.platform_hash_algorithm},
        {"cca-platform-service-indicator", claims.platform_verification_service},
        {"cca-platform-sw-components", std::move(components)},
        {"platform-key", claims.platform_key_source},
        {"cca-realm-profile", claims.realm_profile},
        {"cca-realm-challenge", hex(claims.realm_challenge)},
        {"cca-realm-personalization-value", hex(claims.realm_personalization_value)},
        {"cca-realm-initial-measurement", hex(claims.realm_initial_measurement)},
        {"cca-realm-extensible-measurements", std::move(measurements)},
        {"cca-realm-hash-algo-id", claims.realm_hash_algorithm},
        {"cca-realm-public-key", hex(claims.realm_public_key)},
        {"cca-realm-public-key-hash-algo-id", claims.realm_public_key_hash_algorithm},
    };
}

Json json_of(csr::Claims const& claims) {
    auto out = std::visit([](auto const& evidence) { return json_of(evidence); }, claims.evidence);
    out["subject_public_key_info"] = hex(claims.public_key_info);
    return out;
}

} // namespace

Json json_of(Claims::Value const& claims) {
    return std::visit([](auto const& value) { return json_of(value); }, claims);
}

Json claims_json(Appraisal const& appraisal) {
    return appraisal.claims() == nullptr ? Json{} : json_of(appraisal.claims()->value());
}

} // namespace attest::result
