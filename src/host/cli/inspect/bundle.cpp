#include "host/cli/inspect/bundle.hpp"

#include "attest/bundle.hpp"
#include "attest/inspect/describe.hpp"
#include "host/cli/collateral/describe.hpp"
#include "host/cli/inspect/artefact.hpp"
#include "host/cli/verify/inputs.hpp"

namespace host::cli {

bool recognises_bundle(Subject const& subject) {
    return attest::looks_like_bundle(base::view_of(subject.front));
}

os::OrFailure<std::optional<Json>> describe_bundle(Subject const& subject, Global const& global) {
    (void)global;
    auto const text = TRY(subject.contents(largest_endorsement));
    attest::Endorsements endorsements;
    if (auto const added = endorsements.add(base::view_of(text), subject.path); !added)
        return unusable(added.error());
    // Each endorsement's signature is checked, with the others of the bundle and
    // the files beside it at hand.
    auto const companions = TRY(Companions::read(subject.beside));
    auto const description = attest::inspect::describe(
        attest::inspect::Kind::Bundle, {base::view_of(text), subject.path}, companions.artefacts()
    );
    return Json{
        {"kind", bundle_recogniser.kind},
        {"size", text.size()},
        {"endorsements", endorsements_json(endorsements)},
        {"checks", attest::inspect::json_of(description).at("checks")},
    };
}

} // namespace host::cli
