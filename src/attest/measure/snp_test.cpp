// Launch digests, ID blocks and the keys' signatures agree with the vectors of the manifest.

#include "attest/measure/id_block.hpp"
#include "attest/measure/snp_pages.hpp"
#include "attest/measure/testing.hpp"
#include "attest/text.hpp"

#include <gtest/gtest.h>

namespace {

using namespace attest::measure;
using namespace attest::measure::testing;
using attest::hex;
using attest::testing::Json;
using attest::testing::Vectors;

Vectors const& vectors() { return Vectors::instance(); }

std::string digest_of(std::string const& json) {
    auto const cases = parse_snp_pages(base::view_of(json), "test");
    return cases ? hex(cases->at(0).digest())
                 : cases.error().source + ": expected " + cases.error().expected;
}

TEST(SnpLaunch, EachCaseOfTheVectorsGivesItsDigest) {
    int judged = 0;
    for (auto const& vector : vectors().of_kind("snp-launch-digest-vectors")) {
        auto const json = vectors().json(vector.path);
        auto const cases = parse_snp_pages(vectors().read(vector.path), vector.path);
        ASSERT_TRUE(cases) << cases.error().source << ": expected " << cases.error().expected;
        ASSERT_EQ(cases->size(), json.size());
        for (std::size_t i = 0; i < json.size(); ++i) {
            SCOPED_TRACE(json[i].at("name").get<std::string>());
            EXPECT_EQ(cases->at(i).name, json[i].at("name").get<std::string>());
            EXPECT_EQ(
                hex(cases->at(i).digest()), json[i].at("expected_launch_digest").get<std::string>()
            );
            ++judged;
        }
    }
    EXPECT_GT(judged, 0);
}

TEST(SnpLaunch, ALaunchOfNoPagesIsZeroAndOneZeroPageIsTheHashOfItsPageInfo) {
    EXPECT_EQ(digest_of(R"({"pages":[]})"), std::string(96, '0'));
    base::Bytes<0x70> info{}; // by hand, from table 67
    info[0x60] = std::byte{0x70};
    info[0x62] = std::byte{3};
    info[0x69] = std::byte{0x10};
    EXPECT_EQ(
        digest_of(R"({"pages":[{"page_type":3,"gpa":"0x1000"}]})"), hex(crypto::sha384(info))
    );
}

TEST(SnpLaunch, BytesOfAPageStandForTheirDigestAndHaveToAgreeWithIt) {
    auto const page = [](std::string const& fields) {
        return R"({"name":"a","pages":[{"page_type":1,"gpa":0,)" + fields + "}]}";
    };
    auto const zeros = hex(crypto::sha384(base::Bytes<4096>{}));
    auto const by_bytes = digest_of(page(R"("data_hex_then_zero_padded_to_4096":"0000")"));
    EXPECT_EQ(by_bytes, digest_of(page(R"("contents":")" + zeros + "\"")));
    EXPECT_EQ(
        digest_of(page(R"("data_hex_then_zero_padded_to_4096":"01","contents":")" + zeros + "\""))
            .substr(0, 30),
        "test, a, page 0, contents: exp"
    );
}

