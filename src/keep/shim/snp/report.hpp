#pragma once

// What hardware signs of this Keep, where it does (Machine::vouched). A platform with hardware has
// it in its folder.

#include "base/result.hpp"
#include "base/view.hpp"
#include "protocol/evidence/purpose.hpp"

#include <span>

namespace shim::snp {

inline constexpr std::size_t largest_report = 1184;

// For what is bound under the purpose; how large it is. Inval: that has not the form of its
// purpose. Access: the hardware can no longer be asked. Io: it did not answer as it should.
base::Result<std::size_t> report(
    protocol::evidence::Purpose purpose, base::View bound, std::span<std::byte, largest_report> to
);

} // namespace shim::snp
