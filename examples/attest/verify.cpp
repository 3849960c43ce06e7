// verify_cpp EVIDENCE SECONDS ENDORSEMENT...: which program does this evidence speak of, and who
// says so?
//
// The exit statuses are those of `enarx verify`: 0 accepted, 1 refused, 2 usage, 3 undecided.

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include <enarx/attest/verify.hpp>

namespace {

constexpr int usage = 2;

std::optional<std::vector<std::byte>> read(char const* path) {
    std::ifstream file{path, std::ios::binary};
    if (!file) return {};
    std::string const text{std::istreambuf_iterator<char>(file), {}};
    auto const bytes = base::view_of(text);
    return std::vector<std::byte>{bytes.begin(), bytes.end()};
}

void print(attest::Finding const& finding) {
    if (finding.outcome != attest::Outcome::Failed && finding.outcome != attest::Outcome::Undecided)
        return;
    std::printf(
        "%s: expected %s, found %s (%s)\n",
        finding.rule->id.data(),
        finding.detail.expected.c_str(),
        finding.detail.found.c_str(),
        finding.rule->source.data()
    );
}

} // namespace

int main(int count, char** words) {
    if (count < 3) {
        std::fprintf(stderr, "usage: %s EVIDENCE SECONDS ENDORSEMENT...\n", words[0]);
        return usage;
    }
    auto const evidence = read(words[1]);
    attest::Endorsements endorsements;
    for (int i = 3; i < count; ++i) {
        auto const bytes = read(words[i]);
        auto const added = bytes ? endorsements.add(*bytes, words[i])
                                 : std::unexpected(attest::Unusable{words[i], 0, "a file", "none"});
        if (!added) {
            std::fprintf(
                stderr,
                "%s: no endorsement: expected %s, found %s\n",
                words[i],
                added.error().expected.c_str(),
                added.error().found.c_str()
            );
            return usage;
        }
    }

    // A relying party that has asked for the evidence itself names the data that it sent, and the
    // programs that it trusts; and takes Policy::strict().
    auto const roots = attest::Roots::builtin();
    auto const policy = attest::Policy::authentic();
    attest::Expected const expected{attest::ReportData::unbound(), attest::Measurements::unbound()};
    auto const appraisal =
        evidence ? attest::verify({
                       .evidence = *evidence,
                       .endorsements = endorsements,
                       .roots = roots,
                       .policy = policy,
                       .expected = expected,
                       .at = std::chrono::sys_seconds{std::chrono::seconds{std::atoll(words[2])}},
                   })
                 : std::nullopt;
    if (!appraisal) {
        std::fprintf(stderr, "%s: no evidence of any kind\n", words[1]);
        return usage;
    }
    for (auto const& finding : appraisal->findings()) print(finding);
    std::printf("%s\n", attest::name_of(appraisal->kind()).data());
    if (auto const* claims = appraisal->claims()) {
        std::printf("measurement ");
        for (auto const byte : claims->measurement()) std::printf("%02x", unsigned(byte));
        std::printf("\n");
    }
    return int(appraisal->verdict());
}
