// A certification request of Enarx around evidence of our own AMD: whose key it is bound to, and on
// which curve that key lies.

#include "amd.hpp"
#include "crypto/digest.hpp"
#include "outcomes.hpp"

#include <gtest/gtest.h>

namespace {

using namespace attest;
using namespace forged;

// RFC 2986, 4, with one extension that holds VCEK, no lists, and the report.
Bytes request(Key const& key, Amd const& amd) {
    auto const no_lists = sequence({sequence({})});
    auto const leaf = sequence({amd.signed_leaf(), no_lists});
    auto const evidence = sequence({leaf, octets(amd.signed_report())});
    auto const extensions = sequence({extension("1.3.6.1.4.1.58270.1.3", evidence)});
    auto const attribute = sequence({oid("1.2.840.113549.1.9.14"), der(0x31, extensions)});
    auto const content =
        sequence({integer(0), sequence({}), key.public_key_info(), der(0xa0, attribute)});
    Bytes bits{std::byte{0}};
    auto const signature = key.signature(content);
    bits.insert(bits.end(), signature.begin(), signature.end());
    return sequence({content, key.algorithm(), der(0x03, bits)});
}

// Report data that bind this key, and are expected of the report besides.
Amd bound_to(Key const& key) {
    auto amd = Amd::good(hw::snp::Product::Milan);
    auto const digest = crypto::sha384(key.public_key_info());
    amd.report.report_data = {};
    std::ranges::copy(digest, amd.report.report_data.begin());
    amd.expected.report_data = ReportData::exactly(amd.report.report_data);
    return amd;
}

Appraisal run(Key const& key, Amd const& amd) {
    auto const evidence = request(key, amd);
    auto const endorsements = amd.endorsements();
    auto const roots = amd.roots();
    auto out = appraise(
        Kind::EnarxRequest, {evidence, endorsements, roots, amd.policy, amd.expected, amd.at}
    );
    attest::testing::record(out.findings());
    return out;
}

TEST(CsrAlone, ARequestIsBoundToTheKeyThatMadeIt) {
    auto const key = Key::generate(forged::KeyKind::P384);
    auto const good = run(key, bound_to(key));
    EXPECT_EQ(good.verdict(), Verdict::Accepted) << attest::testing::explain(good);
    auto const other = Key::generate(forged::KeyKind::P384);
    EXPECT_EQ(with(Outcome::Failed, run(other, bound_to(key))), forged::Rules{"csr.binding"});
}

TEST(CsrAlone, AKeyOnAnotherCurveIsRefusedForThat) {
    auto const key = Key::generate(forged::KeyKind::P256);
    EXPECT_EQ(with(Outcome::Failed, run(key, bound_to(key))), forged::Rules{"csr.key"});
}

} // namespace
