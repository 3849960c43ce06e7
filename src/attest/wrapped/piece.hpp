#pragma once

// One piece of evidence as whoever relies on it has it in hand: by itself, or taken out of what it
// lay in.

#include "attest/application.hpp"
#include "attest/kind.hpp"
#include "attest/wrapped/open.hpp"

namespace attest::wrapped {

struct Piece {
    Kind kind{};
    std::vector<std::byte> evidence;
    std::string inside = {}; // where it lay; empty: it came alone
    // Certificates and lists that lay beside it, in any form that Endorsements::add() takes.
    std::vector<Sourced<std::vector<std::byte>>> endorsements = {};
    // What stands beside it as what its report data are made of; nobody has compared it.
    std::optional<protocol::evidence::Application> application = {};
};

// The error says why there is none; empty where nothing is known of the bytes at all.
base::Result<Piece, std::string> piece_of(base::View bytes);

// What lay beside it as Endorsements::add_hints() takes it; views of the piece.
std::vector<base::View> hints_of(Piece const& piece);

// What stands beside a report of SEV-SNP, where the report's data are of just that.
std::optional<protocol::evidence::Application> bound_application(Piece const& piece);

// Why nothing can be compared.
enum class Unasked : std::uint8_t {
    Incomplete,    // the report is a digest of more than is expected, and nothing says the rest
    Contradiction, // the report data that are expected are not of the application that is
};
// The report data to compare with, of a relying party that expects these, or those that an
// application makes. `whole`: its policy asks for all of them, so what is not expected stays
// unbound and the appraisal undecided, unless the rest differs already.
base::Result<ReportData, Unasked> data_expected(
    ReportData const& data, ExpectedApplication const& application, Piece const& piece, bool whole
);

} // namespace attest::wrapped
