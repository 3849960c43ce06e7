#pragma once

// What is asked of the verifier: evidence, the single-use data that it has to bear, and by which
// policy it is to be judged.

#include "attest/wrapped/piece.hpp"
#include "base/result.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace service {

struct VerifyWish {
    std::vector<std::byte> evidence;
    std::vector<std::byte> nonce;                                 // 8 to 64 bytes (RFC 9711, 4.1)
    std::optional<protocol::evidence::Digest> workload = {};      // that has to run
    std::optional<protocol::evidence::Digest> configuration = {}; // and how
    std::string policy = "strict";                    // or "authentic", or a file's name
    std::vector<std::vector<std::byte>> measurements; // known to be good; none: any
    std::vector<std::vector<std::byte>> endorsements; // beside what the service has
};

inline constexpr std::size_t largest_verify_wish = std::size_t{1} << 20;

// JSON with "evidence" and "endorsements" in base64, "nonce", "workload", "configuration" and
// "measurements" in hexadecimal; a member of another name is an error. The text of one: which
// member, and what it has to be.
base::Result<VerifyWish, std::string> parse_verify_wish(std::string_view json);

// What the evidence has to bind: the nonce itself, or, of an application in a Keep, report data
// that the Keep makes of workload, configuration and what the application bound, the nonce. The
// text of an error: what the wish lacks for that.
base::Result<attest::ReportData, std::string>
wanted_data(VerifyWish const& wish, attest::wrapped::Piece const& piece);

enum class EarForm : unsigned char { Jwt, Cwt, Neither };
// By an Accept header (RFC 9110, 12.5.1), the first that this service can write; empty: JWT.
EarForm wanted_form(std::string_view accept);

} // namespace service
