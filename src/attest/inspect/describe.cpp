#include "attest/inspect/describe.hpp"

#include "attest/appraisal.hpp"
#include "attest/bundle.hpp"
#include "attest/inspect/kinds.hpp"
#include "attest/inspect/looks.hpp"
#include "attest/measure/event_log.hpp"
#include "attest/measure/page_json.hpp"
#include "attest/measure/sgxs.hpp"
#include "attest/measure/sigstruct.hpp"
#include "attest/trust_key.hpp"

#include <array>

namespace attest::inspect {

namespace {

struct Row {
    Kind kind;
    bool (*recognises)(base::View front, std::size_t size);
    std::size_t largest; // bytes
    Description (*describe)(Artefact const& artefact, Artefacts beside);
};

constexpr std::size_t mib = 1 << 20;

// What has a magic number or an exact size comes first.
constexpr std::array rows{
    Row{Kind::EnclaveStream,
        [](base::View front, std::size_t) { return measure::looks_like_sgxs(front); },
        1024 * mib,
        describe_enclave_stream},
    Row{Kind::EventLog,
        [](base::View front, std::size_t) { return measure::looks_like_event_log(front); },
        16 * mib,
        describe_event_log},
    Row{Kind::Bundle,
        [](base::View front, std::size_t) { return looks_like_bundle(front); },
        4 * mib,
        describe_bundle},
    Row{Kind::Sigstruct,
        [](base::View front, std::size_t) { return measure::looks_like_sigstruct(front); },
        mib,
        describe_sigstruct},
    Row{Kind::TdReport, looks_like_td_report, mib, describe_td_report},
    Row{Kind::IdAuth, looks_like_id_auth, mib, describe_id_auth},
    Row{Kind::IdKeySignature, looks_like_id_key_signature, mib, describe_id_key_signature},
    Row{Kind::IdBlock, looks_like_id_block, mib, describe_id_block},
    Row{Kind::SigstructBody, looks_like_sigstruct_body, mib, describe_sigstruct_body},
    Row{Kind::Firmware, looks_like_firmware, 64 * mib, describe_firmware},
    Row{Kind::AttestationResult, looks_like_attestation_result, mib, describe_attestation_result},
    Row{Kind::Certificates, looks_like_certificates, 4 * mib, describe_certificates},
    Row{Kind::RevocationList, looks_like_revocation_list, 4 * mib, describe_revocation_list},
    Row{Kind::Collateral, looks_like_collateral, 4 * mib, describe_collateral},
    Row{Kind::PageList, looks_like_page_list, measure::largest_page_list, describe_page_list},
    Row{Kind::TrustKeys,
        [](base::View front, std::size_t) { return looks_like_trust_keys(front); },
        mib,
        describe_trust_keys},
    Row{Kind::WrappedEvidence, looks_like_wrapped_evidence, mib, describe_wrapped_evidence},
    Row{Kind::Evidence,
        [](base::View front, std::size_t) { return attest::recognise(front).has_value(); },
        mib,
        describe_evidence},
    Row{Kind::WrappedCertificates,
        looks_like_wrapped_certificates,
        mib,
        describe_wrapped_certificates},
    Row{Kind::ReportData, looks_like_report_data, mib, describe_report_data},
};

Row const& row_of(Kind kind) {
    for (auto const& row : rows)
        if (row.kind == kind) return row;
    return rows.back();
}

} // namespace

std::optional<Kind> recognise(base::View front, std::size_t size) {
    for (auto const& row : rows)
        if (row.recognises(front, size)) return row.kind;
    return {};
}

std::size_t largest(Kind kind) { return row_of(kind).largest; }

Description describe(Kind kind, Artefact const& artefact, Artefacts beside) {
    return row_of(kind).describe(artefact, beside);
}

} // namespace attest::inspect
