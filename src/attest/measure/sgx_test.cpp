// SIGSTRUCTs and SGXS streams agree with the vectors of the manifest.

#include "attest/measure/sgxs.hpp"
#include "attest/measure/sigstruct.hpp"
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

void expect_fields(hw::sgx::Sigstruct const& it, Json const& fields) {
    EXPECT_EQ(hex(it.body.enclave_hash), fields.at("enclavehash").get<std::string>());
    EXPECT_EQ(hex(mr_signer(it)), fields.at("mrsigner").get<std::string>());
    EXPECT_EQ(it.body.isv_prod_id, fields.at("isvprodid").get<unsigned>());
    EXPECT_EQ(it.body.isv_svn, fields.at("isvsvn").get<unsigned>());
    EXPECT_EQ(
        hex(std::as_bytes(std::span{&it.body.attributes, 1})),
        fields.at("attributes").get<std::string>()
    );
    EXPECT_EQ(hex(std::uint64_t{it.author.vendor}), fields.at("vendor").get<std::string>());
    EXPECT_EQ(hex(std::uint64_t{it.body.misc_mask}), fields.at("miscmask").get<std::string>());
}

TEST(Sigstruct, EachOneAnswersTheChecksOfTheManifest) {
    int good = 0;
    int bad = 0;
    for (auto const& vector : vectors().of_kind("sgx-sigstruct")) {
        SCOPED_TRACE(vector.path);
        auto const parsed = parse_sigstruct(vectors().read(vector.path));
        ASSERT_TRUE(parsed) << parsed.error().what << " at " << parsed.error().offset;
        auto const checks = vector.expected().at("checks");
        EXPECT_EQ(signature_valid(*parsed), checks.at("signature_valid").get<bool>());
        auto const quotients = check_quotients(*parsed);
        EXPECT_EQ(quotients.q1 && quotients.q2, checks.at("q1_q2_valid").get<bool>());
        if (vector.all.contains("fields")) expect_fields(*parsed, vector.all.at("fields"));
        ++(vector.positive == true ? good : bad);
    }
    EXPECT_GT(good, 0);
    EXPECT_GT(bad, 0);
}

TEST(Sigstruct, SignedFromTheOriginalsInputItIsByteForByteTheOriginals) {
    for (auto const& vector : vectors().of_kind("sgx-sigstruct-input")) {
        auto const body = read_as<hw::sgx::SigstructBody>(vector.path);
        auto const made = sign_enclave(body, {}, sgx_key());
        ASSERT_TRUE(made);
        EXPECT_TRUE(signature_valid(*made));
        EXPECT_TRUE(check_quotients(*made).q1 && check_quotients(*made).q2);
        bool found = false;
        for (auto const& other : vectors().of_kind("sgx-sigstruct"))
            found = found || vectors().read(other.path) == bytes_of(*made);
        EXPECT_TRUE(found);
    }
}

TEST(Sigstruct, TheDigestOfTheOriginalsTestKeyIsTheOneThatItsTestsExpect) {
    EXPECT_EQ(
        hex(mr_signer(sgx_key())),
        "298037d88782e022e019b3020745b78aa40ed95c77da4bf7f3253d3a44c4fd7e"
    );
}

TEST(Sigstruct, EachTruncationAndEachReservedByteIsRefusedAtItsOffset) {
    auto const vector = vectors().of_kind("sgx-sigstruct").at(0);
    auto const bytes = vectors().read(vector.path);
    for (std::size_t size = 0; size < bytes.size(); ++size)
        EXPECT_EQ(parse_sigstruct(base::View{bytes}.first(size)).error().offset, size);
    for (std::size_t const at : {0x00U, 0x18U, 0x2cU, 0x200U, 0x38eU, 0x3e0U, 0x404U}) {
        auto changed = bytes;
        changed[at] ^= std::byte{0x80};
        auto const parsed = parse_sigstruct(changed);
        ASSERT_FALSE(parsed);
        EXPECT_EQ(parsed.error().offset, at);
    }
}

