#include "host/cli/verify/running.hpp"

#include "base/hex.hpp"
#include "base/view.hpp"
#include "host/cli/deploy/terms.hpp"
#include "host/cli/report.hpp"
#include "host/cli/verify/enquiry.hpp"

#include <algorithm>
#include <charconv>

namespace host::cli {

namespace provision = attest::provision;
using Bytes = std::vector<std::byte>;

namespace {

os::OrFailure<std::optional<Bytes>>
digest_of(std::string_view option, std::optional<std::string> const& text, std::string_view hint) {
    constexpr std::size_t size = 32;
    if (!text) return std::nullopt;
    auto bytes = unhex(*text);
    if (bytes && bytes->size() == size) return bytes;
    return failure(
        "usage",
        std::string{option} + " '" + *text + "' is not 32 bytes in hexadecimal",
        std::string{hint}
    );
}

os::OrFailure<std::optional<Bytes>> workload_of(std::optional<std::string> const& text) {
    if (!text) return std::nullopt;
    auto const digest = base::hex(TRY(workload_digest(*text)));
    return digest_of("--workload", digest, "enarx package prints it, and enarx run --digests");
}

os::OrFailure<std::optional<std::uint64_t>> number_of(std::optional<std::string> const& text) {
    if (!text) return std::nullopt;
    std::uint64_t value = 0;
    auto const* const end = text->data() + text->size();
    auto const [stop, error] = std::from_chars(text->data(), end, value);
    if (error == std::errc{} && stop == end) return value;
    return failure("usage", "--serial '" + *text + "' is no number");
}

// "sha256:HEX", as a registry has it, or HEX alone.
std::optional<std::string> without_algorithm(std::optional<std::string> text) {
    constexpr std::string_view algorithm = "sha256:";
    if (text && text->starts_with(algorithm)) text->erase(0, algorithm.size());
    return text;
}

// Takes those of the server's certificate out of `wishes`.
os::OrFailure<std::vector<std::string>> take_authorities(JudgeWishes& wishes) {
    std::vector<std::string> out;
    std::vector<std::string> vendors;
    for (auto& root : wishes.roots) {
        if (names_purpose(root))
            vendors.push_back(std::move(root));
        else
            out.emplace_back(base::text_of(TRY(read_bytes(root, largest_endorsement))));
    }
    wishes.roots = std::move(vendors);
    return out;
}

AnswerJson runs_json(provision::AttestedChannel const& channel) {
    auto const& runs = *channel.runs();
    return {
        {"workload", base::hex(runs.workload)},
        {"configuration", base::hex(runs.configuration)},
        {"tenant", base::hex(runs.tenant)},
        {"package", "sha256:" + base::hex(runs.package)},
        {"deployment", runs.deployment},
        {"serial", runs.serial},
        {"keep", base::hex(channel.keep_id())},
        {"instance", base::hex(channel.instance())}
    };
}

bool failed(attest::Finding const& finding) { return finding.outcome == attest::Outcome::Failed; }

RunningAnswer answer_of(
    std::string where, provision::Answer const& judged, provision::ExpectedRuns const& expected
) {
    bool const hardware = judged.kind() && *judged.kind() != attest::Kind::NoHardware;
    RunningAnswer out{
        .answer =
            {.path = std::move(where),
             .kind = judged.kind() ? attest::name_of(*judged.kind()) : "a Keep's own evidence",
             .verdict = judged.verdict(),
             .verdict_name = {},
             .findings = judged.findings()},
        .appraisal = {}
    };
    auto& answer = out.answer;
    bool differs = false;
    if (auto const* const channel = judged.channel()) {
        if (!channel->hardware()) answer.warning = attest::none::warning;
        auto compared = provision::compare(*channel->runs(), expected);
        differs = std::ranges::any_of(compared, failed);
        std::ranges::move(compared, std::back_inserter(answer.findings));
        answer.runs = runs_json(*channel);
    }
    if (differs) answer.verdict = attest::Verdict::Refused;
    answer.verdict_name = verdict_name(answer.verdict);
    if (hardware && !differs && judged.appraisal()) {
        answer.claims = attest::result::claims_json(*judged.appraisal());
        out.appraisal = judged.appraisal();
    }
    return out;
}

} // namespace

std::vector<Option> running_options(RunningWishes& wishes) {
    return {
        {.name = "--tenant",
         .value = "HEX",
         .help = "Of a running Keep: the digest of the key of whose deployment it should be (enarx "
                 "key tenant digest).",
         .target = &wishes.tenant},
        {.name = "--package",
         .value = "DIGEST",
         .help = "Of a running Keep: the package that it should have loaded.",
         .target = &wishes.package},
        {.name = "--deployment",
         .value = "NAME",
         .help = "Of a running Keep: the name of the deployment that it should be of.",
         .target = &wishes.deployment},
        {.name = "--serial",
         .value = "NUMBER",
         .help = "Of a running Keep: which version of that deployment.",
         .target = &wishes.serial},
    };
}

os::OrFailure<std::optional<net::WebAddress>> keep_address(std::string const& operand) {
    if (!operand.starts_with("https:") && !operand.starts_with("http:")) return std::nullopt;
    auto address = net::WebAddress::parse(operand);
    if (!address)
        return failure("usage", "'" + operand + "' is no address", "write https://HOST[:PORT]");
    if (!address->tls)
        return failure(
            "usage", "'" + operand + "': a Keep is asked over TLS", "write https://HOST[:PORT]"
        );
    return address;
}

os::OrFailure<provision::ExpectedRuns>
parse_running(RunningWishes const& wishes, ApplicationWish const& application) {
    constexpr std::string_view digests = "enarx package prints it, and enarx run --digests";
    return provision::ExpectedRuns{
        .workload = TRY(workload_of(application.workload)),
        .configuration = TRY(digest_of("--configuration", application.configuration, digests)),
        .tenant =
            TRY(digest_of("--tenant", wishes.tenant, "enarx key tenant digest FILE prints it")),
        .package = TRY(digest_of(
            "--package", without_algorithm(wishes.package), "enarx package prints it: sha256:HEX"
        )),
        .deployment = wishes.deployment,
        .serial = TRY(number_of(wishes.serial))
    };
}

os::OrFailure<RunningAnswer> ask_running(
    net::WebAddress const& address,
    provision::ExpectedRuns const& expected,
    JudgeWishes const& wishes,
    base::View nonce
) {
    auto vendors = wishes;
    auto authorities = TRY(take_authorities(vendors));
    auto const terms = TRY(Terms::of(vendors, {}));
    auto const came = TRY(enquire(address, std::move(authorities), nonce));
    std::vector<base::View> const hints{came.hints.begin(), came.hints.end()};
    auto const judged = terms.judging()(
        came.channel,
        {.authenticator = came.authenticator, .binding = came.binding},
        {.purpose = protocol::provision::Purpose::Ready},
        hints
    );
    return answer_of(address.text(), judged, expected);
}

} // namespace host::cli
