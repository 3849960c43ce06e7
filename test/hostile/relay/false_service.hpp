#pragma once

// A service that is none: a Keep asks it because its host has named it, and it asks a real one in
// the Keep's place, or judges what the Keep says as if it were the real one.

#include "relay/between.hpp"
#include "relay/grants.hpp"

#include <optional>
#include <string>

namespace relay {

struct RealService {
    std::string url;
    std::string root; // PEM
    Way way = Way::Pass;
};

struct FalseServiceWish {
    std::string certificate; // PEM, of what it shows to the Keep
    std::string key;
    std::string folder;              // where the Keep's answer is written to
    std::string real_key;            // of a real service: certificate in PEM
    std::optional<RealService> real; // nothing: it asks with a context of its own
    std::optional<GrantWish> grant;  // what it then answers; nothing: it refuses
};

// One Keep. Prints, a line each: its port; the Keep's key, in hexadecimal; and, when it has been
// told the file of the key that it shows to the real service and signs with (a line on standard
// input; empty: one of its own), what came of the Keep's answer.
int be_service(FalseServiceWish const& wish);

} // namespace relay
