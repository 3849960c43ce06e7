#pragma once

// All that an appraisal depends on. The library has no clock, no files and no network of its own.

#include "attest/endorsements.hpp"
#include "attest/expected.hpp"
#include "attest/kind.hpp"
#include "attest/policy.hpp"
#include "attest/roots.hpp"
#include "attest/signature_memo.hpp"

#include <chrono>

namespace attest {

struct Request {
    base::View evidence;
    Endorsements const& endorsements;
    Roots const& roots;
    Policy const& policy;
    Expected const& expected;
    std::chrono::sys_seconds at;
    SignatureMemo* memo = nullptr; // shared between appraisals, where many are made
    Kinds kinds = Kinds::all();    // of evidence that count; any other is refused
};

} // namespace attest
