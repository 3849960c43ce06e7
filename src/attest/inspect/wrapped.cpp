// Wrappers: what lies in them is described as if it had come alone.

#include "attest/appraisal.hpp"
#include "attest/inspect/describe.hpp"
#include "attest/inspect/kinds.hpp"
#include "attest/inspect/looks.hpp"
#include "attest/wrapped/open.hpp"

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
    auto const opened = wrapped::open(artefact.bytes);
    if (!opened) {
        Description out{.kind = "wrapper"};
        out.fields["holds"] = opened.error();
        return out;
    }
    std::vector<Artefact> all{beside.begin(), beside.end()};
    for (auto const& [bytes, where] : opened->endorsements)
        all.push_back({.bytes = bytes, .source = artefact.source + ", " + where});
    auto inner = describe_evidence({.bytes = opened->evidence, .source = artefact.source}, all);
    Json fields{{"inside", opened->where}};
    fields.update(inner.fields);
    inner.fields = std::move(fields);
    return inner;
}

Description describe_wrapped_certificates(Artefact const& artefact, Artefacts beside) {
    auto const certificates = certificates_in(artefact.bytes, artefact.source);
    return describe_certificates({.bytes = certificates, .source = artefact.source}, beside);
}

} // namespace attest::inspect
