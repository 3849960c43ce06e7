#pragma once

// A Keep that runs at an address, in the place of a file of evidence: whom the user expects there,
// and what comes of asking.

#include "attest/provision/expected_runs.hpp"
#include "host/cli/verify/answer.hpp"
#include "host/cli/verify/application.hpp"
#include "host/cli/verify/wishes.hpp"
#include "net/web_address.hpp"

namespace host::cli {

// As the user gave them, beside workload and configuration.
struct RunningWishes {
    std::optional<std::string> tenant;
    std::optional<std::string> package;
    std::optional<std::string> deployment;
    std::optional<std::string> serial;

    bool given() const { return tenant || package || deployment || serial; }
};

std::vector<Option> running_options(RunningWishes& wishes);

// Nothing: the operand is none of a Keep's, but a file. "usage": it begins like one, and is wrong.
os::OrFailure<std::optional<net::WebAddress>> keep_address(std::string const& operand);

os::OrFailure<attest::provision::ExpectedRuns>
parse_running(RunningWishes const& wishes, ApplicationWish const& application);

struct RunningAnswer {
    Answer answer;
    // Of hardware, where nothing that was compared differs.
    std::optional<attest::Appraisal> appraisal;
};

// `nonce`: random bytes for this question. A --root without a purpose is the authority that the
// server's certificate has to lead to, since which kind of evidence comes is not known before.
os::OrFailure<RunningAnswer> ask_running(
    net::WebAddress const& address,
    attest::provision::ExpectedRuns const& expected,
    JudgeWishes const& wishes,
    base::View nonce
);

} // namespace host::cli
