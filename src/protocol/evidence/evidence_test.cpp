// Evidence comes from whoever sends it: start from a good one, break one part, expect a refusal
// that names it.

#include "base/hex.hpp"
#include "protocol/evidence/evidence.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace {

using namespace protocol::evidence;
using Bytes = std::vector<std::byte>;

template <std::size_t N> base::Bytes<N> filled(unsigned value) {
    base::Bytes<N> out{};
    out.fill(std::byte(value));
    return out;
}

UserData user_data(std::string_view text) { return *UserData::of(std::as_bytes(std::span{text})); }

NoHardware good_claims() {
    return {
        .application =
            {.workload = filled<32>(0x11),
             .configuration = filled<32>(0x22),
             .user_data = user_data("hello")},
        .measurement = {},
        .report_data = filled<64>(0x33)
    };
}

NoHardware measured_claims() {
    auto claims = good_claims();
    claims.measurement = filled<48>(0x44);
    return claims;
}

Bytes bytes_of(NoHardware const& claims) {
    auto const encoded = encode(claims);
    return {encoded.view().begin(), encoded.view().end()};
}

Bytes hex(std::string_view text) { return base::unhex(text).value(); }

std::string repeated(std::string_view byte, int count) {
    std::string out;
    for (int i = 0; i < count; ++i) out += byte;
    return out;
}

// The claims by hand, as RFC 8949 writes them.
std::string good_hex() {
    return "d90259"
           "a6"
           "646b696e64"
           "646e6f6e65"
           "6776657273696f6e"
           "01"
           "68776f726b6c6f6164"
           "5820" +
           repeated("11", 32) + "69757365725f64617461" + "4568656c6c6f" +
           "6b7265706f72745f64617461" + "5840" + repeated("33", 64) +
           "6d636f6e66696775726174696f6e" + "5820" + repeated("22", 32);
}

std::string refusal(Bytes const& bytes) {
    auto const claims = decode(bytes);
    if (claims) return "accepted";
    return std::to_string(claims.error().offset) + ": " + std::string{claims.error().expected};
}

std::string refusal_after(std::string_view part, std::string_view replacement) {
    auto text = good_hex();
    text.replace(text.find(part), part.size(), replacement);
    return refusal(hex(text));
}

TEST(Evidence, IsWrittenAsTheFormatSays) { EXPECT_EQ(bytes_of(good_claims()), hex(good_hex())); }

TEST(Evidence, ComesBackAsItWasWritten) {
    EXPECT_EQ(*decode(bytes_of(good_claims())), good_claims());
    EXPECT_EQ(*decode(bytes_of(measured_claims())), measured_claims());
    auto claims = measured_claims();
    claims.application.user_data = {};
    EXPECT_EQ(*decode(bytes_of(claims)), claims);
    claims.application.user_data = user_data(std::string(64, 'x'));
    EXPECT_EQ(*decode(bytes_of(claims)), claims);
}

TEST(Evidence, IsRefusedAtEveryTruncation) {
    auto const bytes = bytes_of(measured_claims());
    for (std::size_t size = 0; size < bytes.size(); ++size)
        EXPECT_NE(refusal({bytes.begin(), bytes.begin() + std::ptrdiff_t(size)}), "accepted")
            << size;
}

TEST(Evidence, IsRefusedWithATrailingByte) {
    auto bytes = bytes_of(good_claims());
    auto const size = std::to_string(bytes.size());
    bytes.push_back({});
    EXPECT_EQ(refusal(bytes), size + ": nothing more");
}

TEST(Evidence, IsRefusedWithAnyByteOfItsStructureChanged) {
    auto const good = bytes_of(good_claims());
    for (std::size_t at = 0; at < good.size(); ++at) {
        auto bytes = good;
        bytes[at] ^= std::byte{0x80};
        auto const claims = decode(bytes);
        if (claims) // a value was changed, not what says where it ends
            EXPECT_EQ(bytes_of(*claims), bytes) << at;
        else
            EXPECT_FALSE(claims.error().expected.empty()) << at;
    }
}

TEST(Evidence, OfAnotherTagIsRefused) {
    EXPECT_EQ(refusal_after("d90259", "d90258"), "0: tag 601");
    EXPECT_EQ(refusal_after("d90259", ""), "0: tag 601");
}

TEST(Evidence, OfAnotherKindOrVersionIsRefused) {
    EXPECT_EQ(refusal_after("646e6f6e65", "63736e70"), "9: the kind \"none\"");
    EXPECT_EQ(refusal_after("6776657273696f6e01", "6776657273696f6e02"), "22: version 1");
    EXPECT_EQ(refusal_after("6776657273696f6e01", "6776657273696f6e1801"), "22: version 1");
}

