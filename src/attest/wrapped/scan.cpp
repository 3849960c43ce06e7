#include "attest/wrapped/scan.hpp"

#include "attest/nitro/appraise.hpp"
#include "base/cbor.hpp"
#include "hw/quote/quote.hpp"
#include "hw/snp/attestation_report.hpp"
#include "hw/tdx/report.hpp"

#include <algorithm>

namespace attest::wrapped {

namespace {

using hw::quote::Header;
using hw::snp::AttestationReport;

constexpr std::size_t most = 4;
constexpr std::size_t largest_document = 64 * 1024; // bytes (attest/nitro)
constexpr unsigned most_looks = 64; // at what begins as a document: each may read all of it

// A report has no magic number, but an algorithm that is always 1, and hundreds of zeros behind R,
// S and the signature.
std::optional<base::View> report_at(base::View bytes) {
    auto left = bytes;
    auto const report = base::take<AttestationReport>(left);
    if (!report) return {};
    auto const& signature = report->signature;
    bool const like = report->version >= 2U && report->version <= 5U &&
                      report->signature_algo == hw::snp::ecdsa_p384_sha384 &&
                      base::all_zero(base::View{signature.r}.subspan(48)) &&
                      base::all_zero(base::View{signature.s}.subspan(48)) &&
                      base::all_zero(signature.reserved) && !base::all_zero(signature.r);
    if (!like) return {};
    return bytes.first(sizeof *report);
}

std::size_t size_of_body(Header const& header, base::View& left) {
    if (header.version != 5U)
        return header.tee_type == hw::quote::tee_tdx ? sizeof(hw::tdx::ReportBody)
                                                     : sizeof(hw::sgx::ReportBody);
    auto const descriptor = base::take<hw::quote::BodyDescriptor>(left);
    return descriptor ? std::size_t{descriptor->size} : left.size();
}

// Header with Intel's mark, body, and as many bytes of signature data as are said.
std::optional<base::View> quote_at(base::View bytes) {
    auto left = bytes;
    auto const header = base::take<Header>(left);
    auto const vendor = std::as_bytes(std::span{hw::quote::intel_qe_vendor_id});
    if (!header || header->version < 3U || header->version > 5U ||
        !base::equal(header->qe_vendor_id, vendor))
        return {};
    auto const body = size_of_body(*header, left);
    if (left.size() < body) return {};
    left = left.subspan(body);
    auto const size = base::take<base::U32>(left);
    if (!size || *size > left.size()) return {};
    return bytes.first(bytes.size() - left.size() + *size);
}

// The four bytes that all documents begin with, behind the tag if there is one: cheap to ask.
bool begins_document(base::View bytes) {
    if (bytes[0] == std::byte{0xd2}) bytes = bytes.subspan(1);
    return bytes.size() > 4 && bytes[0] == std::byte{0x84} && (bytes[1] >> 5) == std::byte{2} &&
           bytes[2] == std::byte{0xa1} && bytes[3] == std::byte{1};
}

// `looks`: how many more are affordable. Who wrote the bytes may want this to take long.
std::optional<base::View> document_at(base::View bytes, unsigned& looks) {
    if (!begins_document(bytes) || looks == 0) return {};
    --looks;
    bytes = bytes.first(std::min(bytes.size(), largest_document));
    if (!nitro::looks_like(bytes)) return {};
    base::cbor::Reader in{bytes};
    auto const whole = in.skip();
    if (!whole) return {};
    return *whole;
}

std::optional<base::View> evidence_at(base::View bytes, unsigned& looks) {
    switch (std::to_integer<unsigned>(bytes[0])) {
    case 0x84: // an array of four, or tag 18 before it
    case 0xd2:
        return document_at(bytes, looks);
    case 2:
    case 3:
    case 4:
    case 5:
        if (auto const quote = quote_at(bytes)) return quote;
        return report_at(bytes);
    default:
        return {};
    }
}

} // namespace

std::vector<Found> scan(base::View bytes) {
    std::vector<Found> out;
    unsigned looks = most_looks;
    for (std::size_t at = 0; at < bytes.size() && out.size() < most;) {
        auto const found = evidence_at(bytes.subspan(at), looks);
        if (found) out.push_back({.evidence = *found, .offset = at});
        at += found ? found->size() : 1;
    }
    return out;
}

} // namespace attest::wrapped
