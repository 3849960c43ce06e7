// TCB info and identities of quoting enclaves (Intel PCS API), and platform keys as JWK.

#include "attest/dcap/collateral.hpp"

#include "attest/dcap/signer.hpp"
#include "attest/inspect/issued.hpp"
#include "attest/inspect/kinds.hpp"
#include "attest/text.hpp"
#include "attest/trust_key.hpp"

namespace attest::inspect {

namespace {

using dcap::Collateral;

void add_standing(Json& out, dcap::Standing const& standing) {
    out["tcb_status"] = dcap::name_of(standing.status);
    out["tcb_date"] = timestamp(standing.date);
    out["advisory_ids"] = standing.advisories;
}

std::string svns_text(dcap::Svns const& svns) { return hex(std::as_bytes(std::span{svns})); }

Json json_of(dcap::TcbLevel const& level, dcap::Tee tee) {
    Json out{{"sgxtcbcomponents", svns_text(level.sgx)}, {"pcesvn", level.pce_svn}};
    if (tee == dcap::Tee::Tdx) out["tdxtcbcomponents"] = svns_text(level.tdx);
    add_standing(out, level.standing);
    return out;
}

Json json_of(dcap::IsvLevel const& level) {
    Json out{{"isvsvn", level.isv_svn}};
    add_standing(out, level.standing);
    return out;
}

Json levels_json(std::span<dcap::IsvLevel const> levels) {
    Json out = Json::array();
    for (auto const& level : levels) out.push_back(json_of(level));
    return out;
}

void add_dates(Json& out, Collateral const& it) {
    out["issueDate"] = timestamp(it.issued());
    out["nextUpdate"] = timestamp(it.next_update());
    out["tcbEvaluationDataNumber"] = it.evaluation_number();
}

Json fields_of(Collateral const& it, dcap::TcbInfo const& info) {
    Json out{
        {"id", info.tee == dcap::Tee::Tdx ? "TDX" : "SGX"},
        {"version", info.version},
        {"fmspc", hex(info.fmspc)},
        {"pceId", hex(info.pce_id)},
    };
    add_dates(out, it);
    for (auto const& module : info.modules)
        out["tdx_module_" + std::to_string(module.version)] = levels_json(module.levels);
    out["tcb_levels"] = Json::array();
    for (auto const& level : info.levels) out["tcb_levels"].push_back(json_of(level, info.tee));
    return out;
}

Json fields_of(Collateral const& it, dcap::EnclaveIdentity const& identity) {
    Json out{
        {"id", identity.tee == dcap::Tee::Tdx ? "TD_QE" : "QE"},
        {"version", 2},
        {"miscselect", hex(std::uint64_t{identity.misc_select})},
        {"miscselectMask", hex(std::uint64_t{identity.misc_select_mask})},
        {"attributes", hex(identity.attributes)},
        {"attributesMask", hex(identity.attributes_mask)},
        {"mrsigner", hex(identity.mr_signer)},
        {"isvprodid", identity.isv_prod_id},
    };
    add_dates(out, it);
    out["tcb_levels"] = levels_json(identity.levels);
    return out;
}

// Of the member "signature", for messages.
std::size_t signature_offset(base::View document) {
    auto const at = base::text_of(document).rfind("\"signature\"");
    return at == std::string_view::npos ? 0 : at;
}

void check_signature(Description& out, Collateral const& it, Request const& request) {
    auto const signer = dcap::signer_of(it, request, {});
    Place const place{.part = "", .offset = signature_offset(it.bytes()), .field = "signature"};
    if (signer.link != nullptr) {
        check_signed_by(out, it.signed_part(), signer.link, request, place);
        return;
    }
    out.check(
        "signature",
        false,
        {.expected = "a signature by Intel SGX TCB Signing",
         .found = "one that does not verify",
         .place = place}
    );
}

} // namespace

Description describe_collateral(Artefact const& artefact, Artefacts beside) {
    Description out{.kind = "Intel collateral"};
    auto const tree = json::Tree::parse(base::text_of(artefact.bytes));
    auto const parsed =
        tree ? Collateral::parse(artefact.bytes, tree->root())
             : base::Result<Collateral, crypto::Malformed>{std::unexpected(tree.error())};
    if (!parsed) {
        out.malformed(parsed.error(), artefact.bytes);
        return out;
    }
    if (auto const* info = parsed->tcb_info()) {
        out.kind = info->tee == dcap::Tee::Tdx ? "TDX TCB info" : "SGX TCB info";
        out.fields = fields_of(*parsed, *info);
    } else if (auto const* identity = parsed->enclave_identity()) {
        out.kind = "quoting enclave identity";
        out.fields = fields_of(*parsed, *identity);
    }
    out.passed("form");
    Inquiry const inquiry{beside};
    check_signature(out, *parsed, inquiry.request(artefact.bytes));
    return out;
}

Description describe_trust_keys(Artefact const& artefact, Artefacts beside) {
    (void)beside;
    Description out{.kind = "platform keys"};
    auto const keys = parse_trust_keys(artefact.bytes, artefact.source);
    if (!keys) {
        auto const& why = keys.error();
        out.malformed(why.expected, why.found, why.offset);
        return out;
    }
    out.fields["keys"] = Json::array();
    for (auto const& key : *keys) {
        Json one{{"source", key.source}};
        if (key.instance_id) one["instance-id"] = hex(*key.instance_id);
        if (key.implementation_id) one["implementation-id"] = hex(*key.implementation_id);
        out.fields["keys"].push_back(std::move(one));
    }
    out.passed("form");
    return out;
}

} // namespace attest::inspect
