#include "attest/inspect/said.hpp"

#include "attest/csr/evidence.hpp"
#include "attest/dcap/certification.hpp"
#include "attest/dcap/rules.hpp"
#include "attest/inspect/serial.hpp"
#include "attest/result/claims.hpp"
#include "attest/snp/leaf.hpp"
#include "attest/snp/report_rules.hpp"
#include "attest/text.hpp"
#include "crypto/certification_request.hpp"
#include "crypto/name.hpp"
#include "protocol/evidence/evidence.hpp"

#include <algorithm>

namespace attest::inspect {

namespace {

// A report of version 2 does not tell its product: then a leaf that was given does, or else it is
// taken for a Milan, whose form is that of Genoa too.
snp::Claims claims_of(hw::snp::AttestationReport const& report, Request const& request) {
    snp::Claims out{
        .report = report,
        .product = hw::snp::Product::Milan,
        .product_name = "unknown",
        .csp_id = {}
    };
    if (report.version >= 3U)
        if (auto const product = snp::product_of(report.cpuid_fam_id, report.cpuid_mod_id)) {
            out.product = *product;
            out.product_name = snp::name_of(*product);
        }
    for (auto const& link : request.endorsements.certificates())
        if (auto const leaf = snp::parse_leaf(link.value)) {
            out.product = leaf->product;
            out.product_name = leaf->product_name;
            out.csp_id = leaf->csp_id.value_or("");
        }
    return out;
}

Json snp_fields(Request const& request) {
    auto left = request.evidence;
    auto const report = base::take<hw::snp::AttestationReport>(left);
    return report ? result::json_of(claims_of(*report, request)) : Json::object();
}

Json quote_fields(Request const& request, Rules rules) {
    Judge judge{request.policy, rules, request.expected};
    auto const quote = dcap::read_quote(judge, request.evidence);
    if (!quote) return Json::object();
    dcap::Claims claims{
        .header = quote->header,
        .body = quote->body,
        .quoting_enclave = quote->qe.report,
        .pck = {},
        .tcb = {}
    };
    std::optional<crypto::Certificate> certificate;
    for (auto const& link : dcap::read_certificates(judge, *quote).value_or(std::vector<Link>{})) {
        auto const pck = dcap::parse_pck(link.value);
        if (!pck) continue;
        claims.pck = *pck;
        certificate = link.value;
    }
    auto out = result::json_of(claims);
    for (auto const* name : {"tcb_status", "advisory_ids"}) out.erase(name);
    out["quote_size"] = quote->certification_offset + quote->certification.size();
    out["cert_type"] = quote->certification_type;
    if (!certificate) {
        for (auto const* name : {"pck", "fmspc"}) out.erase(name);
        return out;
    }
    out["pck_serial"] = serial_text(certificate->serial());
    out["pck_issuer"] = crypto::name_text(certificate->issuer());
    return out;
}

Json nitro_fields(Request const& request) {
    auto const sign1 = cose::Sign1::parse(request.evidence);
    if (!sign1) return Json::object();
    auto const document = nitro::parse_document(sign1->payload());
    return document ? result::json_of(Claims::Value{nitro::claims_of(*document)}) : Json::object();
}

Json cca_fields(Request const& request) {
    auto const token = cca::parse_collection(request.evidence);
    if (!token) return Json::object();
    auto const platform = cca::parse_platform(token->platform.payload());
    auto const realm = cca::parse_realm(token->realm.payload());
    if (!platform || !realm) return Json::object();
    auto out = result::json_of(Claims::Value{cca::claims_of(*platform, *realm, {})});
    out.erase("platform-key");
    return out;
}

std::string_view name_of(csr::Technology technology) {
    switch (technology) {
    case csr::Technology::Kvm:
        return "KVM, no protection";
    case csr::Technology::Sgx:
        return "SGX";
    case csr::Technology::Snp:
        break;
    }
    return "SEV-SNP";
}

// The evidence inside is described like one that stands alone.
Json inner_fields(csr::Technology technology, base::View value, Request const& request) {
    if (technology == csr::Technology::Kvm) return Json::object();
    auto const inner = csr::read_evidence(technology, value, request.endorsements, request.roots);
    if (!inner) return Json::object();
    Request const said{
        .evidence = inner->report,
        .endorsements = inner->endorsements,
        .roots = request.roots,
        .policy = request.policy,
        .expected = request.expected,
        .at = request.at
    };
    auto const kind = attest::recognise(inner->report);
    bool const its_own =
        technology == csr::Technology::Sgx ? kind == Kind::SgxQuote : kind == Kind::SnpReport;
    return its_own ? fields_said(*kind, said) : Json::object();
}

Json request_fields(Request const& request) {
    auto const parsed = crypto::CertificationRequest::parse(request.evidence);
    if (!parsed) return Json::object();
    Json out{
        {"subject", crypto::name_text(parsed->subject())},
        {"subject_public_key_info", hex(parsed->public_key_info())},
    };
    for (auto const& extension : parsed->extensions())
        if (auto const technology = csr::technology_of(extension.oid)) {
            out["technology"] = name_of(*technology);
            out["evidence"] = inner_fields(*technology, extension.value, request);
        }
    return out;
}

Json no_hardware_fields(Request const& request) {
    auto const said = protocol::evidence::decode(request.evidence);
    if (!said) return Json::object();
    Json out{
        {"workload", hex(said->application.workload)},
        {"configuration", hex(said->application.configuration)},
        {"user_data", hex(said->application.user_data.view())},
        {"report_data", hex(said->report_data)},
    };
    out["measurement"] = said->measurement ? Json(hex(*said->measurement)) : Json{};
    return out;
}

} // namespace

Json fields_said(attest::Kind kind, Request const& request) {
    switch (kind) {
    case Kind::SnpReport:
        return snp_fields(request);
    case Kind::SgxQuote:
        return quote_fields(request, dcap::rules::all_sgx);
    case Kind::TdxQuote:
        return quote_fields(request, dcap::rules::all_tdx);
    case Kind::NitroDocument:
        return nitro_fields(request);
    case Kind::CcaToken:
        return cca_fields(request);
    case Kind::EnarxRequest:
        return request_fields(request);
    case Kind::NoHardware:
        return no_hardware_fields(request);
    }
    return Json::object();
}

} // namespace attest::inspect
