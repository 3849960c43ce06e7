#include "attest/appraisal.hpp"
#include "hw/quote/quote.hpp"
#include "protocol/evidence/evidence.hpp"
#include "protocol/evidence/vouched.hpp"

#include <algorithm>
#include <array>

namespace attest {

namespace {

constexpr std::array kinds{
    Kind::SnpReport,
    Kind::SgxQuote,
    Kind::TdxQuote,
    Kind::NitroDocument,
    Kind::CcaToken,
    Kind::EnarxRequest,
    Kind::NoHardware,
};

constexpr std::size_t snp_report_size = sizeof(hw::snp::AttestationReport);

// A report has no magic number: its version, algorithm and about its size tell; of another size,
// the version has to be one that reports have.
bool like_snp_report(base::View evidence) {
    if (evidence.size() < 0x38 || evidence.size() > 2 * snp_report_size) return false;
    bool const whole = evidence.size() == snp_report_size;
    auto left = evidence;
    auto const version = base::take<base::U32>(left);
    return *version >= (whole ? 1U : 2U) && *version <= (whole ? 16U : 5U) &&
           base::all_zero(evidence.subspan(0x35, 3));
}

// A quote's header names Intel's quoting enclave; where that is damaged or missing, three numbers
// tell.
bool like_quote(base::View evidence) {
    auto const vendor = std::as_bytes(std::span{hw::quote::intel_qe_vendor_id});
    auto left = evidence;
    auto const header = base::take<hw::quote::Header>(left);
    if (header && base::equal(header->qe_vendor_id, vendor)) return true;
    left = evidence;
    auto const version = base::take<base::U16>(left);
    auto const key_type = base::take<base::U16>(left);
    return version && *version >= 3U && *version <= 5U &&
           (key_type ? *key_type >= 1U && *key_type <= 3U : left.size() < sizeof(base::U16));
}

bool is_of_tdx(base::View quote) {
    auto left = quote.subspan(std::min<std::size_t>(quote.size(), 4));
    auto const tee = base::take<base::U32>(left);
    return tee && *tee == hw::quote::tee_tdx;
}

// Passes the tag and the length of a SEQUENCE, whatever the length says.
bool skip_sequence_head(base::View& left) {
    if (left.size() < 2 || left[0] != std::byte{0x30}) return false;
    auto const first = std::to_integer<std::size_t>(left[1]);
    auto const size = 2 + (first >= 0x80 ? first - 0x80 : 0);
    if (left.size() < size) return false;
    left = left.subspan(size);
    return true;
}

// A certification request: two SEQUENCEs and the version 0, where certificates have [0] and lists
// 1.
bool like_request(base::View evidence) {
    constexpr std::array version{std::byte{2}, std::byte{1}, std::byte{0}};
    auto left = evidence;
    if (!skip_sequence_head(left) || !skip_sequence_head(left)) return false;
    auto const size = std::min(left.size(), version.size());
    return base::equal(left.first(size), base::View{version}.first(size));
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
    case Kind::NoHardware:
        return "evidence without hardware";
    }
    return "unknown";
}

std::span<Kind const> all_kinds() { return kinds; }

std::string_view short_name_of(Kind kind) {
    switch (kind) {
    case Kind::SnpReport:
        return "snp";
    case Kind::SgxQuote:
        return "sgx";
    case Kind::TdxQuote:
        return "tdx";
    case Kind::NitroDocument:
        return "nitro";
    case Kind::CcaToken:
        return "cca";
    case Kind::EnarxRequest:
        return "csr";
    case Kind::NoHardware:
        return "none";
    }
    return "unknown";
}

std::optional<Kind> kind_named(std::string_view short_name) {
    for (auto const kind : kinds)
        if (short_name_of(kind) == short_name) return kind;
    return {};
}

std::optional<Kind> recognise(base::View evidence) {
    // With a report of hardware in it, it is a wrapper (wrapped/open.hpp).
    if (protocol::evidence::looks_vouched(evidence)) return {};
    if (protocol::evidence::looks_like(evidence)) return Kind::NoHardware;
    if (like_request(evidence)) return Kind::EnarxRequest;
    if (like_quote(evidence)) return is_of_tdx(evidence) ? Kind::TdxQuote : Kind::SgxQuote;
    if (like_snp_report(evidence)) return Kind::SnpReport;
    if (nitro::looks_like(evidence)) return Kind::NitroDocument;
    if (cca::looks_like(evidence)) return Kind::CcaToken;
    return {};
}

} // namespace attest