TEST(Sgxs, EachStreamGivesTheMrEnclaveOfTheManifest) {
    int judged = 0;
    for (auto const& vector : vectors().of_kind("sgx-measurement-stream")) {
        SCOPED_TRACE(vector.path);
        auto const built = parse_sgxs(vectors().read(vector.path));
        ASSERT_TRUE(built) << built.error().what << " at " << built.error().offset;
        EXPECT_EQ(hex(built->mr_enclave), vector.expected().at("mrenclave").get<std::string>());
        if (vector.all.contains("fields")) {
            auto const ops = vector.all.at("fields").at("ops");
            EXPECT_EQ(built->pages, ops.at("EADD").get<std::size_t>());
            EXPECT_EQ(built->measured_parts, ops.at("EEXTEND").get<std::size_t>());
        }
        ++judged;
    }
    EXPECT_GT(judged, 0);
}

TEST(Sgxs, WhatIsNotMeasuredIsCountedAndChangesNoMeasurement) {
    auto stream = vectors().read(vectors().of_kind("sgx-measurement-stream").at(0).path);
    auto const before = parse_sgxs(stream).value();
    auto const tag = base::view_of("UNMEASRD");
    // The last block once more: read like it, and left out of the hash.
    std::vector<std::byte> block(stream.end() - 320, stream.end());
    std::ranges::copy(tag, block.begin());
    stream.insert(stream.end(), block.begin(), block.end());
    auto const after = parse_sgxs(stream).value();
    EXPECT_EQ(after.mr_enclave, before.mr_enclave);
    EXPECT_EQ(after.unmeasured_parts, 1U);
    EXPECT_EQ(after.measured_parts, before.measured_parts);
    stream.back() ^= std::byte{1};
    EXPECT_EQ(parse_sgxs(stream).value().mr_enclave, before.mr_enclave);
}

TEST(Sgxs, AStreamIsReadToWholeBlocksOnly) {
    auto const stream = vectors().read(vectors().of_kind("sgx-measurement-stream").at(0).path);
    // ECREATE; EADD; then EEXTENDs of 64 and 256 bytes
    std::vector<std::size_t> const whole{64, 128, 128 + 320, 128 + 640};
    for (std::size_t size = 0; size <= 128 + 640; ++size)
        EXPECT_EQ(
            parse_sgxs(base::View{stream}.first(size)).has_value(),
            std::ranges::find(whole, size) != whole.end()
        ) << size;
}

TEST(Sgxs, WhatTheProcessorWouldRefuseIsRefusedAtItsOffset) {
    auto const good = vectors().read(vectors().of_kind("sgx-measurement-stream").at(0).path);
    struct Change {
        std::size_t at;
        std::byte value;
        std::size_t offset;
    };
    for (auto const& change : {
             Change{0x0c, std::byte{1}, 0x0c},    // size is no power of two
             Change{0x08, std::byte{0}, 0x08},    // no SSA frame
             Change{0x20, std::byte{1}, 0x14},    // behind SIZE
             Change{0x48, std::byte{1}, 0x48},    // EADD inside a page
             Change{0x4b, std::byte{0xff}, 0x48}, // EADD outside of the enclave
             Change{0x51, std::byte{0}, 0x50},    // a page type that EADD does not take
             Change{0x58, std::byte{1}, 0x58},    // behind the flags
             Change{0x88, std::byte{1}, 0x88},    // EEXTEND of no multiple of 256
             Change{0x8b, std::byte{1}, 0x88},    // EEXTEND outside of the page
             Change{0x90, std::byte{1}, 0x90},    // behind the offset
             Change{0x80, std::byte{'X'}, 0x80},  // no block of that name
         }) {
        auto changed = good;
        changed[change.at] = change.value;
        auto const built = parse_sgxs(changed);
        ASSERT_FALSE(built) << change.at;
        EXPECT_EQ(built.error().offset, change.offset) << change.at;
    }
}

} // namespace
