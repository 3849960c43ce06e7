#include "service/ca/authority.hpp"

#include "crypto/base64.hpp"
#include "crypto/der_writer.hpp"
#include "crypto/oid.hpp"
#include "crypto/pem.hpp"
#include "protocol/provision/certificate.hpp"
#include "service/ca/names.hpp"

#include <algorithm>

namespace service {

namespace {

using std::chrono::sys_seconds;

constexpr auto root_life = std::chrono::days{3653};
constexpr auto intermediate_life = std::chrono::days{366};
constexpr auto clocks_differ = std::chrono::minutes{5}; // of two machines
constexpr base::View cmw_oid = crypto::oid_bytes<1, 3, 6, 1, 5, 5, 7, 1, 35>;
constexpr std::string_view certificate_label = "CERTIFICATE";

template <class... Texts>
std::unexpected<os::Failure> failure(std::string_view name, Texts const&... text) {
    return std::unexpected(os::Failure{.name = name, .text = (std::string{} + ... + text)});
}

os::OrFailure<crypto::Certificate> certificate(base::View pem, std::string const& what) {
    auto const blocks = crypto::parse_pem(pem);
    if (!blocks || blocks->size() != 1 || blocks->front().label != certificate_label)
        return failure("ca-unusable", what, " is not one certificate in PEM");
    auto out = crypto::Certificate::parse(blocks->front().der);
    if (!out) return failure("ca-unusable", what, " is no certificate that is understood here");
    return *std::move(out);
}

bool issued(crypto::Certificate const& issuer, crypto::Certificate const& by_it) {
    auto const key = crypto::PublicKey::parse(issuer.public_key_info());
    return key && base::equal(issuer.subject(), by_it.issuer()) &&
           issuer.authority().may_sign_certificates && by_it.signed_part().verified_by(*key);
}

struct NewKey {
    crypto::P384SigningKey key;
    crypto::SecretBytes pem;
};
os::OrFailure<NewKey> new_key() {
    auto key = crypto::P384SigningKey::generate();
    if (!key) return failure("internal", "a key could not be made");
    auto pem = key->pem();
    if (!pem) return failure("internal", "a key could not be written");
    return NewKey{*std::move(key), *std::move(pem)};
}

} // namespace

os::OrFailure<AuthorityCertificates>
certify_authority(std::string const& name, AuthoritySigners const& signers, sys_seconds at) {
    auto const root_serial = crypto::fresh_serial();
    auto const serial = crypto::fresh_serial();
    if (!root_serial || !serial) return failure("internal", "there are no random numbers");
    crypto::Issuer const issuer{
        .name = crypto::name_of(name + " root", "Enarx attestation service"), .key = signers.root
    };
    auto const root_der =
        TRY(crypto::issue_certificate(
            issuer,
            {.serial = *root_serial,
             .subject = issuer.name,
             .public_key = signers.root.public_key(),
             .not_before = at - clocks_differ,
             .not_after = at + root_life,
             .authorities_below = 1}
        ));
    auto const intermediate_der =
        TRY(crypto::issue_certificate(
            issuer,
            {.serial = *serial,
             .subject = crypto::name_of(name + " Keeps", "Enarx attestation service"),
             .public_key = signers.intermediate.public_key(),
             .not_before = at - clocks_differ,
             .not_after = at + intermediate_life,
             .authorities_below = 0}
        ));
    return AuthorityCertificates{
        .root = crypto::write_pem(certificate_label, root_der),
        .intermediate = crypto::write_pem(certificate_label, intermediate_der)
    };
}

os::OrFailure<NewAuthority> new_authority(std::string const& name, sys_seconds at) {
    auto root = TRY(new_key());
    auto intermediate = TRY(new_key());
    crypto::OwnP384Signer const above{std::move(root.key)};
    crypto::OwnP384Signer const below{std::move(intermediate.key)};
    auto made = TRY(certify_authority(name, {.root = above, .intermediate = below}, at));
    return NewAuthority{
        .root = std::move(made.root),
        .root_key = std::move(root.pem),
        .intermediate = std::move(made.intermediate),
        .intermediate_key = std::move(intermediate.pem)
    };
}

os::OrFailure<std::string> renewed_intermediate(
    AuthorityCertificates const& old, crypto::P384Signer const& root, sys_seconds at
) {
    auto const top = TRY(certificate(base::view_of(old.root), "the root"));
    auto const middle = TRY(certificate(base::view_of(old.intermediate), "the intermediate"));
    if (!issued(top, top) || !issued(top, middle))
        return failure("ca-unusable", "the root has not issued the intermediate");
    if (!base::equal(root.public_key(), top.public_key_info()))
        return failure("ca-unusable", "the key is not the one of the root");
    if (!top.valid_at(at)) return failure("ca-expired", "the root is not valid now");
    auto const serial = crypto::fresh_serial();
    if (!serial) return failure("internal", "there are no random numbers");
    auto const bytes = [](base::View from) { return std::vector(from.begin(), from.end()); };
    auto const der =
        TRY(crypto::issue_certificate(
            {.name = bytes(top.subject()), .key = root},
            {.serial = *serial,
             .subject = bytes(middle.subject()),
             .public_key = bytes(middle.public_key_info()),
             .not_before = std::max(at - clocks_differ, top.not_before()),
             .not_after = std::min(at + intermediate_life, top.not_after()),
             .authorities_below = 0}
        ));
    return crypto::write_pem(certificate_label, der);
}

os::OrFailure<std::string> service_certificate(
    std::string const& intermediate,
    crypto::P384Signer const& signer,
    std::string const& name,
    base::View public_key
) {
    auto const issuer = TRY(certificate(base::view_of(intermediate), "the intermediate"));
    auto const serial = crypto::fresh_serial();
    if (!serial) return failure("internal", "there are no random numbers");
    std::vector<std::string> names{name};
    if (name != "localhost") names.emplace_back("localhost");
    auto const subject = issuer.subject();
    auto const der =
        TRY(crypto::issue_certificate(
            {.name = {subject.begin(), subject.end()}, .key = signer},
            {.serial = *serial,
             .subject = crypto::name_of(name),
             .public_key = {public_key.begin(), public_key.end()},
             .not_before = issuer.not_before(),
             .not_after = issuer.not_after(),
             .dns_names = std::move(names)}
        ));
    return crypto::write_pem(certificate_label, der) + intermediate;
}

os::OrFailure<std::vector<std::byte>> key_in(base::View pem) {
    auto const read = TRY(certificate(pem, "the certificate"));
    auto const key = read.public_key_info();
    return std::vector(key.begin(), key.end());
}

os::OrFailure<Authority> Authority::load(
    base::View root,
    base::View intermediate,
    std::shared_ptr<crypto::P384Signer const> signer,
    sys_seconds at
) {
    auto top = TRY(certificate(root, "the root"));
    auto middle = TRY(certificate(intermediate, "the intermediate"));
    if (!issued(top, top) || !issued(top, middle))
        return failure("ca-unusable", "the root has not issued the intermediate");
    if (!base::equal(signer->public_key(), middle.public_key_info()))
        return failure("ca-unusable", "the key is not the one of the intermediate");
    if (!middle.authority().may_sign_certificates || !middle.authority().may_sign_lists)
        return failure("ca-unusable", "the intermediate may not sign certificates and lists");
    if (!top.valid_at(at) || !middle.valid_at(at))
        return failure("ca-expired", "root or intermediate are not valid now");
    return Authority{std::move(top), std::move(middle), std::move(signer)};
}

os::OrFailure<Authority> Authority::load(
    base::View root, base::View intermediate, base::View intermediate_key, sys_seconds at
) {
    auto key = crypto::P384SigningKey::parse_pem(intermediate_key);
    if (!key)
        return failure("ca-unusable", "the intermediate's key is not one key on P-384 in PEM");
    return load(root, intermediate, std::make_shared<crypto::OwnP384Signer>(*std::move(key)), at);
}

crypto::Issuer Authority::issuer() const {
    auto const name = intermediate_.subject();
    return {.name = {name.begin(), name.end()}, .key = *signer_};
}

os::OrFailure<sys_seconds> Authority::end_of(LeafWish const& wish, sys_seconds at) const {
    auto end = std::min({at + wish.life, intermediate_.not_after(), root_.not_after()});
    if (wish.deployment_ends) end = std::min(end, *wish.deployment_ends);
    if (end <= at)
        return failure(
            "ca-expired", "a certificate would end with its deployment or issuer, which is over"
        );
    return end;
}

os::OrFailure<Leaf> Authority::issue(LeafWish const& wish, sys_seconds at) const {
    auto const end = TRY(end_of(wish, at));
    auto const serial = crypto::fresh_serial();
    if (!serial) return failure("internal", "there are no random numbers");
    auto names = wish.dns_names;
    if (!wish.hardware)
        std::erase_if(names, [](std::string const& name) { return !is_for_tests(name); });
    crypto::CertificateWish certificate{
        .serial = *serial,
        .subject = crypto::name_of(
            wish.keep, wish.hardware ? "" : std::string{protocol::provision::no_hardware_protection}
        ),
        .public_key = {wish.identity_key.begin(), wish.identity_key.end()},
        .not_before = std::max(at - clocks_differ, intermediate_.not_before()),
        .not_after = end,
        .dns_names = std::move(names),
        .uris = {wish.spiffe_id},
        .list_url = list_url_
    };
    if (!wish.ear.empty()) certificate.more.push_back(cmw_extension(wish.ear));
    auto der = TRY(crypto::issue_certificate(issuer(), certificate));
    return Leaf{.der = std::move(der), .serial = *serial, .not_after = end};
}

os::OrFailure<std::vector<std::byte>> Authority::list(crypto::ListWish const& wish) const {
    return crypto::issue_list(issuer(), wish);
}

crypto::MoreExtension cmw_extension(std::string_view ear) {
    auto const record =
        R"(["application/eat+jwt",")" + crypto::encode_base64url(base::view_of(ear)) + R"(",8])";
    return {.oid = cmw_oid, .value = crypto::der_of([&record](crypto::DerWriter& out) {
                                out.add(crypto::Tag::Utf8String, base::view_of(record));
                            })};
}

} // namespace service
