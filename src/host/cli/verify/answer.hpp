#pragma once

// The verifier's answer for one piece of evidence, as text and as JSON.

#include "attest/advisories/advisory.hpp"
#include "attest/certificate/check.hpp"
#include "attest/none/examine.hpp"
#include "attest/result/claims.hpp"

#include <string>
#include <vector>

namespace host::cli {

using AnswerJson = attest::result::Json;

// A root that the user gave, and what it was trusted for here.
struct RootUse {
    std::string source;
    attest::Purposes purposes;
    bool said = false; // by the user; else it follows from the kind of evidence at hand
    bool key = false;  // of a platform, beside the roots
};

struct Answer {
    std::string path;
    std::string_view kind;
    attest::Verdict verdict;
    std::string_view verdict_name;
    std::vector<attest::Finding> findings;
    AnswerJson claims = nullptr;              // of hardware, where it accepted
    std::optional<AnswerJson> statement = {}; // of a Keep without hardware, where allowed
    std::optional<AnswerJson> runs = {}; // what runs, where a Keep was asked or its report binds it
    std::string_view warning = {};       // to be said before anything else
    std::string inside = {};             // where in its file it stood
    std::vector<RootUse> roots = {};     // in the place of the vendors'
};

Answer answer_of(std::string path, attest::Appraisal const& appraisal);
Answer answer_of(std::string path, attest::none::Examination const& examination);
// Of a certificate alone: its verdict has words of its own, as nothing of a Keep was accepted.
Answer answer_of(std::string path, attest::certificate::Check const& check);

// A warning, if there is one; one verdict line, then what failed or is missing, then, if accepted,
// what it says and what was not checked.
std::string answer_text(Answer const& answer);

// Every rule with its outcome, and all claims where it accepted.
AnswerJson answer_json(Answer const& answer);

// What accepted evidence still does not prove, by the dated table of advisories.
std::string advice_text(attest::Appraisal const& appraisal);
AnswerJson advice_json(attest::Appraisal const& appraisal);

// What an application in a Keep has bound.
AnswerJson application_json(protocol::evidence::Application const& application);
// What a Keep without hardware says of itself.
AnswerJson statement_json(protocol::evidence::NoHardware const& statement);

std::string_view verdict_name(attest::Verdict verdict);

} // namespace host::cli
