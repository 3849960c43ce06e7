#pragma once

// The verifier's answer for one piece of evidence, as text and as JSON.

#include "attest/advisories/advisory.hpp"
#include "attest/none/examine.hpp"
#include "attest/result/claims.hpp"

#include <string>
#include <vector>

namespace host::cli {

using AnswerJson = attest::result::Json;

struct Answer {
    std::string path;
    attest::Kind kind;
    attest::Verdict verdict;
    std::vector<attest::Finding> findings;
    AnswerJson claims = nullptr;    // of hardware, where it accepted
    AnswerJson statement = nullptr; // of a Keep without hardware, where that was allowed
    std::string_view warning = {};  // to be said before anything else
};

Answer answer_of(std::string path, attest::Appraisal const& appraisal);
Answer answer_of(std::string path, attest::none::Examination const& examination);

// A warning, if there is one; one verdict line, then what failed or is missing, then, if accepted,
// what it says and what was not checked.
std::string answer_text(Answer const& answer);

// Every rule with its outcome, and all claims where it accepted.
AnswerJson answer_json(Answer const& answer);

// What accepted evidence still does not prove, by the dated table of advisories.
std::string advice_text(attest::Appraisal const& appraisal);
AnswerJson advice_json(attest::Appraisal const& appraisal);

// What a Keep without hardware says of itself.
AnswerJson statement_json(protocol::evidence::NoHardware const& statement);

std::string_view verdict_name(attest::Verdict verdict);

} // namespace host::cli
