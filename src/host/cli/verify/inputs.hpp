#pragma once

// Files of the command line as the library takes them: bytes in, with size limits.

#include "attest/endorsements.hpp"
#include "attest/expected.hpp"
#include "attest/roots.hpp"
#include "host/cli/verify/answer.hpp"
#include "os/failure.hpp"
#include "os/read_file.hpp"

#include <optional>
#include <string>
#include <vector>

namespace host::cli {

inline constexpr std::size_t largest_evidence = 1 << 20; // bytes; the largest kind has some 64 KiB
inline constexpr std::size_t largest_endorsement = 16 << 20;

// What the vendors said, and whom the user trusts.
struct Anchors {
    attest::Endorsements endorsements;
    attest::Roots roots = attest::Roots::builtin();
    // Roots that the user gave without saying for what: for the kind of evidence at hand.
    std::vector<attest::Sourced<crypto::Certificate>> of_the_kind = {};
    // All roots and keys that the user gave; without purposes where they are of_the_kind.
    std::vector<RootUse> given = {};
};

// The roots as they count for evidence of these purposes, and how that came about.
attest::Roots roots_for(Anchors const& anchors, attest::Purposes purposes);
std::vector<RootUse> uses_for(Anchors const& anchors, attest::Purposes purposes);

// `endorsements`: files, or folders of which each file is read (not what lies in folders below).
// `roots`: in the place of all that are built in; FILE, or PURPOSE:FILE such as amd:ark.pem. Keys
// of platforms (JWK) may be among either.
os::OrFailure<Anchors>
read_anchors(std::vector<std::string> const& endorsements, std::vector<std::string> const& roots);

// Whether a --root says for which evidence it is.
bool names_purpose(std::string const& root);

// Only what vendors said; a key that is to be trusted is no endorsement.
os::OrFailure<attest::Endorsements> read_endorsements(std::vector<std::string> const& paths);

std::unexpected<os::Failure> unusable(attest::Unusable const& why);

// HEX, or @FILE for the bytes of a file; at most 1024 bytes.
os::OrFailure<std::vector<std::byte>> parse_report_data(std::string const& text);
// Hexadecimal of 32 or 48 bytes.
os::OrFailure<std::vector<std::byte>> parse_measurement(std::string const& text);

// Bytes from hexadecimal of either case; nothing for an empty text or any other character.
std::optional<std::vector<std::byte>> unhex(std::string_view text);

// Not more than `most` bytes of it are read; - is standard input.
os::OrFailure<os::FileBytes> read_whole(std::string const& path, std::size_t most);
os::OrFailure<std::vector<std::byte>> read_bytes(std::string const& path, std::size_t most);

} // namespace host::cli
