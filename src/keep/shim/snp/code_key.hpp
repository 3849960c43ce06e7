#pragma once

// The key for code that this Keep has compiled: the processor's, for one origin, given once.

#include "base/view.hpp"
#include "keep/shim/snp/messages.hpp"
#include "protocol/launch/code_key.hpp"

namespace shim::snp {

using Key = base::Bytes<protocol::launch::code_key_size>;
using Origin = base::Bytes<protocol::launch::code_origin_size>;

class CodeKey {
public:
    // Errors are those of the call (protocol/launch/code_key.hpp).
    base::Result<Key> of(Messages& messages, Carrier& carrier, Origin const& origin);
    void give_up() { asked_ = true; }

private:
    bool asked_ = false; // or given up
};

// This Keep's. A platform with hardware has them in its folder.
base::Result<Key> code_key(Origin const& origin);
void give_up_code_key();

} // namespace shim::snp
