#pragma once

// Why the service does not do what was asked, as it says so: a status of HTTP, a failure's stable
// name, and of a refused Keep the rule.

#include "service/store/store.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace service {

struct Denial {
    unsigned status = 403;
    std::string_view failure = "release-denied";
    std::string rule = {}; // empty: none was asked
    std::string detail;
    std::optional<std::chrono::seconds> wait = {}; // before it may be asked again
};

template <class T> using OrDenial = base::Result<T, Denial>;

// The rules of the service itself; those of evidence and channel have their own names.
namespace rule {
inline constexpr std::string_view deployment = "release.deployment";
inline constexpr std::string_view tenant = "release.tenant";
inline constexpr std::string_view grantor = "release.grantor";
inline constexpr std::string_view not_after = "release.not-after";
inline constexpr std::string_view hardware = "release.hardware";
inline constexpr std::string_view secrets = "release.secrets";
inline constexpr std::string_view log = "release.log";
inline constexpr std::string_view workload = "release.workload";
inline constexpr std::string_view granted = "release.granted";
} // namespace rule

inline std::unexpected<Denial> denied(std::string_view rule, std::string detail) {
    return std::unexpected(Denial{.rule = std::string{rule}, .detail = std::move(detail)});
}

// What the store says, as it is answered.
Denial denial_of(Refusal const& refusal);
Denial denial_of(os::Failure const& failure);

} // namespace service
