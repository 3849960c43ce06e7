#include "host/cli/verify/policy.hpp"

#include "host/cli/report.hpp"
#include "host/cli/verify/inputs.hpp"

namespace host::cli {

using attest::Policy;

os::OrFailure<Policy> read_policy(std::string const& name) {
    if (name == "strict") return Policy::strict();
    if (name == "authentic") return Policy::authentic();
    auto const bytes = read_bytes(name, policy::largest_policy);
    if (!bytes && bytes.error().name == "file-not-found")
        return failure(
            "usage",
            "there is no policy '" + name + "', and no file of that name",
            "--policy strict, --policy authentic or --policy FILE.toml"
        );
    if (!bytes) return std::unexpected(bytes.error());
    return policy::parse_policy(name, *bytes);
}

} // namespace host::cli