TEST(Evidence, WithAClaimTooMuchTooLittleOrUnknownIsRefused) {
    EXPECT_EQ(refusal_after("d90259a6", "d90259a5"), "3: a map of six or seven claims");
    EXPECT_EQ(refusal_after("d90259a6", "d90259a8"), "3: a map of six or seven claims");
    EXPECT_EQ(refusal_after("d90259a6", "d90259bf"), "3: a map of six or seven claims");
    EXPECT_NE(refusal_after("d90259a6", "d90259a7").find("measurement"), std::string::npos);
    EXPECT_EQ(refusal_after("68776f726b6c6f6164", "68776f726b6c6f6165"), "23: workload");
    EXPECT_EQ(refusal_after("69757365725f64617461", "69757365725f64617462"), "66: user_data");
}

TEST(Evidence, WithAValueOfAnotherLengthIsRefused) {
    EXPECT_EQ(
        refusal_after("5820" + repeated("11", 32), "581f" + repeated("11", 31)), "32: workload"
    );
    EXPECT_EQ(
        refusal_after("5840" + repeated("33", 64), "5841" + repeated("33", 65)), "94: report_data"
    );
    EXPECT_EQ(
        refusal_after("5820" + repeated("22", 32), "5821" + repeated("22", 33)),
        "174: configuration"
    );
    EXPECT_EQ(
        refusal_after("4568656c6c6f", "5841" + repeated("78", 65)),
        "76: at most 64 bytes of user_data"
    );
    EXPECT_EQ(refusal_after("4568656c6c6f", "6568656c6c6f"), "76: user_data");
    EXPECT_EQ(refusal_after("4568656c6c6f", "580568656c6c6f"), "76: user_data");
}

TEST(Evidence, WithItsClaimsInAnotherOrderIsRefused) {
    EXPECT_EQ(
        refusal_after(
            "646b696e64646e6f6e656776657273696f6e01", "6776657273696f6e01646b696e64646e6f6e65"
        ),
        "4: kind"
    );
}

TEST(Evidence, IsToldByItsTag) {
    EXPECT_TRUE(looks_like(bytes_of(good_claims())));
    EXPECT_TRUE(looks_like(hex("d90259")));
    EXPECT_FALSE(looks_like(hex("d9025a")));
    EXPECT_FALSE(looks_like({}));
}

TEST(UserData, HasAtMost64Bytes) {
    EXPECT_EQ(user_data(std::string(64, 'x')).view().size(), 64U);
    Bytes const long_one(65);
    EXPECT_EQ(UserData::of(long_one).error(), base::Errno::FBig);
}

TEST(ReportDataInput, IsPurposeDigestsLengthAndUserData) {
    auto const application = good_claims().application;
    ReportDataInput const input{application};
    auto const expected =
        "656e6172782f76312f617070" + repeated("11", 32) + repeated("22", 32) + "05" + "68656c6c6f";
    EXPECT_EQ(Bytes(input.view().begin(), input.view().end()), hex(expected));
}

TEST(ReportDataInput, TellsUserDataFromOthersThatOnlyEndInZeros) {
    Application one{.user_data = user_data("a")};
    Application other{.user_data = user_data(std::string_view{"a\0", 2})};
    EXPECT_FALSE(std::ranges::equal(ReportDataInput{one}.view(), ReportDataInput{other}.view()));
}

// ---- of the Keep for itself ----

NoHardwareBound bound_claims(Bytes const& binding) {
    return {
        .purpose = "enarx/v1/ready",
        .binding = binding,
        .measurement = filled<48>(0x44),
        .report_data = filled<64>(0x33)
    };
}

TEST(BoundEvidence, ComesBackAsItWasWrittenAndIsNoneOfAnApplication) {
    Bytes const binding(2048, std::byte{5});
    for (bool const measured : {true, false}) {
        auto claims = bound_claims(binding);
        if (!measured) claims.measurement = {};
        auto const bytes = encode(claims);
        auto const read = decode_bound(bytes);
        ASSERT_TRUE(read);
        EXPECT_EQ(encode(*read), bytes);
        EXPECT_EQ(read->purpose, claims.purpose);
        EXPECT_TRUE(std::ranges::equal(read->binding, binding));
        EXPECT_EQ(read->measurement, claims.measurement);
        EXPECT_TRUE(looks_like(bytes));
        EXPECT_EQ(refusal(bytes).empty(), false);
        EXPECT_FALSE(decode(bytes));
    }
    EXPECT_FALSE(decode_bound(bytes_of(measured_claims())));
}

TEST(BoundEvidence, IsRefusedCutTooLongAndWithAnyByteOfItsStructureChanged) {
    auto const good = encode(bound_claims(Bytes(40, std::byte{5})));
    for (std::size_t at = 0; at < good.size(); ++at) {
        EXPECT_FALSE(decode_bound(std::span{good}.first(at))) << at;
        auto bytes = good;
        bytes[at] ^= std::byte{0x80};
        if (auto const claims = decode_bound(bytes)) EXPECT_EQ(encode(*claims), bytes) << at;
    }
    auto longer = good;
    longer.push_back({});
    EXPECT_FALSE(decode_bound(longer));
    EXPECT_FALSE(decode_bound(encode(bound_claims({}))));
    auto nameless = bound_claims(Bytes(1));
    nameless.purpose = {};
    EXPECT_FALSE(decode_bound(encode(nameless)));
}

} // namespace
