#pragma once

// Evidence of a Keep that hardware vouches for, as its application gives it away: what the hardware
// signed, as it signed it, with what its report data are made of beside it, and what the host knows
// of certificates. A CWT claims set without protection (RFC 9781, tag 601), in deterministic
// encoding (RFC 8949, 4.2.1), as evidence without hardware is, since only the report is signed:
//
//     601({
//       "kind": "snp",
//       "report": bytes .size 1184,              ; ATTESTATION_REPORT
//       "version": 1,
//       "workload": bytes .size 32,
//       "user_data": bytes .size (0..64),
//       ? "certificates": bytes .size (1..32768) ; any form of endorsements; a hint, the host's
//       word "configuration": bytes .size 32
//     })

#include "base/view.hpp"
#include "protocol/evidence/evidence.hpp"

#include <vector>

namespace protocol::evidence {

inline constexpr std::string_view kind_snp = "snp";
inline constexpr std::size_t snp_report_size = 1184;
inline constexpr std::size_t most_certificates = std::size_t{32} << 10; // bytes

// Views of the caller's bytes, or of those that were decoded.
struct Vouched {
    base::View report;
    Application application; // as whoever made this says; the report binds it
    base::View certificates; // empty: none
};

std::vector<std::byte> encode(Vouched const& evidence);
// Only what encode() writes is accepted. Whether the report binds what stands beside it is the
// verifier's to see.
base::Result<Vouched, Malformed> decode_vouched(base::View bytes);

// Whether the bytes begin as such evidence does, well-formed or not.
bool looks_vouched(base::View bytes);

} // namespace protocol::evidence
