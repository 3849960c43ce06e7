#include "host/cli/key/files.hpp"

#include "crypto/wipe.hpp"
#include "host/cli/report.hpp"
#include "host/cli/verify/inputs.hpp"

namespace host::cli {

namespace {

constexpr std::size_t largest_key = 64 << 10; // bytes; a key of RSA 3072 has some 2.5 KB in PEM

template <class Key> os::OrFailure<Key> read_key(std::string const& path, std::string_view kind) {
    auto text = TRY(read_whole(path, largest_key));
    auto key = Key::parse_pem(text.view());
    crypto::wipe(text.writable());
    if (!key)
        return failure(
            "key-unusable",
            '\'' + path + "' is no " + std::string{kind} + ": at byte " +
                std::to_string(key.error().offset) + ": expected " + std::string{key.error().what}
        );
    return std::move(*key);
}

} // namespace

os::OrFailure<crypto::P384SigningKey> read_sev_key(std::string const& path) {
    return read_key<crypto::P384SigningKey>(path, "private key on P-384");
}

os::OrFailure<crypto::P256SigningKey> read_tenant_key(std::string const& path) {
    return read_key<crypto::P256SigningKey>(path, "private key on P-256");
}

os::OrFailure<crypto::Rsa3072SigningKey> read_sgx_key(std::string const& path) {
    return read_key<crypto::Rsa3072SigningKey>(path, "private RSA key of 3072 bits, exponent 3");
}

os::OrFailure<crypto::UnwrappingKey> read_unwrapping_key(std::string const& path) {
    return read_key<crypto::UnwrappingKey>(path, "private key of RSA or on a curve of NIST");
}

os::OrFailure<void> write_file(std::string const& path, base::View bytes, os::Readers readers) {
    auto const written = os::write_new_file(path, bytes, readers);
    if (written) return {};
    if (written.error() == base::Errno::Exist)
        return failure("file-exists", '\'' + path + "' is there already");
    return failure(
        "output-failed",
        '\'' + path + "' cannot be written: " + std::string{os::description(written.error())}
    );
}

os::OrFailure<void>
write_result(std::optional<std::string> const& path, std::string_view text, os::Readers readers) {
    return path ? write_file(*path, base::view_of(text), readers)
                : write_artefact(base::view_of(text));
}

os::Failure crypto_failure(std::string const& what) {
    return {.name = "internal", .text = what + " failed: out of memory or random numbers"};
}

} // namespace host::cli
