// What is no evidence and no endorsement, and is met beside them: attestation results, guests'
// firmware, bodies of SIGSTRUCTs, report data.

#include "attest/inspect/describe.hpp"
#include "attest/inspect/result_claims.hpp"
#include "attest/testing/vectors.hpp"
#include "base/cbor.hpp"
#include "crypto/base64.hpp"

#include <gtest/gtest.h>

namespace {

using namespace attest::inspect;
using attest::Outcome;
using attest::testing::Vectors;
using Bytes = std::vector<std::byte>;

Bytes first_of(std::string_view kind) {
    auto const& vectors = Vectors::instance();
    for (auto const& vector : vectors.of_kind(kind))
        if (vector.positive == true) return vectors.read(vector.path);
    return {};
}

std::optional<Description> described(base::View bytes, Artefacts beside = {}) {
    auto const kind = recognise(bytes, bytes.size());
    if (!kind) return {};
    return describe(*kind, {bytes, "file"}, beside);
}

std::string jwt(std::string_view header, std::string_view claims) {
    return crypto::encode_base64url(base::view_of(header)) + '.' +
           crypto::encode_base64url(base::view_of(claims)) + ".AAAA";
}

constexpr auto es384 = R"({"alg":"ES384"})";
constexpr auto good_claims =
    R"({"eat_profile":"tag:ietf.org,2026:rats/ear#04","iat":1,"ear_verifier_id":{"developer":"d",)"
    R"("build":"b"},"submods":{"x":{"ear_status":"affirming"}}})";

TEST(InspectResult, AnEarIsShownAndItsSignatureLeftOpenWithoutAKey) {
    auto const text = jwt(es384, good_claims) + '\n';
    auto const it = described(base::view_of(text));
    ASSERT_TRUE(it);
    EXPECT_FALSE(wrong(*it));
    EXPECT_EQ(it->kind, "attestation result (EAR) as JWT");
    EXPECT_EQ(it->fields["claims"]["submods"]["x"]["ear_status"], "affirming");
    EXPECT_EQ(it->checks.back().outcome, Outcome::Undecided);
}

TEST(InspectResult, ASignatureByAnotherKeyAndNoAlgorithmAtAllAreWrong) {
    auto const text = jwt(es384, good_claims);
    auto const key = first_of("cca-trust-anchor");
    std::array const beside{Artefact{key, "key"}};
    EXPECT_TRUE(wrong(*described(base::view_of(text), beside)));
    auto const none = jwt(R"({"alg":"none"})", good_claims);
    EXPECT_TRUE(wrong(*described(base::view_of(none))));
}

TEST(InspectResult, WhatAnEarLacksIsNamed) {
    auto const missing = [](std::string_view claims) {
        auto const text = jwt(es384, claims);
        for (auto const& check : described(base::view_of(text))->checks)
            if (check.outcome == Outcome::Failed) return check.detail.place.field;
        return std::string{};
    };
    EXPECT_EQ(missing(R"({"submods":{}})"), "eat_profile");
    EXPECT_EQ(missing(R"({"submods":{},"eat_profile":"x"})"), "iat");
    EXPECT_EQ(missing(R"({"submods":{},"eat_profile":"x","iat":1})"), "ear_verifier_id");
    EXPECT_EQ(
        missing(R"({"submods":{},"eat_profile":"x","iat":1,"ear_verifier_id":{}})"), "submods"
    );
    EXPECT_EQ(
        missing(
            R"({"submods":{"x":{"ear_status":"fine"}},"eat_profile":"x","iat":1,)"
            R"("ear_verifier_id":{}})"
        ),
        "ear_status"
    );
    EXPECT_FALSE(missing(R"({"submods":)").empty());
}

// COSE_Sign1 with ES384 around claims, and a signature of nobody's.
Bytes cwt(void (*write)(base::cbor::Writer&)) {
    Bytes claims(512);
    base::cbor::Writer inner{claims};
    write(inner);
    Bytes out(1024);
    base::cbor::Writer writer{out};
    writer.tag(18);
    writer.array(4);
    constexpr std::array header{std::byte{0xa1}, std::byte{0x01}, std::byte{0x38}, std::byte{0x22}};
    writer.bytes(header);
    writer.map(0);
    writer.bytes(inner.written());
    writer.bytes(Bytes(96));
    out.resize(writer.size());
    return out;
}

TEST(InspectResult, ACwtHasTheNamesOfTheDraftAndKeepsNumbersThatNobodyKnows) {
    auto const bytes = cwt([](base::cbor::Writer& out) {
        out.map(6);
        out.number(6);
        out.number(1);
        out.number(265);
        out.text("tag:ietf.org,2026:rats/ear#04");
        out.number(266);
        out.map(1);
        out.text("x");
        out.map(2);
        out.number(1000);
        out.number(2);
        out.number(1001);
        out.map(1);
        out.number(4);
        out.number(2);
        out.number(1004);
        out.map(1);
        out.number(0);
        out.text("d");
        out.number(-70000);
        out.array(2);
        out.simple(base::cbor::simple_true);
        out.simple(base::cbor::simple_null);
        out.text("own");
        out.bytes({});
    });
    auto const it = described(bytes);
    ASSERT_TRUE(it);
    EXPECT_FALSE(wrong(*it));
    EXPECT_EQ(it->kind, "attestation result (EAR) as CWT");
    auto const& claims = it->fields["claims"];
    EXPECT_EQ(claims["submods"]["x"]["ear_trustworthiness_vector"]["hardware"], 2);
    EXPECT_EQ(claims["ear_verifier_id"]["developer"], "d");
    EXPECT_EQ(claims["-70000"][0], true);
    EXPECT_EQ(claims["own"], "");
}

TEST(InspectResult, ACwtThatIsNoMapToItsEndIsWrong) {
    auto const twice = cwt([](base::cbor::Writer& out) {
        out.map(2);
        out.number(1004);
        out.number(1);
        out.number(1004);
        out.number(1);
    });
    EXPECT_TRUE(wrong(*described(twice)));
    auto const deep = cwt([](base::cbor::Writer& out) {
        out.map(1);
        out.number(1004);
        for (int i = 0; i < 12; ++i) out.array(1);
        out.number(1);
    });
    EXPECT_TRUE(wrong(*described(deep)));
}

TEST(InspectResult, AnyOtherJwtIsShownAsOne) {
    auto const text = jwt(es384, R"({"iss":"somebody"})");
    EXPECT_EQ(described(base::view_of(text))->kind, "JSON Web Token");
}

TEST(InspectCertificates, SeveralInOneFileAreCheckedWithEachOther) {
    auto both = first_of("amd-vlek-cert");
    auto const first = both.size();
    auto const list = first_of("intel-crl");
    both.insert(both.end(), list.begin(), list.end());
    auto const it = described(both);
    ASSERT_TRUE(it);
    EXPECT_FALSE(wrong(*it));
    ASSERT_EQ(it->fields["parts"].size(), 2U);
    EXPECT_EQ(it->fields["parts"][1]["offset"], first);
    both.back() ^= std::byte{1};
    EXPECT_TRUE(wrong(*described(both)));
    both.pop_back();
    EXPECT_TRUE(wrong(*described(both)));
}

TEST(InspectFirmware, IsKnownByItsTableAndShowsItsEntries) {
    auto const image = first_of("ovmf-suffix");
    auto const it = described(image);
    ASSERT_TRUE(it);
    EXPECT_FALSE(wrong(*it));
    EXPECT_FALSE(it->fields["entries"].empty());
}

TEST(InspectSigstructBody, BelongsToTheSigstructThatSignedIt) {
    auto const body = first_of("sgx-sigstruct-input");
    ASSERT_FALSE(body.empty());
    EXPECT_FALSE(wrong(*described(body)));
    int fitting = 0;
    int others = 0;
    for (auto const& vector : Vectors::instance().of_kind("sgx-sigstruct")) {
        if (vector.positive != true) continue;
        auto const sigstruct = Vectors::instance().read(vector.path);
        std::array const beside{Artefact{sigstruct, vector.path}};
        ++(wrong(*described(body, beside)) ? others : fitting);
    }
    EXPECT_EQ(fitting, 1);
    EXPECT_GT(others, 0);
}

TEST(InspectReportData, IsNothingAloneAndBelongsToTheEvidenceThatBearsIt) {
    auto const quote = first_of("tdx-quote-v5");
    std::array const beside{Artefact{quote, "quote"}};
    auto const said = described(quote)->fields["reportdata"].get<std::string>();
    auto data = attest::testing::unhex(said);
    ASSERT_EQ(data.size(), 64U);
    EXPECT_TRUE(wrong(*described(data)));
    EXPECT_FALSE(wrong(*described(data, beside)));
    data[63] ^= std::byte{1};
    EXPECT_TRUE(wrong(*described(data, beside)));
    // Text of that length is text.
    EXPECT_FALSE(described(base::view_of(std::string(64, 'a'))));
}

} // namespace
