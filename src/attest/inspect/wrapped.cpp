// Wrappers: what lies in them is described as if it had come alone.

#include "attest/appraisal.hpp"
#include "attest/inspect/describe.hpp"
#include "attest/inspect/kinds.hpp"
#include "attest/inspect/looks.hpp"
#include "attest/text.hpp"
#include "attest/wrapped/piece.hpp"

namespace attest::inspect {

namespace {

// Certificates of tables and of JSON, end to end.
std::vector<std::byte> certificates_in(base::View bytes, std::string const& source) {
    std::vector<std::byte> out;
    Endorsements endorsements;
    if (!endorsements.add(bytes, source)) return out;
    for (auto const& [certificate, where] : endorsements.certificates())
        out.insert(out.end(), certificate.der().begin(), certificate.der().end());
    return out;
}

// What a Keep's evidence says that it runs: believed where the report is of just that.
void add_application(Description& out, wrapped::Piece const& piece) {
    if (!piece.application) return;
    auto const& runs = *piece.application;
    out.fields["workload"] = hex(runs.workload);
    out.fields["configuration"] = hex(runs.configuration);
    out.fields["user_data"] = hex(runs.user_data.view());
    out.check(
        "application",
        wrapped::bound_application(piece).has_value(),
        {.expected =
             "REPORT_DATA of workload, configuration and user data: " + hex(report_data_of(runs)),
         .found = "others: what stands beside the report is not what it is of",
         .place = {.part = "the report", .offset = {}, .field = "REPORT_DATA"}}
    );
}

} // namespace

bool looks_like_wrapped_evidence(base::View front, std::size_t size) {
    if (front.size() != size) return false;
    if (attest::recognise(front) && !wrapped::extended_report(front)) return false;
    auto const opened = wrapped::open(front);
    return opened || !opened.error().empty();
}

bool looks_like_wrapped_certificates(base::View front, std::size_t size) {
    return front.size() == size && !certificates_in(front, {}).empty();
}

Description describe_wrapped_evidence(Artefact const& artefact, Artefacts beside) {
    auto const piece = wrapped::piece_of(artefact.bytes);
    if (!piece) {
        Description out{.kind = "wrapper"};
        out.fields["holds"] = piece.error();
        return out;
    }
    std::vector<Artefact> all{beside.begin(), beside.end()};
    for (auto const& [bytes, where] : piece->endorsements)
        all.push_back({.bytes = bytes, .source = artefact.source + ", " + where});
    auto inner = describe_evidence({.bytes = piece->evidence, .source = artefact.source}, all);
    Json fields{{"inside", piece->inside}};
    fields.update(inner.fields);
    inner.fields = std::move(fields);
    add_application(inner, *piece);
    return inner;
}

Description describe_wrapped_certificates(Artefact const& artefact, Artefacts beside) {
    auto const certificates = certificates_in(artefact.bytes, artefact.source);
    return describe_certificates({.bytes = certificates, .source = artefact.source}, beside);
}

} // namespace attest::inspect
