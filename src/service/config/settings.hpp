#pragma once

// The service's configuration (steward.toml), read strictly: who it serves, what it gives to whom,
// and how much of itself to anybody.

#include "base/view.hpp"
#include "os/failure.hpp"
#include "service/store/rows.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace service {

// Who may publish deployments, and what for.
struct Tenant {
    std::string name;
    std::vector<Digest> keys = {};             // SHA-256 of SubjectPublicKeyInfo
    std::vector<Digest> tokens = {};           // SHA-256 of what shows its page
    std::vector<std::string> deployments = {}; // names; one that ends in a slash: all that begin so
    std::vector<std::string> dns_names = {};   // "api.example", or "*.shop.example"
    std::uint64_t replicas = 1000;             // of one deployment, at most
    bool allow_no_hardware = false;

    bool may_name(std::string_view deployment) const;
};

struct Rate {
    std::uint64_t per_minute = 0;
};

// Where a token (PKCS #11) holds the authority's keys. A label that is empty: that key is a file.
struct SignerSettings {
    std::string module = {};   // path
    std::string token = {};    // label
    std::string pin_file = {}; // path, or credential:NAME
    std::string root_key = {}; // label
    std::string intermediate_key = {};

    bool any() const { return !root_key.empty() || !intermediate_key.empty(); }
};

struct Settings {
    std::vector<std::string> listen;            // ADDRESS:PORT, TLS
    std::string operator_listen = {};           // ADDRESS:PORT, plain, on loopback; empty: none
    std::string name;                           // of the service, and of its log
    std::string trust_domain = {};              // of SPIFFE IDs
    std::string url = {};                       // where it is reached from outside; may be empty
    std::string policies = {};                  // a folder of policy files
    std::vector<std::string> endorsements = {}; // files and folders of what vendors say
    std::vector<std::string> roots = {};        // PURPOSE:FILE, in the place of the built-in ones
    std::vector<Digest> operator_tokens = {};   // SHA-256; none: no token is asked for
    std::vector<Digest> verifier_tokens = {};   // of those who may have evidence judged
    std::uint64_t queue = 1024;                 // requests that wait for a decision, at most
    Rate per_address{1200};
    Rate per_deployment{6000};
    SignerSettings signer = {};
    std::vector<Tenant> tenants = {};

    // Null: nobody whom the service knows.
    Tenant const* tenant_with(base::View key_digest) const;
};

// `name` is for messages, which begin NAME:LINE:COLUMN. Failure service-configuration-invalid.
// `parse_signer`: a file of what stands below [signer], and no more.
os::OrFailure<SignerSettings> parse_signer(std::string const& name, std::string_view text);
os::OrFailure<Settings> parse_settings(std::string const& name, std::string_view text);

} // namespace service
