// enarx deployment create.

#include "base/hex.hpp"
#include "crypto/checkpoint.hpp"
#include "crypto/cose_sign1.hpp"
#include "crypto/digest.hpp"
#include "crypto/pem.hpp"
#include "host/cli/deployment/deployment.hpp"
#include "host/cli/key/files.hpp"
#include "host/cli/package/key_file.hpp"
#include "host/cli/report.hpp"
#include "host/cli/verify/inputs.hpp"
#include "host/cli/verify/policy.hpp"
#include "protocol/provision/binding.hpp"
#include "protocol/provision/deployment.hpp"

#include <charconv>

namespace host::cli {

namespace {

namespace wire = protocol::provision;
using Bytes = std::vector<std::byte>;

constexpr std::size_t largest_key = std::size_t{64} << 10;

os::OrFailure<std::uint64_t>
number(std::string_view option, std::string const& text, std::uint64_t most) {
    std::uint64_t value = 0;
    auto const* const end = text.data() + text.size();
    auto const [stop, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc{} || stop != end || value == 0 || value > most)
        return failure(
            "usage",
            std::string{option} + " '" + text + "' is no number from 1 to " + std::to_string(most)
        );
    return value;
}

// SHA-256 of a public key: in hexadecimal, or of a file in PEM.
os::OrFailure<Bytes> grantor(std::string const& text) {
    constexpr std::size_t size = 32;
    if (auto digest = base::unhex(text); digest && digest->size() == size) return *digest;
    auto const pem = TRY(read_whole(text, largest_key));
    auto const blocks = crypto::parse_pem(pem.view());
    if (!blocks || blocks->size() != 1 || blocks->front().label != "PUBLIC KEY")
        return failure(
            "key-unusable",
            '\'' + text + "' is no public key in PEM",
            "enarx-steward init writes the service's as grantor.pem"
        );
    auto const digest = crypto::sha256(blocks->front().der);
    return Bytes{digest.begin(), digest.end()};
}

// As the service writes it into log.vkey: the text, or @FILE.
os::OrFailure<crypto::LogVerifier> log_verifier(std::string const& given) {
    auto text = given;
    if (text.starts_with('@')) {
        auto const file = TRY(read_whole(text.substr(1), largest_key));
        text = base::text_of(file.view());
        if (text.ends_with('\n')) text.pop_back();
    }
    auto out = crypto::parse_verifier_key(text);
    if (!out)
        return failure(
            "usage",
            "--log-key '" + text + "' is no verifier's key of a log",
            "enarx-steward init writes the service's as log.vkey: --log-key @log.vkey"
        );
    return *std::move(out);
}

class Create : public Use {
public:
    Syntax syntax(Global& global) override;
    os::OrFailure<int> carry_out(Global const& global) override;

private:
    os::OrFailure<void> change(wire::Deployment& deployment);

    std::optional<std::string> name_;
    std::optional<std::string> package_key_;
    std::optional<std::string> key_;
    std::optional<std::string> out_;
    std::optional<std::string> serial_;
    std::optional<std::string> policy_;
    std::optional<std::string> replicas_;
    std::optional<std::string> hours_;
    std::optional<std::string> not_after_;
    std::vector<std::string> grantors_;
    std::vector<std::string> dns_;
    std::vector<std::string> measurements_;
    std::optional<std::string> log_key_;
    bool no_hardware_ = false;

