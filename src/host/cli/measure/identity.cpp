#include "host/cli/measure/identity.hpp"

#include "attest/measure/id_block.hpp"
#include "host/cli/key/files.hpp"
#include "host/cli/report.hpp"
#include "host/cli/verify/inputs.hpp"

#include <unistd.h>

namespace host::cli {

namespace {

using attest::measure::GuestIdentity;
using hw::snp::IdAuth;
using hw::snp::IdBlock;
using hw::snp::IdKeyEndorsement;

// 4.3 of the firmware ABI: bit 17 is one, bits 63 to 26 are zero. The firmware takes no other.
constexpr std::uint64_t policy_must_be_one = 1ULL << 17;
constexpr unsigned policy_first_reserved = 26;

os::OrFailure<std::uint64_t> policy_of(IdentityOptions const& options) {
    auto const policy = TRY(number_or<std::uint64_t>("--policy", options.policy, 0));
    if ((policy & policy_must_be_one) == 0 || policy >> policy_first_reserved != 0)
        return failure(
            "usage",
            "--policy '" + *options.policy +
                "': bit 17 of a guest policy has to be one, bits 63 to 26 zero",
            "0x30000 allows SMT, and neither debugging nor migration"
        );
    return policy;
}

os::OrFailure<IdBlock>
make_block(IdentityOptions const& options, crypto::Sha384Digest const& launch_digest) {
    GuestIdentity identity;
    identity.family_id = TRY(bytes_or("--family-id", options.family_id, identity.family_id));
    identity.image_id = TRY(bytes_or("--image-id", options.image_id, identity.image_id));
    identity.guest_svn = TRY(number_or("--guest-svn", options.guest_svn, identity.guest_svn));
    return attest::measure::make_id_block(launch_digest, TRY(policy_of(options)), identity);
}

// What `enarx key sev sign` wrote.
os::OrFailure<IdKeyEndorsement>
read_endorsement(std::string const& path, crypto::P384SigningKey const& id_key) {
    auto const bytes = TRY(read_bytes(path, sizeof(IdKeyEndorsement)));
    base::View left{bytes};
    auto const out = base::take<IdKeyEndorsement>(left);
    if (!out)
        return failure(
            "key-unusable",
            '\'' + path + "' is no signature of an ID key: it has " + std::to_string(bytes.size()) +
                " bytes, not 1540"
        );
    if (!attest::measure::endorsed(*out, attest::measure::snp_public_key(id_key)))
        return failure(
            "key-unusable",
            '\'' + path +
                "': the signature at byte 0 is not one of this ID key by the author key "
                "at byte 512"
        );
    return *out;
}

os::OrFailure<std::optional<IdKeyEndorsement>>
endorsement_of(IdentityOptions const& options, crypto::P384SigningKey const& id_key) {
    if (options.id_key_signature) return TRY(read_endorsement(*options.id_key_signature, id_key));
    if (!options.author_key) return std::nullopt;
    auto const made =
        attest::measure::endorse_id_key(TRY(read_sev_key(*options.author_key)), id_key);
    if (!made) return std::unexpected(crypto_failure("signing"));
    return *made;
}

os::OrFailure<IdAuth> make_auth(IdentityOptions const& options, IdBlock const& block) {
    auto const id_key = TRY(read_sev_key(*options.id_key));
    auto const endorsement = TRY(endorsement_of(options, id_key));
    auto const made = attest::measure::sign_id_block(block, id_key, endorsement);
    if (!made) return std::unexpected(crypto_failure("signing"));
    return *made;
}

template <base::Wire T> base::View bytes_of(T const& value) {
    return std::as_bytes(std::span{&value, 1});
}

Option file_option(std::string_view name, std::string_view help, Given& target) {
    return {
        .name = name,
        .value = "FILE",
        .help = help,
        .target = &target,
        .completion = Completion::File
    };
}

} // namespace

std::vector<Option> identity_options(IdentityOptions& options) {
    return {
        file_option("--id-block", "Write the ID block to this new file.", options.id_block),
        file_option(
            "--id-auth",
            "Write the ID authentication information to this new file.",
            options.id_auth
        ),
        file_option("--id-key", "The private ID key, which signs the ID block.", options.id_key),
        file_option(
            "--author-key", "The author's private key, which signs the ID key.", options.author_key
        ),
        file_option(
            "--id-key-signature",
            "What `enarx key sev sign` wrote, in the place of --author-key.",
            options.id_key_signature
        ),
        {.name = "--policy",
         .value = "NUMBER",
         .help = "The guest policy of the ID block, such as 0x30000.",
         .target = &options.policy},
        {.name = "--family-id",
         .value = "HEX",
         .help = "FAMILY_ID of the ID block, 16 bytes. Default: zeros.",
         .target = &options.family_id},
        {.name = "--image-id",
         .value = "HEX",
         .help = "IMAGE_ID of the ID block, 16 bytes. Default: zeros.",
         .target = &options.image_id},
        {.name = "--guest-svn",
         .value = "NUMBER",
         .help = "GUEST_SVN of the ID block. Default: 1.",
         .target = &options.guest_svn},
    };
}

bool wants_identity(IdentityOptions const& options) { return options.id_block || options.id_auth; }

os::OrFailure<void> check_identity(IdentityOptions const& options) {
    bool const keys = options.id_key || options.author_key || options.id_key_signature;
    bool const values =
        options.policy || options.family_id || options.image_id || options.guest_svn;
    if (!wants_identity(options) && (keys || values))
        return failure("usage", "keys, --policy and the like need --id-block or --id-auth");
    if (!wants_identity(options)) return {};
    if (!options.policy) return failure("usage", "an ID block needs --policy");
    if (options.id_auth && !options.id_key) return failure("usage", "--id-auth needs --id-key");
    if (!options.id_auth && keys) return failure("usage", "keys need --id-auth");
    if (options.author_key && options.id_key_signature)
        return failure("usage", "--author-key and --id-key-signature exclude each other");
    return {};
}

os::OrFailure<void>
write_identity(IdentityOptions const& options, crypto::Sha384Digest const& launch_digest) {
    auto const block = TRY(make_block(options, launch_digest));
    std::optional<IdAuth> auth;
    if (options.id_auth) auth = TRY(make_auth(options, block));
    if (options.id_block)
        TRY(write_file(*options.id_block, bytes_of(block), os::Readers::Everybody));
    if (!auth) return {};
    auto written = write_file(*options.id_auth, bytes_of(*auth), os::Readers::Everybody);
    // The block without its signature would look like success.
    if (!written && options.id_block) ::unlink(options.id_block->c_str());
    return written;
}

} // namespace host::cli
