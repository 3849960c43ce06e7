#pragma once

// The event log of a trust domain (ACPI table CCEL): parsed, and replayed to its runtime
// measurement registers. UEFI 2.10, 38.4; TCG PC Client Platform Firmware Profile 1.06, chapter 10.

#include "base/result.hpp"
#include "base/view.hpp"
#include "crypto/digest.hpp"
#include "crypto/malformed.hpp"

#include <array>
#include <optional>
#include <vector>

namespace attest::measure {

struct Event {
    std::uint32_t register_index = 0; // 0: MRTD, 1 to 4: RTMR 0 to 3
    std::uint32_t type = 0;
    crypto::Sha384Digest digest{};
    base::View data; // points into the log
    std::size_t offset = 0;
    std::size_t digest_offset = 0;
};

struct EventLog {
    std::vector<Event> events; // without the first, which names the algorithms
    std::size_t end = 0;       // what follows is padding
};

using Rtmrs = std::array<crypto::Sha384Digest, 4>;

bool looks_like_event_log(base::View bytes);

// One SHA-384 digest for each event. A log ends with its bytes, or with 0xff, or zeros, to the end.
base::Result<EventLog, crypto::Malformed> parse_event_log(base::View bytes);

// Each register starts at zero and becomes SHA-384 of itself and the event's digest.
Rtmrs replay(EventLog const& log);

// Whether the digest is that of the data; nothing where the type does not say that it is.
std::optional<bool> digest_of_data(Event const& event);

} // namespace attest::measure
