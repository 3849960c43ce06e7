#pragma once

// Rows that a store takes, for tests to change one part of.

#include "service/store/store.hpp"

namespace service::testing {

inline Digest digest(std::uint64_t number) {
    Digest out{};
    for (std::size_t i = 0; i < sizeof number; ++i) out[i] = std::byte(number >> (8 * i));
    return out;
}

inline Blob bytes(std::string_view text) {
    auto const view = base::view_of(text);
    return {view.begin(), view.end()};
}

inline constexpr std::uint64_t noon = 1'800'000'000;
inline constexpr std::uint64_t hour = 3600;

inline DeploymentRow version(std::string name, std::uint64_t serial) {
    return {std::move(name), serial, bytes("signed"), digest(1), "policy = true", noon};
}

inline ReleaseRow keep(std::uint64_t id, std::string deployment, std::uint64_t serial = 1) {
    return {digest(id), std::move(deployment), serial, {}, digest(1), "snp", noon, noon + hour};
}

inline CertificateRow certificate(std::string_view serial, std::uint64_t keep_id) {
    return {bytes(serial), digest(keep_id), noon, noon + 24 * hour};
}

inline SealedRow secret(std::string name, std::uint64_t serial, std::string_view value) {
    return {{SealedKind::Secret, std::move(name), serial, "PASSWORD"}, {{}, bytes(value)}};
}

// Whether a call was refused so, and nothing else.
template <class T> bool refused(Answer<T> const& answer, Why why, std::string_view name) {
    return !answer && answer.error().why == why && answer.error().failure.name == name;
}

} // namespace service::testing
