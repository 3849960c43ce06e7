#include "attest/appraisal.hpp"
#include "crypto/der.hpp"

namespace attest {

namespace {

constexpr std::size_t snp_report_size = sizeof(hw::snp::AttestationReport);

// A report has no magic number: its version, algorithm and about its size tell.
bool like_snp_report(base::View evidence) {
    if (evidence.size() < 0x38 || evidence.size() > 2 * snp_report_size) return false;
    auto left = evidence;
    auto const version = base::take<base::U32>(left);
    return *version >= 1U && *version <= 16U && base::all_zero(evidence.subspan(0x35, 3));
}

bool like_amd_certificate(base::View evidence) {
    crypto::DerReader outer{evidence};
    auto const certificate = outer.enter(crypto::Tag::Sequence, "");
    return certificate && certificate->at(crypto::Tag::Sequence) &&
           base::text_of(evidence).contains("Advanced Micro Devices");
}

} // namespace

std::string_view name_of(Kind kind) {
    switch (kind) {
    case Kind::SnpReport:
        return "SEV-SNP report";
    case Kind::SgxQuote:
        return "SGX quote";
    case Kind::TdxQuote:
        return "TDX quote";
    case Kind::NitroDocument:
        return "Nitro attestation document";
    case Kind::CcaToken:
        return "CCA attestation token";
    case Kind::EnarxRequest:
        return "Enarx certification request";
    case Kind::AmdCertificate:
        return "AMD certificate";
    }
    return "unknown";
}

std::optional<Kind> recognise(base::View evidence) {
    if (like_amd_certificate(evidence)) return Kind::AmdCertificate;
    if (like_snp_report(evidence)) return Kind::SnpReport;
    if (nitro::looks_like(evidence)) return Kind::NitroDocument;
    if (cca::looks_like(evidence)) return Kind::CcaToken;
    return {};
}

} // namespace attest
