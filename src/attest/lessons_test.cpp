// What went wrong in other systems (docs/attestation.md, "Faults of others"), as far as it concerns
// all kinds of evidence alike.

#include "attest/testing/cases.hpp"
#include "base/test_folders.hpp"

#include <regex>
#include <set>

#include <gtest/gtest.h>

namespace {

using namespace attest;
using namespace attest::testing;

std::vector<std::byte> flipped(std::vector<std::byte> bytes, std::size_t bit) {
    bytes[bit / 8] ^= std::byte(1U << bit % 8);
    return bytes;
}

std::vector<std::byte> copy(base::View view) { return {view.begin(), view.end()}; }

// GHSA-4px3-wj2x-xx47: a nonce that was received and never compared.
TEST(Lessons, ABitOfReportDataOrMeasurementThatDiffersIsRefusedForEachKind) {
    std::set<Kind> kinds;
    for (auto const& of : positive_cases()) {
        SCOPED_TRACE(of.parts[0].name);
        auto trial = of.trial();
        auto const good = trial.run(of.kind);
        auto const data = copy(good.claims()->report_data());
        auto const measurement = copy(good.claims()->measurement());
        SignatureMemo memo;
        for (std::size_t bit = 0; bit < 8 * data.size(); bit += 7) {
            trial.expected = {ReportData::exactly(flipped(data, bit)), Measurements::unbound()};
            EXPECT_EQ(trial.run(of.kind, &memo).verdict(), Verdict::Refused) << bit;
        }
        for (std::size_t bit = 0; bit < 8 * measurement.size(); bit += 7) {
            trial.expected = {
                ReportData::unbound(), Measurements::any_of({flipped(measurement, bit)})
            };
            EXPECT_EQ(trial.run(of.kind, &memo).verdict(), Verdict::Refused) << bit;
        }
        kinds.insert(of.kind);
    }
    EXPECT_EQ(kinds.size(), 6U);
}

// GHSA-4r6g-mp48-j2rw: an empty expectation that skips the check.
TEST(Lessons, AnEmptyExpectationIsComparedAndNeverMetForEachKind) {
    for (auto const& of : positive_cases()) {
        SCOPED_TRACE(of.parts[0].name);
        auto trial = of.trial();
        trial.expected = {ReportData::exactly({}), Measurements::unbound()};
        EXPECT_EQ(trial.run(of.kind).verdict(), Verdict::Refused);
        trial.expected = {ReportData::unbound(), Measurements::any_of({})};
        EXPECT_EQ(trial.run(of.kind).verdict(), Verdict::Refused);
        trial.expected = {ReportData::unbound(), Measurements::any_of({{}})};
        EXPECT_EQ(trial.run(of.kind).verdict(), Verdict::Refused);
    }
}

// Enarx's Steward: two checks that a debug build left out.
TEST(Lessons, NoLineOfTheVerifierDependsOnHowItIsBuilt) {
    std::regex const conditional{R"(^\s*#\s*(if|ifdef|ifndef|elif)\b|\bNDEBUG\b|\bassert\()"};
    int files = 0;
    for (auto const* folder : {"attest", "crypto", "hw", "base"})
        for (auto const& entry : std::filesystem::recursive_directory_iterator{
                 std::filesystem::path{enarx::test::source_folder} / "src" / folder
             }) {
            auto const name = entry.path().filename().string();
            bool const source = name.ends_with(".cpp") || name.ends_with(".hpp");
            if (!source || name.ends_with("_test.cpp") || name.ends_with("_fuzz.cpp")) continue;
            std::ifstream file{entry.path()};
            for (std::string line; std::getline(file, line);)
                EXPECT_FALSE(std::regex_search(line, conditional)) << entry.path() << ": " << line;
            ++files;
        }
    EXPECT_GT(files, 100);
}

// OpenNHP GHSA-v4q6-jq9w-f2xx: a key in the evidence that chooses a verifier which accepts.
TEST(Lessons, NothingInEvidenceOrEndorsementsChoosesAnotherVerifier) {
    auto const add = [](std::vector<std::byte>& to, std::string_view text) {
        auto const view = base::view_of(text);
        to.insert(to.end(), view.begin(), view.end());
    };
    for (auto const* word : {R"({"test_purpose":true})", R"({"simulation":true,"debug":true})"}) {
        std::vector<std::byte> bytes;
        add(bytes, word);
        EXPECT_FALSE(recognise(bytes));
        for (auto const& of : positive_cases()) {
            auto trial = of.trial();
            trial.evidence[trial.evidence.size() / 2] ^= std::byte{1};
            (void)trial.add(bytes, "word");
            EXPECT_NE(trial.run(of.kind).verdict(), Verdict::Accepted) << of.parts[0].name;
        }
    }
}

std::string text_of(std::filesystem::path const& path) {
    std::ifstream file{path};
    return {std::istreambuf_iterator<char>(file), {}};
}

// All tests, as Suite.Name.
std::set<std::string> tests_below(std::filesystem::path const& folder) {
    std::regex const head{R"(\bTEST\((\w+),\s*(\w+)\))"};
    std::set<std::string> out;
    for (auto const& entry : std::filesystem::recursive_directory_iterator{folder}) {
        if (!entry.path().string().ends_with("_test.cpp")) continue;
        auto const text = text_of(entry.path());
        for (std::sregex_iterator it{text.begin(), text.end(), head}, end; it != end; ++it)
            out.insert(it->str(1) + "." + it->str(2));
    }
    return out;
}

TEST(Lessons, EachFaultInTheDocumentationHasItsTest) {
    std::filesystem::path const root{enarx::test::source_folder};
    auto tests = tests_below(root / "src/attest");
    tests.merge(tests_below(root / "test/forged"));
    auto const text = text_of(root / "docs/faults-of-others.md");
    std::regex const named{R"(`([A-Z]\w+\.[A-Z]\w+)`)"};
    std::set<std::string> found;
    for (std::sregex_iterator it{text.begin(), text.end(), named}, end; it != end; ++it) {
        EXPECT_TRUE(tests.contains(it->str(1))) << it->str(1);
        found.insert(it->str(1));
    }
    EXPECT_GT(found.size(), 30U);
}

} // namespace
