#pragma once

// The EAR of an answer, signed where the user gave a key.

#include "attest/ear/ear.hpp"
#include "host/cli/syntax/syntax.hpp"
#include "os/failure.hpp"

#include <optional>
#include <string>

namespace host::cli {

struct EarWishes {
    std::optional<std::string> key;  // a file: P-384 in PEM
    std::optional<std::string> form; // "jwt" or "cwt"; without one, JWT
    std::optional<std::string> out;  // a new file for the signed token
};

// The options that fill them in.
std::vector<Option> ear_options(EarWishes& wishes);

class EarWriter {
public:
    // `policy`: as the user named it; `nonce`: the report data that were asked for.
    static os::OrFailure<EarWriter> create(
        EarWishes wishes,
        std::string const& policy,
        std::optional<std::vector<std::byte>> nonce,
        std::chrono::sys_seconds at
    );

    // The claims set as "ear" and, with a key, the token as "ear_token": a JWT as it is, a CWT in
    // base64url. The token is written to the file as well.
    os::OrFailure<void> add(attest::result::Json& answer, attest::Appraisal const& appraisal) const;

private:
    EarWriter(EarWishes wishes, attest::result::EarContext context)
        : wishes_{std::move(wishes)}, context_{std::move(context)} {}

    EarWishes wishes_;
    attest::result::EarContext context_;
    std::optional<crypto::P384SigningKey> key_;
};

} // namespace host::cli
