// Artefacts that tell of all of their bytes whether they are right, alone or beside the file that
// they belong to: none of them changes unnoticed, unless a table says why.

#include "attest/inspect/describe.hpp"
#include "attest/testing/mutants.hpp"
#include "attest/testing/vectors.hpp"

#include <gtest/gtest.h>

namespace {

using namespace attest::inspect;
using attest::testing::applied;
using attest::testing::flips;
using attest::testing::Mutant;
using attest::testing::Vectors;
using Bytes = std::vector<std::byte>;

struct Row {
    std::string_view kind;
    std::string_view companion = {}; // the kind of the file beside it; empty: none is needed
};
constexpr std::array rows{
    Row{"sgx-sigstruct"},
    Row{"intel-tcbinfo"},
    Row{"intel-qe-identity"},
    Row{"sgx-quote-v3"},
    Row{"tdx-quote-v4"},
    Row{"tdx-quote-v5"},
    Row{"nitro-cose-sign1"},
    Row{"amd-vcek-cert"},
    Row{"amd-vlek-cert"},
    Row{"amd-crl"},
    Row{"intel-crl"},
    Row{"intel-intermediate"},
    Row{"intel-tcb-signing-cert"},
    Row{"amd-root-chain"},
    Row{"enarx-attestation-csr"},
    Row{"sgx-measurement-stream", "sgx-sigstruct"},
    Row{"sgx-sigstruct", "sgx-measurement-stream"},
    Row{"snp-id-block", "snp-id-auth"},
    Row{"snp-id-auth", "snp-id-block"},
};

std::vector<std::string> good_ones(std::string_view kind) {
    std::vector<std::string> out;
    for (auto const& vector : Vectors::instance().of_kind(kind))
        if (vector.positive == true) out.push_back(vector.path);
    return out;
}

bool wrong_beside(Bytes const& bytes, Kind kind, Artefacts beside) {
    return wrong(describe(kind, {bytes, "file"}, beside));
}

// The file of that kind that belongs to this one; nothing where there is none.
std::optional<Bytes> companion_of(Bytes const& bytes, Kind kind, std::string_view companion) {
    for (auto const& path : good_ones(companion)) {
        auto other = Vectors::instance().read(path);
        std::array const beside{Artefact{other, path}};
        if (!wrong_beside(bytes, kind, beside)) return other;
    }
    return {};
}

// Hexadecimal digits of either case are the same number: Intel's signatures in JSON.
bool letter_of_other_case(Bytes const& whole, Mutant const& mutant) {
    auto const before = std::to_integer<char>(whole[mutant.offset]);
    auto const after = std::to_integer<char>(mutant.value[0]);
    return whole[0] == std::byte{'{'} && (before ^ after) == 0x20 &&
           std::string_view{"abcdefABCDEF"}.contains(before) &&
           mutant.offset > base::text_of(whole).rfind("\"signature\"");
}

// One mutant of so many is judged, unless ENARX_MUTATIONS=all.
std::size_t step_of(std::size_t mutants) {
    constexpr std::size_t sample = 40;
    auto const* asked = std::getenv("ENARX_MUTATIONS");
    bool const all = asked && std::string_view{asked} == "all";
    return all ? 1 : std::max<std::size_t>(1, mutants / sample);
}

// Places of changes after which the file is taken for what it was, with nothing wrong in it.
std::string survivors(Bytes const& whole, Kind kind, Artefacts beside) {
    std::string out;
    auto const mutants = flips(whole);
    auto const step = step_of(mutants.size());
    for (std::size_t i = 0; i < mutants.size(); i += step) {
        auto const bytes = applied(mutants[i], whole);
        if (recognise(bytes, bytes.size()) != kind || wrong_beside(bytes, kind, beside)) continue;
        if (!letter_of_other_case(whole, mutants[i]))
            out += ' ' + std::to_string(mutants[i].offset);
    }
    return out;
}

TEST(InspectMutation, NoByteChangesUnnoticedWhereAFileTellsOfAllOfThem) {
    std::size_t files = 0;
    for (auto const& [name, companion] : rows)
        for (auto const& path : good_ones(name)) {
            SCOPED_TRACE(path);
            auto const whole = Vectors::instance().read(path);
            auto const kind = recognise(whole, whole.size());
            ASSERT_TRUE(kind);
            std::vector<Artefact> beside;
            auto const other =
                companion.empty() ? std::nullopt : companion_of(whole, *kind, companion);
            if (!companion.empty() && !other) continue; // its companion is not among the vectors
            if (other) beside.push_back({*other, "companion"});
            EXPECT_EQ(survivors(whole, *kind, beside), "");
            ++files;
        }
    EXPECT_GT(files, 80U);
}

} // namespace
