#include "host/cli/verify/policy.hpp"

#include "host/cli/report.hpp"

namespace host::cli {

os::OrFailure<attest::Policy> read_policy(std::string const& name) {
    if (name == "strict") return attest::Policy::strict();
    if (name == "authentic") return attest::Policy::authentic();
    return failure("usage", "there is no policy '" + name + "'", "strict or authentic");
}

} // namespace host::cli
