#pragma once

// The secure processor's messages of this guest.

namespace shim::snp {

// By the first vCPU, before anything is believed: takes the key out of the secrets page.
void take_message_key();

} // namespace shim::snp
