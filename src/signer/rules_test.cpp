// The token's key signs what the service issues as it is, and nothing that would be more.

#include "crypto/issue.hpp"
#include "crypto/p256_signing_key.hpp"
#include "protocol/signer/message.hpp"
#include "signer/rules.hpp"

#include <algorithm>

#include <gtest/gtest.h>

namespace signer {
namespace {

using namespace std::chrono_literals;
using crypto::CertificateWish;
using std::chrono::days;

constexpr std::chrono::sys_seconds now{1'796'000'000s};

// Shows what it is asked to sign, and signs nothing.
class Showing final : public crypto::P384Signer {
public:
    explicit Showing(std::vector<std::byte> key) : key_{std::move(key)} {}
    std::vector<std::byte> public_key() const override { return key_; }
    os::OrFailure<crypto::P384Signature> sign(base::View content) const override {
        shown_.assign(content.begin(), content.end());
        return crypto::P384Signature{};
    }
    std::vector<std::byte> shown() const { return shown_; }

private:
    std::vector<std::byte> key_;
    mutable std::vector<std::byte> shown_;
};

struct Rules : testing::Test {
    std::vector<std::byte> info = crypto::P384SigningKey::generate()->public_key();
    std::vector<std::byte> point{info.end() - protocol::signer::point_size, info.end()};
    std::vector<std::byte> other = crypto::P256SigningKey::generate()->public_key();
    std::vector<std::byte> name = crypto::name_of("steward root");
    Showing shows{info};

    CertificateWish leaf() const {
        return {
            .serial = *crypto::fresh_serial(),
            .subject = crypto::name_of("keep"),
            .public_key = other,
            .not_before = now,
            .not_after = now + 24h,
            .dns_names = {"api.example"}
        };
    }
    CertificateWish authority() const {
        auto out = leaf();
        out.authorities_below = 0;
        out.dns_names.clear();
        out.not_after = now + days{366};
        return out;
    }
    CertificateWish itself() const {
        auto out = authority();
        out.subject = name;
        out.public_key = info;
        out.authorities_below = 1;
        out.not_after = now + days{3653};
        return out;
    }
    std::vector<std::byte> certificate(CertificateWish const& wish) const {
        EXPECT_TRUE(crypto::issue_certificate({.name = name, .key = shows}, wish));
        return shows.shown();
    }
    std::vector<std::byte> list(std::chrono::seconds life) const {
        EXPECT_TRUE(
            crypto::issue_list(
                {.name = name, .key = shows},
                {.number = 1,
                 .this_update = now,
                 .next_update = now + life,
                 .revoked = {{*crypto::fresh_serial(), now}}}
            )
        );
        return shows.shown();
    }
    std::string why(base::View content, Issues issues) const {
        auto const done = check(content, issues, point);
        return done ? "" : done.error().text;
    }
    bool signs(base::View content, Issues issues) const {
        return check(content, issues, point).has_value();
    }
};

TEST_F(Rules, SignsWhatTheServiceIssues) {
    EXPECT_EQ(why(certificate(leaf()), Issues::Leaves), "");
    EXPECT_EQ(why(list(24h), Issues::Leaves), "");
    EXPECT_EQ(why(certificate(itself()), Issues::Authorities), "");
    EXPECT_EQ(why(certificate(authority()), Issues::Authorities), "");
}

TEST_F(Rules, AnIntermediateMakesNoAuthority) {
    EXPECT_FALSE(signs(certificate(authority()), Issues::Leaves));
    EXPECT_FALSE(signs(certificate(itself()), Issues::Leaves));
    auto more = leaf(); // a second basicConstraints, which says something else
    static constexpr std::array authority_value{
        std::byte{0x30}, std::byte{3}, std::byte{1}, std::byte{1}, std::byte{0xff}
    };
    static constexpr std::array constraints{std::byte{0x55}, std::byte{0x1d}, std::byte{0x13}};
    more.more.push_back(
        {.oid = constraints, .value = {authority_value.begin(), authority_value.end()}}
    );
    EXPECT_FALSE(signs(certificate(more), Issues::Leaves));
}

TEST_F(Rules, ARootMakesOnlyAuthoritiesThatIssueLeaves) {
    EXPECT_FALSE(signs(certificate(leaf()), Issues::Authorities));
    EXPECT_FALSE(signs(list(24h), Issues::Authorities));
    auto deep = authority();
    deep.authorities_below = 1;
    EXPECT_FALSE(signs(certificate(deep), Issues::Authorities));
    auto another = itself();
    another.public_key = other; // its name, and the key of somebody else
    EXPECT_FALSE(signs(certificate(another), Issues::Authorities));
}

TEST_F(Rules, NothingLastsLongerThanItsKindMay) {
    auto wish = leaf();
    wish.not_after = now + days{368};
    EXPECT_FALSE(signs(certificate(wish), Issues::Leaves));
    wish = authority();
    wish.not_after = now + days{368};
    EXPECT_FALSE(signs(certificate(wish), Issues::Authorities));
    wish = itself();
    wish.not_after = now + days{12 * 366};
    EXPECT_FALSE(signs(certificate(wish), Issues::Authorities));
    EXPECT_FALSE(signs(list(days{9}), Issues::Leaves));
}

TEST_F(Rules, OtherBytesAreNotSignedWhateverTheyAre) {
    auto const good = certificate(leaf());
    EXPECT_FALSE(signs({}, Issues::Leaves));
    EXPECT_FALSE(signs(base::view_of("a message of another protocol"), Issues::Leaves));
    for (std::size_t size = 0; size < good.size(); ++size)
        EXPECT_FALSE(signs(base::View{good}.first(size), Issues::Leaves)) << size;
    auto longer = good;
    longer.push_back(std::byte{0});
    EXPECT_FALSE(signs(longer, Issues::Leaves));
    auto weak = good; // ecdsa-with-SHA384 (...4.3.3) becomes another algorithm
    constexpr std::array oid{std::byte{0x3d}, std::byte{4}, std::byte{3}, std::byte{3}};
    auto const at = std::ranges::search(weak, oid);
    ASSERT_FALSE(at.empty());
    at[3] = std::byte{2};
    EXPECT_FALSE(signs(weak, Issues::Leaves));
}

} // namespace
} // namespace signer
