#pragma once

// The vendors' intermediate authorities as they publish them, so that a certificate, a list or a
// document that stands alone can be checked. Nothing is trusted because it is here: each counts for
// as much as its way to a built-in root.

#include "base/view.hpp"

#include <span>
#include <string_view>

namespace attest::inspect {

struct KnownIssuer {
    std::string_view name;
    base::View der;
    std::string_view sha256;
    std::string_view source;
};

std::span<KnownIssuer const> known_issuers();

} // namespace attest::inspect
