#include "host/cli/inspect/evidence.hpp"

#include "attest/application.hpp"
#include "host/cli/report.hpp"
#include "host/cli/verify/answer.hpp"

namespace host::cli {

bool recognises_evidence(Subject const& subject) {
    return !subject.folder && protocol::evidence::looks_like(base::view_of(subject.front));
}

os::OrFailure<std::optional<Json>> describe_evidence(Subject const& subject, Global const& global) {
    (void)global;
    auto const bytes = TRY(subject.contents(protocol::evidence::max_encoded_size));
    auto const claims = protocol::evidence::decode(base::view_of(bytes));
    if (!claims)
        return failure(
            "evidence-unknown",
            '\'' + subject.path + "' at byte " + std::to_string(claims.error().offset) +
                ": expected " + std::string{claims.error().expected}
        );
    Json out{{"kind", evidence_recogniser.kind}, {"file", subject.path}};
    out["warning"] = attest::none::warning;
    out["valid"] = attest::report_data_of(claims->application) == claims->report_data;
    out.update(statement_json(*claims));
    return out;
}

} // namespace host::cli
