#include "service/release/denial.hpp"

namespace service {

Denial denial_of(Refusal const& refusal) {
    constexpr unsigned conflict = 409;
    constexpr unsigned too_large = 413;
    constexpr unsigned unavailable = 503;
    auto const& [name, text, hint] = refusal.failure;
    switch (refusal.why) {
    case Why::Conflict:
    case Why::SecondRelease:
    case Why::ReplicasExhausted:
        return {.status = conflict, .failure = name, .detail = text};
    case Why::AnothersName:
        return {.failure = name, .rule = std::string{rule::tenant}, .detail = text};
    case Why::Withdrawn:
    case Why::Unknown:
        return {.rule = std::string{rule::deployment}, .detail = text};
    case Why::Revoked:
        return {.rule = std::string{rule::granted}, .detail = text};
    case Why::TooLarge:
        return {.status = too_large, .failure = name, .detail = text};
    case Why::Unavailable:
        break;
    }
    return {.status = unavailable, .failure = name, .detail = text};
}

Denial denial_of(os::Failure const& failure) {
    constexpr unsigned internal = 500;
    constexpr unsigned unavailable = 503;
    // What the token or the disk does not do now it may do later; nothing was decided against the
    // Keep.
    bool const later = failure.name.starts_with("signer-") || failure.name == "log-unavailable";
    return {
        .status = later ? unavailable : internal, .failure = failure.name, .detail = failure.text
    };
}

} // namespace service
