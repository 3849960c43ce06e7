// Bundles of endorsements: each part by itself, with the others beside it.

#include "attest/bundle.hpp"

#include "attest/inspect/companions.hpp"
#include "attest/inspect/kinds.hpp"
#include "attest/inspect/parts.hpp"

namespace attest::inspect {

Description describe_bundle(Artefact const& artefact, Artefacts beside) {
    Description out{.kind = "bundle of endorsements"};
    auto const parts = parse_bundle(artefact.bytes);
    if (!parts) {
        out.malformed(parts.error(), artefact.bytes);
        return out;
    }
    std::vector<Artefact> all{beside.begin(), beside.end()};
    for (auto const& part : *parts)
        all.push_back({.bytes = part.content, .source = artefact.source});
    out.fields["parts"] = Json::array();
    for (auto const& part : *parts) {
        auto const kind = recognise(part.content, part.content.size());
        if (kind && *kind != Kind::Bundle)
            add_part(
                out,
                describe(*kind, {.bytes = part.content, .source = artefact.source}, all),
                part.offset
            );
    }
    return out;
}

} // namespace attest::inspect
