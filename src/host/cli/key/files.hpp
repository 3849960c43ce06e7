#pragma once

// Keys and signed structures as files: read with a limit, written as new files or to standard
// output.

#include "crypto/ec_signing_key.hpp"
#include "crypto/p256_signing_key.hpp"
#include "crypto/rsa_signing_key.hpp"
#include "crypto/unwrapping_key.hpp"
#include "os/failure.hpp"
#include "os/new_file.hpp"

#include <optional>
#include <string>

namespace host::cli {

os::OrFailure<crypto::P384SigningKey> read_sev_key(std::string const& path);
os::OrFailure<crypto::P256SigningKey> read_tenant_key(std::string const& path);
os::OrFailure<crypto::Rsa3072SigningKey> read_sgx_key(std::string const& path);
// For which others have wrapped keys: of RSA, or on P-256, P-384 or P-521.
os::OrFailure<crypto::UnwrappingKey> read_unwrapping_key(std::string const& path);

// A file that is there already stays as it is: failure "file-exists".
os::OrFailure<void> write_file(std::string const& path, base::View bytes, os::Readers readers);

// To that file, or where there is none to standard output.
os::OrFailure<void>
write_result(std::optional<std::string> const& path, std::string_view text, os::Readers readers);

// An error of the library that signs or makes keys.
os::Failure crypto_failure(std::string const& what);

} // namespace host::cli
