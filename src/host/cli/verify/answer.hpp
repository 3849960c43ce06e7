#pragma once

// The verifier's answer for one piece of evidence, as text and as JSON.

#include "attest/advisories/advisory.hpp"
#include "attest/result/claims.hpp"

#include <chrono>
#include <string>

namespace host::cli {

using AnswerJson = attest::result::Json;

struct Answer {
    std::string path;
    attest::Appraisal appraisal;
};

// One verdict line, then what failed or is missing, then, if accepted, what it says and what was
// not checked.
std::string answer_text(Answer const& answer);

// Every rule with its outcome, and all claims where it accepted.
AnswerJson answer_json(Answer const& answer);

// What accepted evidence still does not prove, by the dated table of advisories.
std::string advice_text(attest::Appraisal const& appraisal);
AnswerJson advice_json(attest::Appraisal const& appraisal);

std::string_view verdict_name(attest::Verdict verdict);

} // namespace host::cli
