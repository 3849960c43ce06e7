#pragma once

// The part of `enarx measure snp` that makes and signs the ID block of a guest.

#include "crypto/digest.hpp"
#include "host/cli/measure/values.hpp"
#include "host/cli/syntax/syntax.hpp"

namespace host::cli {

struct IdentityOptions {
    Given policy;
    Given family_id;
    Given image_id;
    Given guest_svn;
    Given id_key;
    Given author_key;
    Given id_key_signature;
    Given id_block;
    Given id_auth;
};

std::vector<Option> identity_options(IdentityOptions& options);

// Whether one of the two files is asked for.
bool wants_identity(IdentityOptions const& options);

// Which options need which others.
os::OrFailure<void> check_identity(IdentityOptions const& options);

// Both files or none.
os::OrFailure<void>
write_identity(IdentityOptions const& options, crypto::Sha384Digest const& launch_digest);

} // namespace host::cli
