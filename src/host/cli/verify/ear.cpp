#include "host/cli/verify/ear.hpp"

#include "crypto/base64.hpp"
#include "crypto/digest.hpp"
#include "host/cli/key/files.hpp"
#include "host/cli/report.hpp"
#include "host/cli/verify/inputs.hpp"
#include "host/cli/verify/policy.hpp"
#include "host/cli/version.hpp"

namespace host::cli {

namespace {

// A policy of ours by its name, a file by its digest (RFC 6920).
os::OrFailure<std::string> policy_id(std::string const& policy) {
    if (policy == "strict" || policy == "authentic") return "urn:x-enarx:policy:" + policy;
    auto const bytes = TRY(read_bytes(policy, policy::largest_policy));
    return "ni:///sha-256;" + crypto::encode_base64url(crypto::sha256(bytes));
}

} // namespace

std::vector<Option> ear_options(EarWishes& wishes) {
    return {
        {.name = "--ear-key",
         .value = "FILE",
         .help = "Sign the attestation result with this private key (P-384 in PEM, as `enarx key "
                 "sev create` makes it).",
         .target = &wishes.key,
         .completion = Completion::File},
        {.name = "--ear-form",
         .value = "FORM",
         .help = "The form of the signed result: jwt (default) or cwt.",
         .target = &wishes.form,
         .choices = {"jwt", "cwt"}},
        {.name = "--ear-out",
         .value = "FILE",
         .help = "Write the signed result to this new file. With --json it stands in the answer, "
                 "too.",
         .target = &wishes.out,
         .completion = Completion::File},
    };
}

os::OrFailure<EarWriter> EarWriter::create(
    EarWishes wishes,
    std::string const& policy,
    std::optional<std::vector<std::byte>> nonce,
    std::chrono::sys_seconds at
) {
    if (!wishes.key && (wishes.form || wishes.out))
        return failure("usage", "--ear-form and --ear-out want a key: --ear-key FILE");
    EarWriter out{
        std::move(wishes),
        {.developer = "Enarx in C++",
         .build = "enarx " + std::string{enarx_version},
         .policy_id = TRY(policy_id(policy)),
         .at = at,
         .nonce = std::move(nonce)}
    };
    if (out.wishes_.key) out.key_ = TRY(read_sev_key(*out.wishes_.key));
    return out;
}

os::OrFailure<void>
EarWriter::add(attest::result::Json& answer, attest::Appraisal const& appraisal) const {
    auto ear = attest::result::ear_json(appraisal, context_);
    if (key_) {
        bool const cwt = wishes_.form == "cwt";
        std::string text;
        std::vector<std::byte> bytes;
        if (cwt) {
            auto token = attest::result::ear_cwt(appraisal, context_, *key_);
            if (!token) return std::unexpected(crypto_failure("signing the EAR"));
            bytes = std::move(*token);
            text = crypto::encode_base64url(bytes);
        } else {
            auto token = attest::result::ear_jwt(ear, *key_);
            if (!token) return std::unexpected(crypto_failure("signing the EAR"));
            text = std::move(*token);
        }
        auto const content = cwt ? base::View{bytes} : base::view_of(text);
        if (wishes_.out) TRY(write_file(*wishes_.out, content, os::Readers::Everybody));
        answer["ear_token"] = std::move(text);
    }
    answer["ear"] = std::move(ear);
    return {};
}

} // namespace host::cli
