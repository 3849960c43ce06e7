#pragma once

// What a registry wants to know of who asks: the challenges of WWW-Authenticate (RFC 9110, 11.6.1),
// and the word that a token service gives.

#include "base/view.hpp"
#include "net/http_answer.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace net::registry {

struct Challenge {
    std::string scheme;                            // in lower case
    std::map<std::string, std::string> parameters; // names in lower case
};

std::vector<Challenge> challenges_of(HttpHead const& head);
std::vector<Challenge> parse_challenges(std::string_view text);

// The token in a token service's answer; nothing where there is none that a header could carry.
std::optional<std::string> token_in(base::View json);

} // namespace net::registry
