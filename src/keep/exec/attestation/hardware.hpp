#pragma once

// The hardware that vouches for this Keep, by the shim: for the purposes of protocol/evidence, and
// nothing else.

#include "base/result.hpp"
#include "base/view.hpp"
#include "protocol/evidence/purpose.hpp"

#include <functional>
#include <optional>
#include <vector>

namespace exec::attestation {

struct Hardware {
    // What it signs, for what is bound under the purpose. An error is final: it cannot be asked any
    // more.
    std::function<base::Result<std::vector<std::byte>>(protocol::evidence::Purpose, base::View)>
        report;
    // Of the vendor's, as the host gave them; perhaps none. For whoever verifies a hint.
    std::vector<std::byte> certificates;
};

// Nothing: none vouches for this Keep. `certificates`: what the host gave.
std::optional<Hardware> hardware_of_this_keep(base::View certificates);

} // namespace exec::attestation
