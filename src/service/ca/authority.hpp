#pragma once

// The service's certificate authority: a root, an intermediate below it that signs in memory, and
// the certificates of Keeps that it issues.

#include "crypto/certificate.hpp"
#include "crypto/issue.hpp"
#include "crypto/p384_signer.hpp"
#include "crypto/wipe.hpp"
#include "os/failure.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace service {

// Files of a new authority, as PEM. The root's key is needed once more when the intermediate ends,
// and may be kept elsewhere until then.
struct NewAuthority {
    std::string root;
    crypto::SecretBytes root_key;
    std::string intermediate;
    crypto::SecretBytes intermediate_key;
};
// `name`: of the service.
os::OrFailure<NewAuthority> new_authority(std::string const& name, std::chrono::sys_seconds at);

// The same for keys that lie elsewhere. Failures of the signers, too.
struct AuthoritySigners {
    crypto::P384Signer const& root;
    crypto::P384Signer const& intermediate;
};
struct AuthorityCertificates {
    std::string root; // PEM
    std::string intermediate;
};
os::OrFailure<AuthorityCertificates> certify_authority(
    std::string const& name, AuthoritySigners const& signers, std::chrono::sys_seconds at
);

// The intermediate once more, with the same name and key and a new end: what it has issued stays
// valid, and its revocation lists speak of that, too. PEM. Failures ca-unusable, ca-expired: the
// root is not the one of this signer or of that intermediate, or has ended.
os::OrFailure<std::string> renewed_intermediate(
    AuthorityCertificates const& old, crypto::P384Signer const& root, std::chrono::sys_seconds at
);

// What connections to the service see, issued by its intermediate. PEM, with the intermediate.
os::OrFailure<std::string> service_certificate(
    std::string const& intermediate,
    crypto::P384Signer const& signer,
    std::string const& name,
    base::View public_key
);

// Of one certificate in PEM. Failure ca-unusable.
os::OrFailure<std::vector<std::byte>> key_in(base::View certificate);

// What a Keep's certificate is to say.
struct LeafWish {
    base::View identity_key; // SubjectPublicKeyInfo
    std::string keep;        // hexadecimal: the subject's commonName
    std::vector<std::string> dns_names;
    std::string spiffe_id;
    std::chrono::hours life{24};
    std::optional<std::chrono::sys_seconds> deployment_ends;
    bool hardware = false; // whether any vouches for the Keep
    std::string ear;       // JWT
};

struct Leaf {
    std::vector<std::byte> der;
    base::Bytes<16> serial{};
    std::chrono::sys_seconds not_after;
};

class Authority {
public:
    // PEM. Failure ca-unusable: not an intermediate of that root with that key, or not valid now.
    static os::OrFailure<Authority> load(
        base::View root,
        base::View intermediate,
        std::shared_ptr<crypto::P384Signer const> signer,
        std::chrono::sys_seconds at
    );
    static os::OrFailure<Authority> load(
        base::View root,
        base::View intermediate,
        base::View intermediate_key,
        std::chrono::sys_seconds at
    );

    // Where the revocation list is, for certificates to say; empty: they do not.
    void list_url(std::string url) { list_url_ = std::move(url); }

    // When a certificate of this wish would end: with its life, its deployment or its issuer,
    // whichever is first. Failure ca-expired: it would end before it begins.
    os::OrFailure<std::chrono::sys_seconds>
    end_of(LeafWish const& wish, std::chrono::sys_seconds at) const;
    os::OrFailure<Leaf> issue(LeafWish const& wish, std::chrono::sys_seconds at) const;
    os::OrFailure<std::vector<std::byte>> list(crypto::ListWish const& wish) const;

    crypto::Certificate const& root() const { return root_; }
    crypto::Certificate const& intermediate() const { return intermediate_; }

private:
    Authority(
        crypto::Certificate root,
        crypto::Certificate middle,
        std::shared_ptr<crypto::P384Signer const> signer
    )
        : root_{std::move(root)}, intermediate_{std::move(middle)}, signer_{std::move(signer)} {}

    crypto::Issuer issuer() const;

    crypto::Certificate root_;
    crypto::Certificate intermediate_;
    std::shared_ptr<crypto::P384Signer const> signer_;
    std::string list_url_;
};

// The extension id-pe-cmw with an attestation result: a record of media type, base64url and 8
// ("attestation result"), as JSON (draft-ietf-rats-msg-wrap).
crypto::MoreExtension cmw_extension(std::string_view ear);

} // namespace service
