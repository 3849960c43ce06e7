#pragma once

// The files beside an artefact that it has to agree with.

#include "attest/inspect/describe.hpp"
#include "attest/request.hpp"
#include "base/wire.hpp"

#include <span>

namespace attest::inspect {

// Those of that kind.
std::vector<Artefact const*> of_kind(Artefacts beside, Kind kind);

template <base::Wire T> std::optional<T> read_as(Artefact const& artefact) {
    auto left = artefact.bytes;
    auto out = base::take<T>(left);
    if (!left.empty()) return {};
    return out;
}

// "beside" in words: for messages about what was not checked.
inline std::string without(std::string_view what) {
    return "give " + std::string{what} + " along: enarx inspect FILE FILE";
}

// Certificates of the vendors' intermediate authorities, which are public, and those among the
// files; each counts for as much as its way to a built-in root.
Endorsements issuers(Artefacts beside);

// All that a search for issuers needs, without time and without the demands of a policy.
class Inquiry {
public:
    explicit Inquiry(Artefacts beside);
    Request request(base::View evidence) const;

private:
    Endorsements endorsements_;
    Roots roots_;
    Policy policy_;
    Expected expected_;
};

} // namespace attest::inspect