    std::vector<Bytes> held_; // what the deployment's views point to
    std::optional<crypto::LogVerifier> log_;
};

Syntax Create::syntax(Global& /*global*/) {
    return {
        .options =
            {
                {.name = "--package-key",
                 .value = "FILE",
                 .help = "What `enarx package --key` wrote beside the package: NAME.enx.key.",
                 .target = &package_key_,
                 .completion = Completion::File},
                {.name = "--key",
                 .value = "FILE",
                 .help = "The tenant's key.",
                 .target = &key_,
                 .completion = Completion::File},
                {.name = "--grantor",
                 .value = "KEY",
                 .help = "The service's public key that may hand it to Keeps: its grantor.pem, or "
                         "64 digits of SHA-256. Can be repeated.",
                 .target = &grantors_,
                 .completion = Completion::File},
                {.name = "--serial",
                 .value = "NUMBER",
                 .help = "Rises with each version of the name.",
                 .target = &serial_},
                {.name = "--policy",
                 .value = "POLICY",
                 .help = "By what evidence is judged: strict (default), authentic, or FILE.",
                 .target = &policy_,
                 .completion = Completion::File},
                {.name = "--measurement",
                 .value = "HEX",
                 .help = "A launch measurement that is good. Can be repeated.",
                 .target = &measurements_},
                {.name = "--replicas",
                 .value = "NUMBER",
                 .help = "Keeps at once, at most. Default: 1.",
                 .target = &replicas_},
                {.name = "--dns",
                 .value = "NAME",
                 .help = "A name that certificates of its Keeps are to bear. Can be repeated.",
                 .target = &dns_},
                {.name = "--hours",
                 .value = "NUMBER",
                 .help = "Life of a certificate, 1 to 168. Default: 24.",
                 .target = &hours_},
                {.name = "--not-after",
                 .value = "SECONDS",
                 .help = "When it ends, in seconds since 1970. Default: it does not.",
                 .target = &not_after_},
                {.name = "--log-key",
                 .value = "VKEY",
                 .help = "A Keep takes no grant that does not show its own line in the log of this "
                         "key: ORIGIN+ID+BASE64, or @FILE; the service's log.vkey.",
                 .target = &log_key_},
                {.name = "--allow-no-hardware",
                 .help = "It may be handed to Keeps that no hardware protects.",
                 .target = &no_hardware_},
                {.name = "--out",
                 .value = "FILE",
                 .help = "The deployment, a new file.",
                 .target = &out_,
                 .completion = Completion::File},
            },
        .operands = {{.name = "NAME", .help = "Name of the deployment.", .target = &name_}}
    };
}

os::OrFailure<void> Create::change(wire::Deployment& deployment) {
    deployment.name = *name_;
    deployment.serial = TRY(number("--serial", serial_.value_or("1"), UINT64_MAX));
    deployment.hardware = !no_hardware_;
    constexpr std::uint64_t most_replicas = 1'000'000'000;
    deployment.replicas = TRY(number("--replicas", replicas_.value_or("1"), most_replicas));
    deployment.certificate_hours =
        TRY(number("--hours", hours_.value_or("24"), wire::most_certificate_hours));
    if (not_after_) deployment.not_after = TRY(number("--not-after", *not_after_, UINT64_MAX));
    if (!dns_.empty()) deployment.dns_names = {dns_.begin(), dns_.end()};
    for (auto const& text : grantors_) held_.push_back(TRY(grantor(text)));
    deployment.grantors = {held_.begin(), held_.end()};
    auto const first = held_.size();
    for (auto const& text : measurements_) held_.push_back(TRY(parse_measurement(text)));
    deployment.measurements = {held_.begin() + static_cast<std::ptrdiff_t>(first), held_.end()};
    if (policy_ && *policy_ != "strict") { // which holds where none is named
        TRY(read_policy(*policy_));        // before anybody signs for it
        auto const digest = *policy_ == "authentic"
                                ? crypto::sha256(base::view_of(wire::authentic_policy))
                                : crypto::sha256(TRY(read_bytes(*policy_, policy::largest_policy)));
        held_.emplace_back(digest.begin(), digest.end());
        deployment.policy = base::View{held_.back()};
    }
    deployment.log.reset(); // of the package's own, which nobody has asked for here
    if (log_key_) {
        log_ = TRY(log_verifier(*log_key_));
        deployment.log = {.origin = log_->origin, .key = log_->key};
    }
    return {};
}

os::OrFailure<int> Create::carry_out(Global const& /*global*/) {
    if (!package_key_ || !key_ || !out_ || grantors_.empty())
        return failure("usage", "--package-key, --key, --grantor and --out are needed");
    if (!wire::is_deployment_name(*name_))
        return failure(
            "usage",
            "'" + *name_ + "' is no name of a deployment",
            "1 to 128 of a-z, 0-9, '.', '/' and '-'"
        );
    auto const tenant = TRY(read_tenant_key(*key_));
    auto const package = TRY(read_package_key(*package_key_));
    if (!package.right)
        return failure(
            "key-unusable",
            '\'' + *package_key_ + "' holds no deployment",
            "package the application with --key TENANT.key"
        );
    auto const former = crypto::verified_message(package.right->deployment, wire::deployment_type);
    auto deployment = former ? wire::decode_deployment(former->payload)
                             : wire::Read<wire::Deployment>{std::unexpected(former.error())};
    if (!deployment)
        return failure("key-unusable", '\'' + *package_key_ + "' holds a damaged deployment");
    held_.reserve(grantors_.size() + measurements_.size() + 1);
    TRY(change(*deployment));
    auto const payload = wire::encode(*deployment);
    if (auto const again = wire::decode_deployment(payload); !again)
        return failure("usage", "the deployment cannot be: " + std::string{again.error().field});
    auto const message = crypto::sign_message(tenant, wire::deployment_type, payload);
    if (!message) return std::unexpected(crypto_failure("signing the deployment"));
    TRY(write_file(*out_, *message, os::Readers::Everybody));
    return 0;
}

} // namespace

std::unique_ptr<Use> use_deployment_create() { return std::make_unique<Create>(); }

} // namespace host::cli
