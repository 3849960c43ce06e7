#include "attest/verify.hpp"

namespace attest {

std::optional<Appraisal> verify(Request const& request) {
    auto const kind = recognise(request.evidence);
    if (!kind) return {};
    return appraise(*kind, request);
}

} // namespace attest
