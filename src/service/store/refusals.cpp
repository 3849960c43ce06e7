#include "service/store/refusals.hpp"

#include <algorithm>
#include <initializer_list>

namespace service {

namespace {

constexpr std::size_t longest_secret = 64;
constexpr std::size_t longest_kind = 16;
constexpr std::size_t longest_serial_number = 20; // RFC 5280, 4.1.2.2

struct Sized {
    std::size_t size;
    std::size_t most;
};

Answer<void>
fit(std::initializer_list<Sized> columns, std::initializer_list<std::uint64_t> numbers) {
    bool const all = std::ranges::all_of(columns, [](Sized it) { return it.size <= it.most; }) &&
                     std::ranges::all_of(numbers, [](std::uint64_t it) { return it <= INT64_MAX; });
    if (all) return {};
    return std::unexpected(
        Refusal{Why::TooLarge, {"store-too-large", "the store takes no value of this size"}}
    );
}

std::string quoted(std::string_view name) { return "'" + std::string{name} + "'"; }

} // namespace

Refusal serial_conflict(std::string_view name, std::uint64_t newest) {
    return {
        Why::Conflict,
        {"serial-conflict",
         "the newest version of deployment " + quoted(name) + " has serial " +
             std::to_string(newest)}
    };
}

Refusal anothers_name(std::string_view name) {
    return {
        Why::AnothersName,
        {"deployment-of-another",
         "deployment " + quoted(name) + " is signed by the key of another tenant"}
    };
}

Refusal second_release() {
    return {Why::SecondRelease, {"keep-not-empty", "this Keep was granted to before"}};
}

Refusal replicas_exhausted(std::string_view name, std::uint64_t replicas) {
    return {
        Why::ReplicasExhausted,
        {"replicas-exhausted",
         "deployment " + quoted(name) + " runs in " + std::to_string(replicas) +
             " Keeps, as many as it admits"}
    };
}

Refusal withdrawn(std::string_view name) {
    return {
        Why::Withdrawn,
        {"deployment-withdrawn", "deployment " + quoted(name) + " was withdrawn by its tenant"}
    };
}

Refusal revoked_keep() {
    return {Why::Revoked, {"keep-revoked", "this Keep and its certificates are revoked"}};
}

Refusal unknown_deployment(std::string_view name) {
    return {
        Why::Unknown,
        {"deployment-unknown", "there is no deployment " + quoted(name) + " of that serial"}
    };
}

Refusal unknown_keep() {
    return {Why::Unknown, {"keep-unknown", "this Keep was never granted to"}};
}

Refusal certificate_there() {
    return {
        Why::Conflict, {"serial-conflict", "a certificate of this serial number is there already"}
    };
}

Refusal sealed_there() {
    return {Why::Conflict, {"secret-exists", "this version has that value already"}};
}

Answer<void> checked(DeploymentRow const& row) {
    return fit(
        {{row.name.size(), longest_name},
         {row.statement.size(), largest_statement},
         {row.policy ? row.policy->size() : 0, largest_policy}},
        {row.serial, row.time}
    );
}

Answer<void> checked(SealedRow const& row) {
    return fit(
        {{row.name.name.size(), longest_name},
         {row.name.secret.size(), longest_secret},
         {row.value.sealed.size(), largest_sealed}},
        {row.name.serial}
    );
}

Answer<void> checked(ReleaseRow const& row) {
    return fit(
        {{row.deployment.size(), longest_name}, {row.kind.size(), longest_kind}},
        {row.serial, row.time, row.not_after}
    );
}

Answer<void> checked(CertificateRow const& row) {
    return fit({{row.serial.size(), longest_serial_number}}, {row.time, row.not_after});
}

Answer<void> checked_entry(base::View entry) { return fit({{entry.size(), largest_entry}}, {}); }

} // namespace service
