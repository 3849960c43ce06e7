#pragma once

// What a vCPU asks of its host: by the GHCB's MSR, and by its page. Not for what the host calls of
// the Keep carry; for the doorbell that tells of them, the secure processor's messages, and the
// end.

#include "base/result.hpp"
#include "hw/address.hpp"
#include "protocol/launch/snp.hpp"

namespace shim::snp {

// The Keep ends itself without a host call. Does not return, whatever the host does.
[[noreturn]] void end(protocol::launch::snp::Termination reason);

// Once, by the first vCPU: the host speaks our version and offers what the shim uses.
void negotiate();
// Once by each vCPU: its page, whose address the MSR holds from then on whenever the program runs.
void register_ghcb();

// The secure processor takes the message at `request` and puts its answer at `response`: pages of
// protocol::launch::snp::message_address, which the host sees. What the host says of it: the
// firmware's status in bits 31:0, its own in 63:32 (2: busy, to be asked again with the same
// bytes); 0 is success, and as little worth as the other words are. Proto: it is no answer.
base::Result<std::uint64_t> guest_request(hw::PhysAddr request, hw::PhysAddr response);

} // namespace shim::snp
