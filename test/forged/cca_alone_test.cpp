// A token of CCA signed anew with keys of our own: what only the maker of a platform, or a realm's
// own firmware, could get wrong.

#include "attest/cca/token.hpp"
#include "attest/testing/cases.hpp"
#include "base/cbor.hpp"
#include "crypto/digest.hpp"
#include "forge.hpp"
#include "outcomes.hpp"

#include <gtest/gtest.h>

namespace {

using namespace attest;
using base::cbor::encoded;
using base::cbor::Writer;
using forged::Bytes;
using forged::Key;
using forged::Rules;
using forged::with;

Bytes sign1(Key const& key, base::View payload) {
    return encoded([&](Writer& out) {
        out.tag(18);
        out.raw(forged::sign1(key, forged::es384, payload));
    });
}

void replace(Bytes& in, base::View before, base::View after) {
    auto const found = std::ranges::search(in, before);
    ASSERT_FALSE(found.empty());
    std::ranges::copy(after, found.begin());
}

// The parts of a good token whose realm key is a bare point, which keys of our own replace.
struct Token {
    Bytes platform, realm;
    Bytes realm_point, challenge;
    Key platform_key = Key::generate(forged::KeyKind::P384);
    Key realm_key = Key::generate(forged::KeyKind::P384);
    bool bind = true;
    Policy policy = Policy::authentic();

    static std::optional<Token> good() {
        for (auto const& of : attest::testing::cca_cases()) {
            auto const parsed = cca::parse_collection(of.parts[0].bytes);
            auto const realm = cca::parse_realm(parsed->realm.payload());
            auto const platform = cca::parse_platform(parsed->platform.payload());
            if (realm->public_key.size() != 97) continue;
            Token out;
            out.platform = {parsed->platform.payload().begin(), parsed->platform.payload().end()};
            out.realm = {parsed->realm.payload().begin(), parsed->realm.payload().end()};
            out.challenge = {platform->challenge.begin(), platform->challenge.end()};
            auto point = forged::joined({std::array{std::byte{4}}, out.realm_key.point()});
            replace(out.realm, realm->public_key, point);
            out.realm_point = point;
            return out;
        }
        return {};
    }

    Appraisal run() const {
        auto claims = platform;
        Bytes digest(challenge.size());
        auto const sha256 = crypto::sha256(realm_point);
        auto const sha512 = crypto::sha512(realm_point);
        base::View const made = digest.size() == 32 ? base::View{sha256} : base::View{sha512};
        if (bind && made.size() == digest.size()) replace(claims, challenge, made);
        auto const evidence = encoded([&](Writer& out) {
            out.tag(399);
            out.map(2);
            out.number(44234);
            out.bytes(sign1(platform_key, claims));
            out.number(44241);
            out.bytes(sign1(realm_key, realm));
        });
        auto roots = Roots::none();
        roots.trust({crypto::PublicKey::parse(platform_key.public_key_info()).value(), "ours"});
        Endorsements const endorsements;
        auto const expected = attest::testing::unbound();
        auto out = appraise(
            Kind::CcaToken,
            {evidence,
             endorsements,
             roots,
             policy,
             expected,
             attest::testing::time_of("2026-06-01T00:00:00Z")}
        );
        attest::testing::record(out.findings());
        return out;
    }
};

TEST(CcaAlone, ATokenSignedAnewIsAcceptedAndEachDefectRefusedByItsRule) {
    auto const good = Token::good();
    if (!good) GTEST_SKIP() << "no token with a bare point among the vectors";
    auto const appraisal = good->run();
    EXPECT_EQ(appraisal.verdict(), Verdict::Accepted) << attest::testing::explain(appraisal);

    auto unbound = *good;
    unbound.bind = false;
    EXPECT_EQ(with(Outcome::Failed, unbound.run()), Rules{"cca.binding"});

    auto no_point = *good;
    auto changed = no_point.realm_point;
    changed.back() ^= std::byte{1};
    replace(no_point.realm, no_point.realm_point, changed);
    no_point.realm_point = changed;
    EXPECT_EQ(with(Outcome::Failed, no_point.run()), Rules{"cca.realm.key"});

    // arm-platform-lifecycle, 2395, an unsigned number of two bytes.
    auto open = *good;
    open.policy.set(*find_rule("cca.platform.lifecycle"), true);
    EXPECT_EQ(open.run().verdict(), Verdict::Accepted);
    auto const label = encoded([](Writer& out) { out.number(2395); });
    auto const at = std::ranges::search(open.platform, label).begin();
    ASSERT_LT(at + 5, open.platform.end());
    at[4] = std::byte{0x50};
    EXPECT_EQ(with(Outcome::Failed, open.run()), Rules{"cca.platform.lifecycle"});
}

} // namespace
