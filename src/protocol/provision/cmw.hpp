#pragma once

// Evidence in a conceptual message wrapper (draft-ietf-rats-msg-wrap), as the extension
// cmw_attestation carries it: a CBOR record [media type, bytes, 4], where 4 says "evidence".

#include "protocol/provision/strict.hpp"

#include <vector>

namespace protocol::provision {

// Which technology it is of, the bytes themselves tell.
inline constexpr std::string_view evidence_type = "application/vnd.enarx.evidence.v1";
inline constexpr std::size_t largest_evidence = std::size_t{32} << 10;

std::vector<std::byte> wrapped_evidence(base::View evidence);
Read<base::View> unwrapped_evidence(base::View wrapper); // "authenticator.evidence"

} // namespace protocol::provision
