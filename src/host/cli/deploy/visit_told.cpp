#include "attest/none/examine.hpp"
#include "base/hex.hpp"
#include "base/printable.hpp"
#include "host/cli/deploy/visit.hpp"
#include "protocol/failure/failure.hpp"

#include <csignal>

// What a Keep has told, as the user sees it, and what it is told in answer.

namespace host::cli {

namespace provision = attest::provision;
namespace wire = protocol::provision;
using provision::Tenant;
using std::chrono::milliseconds;

namespace {

constexpr int of_a_signal = 128;

std::string short_hex(base::View bytes) {
    return base::hex(bytes.first(std::min(bytes.size(), std::size_t{8})));
}

} // namespace

// Says again what the Keep has not had of the input, and tells what is lost of the output.
Visit::OrOver Visit::resume(Line& line, provision::Resumed const& resumed) {
    if (resumed.lost > 0)
        means_.console.warn(
            wish_.number,
            "enarx: warning: " + std::to_string(resumed.lost) +
                " bytes of output are no longer there"
        );
    auto const rest = input_.from(resumed.input);
    if (!rest) {
        given_up_ = os::Failure{
            .name = "host-unreachable",
            .text = "the connection was broken, and more of the input was lost with it than is "
                    "kept here; the application was stopped"
        };
        return {};
    }
    for (auto const& piece : *rest) line.say(input_message(piece));
    return {};
}

void Visit::tell(
    std::string_view word, std::string const& text, std::vector<Console::Field> const& fields
) {
    means_.console.tell(wish_.number, word, text, fields);
}

// Before anything else, and once.
void Visit::warn_if_unprotected(provision::AttestedChannel const& channel) {
    if (!channel.hardware() && !said_) means_.console.warn(wish_.number, attest::none::warning);
    said_ = true;
}

void Visit::tell_granted(Tenant const& tenant) {
    auto const& package = means_.provisions.package();
    auto const key = short_hex(crypto::sha256(tenant.identity_key()));
    tell("granted", package + " to the Keep of key " + key, {{"package", package}});
}

void Visit::tell_ready(provision::Answer const& answer) {
    warn_if_unprotected(*answer.channel());
    auto const& runs = *answer.channel()->runs();
    tell(
        "ready",
        "workload " + short_hex(runs.workload) + ", configuration " +
            short_hex(runs.configuration) + ", tenant " + short_hex(runs.tenant),
        {{"workload", base::hex(runs.workload)},
         {"configuration", base::hex(runs.configuration)},
         {"tenant", base::hex(runs.tenant)}}
    );
}

void Visit::tell_attested(provision::Answer const& answer) {
    auto const& channel = *answer.channel();
    warn_if_unprotected(channel);
    auto const took = std::chrono::duration_cast<milliseconds>(Clock::now() - begun_).count();
    std::string const kind{answer.kind() ? attest::short_name_of(*answer.kind()) : "none"};
    auto const what = channel.hardware() ? kind : std::string{"no hardware"};
    tell(
        "attested",
        what + ", channel bound (exporter), " + std::to_string(took) + " ms",
        {{"kind", kind},
         {"keep_id", base::hex(channel.keep_id())},
         {"milliseconds", std::int64_t{took}}}
    );
}

void Visit::give(Line& line, provision::Wanted const& wanted) {
    auto const bytes =
        means_.package == nullptr
            ? std::vector<std::byte>{}
            : means_.package->read(
                  "sha256:" + base::hex(wanted.digest), wanted.offset, wire::largest_blob_part
              );
    line.say(Tenant::give(wanted, bytes));
}

// How it has ended where this side wanted that.
Visit::Over Visit::ended_here() const {
    if (stop_.asked() != 0) return {.status = of_a_signal + stop_.asked()};
    if (given_up_) return {.failure = given_up_};
    return {
        .failure =
            os::Failure{.name = "timed-out", .text = "the application did not end within its time"}
    };
}

Visit::Over Visit::ended(provision::Ended const& end) {
    means_.console.finish(wish_.number);
    if (stopping_ || given_up_) return ended_here();
    auto const* const kind = protocol::find_failure(end.failure);
    auto const status =
        end.exit ? int{*end.exit}
                 : static_cast<int>(kind == nullptr ? protocol::ExitStatus::Failed : kind->status);
    tell(
        "ended",
        "status " + std::to_string(status) +
            (end.failure.empty() ? std::string{} : " (" + base::printable(end.failure) + ')'),
        {{"status", std::int64_t{status}}, {"failure", std::string{end.failure}}}
    );
    return {.status = status};
}

} // namespace host::cli
