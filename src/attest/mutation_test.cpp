// The mutation matrix: evidence and endorsements of each positive vector with any one byte or
// length changed are not accepted. Without ENARX_MUTATIONS=all, a fixed sample of 20 000.

#include "attest/testing/cases.hpp"
#include "attest/testing/cbor_mutants.hpp"
#include "attest/testing/mutants.hpp"

#include <map>

#include <gtest/gtest.h>

namespace {

using namespace attest;
using namespace attest::testing;

constexpr std::size_t sample = 20'000;

// A change that means the same: which bytes, and why.
struct DontCare {
    std::string_view field;
    std::string_view reason;
    bool (*covers)(Part const& part, Mutant const& mutant);
};

bool json(Part const& part) { return part.name.ends_with(".json"); }

bool hex_letter_of_other_case(Part const& part, Mutant const& mutant) {
    auto const before = std::to_integer<char>(part.bytes[mutant.offset]);
    auto const after = std::to_integer<char>(mutant.value[0]);
    auto const text = base::text_of(part.bytes);
    return json(part) && mutant.offset > text.rfind("\"signature\"") && (before ^ after) == 0x20 &&
           std::string_view{"abcdefABCDEF"}.contains(before);
}

constexpr std::array dont_cares{
    DontCare{
        .field = "signature of Intel's documents",
        .reason = "hexadecimal digits of either case are the same number",
        .covers = hex_letter_of_other_case,
    },
};

std::vector<Mutant> lengths_of(Kind kind, std::size_t index, base::View bytes) {
    bool const evidence = index == 0;
    if (evidence && (kind == Kind::SgxQuote || kind == Kind::TdxQuote)) return quote_lengths(bytes);
    if (evidence && (kind == Kind::NitroDocument || kind == Kind::CcaToken))
        return cbor_lengths(bytes);
    bool const der = !bytes.empty() && bytes[0] == std::byte{0x30};
    return der ? der_lengths(bytes) : std::vector<Mutant>{};
}

std::vector<Mutant> mutants_of(Case const& of, std::size_t index) {
    auto const& part = of.parts[index];
    auto out = flips(part.bytes);
    auto const lengths = lengths_of(of.kind, index, part.bytes);
    out.insert(out.end(), lengths.begin(), lengths.end());
    return out;
}

std::string_view first_undecided(Appraisal const& appraisal) {
    for (auto const& finding : appraisal.findings())
        if (finding.outcome == Outcome::Undecided) return finding.rule->id;
    return "none";
}

// What happened to all of them.
struct Tally {
    std::size_t mutants = 0;
    std::size_t refused = 0;
    std::size_t undecided = 0;
    std::map<std::string_view, std::size_t> undecided_by; // the first rule that was
    std::size_t dont_care = 0;
    std::vector<std::string> survivors;
};

class Matrix {
public:
    // Judges one mutant in `step`.
    explicit Matrix(std::size_t step) : step_{step} {}

    void run(Case const& of) {
        for (std::size_t index = 0; index < of.parts.size(); ++index) {
            auto const trial = of.trial_without(index);
            for (auto const& mutant : mutants_of(of, index))
                if (count_++ % step_ == 0) judge(of, index, mutant, trial);
        }
    }
    Tally const& tally() const { return tally_; }

private:
    void judge(Case const& of, std::size_t index, Mutant const& mutant, Trial trial) {
        ++tally_.mutants;
        auto const& part = of.parts[index];
        auto bytes = applied(mutant, part.bytes);
        if (index > 0 && !trial.add(bytes, part.name)) {
            ++tally_.refused;
            return;
        }
        if (index == 0) trial.evidence = std::move(bytes);
        // The memo holds only what is true: a mutant is verified anew.
        auto const appraisal = trial.run(of.kind, &memo_);
        switch (appraisal.verdict()) {
        case Verdict::Refused:
            ++tally_.refused;
            return;
        case Verdict::Undecided:
            ++tally_.undecided;
            ++tally_.undecided_by[first_undecided(appraisal)];
            return;
        case Verdict::Accepted:
            break;
        }
        if (std::ranges::any_of(dont_cares, [&](auto const& it) {
                return it.covers(part, mutant);
            }))
            ++tally_.dont_care;
        else
            tally_.survivors.push_back(
                part.name + " at " + std::to_string(mutant.offset) + " with " + of.parts[0].name
            );
    }

    std::size_t step_;
    std::size_t count_ = 0;
    Tally tally_;
    SignatureMemo memo_;
};

std::size_t count_mutants(std::vector<Case> const& cases) {
    std::size_t out = 0;
    for (auto const& of : cases)
        for (std::size_t i = 0; i < of.parts.size(); ++i) out += mutants_of(of, i).size();
    return out;
}

TEST(Mutation, EachCaseIsAcceptedAsLongAsNothingIsChanged) {
    for (auto const& of : positive_cases()) {
        SCOPED_TRACE(of.parts[0].name);
        auto const appraisal = of.trial().run(of.kind);
        EXPECT_EQ(appraisal.verdict(), Verdict::Accepted) << explain(appraisal);
    }
}

TEST(Mutation, NoChangedByteOrLengthIsAcceptedUnlessATableSaysWhy) {
    auto const cases = positive_cases();
    auto const* asked = std::getenv("ENARX_MUTATIONS");
    auto const total = count_mutants(cases);
    bool const all = asked && std::string_view{asked} == "all";
    Matrix matrix{all ? 1 : std::max<std::size_t>(1, total / sample)};
    for (auto const& of : cases) matrix.run(of);
    auto const& tally = matrix.tally();
    std::cout << "mutants: " << tally.mutants << " of " << total << ", refused " << tally.refused
              << ", undecided " << tally.undecided << ", don't-care " << tally.dont_care
              << ", survivors " << tally.survivors.size() << "\n";
    for (auto const& [rule, count] : tally.undecided_by)
        std::cout << "undecided by " << rule << ": " << count << "\n";
    EXPECT_GT(tally.refused, tally.mutants / 2);
    EXPECT_TRUE(tally.survivors.empty());
    for (std::size_t i = 0; i < tally.survivors.size() && i < 40; ++i)
        std::cout << "survivor: " << tally.survivors[i] << "\n";
}

} // namespace
