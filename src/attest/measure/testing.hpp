#pragma once

// For tests of measurements: the published keys that signed some of the vectors, and structures
// from bytes.

#include "attest/testing/vectors.hpp"
#include "base/test_folders.hpp"
#include "crypto/ec_signing_key.hpp"
#include "crypto/rsa_signing_key.hpp"

namespace attest::measure::testing {

inline std::vector<std::byte> key_text(std::string const& name) {
    std::ifstream file{
        std::string{enarx::test::source_folder} + "/test/vectors/keys/" + name, std::ios::binary
    };
    if (!file) throw std::runtime_error("no key " + name);
    std::string const text{std::istreambuf_iterator<char>(file), {}};
    auto const view = base::view_of(text);
    return {view.begin(), view.end()};
}

inline crypto::P384SigningKey sev_key(std::string const& name) {
    return crypto::P384SigningKey::parse_pem(key_text(name)).value();
}

inline crypto::Rsa3072SigningKey sgx_key() {
    return crypto::Rsa3072SigningKey::parse_pem(key_text("sgx-test.key")).value();
}

template <base::Wire T> T read_as(std::string const& path) {
    auto const bytes = attest::testing::Vectors::instance().read(path);
    base::View view{bytes};
    auto const out = base::take<T>(view);
    if (!out || !view.empty()) throw std::runtime_error("not the size of the structure: " + path);
    return *out;
}

template <base::Wire T> std::vector<std::byte> bytes_of(T const& value) {
    auto const view = std::as_bytes(std::span{&value, 1});
    return {view.begin(), view.end()};
}

} // namespace attest::measure::testing
