#include "attest/wrapped/piece.hpp"

#include "attest/appraisal.hpp"
#include "hw/snp/attestation_report.hpp"

namespace attest::wrapped {

namespace {

// As the hardware signed them. Only beside a report of SEV-SNP an application stands (open.cpp).
std::optional<protocol::evidence::ReportData> signed_data(Piece const& piece) {
    if (piece.kind != Kind::SnpReport) return {};
    auto left = base::View{piece.evidence};
    auto const report = base::take<hw::snp::AttestationReport>(left);
    if (!report) return {};
    return report->report_data;
}

} // namespace

base::Result<Piece, std::string> piece_of(base::View bytes) {
    auto const kind = recognise(bytes);
    if (kind && !extended_report(bytes))
        return Piece{.kind = *kind, .evidence = {bytes.begin(), bytes.end()}};
    auto opened = TRY(open(bytes));
    auto const inner = recognise(opened.evidence);
    if (!inner) return std::unexpected(std::string{});
    return Piece{
        .kind = *inner,
        .evidence = std::move(opened.evidence),
        .inside = std::move(opened.where),
        .endorsements = std::move(opened.endorsements),
        .application = opened.application
    };
}

std::vector<base::View> hints_of(Piece const& piece) {
    std::vector<base::View> out;
    for (auto const& [content, where] : piece.endorsements) out.emplace_back(content);
    return out;
}

std::optional<protocol::evidence::Application> bound_application(Piece const& piece) {
    auto const data = signed_data(piece);
    if (!piece.application || data != report_data_of(*piece.application)) return {};
    return piece.application;
}

base::Result<ReportData, Unasked> data_expected(
    ReportData const& data, ExpectedApplication const& application, Piece const& piece, bool whole
) {
    if (!application.any()) return data;
    auto const made = report_data_of(application, piece.application);
    if (!made) return std::unexpected(Unasked::Incomplete);
    if (!data.admits(*made)) return std::unexpected(Unasked::Contradiction);
    // What is as it should be, and not all that the policy asks for.
    bool const right = signed_data(piece) == made;
    if (!application.all() && whole && right) return data;
    return ReportData::exactly(*made);
}

} // namespace attest::wrapped