TEST(SnpLaunch, AListThatIsWrongSaysInWhichCasePageAndField) {
    auto const error = [](std::string const& json) {
        auto const cases = parse_snp_pages(base::view_of(json), "f");
        return cases ? "none" : cases.error().source;
    };
    EXPECT_EQ(error(R"([{"pages":[{"page_type":7,"gpa":0}]}])"), "f, case-0, page 0, page_type");
    EXPECT_EQ(error(R"([{"pages":[{"page_type":3,"gpa":1}]}])"), "f, case-0, page 0, gpa");
    EXPECT_EQ(error(R"([{"pages":[{"page_type":3}]}])"), "f, case-0, page 0, gpa");
    EXPECT_EQ(error(R"([{"pages":[{"page_type":1,"gpa":0}]}])"), "f, case-0, page 0, contents");
    EXPECT_EQ(
        error(R"([{"pages":[{"page_type":1,"gpa":0,"contents":"00"}]}])"),
        "f, case-0, page 0, contents"
    );
    EXPECT_EQ(error(R"([{"name":"n","pages":3}])"), "f, n");
    EXPECT_EQ(error("[]"), "f");
    EXPECT_EQ(parse_snp_pages(base::view_of("[{]"), "f").error().offset, 2U);
    auto const deep =
        R"({"pages":)" + std::string(1'000'000, '[') + std::string(1'000'000, ']') + "}";
    EXPECT_EQ(parse_snp_pages(base::view_of(deep), "f").error().offset, 16U);
    EXPECT_EQ(error(R"([{"name":"[[[[[[[[[[\"[[","pages":[]}])"), "none");
}

TEST(IdBlock, TheAuthorsSignatureOverTheIdKeyIsByteForByteTheOriginals) {
    for (auto const& vector : vectors().of_kind("enarx-id-key-signature")) {
        auto const made = endorse_id_key(sev_key("sev-author.key"), sev_key("sev-id.key"));
        ASSERT_TRUE(made);
        EXPECT_EQ(bytes_of(*made), vectors().read(vector.path));
        EXPECT_TRUE(endorsed(*made, snp_public_key(sev_key("sev-id.key"))));
        EXPECT_FALSE(endorsed(*made, snp_public_key(sev_key("sev-author.key"))));
    }
}

TEST(IdBlock, EachIdAuthAnswersTheChecksOfTheManifest) {
    int judged = 0;
    auto const blocks = vectors().of_kind("snp-id-block");
    ASSERT_FALSE(blocks.empty());
    auto const block = read_as<hw::snp::IdBlock>(blocks.at(0).path);
    for (auto const& vector : vectors().of_kind("snp-id-auth")) {
        SCOPED_TRACE(vector.path);
        auto const auth = read_as<hw::snp::IdAuth>(vector.path);
        auto const checks = vector.expected().at("checks");
        EXPECT_EQ(covers(auth, block), checks.at("id_sig_over_idblock").get<bool>());
        EXPECT_EQ(id_key_endorsed(auth), checks.at("author_sig_over_id_pubkey").get<bool>());
        EXPECT_EQ(hex(key_digest(auth.id_key)), checks.at("id_key_digest").get<std::string>());
        EXPECT_EQ(
            hex(key_digest(auth.author_key)), checks.at("author_key_digest").get<std::string>()
        );
        ++judged;
    }
    EXPECT_GT(judged, 0);
}

TEST(IdBlock, MadeFromTheDigestAndSignedItIsByteForByteTheOriginals) {
    for (auto const& vector : vectors().of_kind("snp-id-block")) {
        auto const given = read_as<hw::snp::IdBlock>(vector.path);
        auto const block = make_id_block(
            given.launch_digest,
            given.policy,
            {.family_id = given.family_id, .image_id = given.image_id}
        );
        EXPECT_EQ(bytes_of(block), vectors().read(vector.path));
        EXPECT_EQ(hex(block.launch_digest), vector.all.at("fields").at("ld").get<std::string>());

        auto const endorsement = endorse_id_key(sev_key("sev-author.key"), sev_key("sev-id.key"));
        auto const auth = sign_id_block(block, sev_key("sev-id.key"), *endorsement);
        ASSERT_TRUE(auth);
        for (auto const& other : vectors().of_kind("snp-id-auth"))
            if (other.positive == true) EXPECT_EQ(bytes_of(*auth), vectors().read(other.path));
    }
}

TEST(IdBlock, WithoutAnAuthorThereIsNoAuthorKey) {
    auto const block = make_id_block({}, 0x30000, {.guest_svn = 7});
    auto const auth = *sign_id_block(block, sev_key("sev-id.key"), {});
    EXPECT_TRUE(covers(auth, block));
    EXPECT_FALSE(id_key_endorsed(auth));
    EXPECT_EQ(auth.author_key_algo, 0U);
    EXPECT_EQ(block.guest_svn, 7U);
}

TEST(IdBlock, PaddingBehindANumberThatIsNotZeroBreaksTheSignature) {
    auto const endorsement = endorse_id_key(sev_key("sev-author.key"), sev_key("sev-id.key"));
    auto const block = make_id_block({}, 0x30000);
    auto auth = *sign_id_block(block, sev_key("sev-id.key"), *endorsement);
    EXPECT_TRUE(covers(auth, block));
    auth.id_block_signature.r[48] = std::byte{1};
    EXPECT_FALSE(covers(auth, block));
    auth.id_block_signature.r[48] = std::byte{0};
    auth.id_key.curve = 1U;
    EXPECT_FALSE(covers(auth, block));
}

} // namespace
