#pragma once

// A rule: what has to hold of evidence, and where that is written.

#include <cstdint>
#include <span>
#include <string_view>

namespace attest {

// When a rule is on, unless a policy file says otherwise.
enum class Level : std::uint8_t {
    Always,    // without it the bytes mean nothing: cannot be turned off
    Authentic, // on in `authentic` and `strict`
    Strict,    // on in `strict`
    Asked,     // on where a policy file, or a value to compare with, asks for it
};

struct Rule {
    std::string_view id;     // stable, in lower case: technology.object.property
    std::string_view text;   // what has to hold, one sentence
    std::string_view source; // the manual, with its paragraph
    Level level;
};

using Rules = std::span<Rule const* const>;

} // namespace attest
