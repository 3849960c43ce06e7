// enarx key sgx create, enarx key sev create, enarx key tenant create.

#include "host/cli/key/files.hpp"
#include "host/cli/key/key.hpp"

namespace host::cli {

namespace {

template <class Key> class Create : public Use {
public:
    Syntax syntax(Global& global) override {
        (void)global;
        return {
            .options =
                {{.name = "--out",
                  .value = "FILE",
                  .help = "Write the key to this new file. Default: standard output.",
                  .target = &out_,
                  .completion = Completion::File}},
            .operands = {}
        };
    }

    os::OrFailure<int> carry_out(Global const& global) override {
        (void)global;
        auto const key = Key::generate();
        auto const pem =
            key ? key->pem() : base::Result<crypto::SecretBytes>{std::unexpected(key.error())};
        if (!pem) return std::unexpected(crypto_failure("making a key"));
        TRY(write_result(out_, base::text_of(pem->view()), os::Readers::Owner));
        return 0;
    }

private:
    std::optional<std::string> out_;
};

} // namespace

std::unique_ptr<Use> use_key_sgx_create() {
    return std::make_unique<Create<crypto::Rsa3072SigningKey>>();
}
std::unique_ptr<Use> use_key_sev_create() {
    return std::make_unique<Create<crypto::P384SigningKey>>();
}
std::unique_ptr<Use> use_key_tenant_create() {
    return std::make_unique<Create<crypto::P256SigningKey>>();
}

} // namespace host::cli
