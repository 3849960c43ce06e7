#pragma once

// What the Keep published, as a file: the election, the board, the result; and what a voter kept.

#include "voting/protocol/statements.hpp"

#include <optional>

namespace voting {

struct Record {
    Definition definition;
    Digest id{};
    PublicKey key{};
    Digest certificate{}; // zeros: the Keep knew none
    std::string kind;     // of the evidence; "missing": there is none
    std::vector<std::byte> evidence;
    std::vector<Batch> board;
    std::optional<Outcome> outcome; // nothing: not closed
};

struct Kept {
    Receipt receipt;
    struct Secret {
        Nonce nonce;
        std::uint32_t choice;
    };
    std::optional<Secret> secret;
};

// The error says what is malformed, such as `board[3].head`.
base::Result<Record, std::string> parse_record(std::string_view json);
base::Result<Kept, std::string> parse_kept(std::string_view json);

} // namespace voting
