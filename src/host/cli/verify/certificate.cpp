#include "host/cli/verify/certificate.hpp"

namespace host::cli {

std::vector<Answer> certificate_answers(
    std::string const& path,
    base::View bytes,
    Anchors const& anchors,
    attest::Policy const& policy,
    std::chrono::sys_seconds at
) {
    auto const purposes = attest::amd_purposes;
    auto const roots = roots_for(anchors, purposes);
    attest::Expected const nothing{attest::ReportData::unbound(), attest::Measurements::unbound()};
    std::vector<Answer> out;
    auto const check = [&](std::string const& name, base::View der) {
        auto answer = answer_of(
            name,
            attest::certificate::check({der, anchors.endorsements, roots, policy, nothing, at})
        );
        answer.roots = uses_for(anchors, purposes);
        out.push_back(std::move(answer));
    };
    attest::Endorsements file;
    bool const read = file.add(bytes, path).has_value();
    for (auto const& certificate : file.certificates())
        check(certificate.source, certificate.value.der());
    // What is no certificate is refused by the rule on its form.
    if (!read || out.empty()) check(path, bytes);
    return out;
}

} // namespace host::cli
