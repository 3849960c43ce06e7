#include "host/cli/verify/piece.hpp"

#include "attest/wrapped/open.hpp"
#include "host/cli/verify/inputs.hpp"
#include "host/cli/verify/unknown.hpp"

namespace host::cli {

os::OrFailure<Piece>
piece_of(std::string const& path, base::View bytes, attest::Endorsements const& given) {
    auto const kind = attest::recognise(bytes);
    if (kind && !attest::wrapped::extended_report(bytes))
        return Piece{
            .path = path, .kind = *kind, .evidence = {bytes.begin(), bytes.end()}, .inside = {}
        };
    auto opened = attest::wrapped::open(bytes);
    if (!opened) return std::unexpected(unknown_evidence(path, bytes, opened.error()));
    auto const inner = attest::recognise(opened->evidence);
    if (!inner) return std::unexpected(unknown_evidence(path, bytes));
    Piece out{
        .path = path,
        .kind = *inner,
        .evidence = std::move(opened->evidence),
        .inside = std::move(opened->where)
    };
    out.application = opened->application;
    if (opened->endorsements.empty()) return out;
    out.endorsements = given;
    for (auto const& [content, where] : opened->endorsements)
        if (auto const added = out.endorsements->add(content, path + ", " + where); !added)
            return unusable(added.error());
    return out;
}

} // namespace host::cli
