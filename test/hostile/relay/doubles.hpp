#pragma once

// Doubles of a Keep and of a tenant, of the parts that the real ones are made of. On demand both
// bind a nonce and a key, as protocols do that know no exporter, and nothing of the connection.

#include <string>

namespace relay {

struct DoubleWish {
    std::string socket;       // where the Keep waits
    std::string key_out = {}; // the Keep's: where its identity key is written to
    bool nonce_only = false;
};

// Answers one visitor, and prints "granted" if that grants something to it.
int be_keep(DoubleWish const& wish);
// Judges who waits there. Prints the rule that failed, or "accepted"; then it has sent a grant.
int be_tenant(DoubleWish const& wish);

} // namespace relay
