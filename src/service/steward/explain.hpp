#pragma once

// `enarx-steward explain-release`: a decision without a Keep, and without any effect.

#include "os/failure.hpp"

#include <string>

namespace service {

struct ExplainWish {
    std::string config;
    std::string name;       // of the deployment in the store
    std::string deployment; // a signed deployment as a file instead, while the service runs
    std::string evidence;   // a file
};

struct Explanation {
    bool released = false;
    std::string text; // one line for each rule
};

os::OrFailure<Explanation> explain_release(ExplainWish const& wish);

} // namespace service
