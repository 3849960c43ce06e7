#pragma once

// What is voted on, by whom and under which rules: a text file that the officials make and
// everybody can read.
//
//     title: Mayor of Toytown
//     choice: Alice                 two to thirty-two of them
//     choice: Bob
//     batch: 4                      fewest ballots that reach the board together
//     quorum: 2                     officials that it takes to close
//     salt: 32 hexadecimal digits
//     official: digest of a code    one line each
//     voter: digest of a code       one line each

#include "base/result.hpp"
#include "voting/protocol/transcript.hpp"

#include <vector>

namespace voting {

struct Definition {
    std::string text; // as it was read: the election's identity covers it byte for byte
    std::string title;
    std::vector<std::string> choices;
    std::uint32_t batch = 0;
    std::uint32_t quorum = 0;
    base::Bytes<16> salt{};
    std::vector<Digest> officials; // sorted
    std::vector<Digest> voters;    // sorted
};

struct DefinitionError {
    std::size_t line; // 0: the file as a whole
    std::string_view problem;
};

base::Result<Definition, DefinitionError> parse_definition(std::string_view text);

} // namespace voting
