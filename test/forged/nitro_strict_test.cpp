// `strict` accepts a document of a Nitro enclave that is right in every part, and refuses each
// single defect by the rule that speaks of it and by no other.

#include "nitro.hpp"
#include "outcomes.hpp"

#include <gtest/gtest.h>

namespace {

using namespace attest;
using namespace std::chrono_literals;
using forged::Bytes;
using forged::Nitro;
using forged::Rules;
using forged::with;

struct Defect {
    std::string_view what;
    void (*make)(Nitro&);
    Rules rules;
};

void expect_refused(std::vector<Defect> const& defects) {
    for (auto const& defect : defects) {
        SCOPED_TRACE(defect.what);
        auto nitro = Nitro::good();
        defect.make(nitro);
        auto const appraisal = nitro.run();
        EXPECT_EQ(appraisal.verdict(), Verdict::Refused) << attest::testing::explain(appraisal);
        EXPECT_EQ(with(Outcome::Failed, appraisal), defect.rules);
        EXPECT_EQ(appraisal.claims(), nullptr);
    }
}

TEST(NitroStrict, AcceptsWhatIsRightInEveryPart) {
    auto const appraisal = Nitro::good().run();
    EXPECT_EQ(appraisal.verdict(), Verdict::Accepted) << attest::testing::explain(appraisal);
    auto extended = Nitro::good();
    extended.other_field = true;
    extended.public_key = Bytes(294, std::byte{1});
    EXPECT_EQ(extended.run().verdict(), Verdict::Accepted);
}

// RFC 9052 asks a payload for no encoding of its own; AWS writes both.
TEST(NitroStrict, AcceptsMapsAndArraysWithoutACountAsAwsWritesThemToday) {
    auto nitro = Nitro::good();
    nitro.indefinite = true;
    auto const appraisal = nitro.run();
    EXPECT_EQ(appraisal.verdict(), Verdict::Accepted) << attest::testing::explain(appraisal);
    nitro.twice = true;
    EXPECT_EQ(with(Outcome::Failed, nitro.run()), Rules{"nitro.document.payload"});
    nitro.twice = false;
    nitro.endless = true;
    EXPECT_EQ(with(Outcome::Failed, nitro.run()), Rules{"nitro.document.payload"});
    nitro.endless = false;
    nitro.pcrs.clear();
    EXPECT_EQ(with(Outcome::Failed, nitro.run()), Rules{"nitro.document.payload"});
}

TEST(NitroStrict, RefusesARootThatIsPinnedForAnotherVendor) {
    for (auto const purpose : all_purposes) {
        if (purpose == Purpose::Aws) continue;
        auto nitro = Nitro::good();
        nitro.pinned_for = {purpose};
        EXPECT_EQ(with(Outcome::Failed, nitro.run()), Rules{"nitro.chain.root"});
    }
}

TEST(NitroStrict, TakesANonceOfAnyLengthTheUserGuideAllowsAndNoneThatDiffers) {
    for (std::size_t const size : {1, 31, 32, 63, 64, 65, 255, 256, 257, 511, 512}) {
        SCOPED_TRACE(size);
        auto nitro = Nitro::good();
        nitro.nonce = Bytes(size, std::byte{0xda});
        nitro.expected.report_data = ReportData::exactly(*nitro.nonce);
        EXPECT_EQ(nitro.run().verdict(), Verdict::Accepted);
        // One byte less is another nonce, also where the last byte is zero.
        nitro.nonce->back() = std::byte{0};
        EXPECT_EQ(with(Outcome::Failed, nitro.run()), Rules{"nitro.report-data"});
        auto longer = Nitro::good();
        longer.nonce = Bytes(size, std::byte{0xda});
        longer.expected.report_data = ReportData::exactly(*longer.nonce);
        longer.nonce->push_back(std::byte{0});
        EXPECT_EQ(with(Outcome::Failed, longer.run()), Rules{"nitro.report-data"});
    }
}

TEST(NitroStrict, ComparesUserDataWhereThereIsNoNonce) {
    auto nitro = Nitro::good();
    nitro.user_data = std::exchange(nitro.nonce, std::nullopt);
    EXPECT_EQ(nitro.run().verdict(), Verdict::Accepted);
    nitro.user_data.reset();
    EXPECT_EQ(with(Outcome::Failed, nitro.run()), Rules{"nitro.report-data"});
}

TEST(NitroStrict, RefusesEachDefectOfTheDocument) {
    expect_refused({
        {"another algorithm", [](Nitro& n) { n.algorithm = -7; }, {"nitro.document.algorithm"}},
        {"another digest", [](Nitro& n) { n.digest = "SHA256"; }, {"nitro.document.payload"}},
        {"no module", [](Nitro& n) { n.module_id.clear(); }, {"nitro.document.payload"}},
        {"a PCR that is too short",
         [](Nitro& n) { n.pcrs[3].pop_back(); },
         {"nitro.document.payload"}},
        {"PCR 32", [](Nitro& n) { n.pcrs[32] = n.pcrs[0]; }, {"nitro.document.payload"}},
        {"no PCR 1", [](Nitro& n) { n.pcrs.erase(1); }, {"nitro.document.payload"}},
        {"a nonce that is too long",
         [](Nitro& n) { n.nonce->resize(1025); },
         {"nitro.document.payload"}},
        {"a field twice", [](Nitro& n) { n.twice = true; }, {"nitro.document.payload"}},
        {"another key's signature",
         [](Nitro& n) { n.document_by_stranger = true; },
         {"nitro.document.signature"}},
        {"made after the time of the appraisal",
         [](Nitro& n) { n.timestamp += 1s; },
         {"nitro.document.time"}},
    });
}

TEST(NitroStrict, RefusesEachDefectOfTheChain) {
    expect_refused({
        {"a leaf that another key signed",
         [](Nitro& n) { n.leaf_by_stranger = true; },
         {"nitro.chain.signature"}},
        {"a zone that another key signed",
         [](Nitro& n) { n.zone_by_stranger = true; },
         {"nitro.chain.signature"}},
        {"a zone that is no authority",
         [](Nitro& n) { n.zone.authority = false; },
         {"nitro.chain.authority"}},
        {"a leaf that has expired, and a document that was made in time",
         [](Nitro& n) {
             n.leaf.not_after = n.at - 1s;
             n.timestamp = n.at - 2s;
         },
         {"nitro.chain.validity"}},
    });
}

TEST(NitroStrict, RefusesAnotherEnclave) {
    expect_refused({
        {"debugging",
         [](Nitro& n) {
             for (auto& pcr : n.pcrs) pcr.second = Bytes(48);
         },
         {"nitro.enclave.debug", "nitro.measurement"}},
        {"another nonce",
         [](Nitro& n) { n.nonce->front() ^= std::byte{1}; },
         {"nitro.report-data"}},
        {"another PCR 0",
         [](Nitro& n) { n.pcrs[0].back() ^= std::byte{1}; },
         {"nitro.measurement"}},
    });
}

TEST(NitroStrict, NamesTheFieldThatIsNotAsItHasToBe) {
    auto nitro = Nitro::good();
    nitro.pcrs[3].pop_back();
    for (auto const& finding : nitro.run().findings()) {
        if (finding.outcome != Outcome::Failed) continue;
        EXPECT_EQ(finding.detail.place.field, "pcrs");
        EXPECT_TRUE(finding.detail.place.offset);
    }
}

} // namespace
