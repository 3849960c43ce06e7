// ID block, ID authentication information, and the author's signature of an ID key: SEV-SNP
// firmware ABI, 8.18.

#include "attest/inspect/companions.hpp"
#include "attest/inspect/kinds.hpp"
#include "attest/measure/id_block.hpp"
#include "attest/text.hpp"

namespace attest::inspect {

namespace {

using hw::snp::IdAuth;
using hw::snp::IdBlock;
using hw::snp::IdKeyEndorsement;

Detail bad_signature(std::string by, std::size_t offset, std::string_view field) {
    return {
        .expected = "a signature by " + std::move(by),
        .found = "one that does not verify",
        .place = {.part = {}, .offset = offset, .field = std::string{field}}
    };
}

void check_zeros(Description& out, base::View bytes, std::size_t offset) {
    if (base::all_zero(bytes)) return;
    out.check(
        "reserved",
        false,
        {.expected = "zeros",
         .found = "other bytes",
         .place = {.part = "", .offset = offset, .field = "reserved"}}
    );
}

void check_block_signature(Description& out, IdAuth const& auth, IdBlock const& block) {
    out.check(
        "id-block-signature",
        measure::covers(auth, block),
        bad_signature("the ID key", offsetof(IdAuth, id_block_signature), "ID_BLOCK_SIG")
    );
}

// With the first file of the other kind that is there.
template <base::Wire T> std::optional<T> companion(Artefacts beside, Kind kind) {
    auto const files = of_kind(beside, kind);
    return files.empty() ? std::nullopt : read_as<T>(*files.front());
}

} // namespace

Description describe_id_block(Artefact const& artefact, Artefacts beside) {
    auto const block = *read_as<IdBlock>(artefact);
    Description out{.kind = "SNP ID block"};
    out.fields = {
        {"ld", hex(block.launch_digest)},
        {"family_id", hex(block.family_id)},
        {"image_id", hex(block.image_id)},
        {"version", std::uint32_t{block.version}},
        {"guest_svn", std::uint32_t{block.guest_svn}},
        {"policy", hex(std::uint64_t{block.policy})},
    };
    if (auto const auth = companion<IdAuth>(beside, Kind::IdAuth))
        check_block_signature(out, *auth, block);
    else
        out.not_checked("id-block-signature", without("the ID authentication information"));
    return out;
}

Description describe_id_auth(Artefact const& artefact, Artefacts beside) {
    auto const auth = *read_as<IdAuth>(artefact);
    Description out{.kind = "SNP ID authentication information"};
    out.fields = {
        {"id_key_algo", std::uint32_t{auth.id_key_algo}},
        {"author_key_algo", std::uint32_t{auth.author_key_algo}},
        {"id_key_digest", hex(measure::key_digest(auth.id_key))},
        {"author_key_digest", hex(measure::key_digest(auth.author_key))},
    };
    check_zeros(out, auth.reserved_008, offsetof(IdAuth, reserved_008));
    check_zeros(out, auth.reserved_644, offsetof(IdAuth, reserved_644));
    check_zeros(out, auth.reserved_c84, offsetof(IdAuth, reserved_c84));
    out.check(
        "id-key-algorithm",
        auth.id_key_algo == hw::snp::ecdsa_p384_sha384,
        {.expected = "1, ECDSA P-384 with SHA-384",
         .found = std::to_string(auth.id_key_algo),
         .place = {.part = "", .offset = offsetof(IdAuth, id_key_algo), .field = "ID_KEY_ALGO"}}
    );
    if (auth.author_key_algo == 0U)
        out.not_checked("id-key-signature", "there is no author key");
    else
        out.check(
            "id-key-signature",
            measure::id_key_endorsed(auth),
            bad_signature("the author key", offsetof(IdAuth, id_key_signature), "ID_KEY_SIG")
        );
    if (auto const block = companion<IdBlock>(beside, Kind::IdBlock))
        check_block_signature(out, auth, *block);
    else if (!measure::signature_plausible(auth))
        out.check(
            "id-block-signature",
            false,
            bad_signature("the ID key", offsetof(IdAuth, id_block_signature), "ID_BLOCK_SIG")
        );
    else
        out.not_checked("id-block-signature", without("the ID block"));
    return out;
}

Description describe_id_key_signature(Artefact const& artefact, Artefacts beside) {
    auto const signature = *read_as<IdKeyEndorsement>(artefact);
    Description out{.kind = "SNP ID key signature"};
    out.fields = {{"author_key_digest", hex(measure::key_digest(signature.author_key))}};
    if (auto const auth = companion<IdAuth>(beside, Kind::IdAuth))
        out.check(
            "id-key-signature",
            measure::endorsed(signature, auth->id_key),
            bad_signature("the author key", 0, "ID_KEY_SIG")
        );
    else
        out.not_checked("id-key-signature", without("the ID authentication information"));
    return out;
}

} // namespace attest::inspect
