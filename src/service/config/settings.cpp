#include "service/config/settings.hpp"

#include "base/hex.hpp"
#include "base/nearest.hpp"
#include "crypto/checkpoint.hpp"
#include "package/flat/flat_toml.hpp"
#include "protocol/provision/binding.hpp"
#include "service/ca/names.hpp"

#include <algorithm>
#include <array>

namespace service {

namespace {

using package::FlatEntry;
using package::FlatValue;

std::unexpected<os::Failure>
wrong(std::string const& file, FlatEntry const& entry, std::string const& what) {
    return std::unexpected(
        os::Failure{
            .name = "service-configuration-invalid",
            .text = file + ':' + std::to_string(entry.line) + ':' + std::to_string(entry.column) +
                    ": " + what
        }
    );
}

bool text(std::string& out, FlatValue const& value) {
    auto const* given = std::get_if<std::string>(&value);
    if (given == nullptr || given->empty()) return false;
    out = *given;
    return true;
}

bool texts(std::vector<std::string>& out, FlatValue const& value) {
    auto const* given = std::get_if<std::vector<std::string>>(&value);
    if (given == nullptr) return false;
    out = *given;
    return true;
}

bool number(std::uint64_t& out, FlatValue const& value) {
    auto const* given = std::get_if<std::int64_t>(&value);
    if (given == nullptr || *given < 1) return false;
    out = static_cast<std::uint64_t>(*given);
    return true;
}

bool digests(std::vector<Digest>& to, FlatValue const& from) {
    std::vector<std::string> given;
    if (!texts(given, from) || given.empty()) return false;
    for (auto const& digits : given) {
        Digest digest{};
        if (!base::unhex(digits, digest)) return false;
        to.push_back(digest);
    }
    return true;
}

template <class Held> bool all_of(std::vector<std::string> const& texts, Held const& held) {
    return std::ranges::all_of(texts, held);
}

template <class Of> struct Key {
    std::string_view name;
    std::string_view wants;
    bool (*apply)(Of& of, FlatValue const& value);
};

constexpr std::string_view address = "ADDRESS:PORT";
constexpr std::string_view some_texts = "an array of texts";
constexpr std::string_view some_tokens = "an array of SHA-256 of tokens, 64 digits each";
constexpr std::string_view from_one = "a whole number from 1 on";

constexpr std::array service_keys{
    Key<Settings>{
        "listen",
        "an array of ADDRESS:PORT",
        [](Settings& to, FlatValue const& from) {
            return texts(to.listen, from) && !to.listen.empty();
        }
    },
    Key<Settings>{
        "operator",
        address,
        [](Settings& to, FlatValue const& from) { return text(to.operator_listen, from); }
    },
    Key<Settings>{
        "name",
        "a host name, such as \"steward.example\"",
        [](Settings& to, FlatValue const& from) {
            return text(to.name, from) && is_host_name(to.name) && crypto::is_origin(to.name);
        }
    },
    Key<Settings>{
        "trust-domain",
        "a host name",
        [](Settings& to, FlatValue const& from) {
            return text(to.trust_domain, from) && is_host_name(to.trust_domain);
        }
    },
    Key<Settings>{
        "url",
        "https://NAME, without a slash at its end",
        [](Settings& to, FlatValue const& from) {
            return text(to.url, from) && to.url.starts_with("https://") && !to.url.ends_with('/');
        }
    },
    Key<Settings>{
        "policies",
        "a folder",
        [](Settings& to, FlatValue const& from) { return text(to.policies, from); }
    },
    Key<Settings>{
        "endorsements",
        some_texts,
        [](Settings& to, FlatValue const& from) { return texts(to.endorsements, from); }
    },
    Key<Settings>{
        "roots",
        some_texts,
        [](Settings& to, FlatValue const& from) { return texts(to.roots, from); }
    },
    Key<Settings>{
        "operator-tokens",
        some_tokens,
        [](Settings& to, FlatValue const& from) { return digests(to.operator_tokens, from); }
    },
    Key<Settings>{
        "verifier-tokens",
        some_tokens,
        [](Settings& to, FlatValue const& from) { return digests(to.verifier_tokens, from); }
    },
    Key<Settings>{
        "limits.queue",
        from_one,
        [](Settings& to, FlatValue const& from) { return number(to.queue, from); }
    },
    Key<Settings>{
        "limits.per-address",
        from_one,
        [](Settings& to, FlatValue const& from) { return number(to.per_address.per_minute, from); }
    },
    Key<Settings>{
        "signer.module",
        "the path of a PKCS #11 module",
        [](Settings& to, FlatValue const& from) { return text(to.signer.module, from); }
    },
    Key<Settings>{
        "signer.token",
        "a token's label",
        [](Settings& to, FlatValue const& from) { return text(to.signer.token, from); }
    },
    Key<Settings>{
        "signer.pin-file",
        "a file of mode 0600, or credential:NAME",
        [](Settings& to, FlatValue const& from) { return text(to.signer.pin_file, from); }
    },
    Key<Settings>{
        "signer.root-key",
        "the label of a key in the token",
        [](Settings& to, FlatValue const& from) { return text(to.signer.root_key, from); }
    },
    Key<Settings>{
        "signer.intermediate-key",
        "the label of a key in the token",
        [](Settings& to, FlatValue const& from) { return text(to.signer.intermediate_key, from); }
    },
    Key<Settings>{"limits.per-deployment", from_one, [](Settings& to, FlatValue const& from) {
                      return number(to.per_deployment.per_minute, from);
                  }},
};

bool is_deployment_pattern(std::string_view pattern) {
    return protocol::provision::is_deployment_name(pattern) &&
           is_spiffe_path(pattern.ends_with('/') ? pattern.substr(0, pattern.size() - 1) : pattern);
}

constexpr std::array tenant_keys{
    Key<Tenant>{
        "keys",
        "an array of key digests (`enarx key tenant digest`), 64 digits each",
        [](Tenant& to, FlatValue const& from) { return digests(to.keys, from); }
    },
    Key<Tenant>{
        "tokens",
        some_tokens,
        [](Tenant& to, FlatValue const& from) { return digests(to.tokens, from); }
    },
    Key<Tenant>{
        "deployments",
        "an array of deployments' names; one that ends in a slash stands for all below it",
        [](Tenant& to, FlatValue const& from) {
            return texts(to.deployments, from) && all_of(to.deployments, is_deployment_pattern);
        }
    },
    Key<Tenant>{
        "dns-names",
        "an array of host names in lower case, also with \"*.\" in front",
        [](Tenant& to, FlatValue const& from) {
            return texts(to.dns_names, from) && all_of(to.dns_names, is_host_pattern);
        }
    },
    Key<Tenant>{
        "replicas",
        from_one,
        [](Tenant& to, FlatValue const& from) { return number(to.replicas, from); }
    },
    Key<Tenant>{"allow-no-hardware", "true or false", [](Tenant& to, FlatValue const& from) {
                    auto const* given = std::get_if<bool>(&from);
                    if (given != nullptr) to.allow_no_hardware = *given;
                    return given != nullptr;
                }},
};

template <class Of, std::size_t N>
os::OrFailure<void>
set(Of& of,
    std::array<Key<Of>, N> const& keys,
    std::string_view key,
    std::string const& file,
    FlatEntry const& entry) {
    auto const found = std::ranges::find(keys, key, &Key<Of>::name);
    if (found == keys.end()) {
        std::vector<std::string_view> names;
        for (auto const& each : keys) names.push_back(each.name);
        auto const meant = base::nearest(key, names);
        return wrong(
            file,
            entry,
            "there is no setting `" + entry.name + '`' +
                (meant.empty() ? "" : "; did you mean `" + std::string{meant} + "`?")
        );
    }
    if (!found->apply(of, entry.value))
        return wrong(file, entry, '`' + entry.name + "` wants " + std::string{found->wants});
    return {};
}

constexpr std::string_view tenant_prefix = "tenant.";

Tenant& tenant_named(Settings& settings, std::string_view name) {
    auto const found = std::ranges::find(settings.tenants, name, &Tenant::name);
    if (found != settings.tenants.end()) return *found;
    return settings.tenants.emplace_back(Tenant{.name = std::string{name}});
}

// One token is one visitor.
bool all_different(Settings const& settings) {
    std::vector<Digest> tokens = settings.operator_tokens;
    std::ranges::copy(settings.verifier_tokens, std::back_inserter(tokens));
    for (auto const& tenant : settings.tenants)
        std::ranges::copy(tenant.tokens, std::back_inserter(tokens));
    std::ranges::sort(tokens);
    return std::ranges::adjacent_find(tokens) == tokens.end();
}

os::OrFailure<void> check_signer(std::string const& file, SignerSettings const& signer) {
    bool const all = !signer.module.empty() && !signer.token.empty() && !signer.pin_file.empty();
    bool const none = signer.module.empty() && signer.token.empty() && signer.pin_file.empty();
    if (signer.any() ? all : none) return {};
    return wrong(
        file,
        {"", false, 1, 1},
        "[signer] wants `module`, `token`, `pin-file`, and `root-key` or `intermediate-key`"
    );
}

// What cannot be said of one line alone.
os::OrFailure<void> check(std::string const& file, Settings const& settings) {
    FlatEntry const whole{"", false, 1, 1};
    if (settings.listen.empty()) return wrong(file, whole, "`listen` is missing");
    if (settings.name.empty()) return wrong(file, whole, "`name` is missing");
    if (!all_different(settings)) return wrong(file, whole, "a token stands there twice");
    TRY(check_signer(file, settings.signer));
    std::vector<Digest> seen;
    for (auto const& tenant : settings.tenants) {
        if (tenant.keys.empty())
            return wrong(file, whole, "tenant `" + tenant.name + "` has no `keys`");
        for (auto const& key : tenant.keys) {
            if (std::ranges::find(seen, key) != seen.end())
                return wrong(
                    file, whole, "tenant `" + tenant.name + "` has a key that is there already"
                );
            seen.push_back(key);
        }
    }
    return {};
}

} // namespace

bool Tenant::may_name(std::string_view deployment) const {
    return std::ranges::any_of(deployments, [deployment](std::string_view pattern) {
        return pattern.ends_with('/') ? deployment.starts_with(pattern) : deployment == pattern;
    });
}

Tenant const* Settings::tenant_with(base::View key_digest) const {
    auto const found = std::ranges::find_if(tenants, [key_digest](Tenant const& tenant) {
        return std::ranges::any_of(tenant.keys, [key_digest](Digest const& key) {
            return base::equal(key, key_digest);
        });
    });
    return found == tenants.end() ? nullptr : &*found;
}

os::OrFailure<SignerSettings> parse_signer(std::string const& file, std::string_view toml) {
    auto const entries = package::parse_flat_toml(toml);
    if (!entries) {
        auto const& error = entries.error();
        return wrong(file, {"", false, error.line, error.column}, error.message);
    }
    Settings out;
    for (auto const& entry : *entries)
        TRY(set(out, service_keys, "signer." + entry.name, file, entry));
    TRY(check_signer(file, out.signer));
    if (!out.signer.any()) return wrong(file, {"", false, 1, 1}, "it names no key");
    return std::move(out.signer);
}

os::OrFailure<Settings> parse_settings(std::string const& file, std::string_view toml) {
    auto const entries = package::parse_flat_toml(toml);
    if (!entries) {
        auto const& error = entries.error();
        return wrong(file, {"", false, error.line, error.column}, error.message);
    }
    Settings out;
    for (auto const& entry : *entries) {
        std::string_view key{entry.name};
        if (!key.starts_with(tenant_prefix)) {
            TRY(set(out, service_keys, key, file, entry));
            continue;
        }
        key.remove_prefix(tenant_prefix.size());
        auto const dot = key.find('.');
        if (dot == std::string_view::npos)
            return wrong(file, entry, "write [tenant.NAME] and below it the tenant's settings");
        TRY(set(
            tenant_named(out, key.substr(0, dot)), tenant_keys, key.substr(dot + 1), file, entry
        ));
    }
    TRY(check(file, out));
    if (out.trust_domain.empty()) out.trust_domain = out.name;
    return out;
}

} // namespace service
