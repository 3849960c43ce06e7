#pragma once

// What vendors say of a platform: certificates, revocation lists and signed JSON, recognised from
// their bytes.

#include "attest/dcap/collateral.hpp"
#include "attest/sourced.hpp"
#include "base/result.hpp"
#include "base/view.hpp"
#include "crypto/certificate.hpp"
#include "crypto/revocation_list.hpp"

#include <chrono>
#include <span>
#include <string>
#include <vector>

namespace attest {

// A JSON object that is no document of Intel's, kept as it came.
struct Document {
    std::vector<std::byte> bytes;
};

// Why bytes are no endorsement, or not beside those that are there already.
struct Unusable {
    std::string source;
    std::size_t offset = 0;
    std::string expected;
    std::string found;
};

// Filled once, then only read: safe to share between threads.
class Endorsements {
public:
    // Takes in DER (one or several, end to end), PEM (any number of blocks), a JSON object, a
    // bundle, the certificate table of a host of SEV-SNP, the certificates that Azure's THIM
    // service gives in JSON, and any of these in base64. The same endorsement again changes
    // nothing; one for the same key, issuer or platform with the same dates and other content is
    // refused: which one would count?
    base::Result<void, Unusable> add(base::View bytes, std::string const& source);
    // What whoever is judged sent along: as much of it as can be used, or nothing where it is more
    // than evidence has beside it. Each certificate may be tried with each, and a stranger would
    // have it take minutes.
    void add_hints(std::span<base::View const> hints, std::string const& source);

    std::span<Sourced<crypto::Certificate> const> certificates() const { return certificates_; }
    std::span<Sourced<crypto::RevocationList> const> revocation_lists() const { return lists_; }
    std::span<Sourced<dcap::Collateral> const> collateral() const { return collateral_; }
    std::span<Sourced<Document> const> documents() const { return documents_; }

    // The list of that issuer (a Name in DER) that counts at that time: the youngest that was
    // issued by then, or else the first one to come. Null where there is none at all.
    Sourced<crypto::RevocationList> const*
    list_of(base::View issuer, std::chrono::sys_seconds at) const;

    // All of them as one bundle; JSON of another kind has no place in it.
    base::Result<std::vector<std::byte>, Unusable> bundle() const;

private:
    base::Result<void, Unusable> add_bundle(base::View bytes, std::string const& source);
    base::Result<void, Unusable> add_table(base::View bytes, std::string const& source);
    base::Result<bool, Unusable> add_azure(json::Value document, std::string const& source);
    base::Result<void, Unusable> add_pem(base::View bytes, std::string const& source);
    base::Result<void, Unusable> add_der(base::View bytes, std::string const& source);
    base::Result<void, Unusable> add_certificate(base::View der, std::string const& source);
    base::Result<void, Unusable> add_list(base::View der, std::string const& source);
    base::Result<void, Unusable> add_document(base::View bytes, std::string const& source);
    base::Result<void, Unusable>
    add_collateral(dcap::Collateral collateral, std::string const& source);

    std::vector<Sourced<crypto::Certificate>> certificates_;
    std::vector<Sourced<crypto::RevocationList>> lists_;
    std::vector<Sourced<dcap::Collateral>> collateral_;
    std::vector<Sourced<Document>> documents_;
};

} // namespace attest
