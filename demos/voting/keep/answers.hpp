#pragma once

// What the server answers to which request.

#include "voting/keep/attestation.hpp"
#include "voting/keep/election.hpp"
#include "voting/keep/request.hpp"

namespace voting {

struct Answer {
    int status = 200;
    std::string_view type = "application/json";
    std::string body;
};

class Answers {
public:
    Answers(Election& election, std::optional<Evidence> evidence)
        : election_{election}, evidence_{std::move(evidence)} {}

    Answer to(Request const& request);

private:
    Answer get(Request const& request);
    Answer vote(std::string_view form);
    Answer close(std::string_view form);
    std::string description(bool whole) const; // whole: with the register of codes
    std::string batches(std::size_t from);
    std::string record();

    Election& election_;
    std::optional<Evidence> evidence_;
    std::vector<std::string> batch_texts_; // a batch never changes: written once
};

// The answer as it goes over the wire.
std::string http_response(Answer const& answer, bool keep_alive);

} // namespace voting
