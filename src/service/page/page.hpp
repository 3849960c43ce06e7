#pragma once

// The service as pages that people read, without scripts: for its operator all of it, for a tenant
// what is its own.

#include "service/api/decisions.hpp"

#include <optional>
#include <string>
#include <vector>

namespace service {

struct DeploymentLine {
    std::string name = {};
    std::string tenant = {};
    std::uint64_t serial = 0;
    std::uint64_t published = 0;
    bool withdrawn = false;
    std::uint64_t alive = 0; // Keeps
    std::uint64_t replicas = 0;
    bool hardware = true; // required
};

struct KeepLine {
    std::string keep = {}; // hexadecimal
    std::string deployment = {};
    std::uint64_t serial = 0;
    std::string kind = {};
    std::uint64_t since = 0;
    std::uint64_t until = 0;
};

struct CheckpointLine {
    std::uint64_t size = 0;
    std::string root = {};  // base64, as the checkpoint has it
    std::uint64_t time = 0; // 0: before this start of the service
};

struct PageContents {
    std::string service = {};
    std::string visitor = {}; // "operator", "tenant shop"
    bool of_the_operator = false;
    bool unguarded = false;      // of the operator, and no token is asked for
    bool may_leave = false;      // a cookie brought the visitor here
    std::string deployment = {}; // the page is of this one alone; empty: of all
    std::uint64_t now = 0;
    std::vector<DeploymentLine> deployments = {}; // by name
    bool more = false;                            // deployments, than are here
    std::vector<KeepLine> keeps = {};             // the latest first; at most as many as are shown
    std::vector<Decision> decisions = {};         // the latest first
    std::vector<CheckpointLine> checkpoints = {}; // the latest first
    std::string checkpoint = {};                  // signed
    std::string verifier_key = {};
};

std::string page_text(PageContents const& contents);

enum class Knock : unsigned char { Asked, Unknown, TooOften, Elsewhere };

// Where a visitor shows a token.
std::string login_text(std::string_view service, bool of_the_operator, Knock knock);

// Of a deployment that is not there, or not this visitor's.
std::string missing_text(std::string_view service);

} // namespace service
