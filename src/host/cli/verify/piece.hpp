#pragma once

// One piece of evidence from the command line: the file itself, or what lies inside it.

#include "attest/endorsements.hpp"
#include "attest/wrapped/piece.hpp"
#include "os/failure.hpp"

#include <optional>
#include <string>

namespace host::cli {

struct Piece {
    std::string path;
    attest::wrapped::Piece found;
    // What was given, with what lay beside the evidence; only where something did.
    std::optional<attest::Endorsements> endorsements = {};
};

// An error says what the bytes are instead, where that is known.
os::OrFailure<Piece>
piece_of(std::string const& path, base::View bytes, attest::Endorsements const& given);

} // namespace host::cli
