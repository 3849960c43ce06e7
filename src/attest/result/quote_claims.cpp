// Fields of a quote. Header and TD report: Intel TDX DCAP Quoting Library API, A.3 and A.4; enclave
// report: Intel SDM volume 3D, 38.15; `pck`: Intel SGX PCK Certificate and CRL Profile
// Specification.

#include "attest/result/claims.hpp"
#include "attest/text.hpp"

#include <set>

namespace attest::result {

namespace {

base::View raw(auto const& field) { return std::as_bytes(std::span{&field, 1}); }

Json enclave_json(hw::sgx::ReportBody const& report) {
    return {
        {"cpusvn", hex(report.cpu_svn)},
        {"miscselect", hex(std::uint64_t{report.misc_select})},
        {"isvextprodid", hex(report.isv_ext_prod_id)},
        {"attributes", hex(raw(report.attributes))},
        {"mrenclave", hex(report.mr_enclave)},
        {"mrsigner", hex(report.mr_signer)},
        {"configid", hex(report.config_id)},
        {"isvprodid", std::uint16_t{report.isv_prod_id}},
        {"isvsvn", std::uint16_t{report.isv_svn}},
        {"configsvn", std::uint16_t{report.config_svn}},
        {"isvfamilyid", hex(report.isv_family_id)},
        {"reportdata", hex(report.report_data)},
        {"debug", (report.attributes.flags & hw::sgx::Attributes::debug) != 0},
    };
}

Json body_json(hw::sgx::ReportBody const& report) { return enclave_json(report); }

Json body_json(dcap::TdBody const& body) {
    auto const& report = body.report;
    Json out{
        {"tee_tcb_svn", hex(report.tee_tcb_svn)},
        {"mrseam", hex(report.mr_seam)},
        {"mrsignerseam", hex(report.mr_signer_seam)},
        {"seamattributes", hex(raw(report.seam_attributes))},
        {"tdattributes", hex(raw(report.td_attributes))},
        {"xfam", hex(raw(report.xfam))},
        {"mrtd", hex(report.mr_td)},
        {"mrconfigid", hex(report.mr_config_id)},
        {"mrowner", hex(report.mr_owner)},
        {"mrownerconfig", hex(report.mr_owner_config)},
    };
    for (std::size_t i = 0; i < report.rtmr.size(); ++i)
        out["rtmr" + std::to_string(i)] = hex(report.rtmr[i]);
    out["reportdata"] = hex(report.report_data);
    out["debug"] = (report.td_attributes & hw::tdx::TdAttributes::debug) != 0;
    if (body.tail) {
        out["tee_tcb_svn2"] = hex(body.tail->tee_tcb_svn_2);
        out["mrservicetd"] = hex(body.tail->mr_service_td);
    }
    return out;
}

void add_header(Json& out, hw::quote::Header const& header) {
    out["version"] = std::uint16_t{header.version};
    out["att_key_type"] = std::uint16_t{header.att_key_type};
    out["tee_type"] = hex(std::uint64_t{header.tee_type});
    if (header.version == 3U) {
        out["qe_svn"] = std::uint16_t{header.qe_svn};
        out["pce_svn"] = std::uint16_t{header.pce_svn};
    }
    out["qe_vendor_id"] = hex(header.qe_vendor_id);
    out["user_data"] = hex(header.user_data);
}

Json standing_json(dcap::Standing const& standing) {
    return {
        {"tcb_status", dcap::name_of(standing.status)},
        {"tcb_date", timestamp(standing.date)},
        {"advisory_ids", standing.advisories},
    };
}

void add_tcb(Json& out, dcap::Tcb const& tcb) {
    out["tcb_status"] = tcb.status ? Json(dcap::name_of(*tcb.status)) : nullptr;
    std::set<std::string> advisories;
    for (auto const* part : {&tcb.platform, &tcb.module, &tcb.quoting_enclave})
        if (*part) advisories.insert((*part)->advisories.begin(), (*part)->advisories.end());
    out["advisory_ids"] = advisories;
    if (tcb.platform) out["tcb_date"] = timestamp(tcb.platform->date);
    if (tcb.evaluation_number) out["tcb_evaluation_data_number"] = *tcb.evaluation_number;
    if (tcb.platform) out["platform_tcb"] = standing_json(*tcb.platform);
    if (tcb.module) out["tdx_module_tcb"] = standing_json(*tcb.module);
    if (tcb.quoting_enclave) out["quoting_enclave_tcb"] = standing_json(*tcb.quoting_enclave);
}

} // namespace

Json json_of(dcap::Pck const& pck) {
    Json out{
        {"ppid", hex(pck.ppid)},
        {"tcbcomp", pck.components},
        {"pcesvn", pck.pce_svn},
        {"cpusvn", hex(pck.cpu_svn)},
        {"pceid", hex(pck.pce_id)},
        {"fmspc", hex(pck.fmspc)},
        {"sgxtype", static_cast<unsigned>(pck.sgx_type)},
    };
    if (pck.platform_instance_id) out["platform_instance_id"] = hex(*pck.platform_instance_id);
    if (pck.dynamic_platform) out["dynamic_platform"] = *pck.dynamic_platform;
    if (pck.cached_keys) out["cached_keys"] = *pck.cached_keys;
    if (pck.smt_enabled) out["smt_enabled"] = *pck.smt_enabled;
    return out;
}

Json json_of(dcap::Claims const& claims) {
    Json out = Json::object();
    add_header(out, claims.header);
    out.update(std::visit([](auto const& body) { return body_json(body); }, claims.body));
    out["qe_report"] = enclave_json(claims.quoting_enclave);
    out["pck"] = json_of(claims.pck);
    out["fmspc"] = hex(claims.pck.fmspc);
    add_tcb(out, claims.tcb);
    return out;
}

} // namespace attest::result
