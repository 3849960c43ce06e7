#include "keep/exec/provision/problem.hpp"

#include "base/printable.hpp"
#include "package/oci/json.hpp"
#include "protocol/failure/failure.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace exec::provision {

namespace {

using package::oci::Json;

constexpr std::size_t largest_problem = std::size_t{16} << 10;
constexpr std::size_t longest_detail = 500;
constexpr std::size_t longest_rule = 64;
constexpr std::string_view type_of_failure = "urn:enarx:failure:";

// What a service may say to a Keep, and whether that is its last word.
struct Known {
    std::string_view name;
    bool final;
};
constexpr std::array known{
    Known{"release-denied", true},
    Known{"replicas-exhausted", true},
    Known{"keep-not-empty", true},
    Known{"keep-revoked", true},
    Known{"request-invalid", true},
    Known{"protocol-version", true},
    Known{"rate-limited", false},
    Known{"service-busy", false},
    Known{"store-unavailable", false},
    Known{"log-unavailable", false},
};

std::optional<std::chrono::seconds> wait_of(::net::HttpAnswer const& answer) {
    auto const* const text = answer.header("retry-after");
    if (text == nullptr) return {};
    std::uint32_t seconds = 0;
    auto const* const end = text->data() + text->size();
    auto const [rest, error] = std::from_chars(text->data(), end, seconds);
    if (error != std::errc{} || rest != end) return {}; // a date: then as if it said nothing
    return std::chrono::seconds{seconds};
}

// The name of a rule, or nothing: it goes into messages that scripts read.
std::string rule_of(Json const& problem) {
    auto rule = package::oci::text_at(problem, "rule", "problem").value_or("");
    bool const name = rule.size() <= longest_rule && std::ranges::all_of(rule, [](char c) {
                          return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' ||
                                 c == '-' || c == '_';
                      });
    return name ? rule : std::string{};
}

Unanswered unknown(unsigned status) {
    return {
        .failure = {
            .name = "steward-answer-invalid",
            .text = "the attestation service answers with status " + std::to_string(status) +
                    " and no reason that is known here"
        }
    };
}

} // namespace

Unanswered unanswered_by(::net::HttpAnswer const& answer) {
    auto const* const type = answer.header("content-type");
    if (type == nullptr || *type != "application/problem+json") return unknown(answer.status);
    auto const problem = package::oci::parse(answer.body, largest_problem, "problem");
    if (!problem) return unknown(answer.status);
    auto const urn = package::oci::text_at(*problem, "type", "problem").value_or("");
    if (!urn.starts_with(type_of_failure)) return unknown(answer.status);
    auto const name = std::string_view{urn}.substr(type_of_failure.size());
    auto const* const found = std::ranges::find(known, name, &Known::name);
    if (found == known.end()) return unknown(answer.status);

    auto const rule = rule_of(*problem);
    auto detail = package::oci::text_at(*problem, "detail", "problem").value_or("");
    detail.resize(std::min(detail.size(), longest_detail));
    Unanswered out{
        .failure = {.name = found->name, .text = "the attestation service refuses"},
        .final = found->final,
        .wait = wait_of(answer)
    };
    if (!rule.empty()) out.failure.text += ", rule " + rule;
    if (!detail.empty()) out.failure.text += ": " + base::printable(detail);
    return out;
}

} // namespace exec::provision
