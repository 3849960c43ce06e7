#include "attest/provision/expected_runs.hpp"

#include "attest/provision/rules.hpp"
#include "attest/text.hpp"

namespace attest::provision {

namespace {

std::string shown(std::vector<std::byte> const& value) { return hex(value); }
std::string shown(std::string const& value) { return value; }
std::string shown(std::uint64_t value) { return std::to_string(value); }

template <class T>
Finding compared(Rule const& rule, T const& found, std::optional<T> const& expected) {
    if (!expected) return {&rule, Outcome::Off, {}};
    if (found == *expected) return {&rule, Outcome::Passed, {}};
    return {&rule, Outcome::Failed, {shown(*expected), shown(found), {"binding"}, {}}};
}

} // namespace

std::vector<Finding> compare(Runs const& runs, ExpectedRuns const& expected) {
    return {
        compared(rules::ready_workload, runs.workload, expected.workload),
        compared(rules::ready_configuration, runs.configuration, expected.configuration),
        compared(rules::ready_tenant, runs.tenant, expected.tenant),
        compared(rules::ready_package, runs.package, expected.package),
        compared(rules::ready_deployment, runs.deployment, expected.deployment),
        compared(rules::ready_serial, runs.serial, expected.serial),
    };
}

} // namespace attest::provision
