// enarx key sgx digest, enarx key sev digest, enarx key tenant digest.

#include "attest/measure/id_block.hpp"
#include "attest/measure/sigstruct.hpp"
#include "attest/text.hpp"
#include "host/cli/key/files.hpp"
#include "host/cli/key/key.hpp"

namespace host::cli {

namespace {

os::OrFailure<std::string> sgx_digest(std::string const& path) {
    return attest::hex(attest::measure::mr_signer(TRY(read_sgx_key(path))));
}

os::OrFailure<std::string> sev_digest(std::string const& path) {
    auto const key = TRY(read_sev_key(path));
    return attest::hex(attest::measure::key_digest(attest::measure::snp_public_key(key)));
}

os::OrFailure<std::string> tenant_digest(std::string const& path) {
    return attest::hex(crypto::sha256(TRY(read_tenant_key(path)).public_key()));
}

class Digest : public Use {
public:
    explicit Digest(os::OrFailure<std::string> (*of)(std::string const& path)) : of_{of} {}

    Syntax syntax(Global& global) override {
        (void)global;
        return {
            .options =
                {{.name = "--out",
                  .value = "FILE",
                  .help = "Write the digest to this new file. Default: standard output.",
                  .target = &out_,
                  .completion = Completion::File}},
            .operands = {
                {.name = "KEY",
                 .help = "The private key in PEM.",
                 .target = &key_,
                 .completion = Completion::File}
            }
        };
    }

    os::OrFailure<int> carry_out(Global const& global) override {
        (void)global;
        auto const digest = TRY(of_(*key_));
        TRY(write_result(out_, digest, os::Readers::Everybody));
        return 0;
    }

private:
    os::OrFailure<std::string> (*of_)(std::string const& path);
    std::optional<std::string> key_;
    std::optional<std::string> out_;
};

} // namespace

std::unique_ptr<Use> use_key_sgx_digest() { return std::make_unique<Digest>(sgx_digest); }
std::unique_ptr<Use> use_key_sev_digest() { return std::make_unique<Digest>(sev_digest); }
std::unique_ptr<Use> use_key_tenant_digest() { return std::make_unique<Digest>(tenant_digest); }

} // namespace host::cli
