#pragma once

// What an artefact is and says, and what was found when its own signatures and digests were
// checked.

#include "attest/finding.hpp"
#include "base/view.hpp"
#include "crypto/malformed.hpp"

#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

namespace attest::inspect {

using Json = nlohmann::ordered_json;

// An artefact as bytes, with the name of the file or part that it came from.
struct Artefact {
    base::View bytes;
    std::string source;
};
using Artefacts = std::span<Artefact const>;

struct Check {
    std::string name;
    Outcome outcome = Outcome::Passed; // Undecided: something to compare with is missing
    Detail detail = {};
};

struct Description {
    std::string kind;
    Json fields = Json::object();
    std::vector<Check> checks = {};

    void passed(std::string name) { checks.push_back({std::move(name)}); }
    void not_checked(std::string name, std::string why) {
        checks.push_back(
            {std::move(name), Outcome::Undecided, {.expected = {}, .found = std::move(why)}}
        );
    }
    void check(std::string name, bool holds, Detail detail) {
        if (holds)
            passed(std::move(name));
        else
            checks.push_back({std::move(name), Outcome::Failed, std::move(detail)});
    }
    // The bytes do not have the form of their kind.
    void malformed(crypto::Malformed const& why, base::View bytes);
    void malformed(std::string expected, std::string found, std::size_t offset);
};

// Fields and checks as JSON, flat: what `enarx inspect --json` prints of an artefact.
Json json_of(Description const& description);

// Whether a check failed.
bool wrong(Description const& description);

} // namespace attest::inspect
