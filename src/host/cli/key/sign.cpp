// enarx key sev sign.

#include "attest/measure/id_block.hpp"
#include "host/cli/key/files.hpp"
#include "host/cli/key/key.hpp"
#include "host/cli/report.hpp"

namespace host::cli {

namespace {

class Sign : public Use {
public:
    Syntax syntax(Global& global) override;
    os::OrFailure<int> carry_out(Global const& global) override;

private:
    std::optional<std::string> author_key_;
    std::optional<std::string> id_key_;
    std::optional<std::string> out_;
};

Syntax Sign::syntax(Global& global) {
    (void)global;
    return {
        .options =
            {{.name = "--author-key",
              .value = "FILE",
              .help = "The author's private key, which signs. Required.",
              .target = &author_key_,
              .completion = Completion::File},
             {.name = "--id-key",
              .value = "FILE",
              .help = "The private ID key, whose public key is signed. Required.",
              .target = &id_key_,
              .completion = Completion::File},
             {.name = "--out",
              .value = "FILE",
              .help = "Write the signature to this new file. Required.",
              .target = &out_,
              .completion = Completion::File}},
        .operands = {}
    };
}

os::OrFailure<int> Sign::carry_out(Global const& global) {
    (void)global;
    if (!author_key_ || !id_key_ || !out_)
        return failure("usage", "--author-key, --id-key and --out are all needed");
    auto const author = TRY(read_sev_key(*author_key_));
    auto const id_key = TRY(read_sev_key(*id_key_));
    auto const signed_key = attest::measure::endorse_id_key(author, id_key);
    if (!signed_key) return std::unexpected(crypto_failure("signing"));
    TRY(write_file(*out_, std::as_bytes(std::span{&*signed_key, 1}), os::Readers::Everybody));
    return 0;
}

} // namespace

std::unique_ptr<Use> use_key_sev_sign() { return std::make_unique<Sign>(); }

} // namespace host::cli
