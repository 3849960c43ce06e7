#pragma once

// enarx key: the owner's keys. SGX: RSA 3072 with exponent 3, whose digest is MRSIGNER. SEV: P-384,
// whose digest is ID_KEY_DIGEST or AUTHOR_KEY_DIGEST of a report. Tenant: P-256, whose digest is
// the tenant's name in Keeps' evidence and certificates.

#include "host/cli/command.hpp"

namespace host::cli {

std::unique_ptr<Use> use_key_sgx_create();
std::unique_ptr<Use> use_key_sgx_digest();
std::unique_ptr<Use> use_key_sev_create();
std::unique_ptr<Use> use_key_sev_digest();
std::unique_ptr<Use> use_key_sev_sign();
std::unique_ptr<Use> use_key_tenant_create();
std::unique_ptr<Use> use_key_tenant_digest();

inline constexpr Command key_sgx_create_command{
    .name = "key sgx create",
    .summary = "Make a key that signs SGX enclaves",
    .details = "A private RSA key of 3072 bits with the exponent 3, as PKCS#1 in PEM. A file is "
               "its owner's alone (mode 0600), and one that is there already is never replaced.",
    .use = use_key_sgx_create,
};
inline constexpr Command key_sgx_digest_command{
    .name = "key sgx digest",
    .summary = "Show the MRSIGNER of a key",
    .details = "SHA-256 of the modulus in little-endian bytes, in hexadecimal and without a line "
               "end: what MRSIGNER of an enclave's report holds.",
    .use = use_key_sgx_digest,
};
inline constexpr Command key_sev_create_command{
    .name = "key sev create",
    .summary = "Make an ID key or author key for SEV-SNP guests",
    .details = "A private key on P-384, as PKCS#8 in PEM. A file is its owner's alone (mode 0600), "
               "and one that is there already is never replaced.",
    .use = use_key_sev_create,
};
inline constexpr Command key_sev_digest_command{
    .name = "key sev digest",
    .summary = "Show the digest of a key as reports have it",
    .details = "SHA-384 of the public key in the form of the SEV-SNP firmware ABI, in hexadecimal "
               "and without a line end: what ID_KEY_DIGEST or AUTHOR_KEY_DIGEST of a report holds.",
    .use = use_key_sev_digest,
};
inline constexpr Command key_sev_sign_command{
    .name = "key sev sign",
    .summary = "Sign an ID key by the author's key",
    .details = "The file holds the author's signature over the public ID key (512 bytes) and the "
               "public author key (1028 bytes): all that `enarx measure snp` needs of the author, "
               "whose key can stay away from where guests are signed. The same keys give the same "
               "bytes (RFC 6979).",
    .use = use_key_sev_sign,
};
inline constexpr Command key_tenant_create_command{
    .name = "key tenant create",
    .summary = "Make a tenant's key, which signs deployments",
    .details = "A private key on P-256, as PKCS#8 in PEM. A file is its owner's alone (mode 0600), "
               "and one that is there already is never replaced. Its digest is the tenant's name: "
               "Keeps say it of whoever's application they run.",
    .use = use_key_tenant_create,
};
inline constexpr Command key_tenant_digest_command{
    .name = "key tenant digest",
    .summary = "Show the digest by which Keeps name a tenant",
    .details = "SHA-256 of the public key as SubjectPublicKeyInfo, in hexadecimal and without a "
               "line end.",
    .use = use_key_tenant_digest,
};

} // namespace host::cli
