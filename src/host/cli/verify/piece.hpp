#pragma once

// One piece of evidence from the command line: the file itself, or what lies inside it.

#include "attest/appraisal.hpp"
#include "os/failure.hpp"
#include "protocol/evidence/evidence.hpp"

#include <optional>
#include <string>
#include <vector>

namespace host::cli {

struct Piece {
    std::string path;
    attest::Kind kind;
    std::vector<std::byte> evidence;
    std::string inside; // where in the file; empty where it is the file
    // What was given, with what lay beside the evidence; only where something did.
    std::optional<attest::Endorsements> endorsements = {};
    // What stands beside it as what its report data are made of.
    std::optional<protocol::evidence::Application> application = {};
};

// An error says what the bytes are instead, where that is known.
os::OrFailure<Piece>
piece_of(std::string const& path, base::View bytes, attest::Endorsements const& given);

} // namespace host::cli
