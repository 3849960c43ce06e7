// enarx measure sgx.

#include "attest/measure/sgxs.hpp"
#include "attest/text.hpp"
#include "host/cli/measure/enclave.hpp"
#include "host/cli/measure/measure.hpp"
#include "host/cli/report.hpp"
#include "host/cli/verify/inputs.hpp"

#include <nlohmann/json.hpp>

namespace host::cli {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t largest_stream = 1U << 30; // bytes; some 800 MB of enclave

class MeasureSgx : public Use {
public:
    Syntax syntax(Global& global) override;
    os::OrFailure<int> carry_out(Global const& global) override;

private:
    os::OrFailure<attest::measure::EnclaveBuild> build() const;

    std::optional<std::string> stream_;
    EnclaveOptions enclave_;
    bool json_ = false;
};

Syntax MeasureSgx::syntax(Global& global) {
    (void)global;
    Syntax syntax{
        .options =
            {{.name = "--stream",
              .value = "FILE",
              .help = "The SGXS stream of the enclave.",
              .target = &stream_,
              .completion = Completion::File}},
        .operands = {}
    };
    for (auto& option : enclave_options(enclave_)) syntax.options.push_back(std::move(option));
    syntax.options.push_back(
        {.name = "--json", .letter = 'j', .help = "As JSON.", .target = &json_}
    );
    return syntax;
}

os::OrFailure<attest::measure::EnclaveBuild> MeasureSgx::build() const {
    auto const stream = TRY(read_bytes(*stream_, largest_stream));
    auto const built = attest::measure::parse_sgxs(stream);
    if (!built)
        return failure(
            "measure-input-invalid",
            '\'' + *stream_ + "' at byte " + std::to_string(built.error().offset) + ": expected " +
                std::string{built.error().what}
        );
    return *built;
}

os::OrFailure<int> MeasureSgx::carry_out(Global const& global) {
    (void)global;
    if (stream_.has_value() + enclave_.mr_enclave.has_value() + enclave_.body.has_value() != 1)
        return failure("usage", "one of --stream, --mr-enclave and --body is needed");
    if (!stream_ && !enclave_.sigstruct)
        return failure("usage", "without --stream there is nothing to do but --sigstruct FILE");
    TRY(check_enclave(enclave_));
    if (!stream_) {
        TRY(write_sigstruct(enclave_, {}));
        return 0;
    }
    auto const built = TRY(build());
    auto const digest = attest::hex(built.mr_enclave);
    Json const json{
        {"mrenclave", digest},
        {"size", built.size},
        {"ssaframesize", built.ssa_frame_pages},
        {"eadd", built.pages},
        {"eextend", built.measured_parts}
    };
    if (enclave_.sigstruct) TRY(write_sigstruct(enclave_, built.mr_enclave));
    TRY(write_output((json_ ? json.dump(2) : digest) + '\n'));
    return 0;
}

} // namespace

std::unique_ptr<Use> use_measure_sgx() { return std::make_unique<MeasureSgx>(); }

} // namespace host::cli
