// Claims of each kind of evidence as JSON, under the names of the manuals. One function a kind.

#include "attest/text.hpp"
#include "host/cli/verify/answer.hpp"

namespace host::cli {

namespace {

using attest::hex;

AnswerJson tcb_json(hw::snp::Tcb const& tcb, hw::snp::Product product) {
    AnswerJson out{
        {"boot_loader", tcb.boot_loader},
        {"tee", tcb.tee},
        {"snp", tcb.snp},
        {"microcode", tcb.microcode},
    };
    if (product == hw::snp::Product::Turin) out["fmc"] = tcb.fmc;
    return out;
}

AnswerJson json_of(attest::snp::Claims const& claims) {
    auto const& report = claims.report;
    AnswerJson out{
        {"product", claims.product_name},
        {"version", std::uint32_t{report.version}},
        {"guest_svn", std::uint32_t{report.guest_svn}},
        {"policy", hex(std::uint64_t{report.policy})},
        {"family_id", hex(report.family_id)},
        {"image_id", hex(report.image_id)},
        {"vmpl", std::uint32_t{report.vmpl}},
        {"platform_info", hex(std::uint64_t{report.platform_info})},
        {"report_data", hex(report.report_data)},
        {"measurement", hex(report.measurement)},
        {"host_data", hex(report.host_data)},
        {"id_key_digest", hex(report.id_key_digest)},
        {"author_key_digest", hex(report.author_key_digest)},
        {"report_id", hex(report.report_id)},
        {"chip_id", hex(report.chip_id)},
    };
    for (auto const& [name, tcb] :
         {std::pair{"reported_tcb", report.reported_tcb},
          std::pair{"current_tcb", report.current_tcb},
          std::pair{"committed_tcb", report.committed_tcb},
          std::pair{"launch_tcb", report.launch_tcb}})
        out[name] = tcb_json(tcb.decode(claims.product), claims.product);
    if (!claims.csp_id.empty()) out["csp_id"] = claims.csp_id;
    return out;
}

AnswerJson json_of(attest::nitro::Claims const& claims) {
    AnswerJson out{
        {"module_id", claims.module_id},
        {"timestamp", claims.timestamp.time_since_epoch().count()},
        {"debug", claims.debug},
    };
    for (auto const& [index, value] : claims.pcrs)
        if (!base::all_zero(value)) out["pcr" + std::to_string(index)] = hex(value);
    auto const add = [&](char const* name, std::optional<std::vector<std::byte>> const& value) {
        if (value) out[name] = hex(*value);
    };
    add("public_key", claims.public_key);
    add("user_data", claims.user_data);
    add("nonce", claims.nonce);
    return out;
}

AnswerJson json_of(attest::cca::Claims const& claims) {
    AnswerJson measurements = AnswerJson::array();
    for (auto const& value : claims.realm_extensible_measurements)
        measurements.push_back(hex(value));
    return {
        {"cca-platform-instance-id", hex(claims.platform_instance_id)},
        {"cca-platform-implementation-id", hex(claims.platform_implementation_id)},
        {"cca-platform-lifecycle", claims.platform_lifecycle},
        {"platform-key", claims.platform_key_source},
        {"cca-realm-challenge", hex(claims.realm_challenge)},
        {"cca-realm-personalization-value", hex(claims.realm_personalization_value)},
        {"cca-realm-initial-measurement", hex(claims.realm_initial_measurement)},
        {"cca-realm-extensible-measurements", std::move(measurements)},
    };
}

AnswerJson json_of(hw::sgx::ReportBody const& report) {
    return {
        {"cpu_svn", hex(report.cpu_svn)},
        {"misc_select", hex(std::uint64_t{report.misc_select})},
        {"attributes", hex(std::uint64_t{report.attributes.flags})},
        {"xfrm", hex(std::uint64_t{report.attributes.xfrm})},
        {"mr_enclave", hex(report.mr_enclave)},
        {"mr_signer", hex(report.mr_signer)},
        {"isv_prod_id", std::uint16_t{report.isv_prod_id}},
        {"isv_svn", std::uint16_t{report.isv_svn}},
        {"report_data", hex(report.report_data)},
    };
}

AnswerJson json_of(attest::dcap::TdBody const& body) {
    auto const& report = body.report;
    AnswerJson out{
        {"tee_tcb_svn", hex(report.tee_tcb_svn)},
        {"mr_seam", hex(report.mr_seam)},
        {"mr_signer_seam", hex(report.mr_signer_seam)},
        {"seam_attributes", hex(std::uint64_t{report.seam_attributes})},
        {"td_attributes", hex(std::uint64_t{report.td_attributes})},
        {"xfam", hex(std::uint64_t{report.xfam})},
        {"mr_td", hex(report.mr_td)},
        {"mr_config_id", hex(report.mr_config_id)},
        {"mr_owner", hex(report.mr_owner)},
        {"mr_owner_config", hex(report.mr_owner_config)},
    };
    for (std::size_t i = 0; i < report.rtmr.size(); ++i)
        out["rtmr" + std::to_string(i)] = hex(report.rtmr[i]);
    out["report_data"] = hex(report.report_data);
    if (body.tail) {
        out["tee_tcb_svn_2"] = hex(body.tail->tee_tcb_svn_2);
        out["mr_service_td"] = hex(body.tail->mr_service_td);
    }
    return out;
}

AnswerJson json_of(attest::dcap::Standing const& standing) {
    return {
        {"tcb_status", attest::dcap::name_of(standing.status)},
        {"tcb_date", attest::timestamp(standing.date)},
        {"advisory_ids", standing.advisories},
    };
}

AnswerJson json_of(attest::dcap::Claims const& claims) {
    auto out = std::visit([](auto const& body) { return json_of(body); }, claims.body);
    out["quote_version"] = std::uint16_t{claims.header.version};
    out["fmspc"] = hex(claims.pck.fmspc);
    out["pce_id"] = hex(claims.pck.pce_id);
    out["pce_svn"] = claims.pck.pce_svn;
    out["ppid"] = hex(claims.pck.ppid);
    auto const& tcb = claims.tcb;
    out["tcb_status"] = tcb.status ? AnswerJson(attest::dcap::name_of(*tcb.status)) : nullptr;
    if (tcb.evaluation_number) out["tcb_evaluation_data_number"] = *tcb.evaluation_number;
    if (tcb.platform) out["platform_tcb"] = json_of(*tcb.platform);
    if (tcb.module) out["tdx_module_tcb"] = json_of(*tcb.module);
    if (tcb.quoting_enclave) out["quoting_enclave_tcb"] = json_of(*tcb.quoting_enclave);
    return out;
}

AnswerJson json_of(attest::csr::Claims const& claims) {
    auto out = std::visit([](auto const& evidence) { return json_of(evidence); }, claims.evidence);
    out["subject_public_key_info"] = hex(claims.public_key_info);
    return out;
}

AnswerJson json_of(attest::EndorsementClaims const& claims) {
    return {{"subject", claims.subject}};
}

} // namespace

AnswerJson claims_json(attest::Appraisal const& appraisal) {
    if (appraisal.claims() == nullptr) return nullptr;
    return std::visit(
        [](auto const& claims) { return json_of(claims); }, appraisal.claims()->value()
    );
}

} // namespace host::cli
