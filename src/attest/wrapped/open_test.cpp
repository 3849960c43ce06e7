// Wrappers as attesters may write them: with certificates of any size beside a report, and bytes
// that are made to keep the verifier busy.

#include "attest/testing/cases.hpp"
#include "attest/verify.hpp"
#include "attest/wrapped/open.hpp"
#include "protocol/evidence/vouched.hpp"

#include <algorithm>
#include <array>
#include <string>

#include <gtest/gtest.h>

namespace {

using namespace attest;
using namespace attest::testing;
using Bytes = std::vector<std::byte>;

void append(Bytes& to, base::View bytes) { to.insert(to.end(), bytes.begin(), bytes.end()); }

void append_number(Bytes& to, std::size_t number, bool big_endian = false) {
    for (unsigned i = 0; i < 4; ++i)
        to.push_back(std::byte(number >> 8 * (big_endian ? 3 - i : i)));
}

constexpr std::size_t entry_size = 24;

// A certificate table with one entry for each certificate: the GUID of a VCEK, whatever it is.
Bytes table_of(std::vector<base::View> const& certificates) {
    constexpr std::array<unsigned char, 16> guid{
        0x63,
        0xda,
        0x75,
        0x8d,
        0xe6,
        0x64,
        0x45,
        0x64,
        0xad,
        0xc5,
        0xf4,
        0xb9,
        0x3b,
        0xe8,
        0xac,
        0xcd
    };
    Bytes out;
    auto at = entry_size * (certificates.size() + 1);
    for (auto const der : certificates) {
        append(out, std::as_bytes(std::span{guid}));
        append_number(out, at);
        append_number(out, der.size());
        at += der.size();
    }
    out.resize(out.size() + entry_size);
    for (auto const der : certificates) append(out, der);
    return out;
}

TEST(Wrapped, AReportWithItsCertificateTableIsOpenedWhateverItsSize) {
    for (auto const& of : snp_cases()) {
        SCOPED_TRACE(of.parts[0].name);
        auto const trial = of.trial();
        std::vector<base::View> certificates;
        for (auto const& [certificate, source] : trial.endorsements.certificates())
            certificates.push_back(certificate.der());
        for (auto const padding : {std::size_t{0}, std::size_t{16 * 1024}}) {
            auto whole = trial.evidence;
            append(whole, table_of(certificates));
            whole.resize(whole.size() + padding);
            EXPECT_TRUE(wrapped::extended_report(whole));
            auto const opened = wrapped::open(whole);
            ASSERT_TRUE(opened);
            EXPECT_EQ(opened->evidence, trial.evidence);
            ASSERT_EQ(opened->endorsements.size(), 1U);
            Endorsements beside;
            ASSERT_TRUE(beside.add(opened->endorsements[0].value, "beside"));
            EXPECT_EQ(beside.certificates().size(), certificates.size());
        }
    }
}

// A report has no magic number, so its first bytes can be those of a quote or of a certification
// request.
TEST(Wrapped, AKeepsEvidenceHoldsAReportOfItsHardwareAndNothingElse) {
    auto report = snp_cases().front().trial().evidence;
    auto const vouched = [&] {
        return protocol::evidence::encode(
            protocol::evidence::Vouched{.report = report, .application = {}, .certificates = {}}
        );
    };
    ASSERT_TRUE(wrapped::open(vouched()));
    for (auto const& [front, kind] : std::vector<std::pair<std::vector<unsigned char>, Kind>>{
             {{3, 0, 2, 0, 0, 0, 0, 0}, Kind::SgxQuote},
             {{4, 0, 2, 0, 0x81, 0, 0, 0}, Kind::TdxQuote},
             {{0x30, 0x80, 0x30, 0x80, 2, 1, 0, 0}, Kind::EnarxRequest},
         }) {
        std::ranges::copy(std::as_bytes(std::span{front}), report.begin());
        ASSERT_EQ(recognise(report), kind);
        auto const opened = wrapped::open(vouched());
        ASSERT_FALSE(opened);
        EXPECT_TRUE(opened.error().contains("no SEV-SNP report")) << opened.error();
    }
    report.assign(report.size(), std::byte{0xff});
    ASSERT_FALSE(recognise(report));
    auto const opened = wrapped::open(vouched());
    ASSERT_FALSE(opened);
    EXPECT_TRUE(opened.error().contains("no SEV-SNP report")) << opened.error();
}

TEST(Wrapped, CertificatesBesideEvidenceAreLimitedInNumber) {
    auto const trial = snp_cases().front().trial();
    auto const& certificate = trial.endorsements.certificates().front().value;
    auto const key = certificate.public_key_info();
    auto const last =
        static_cast<std::size_t>(key.data() - certificate.der().data()) + key.size() - 1;
    for (auto const count : {32U, 33U}) {
        Bytes all;
        for (unsigned i = 0; i < count; ++i) {
            Bytes one{certificate.der().begin(), certificate.der().end()};
            one[last] = std::byte(i);
            append(all, one);
        }
        auto whole = trial.evidence;
        append(whole, table_of({all}));
        EXPECT_EQ(wrapped::open(whole).has_value(), count == 32) << count;
    }
}

// Each head begins a document whose first part jumps over all heads behind it; then come as many
// elements as there is room for, and no end: whoever follows each head reads all of them each time.
Bytes endless_documents() {
    constexpr std::array<unsigned char, 7> head{0x84, 0x43, 0xa1, 0x01, 0x26, 0x82, 0x5a};
    constexpr std::size_t head_size = head.size() + 4;
    constexpr std::size_t heads = 40'000;
    constexpr std::size_t elements = 500'000;
    Bytes out(1, std::byte{'z'});
    for (std::size_t i = 0; i < heads; ++i) {
        append(out, std::as_bytes(std::span{head}));
        append_number(out, head_size * (heads - i - 1), true);
    }
    out.push_back(std::byte{0x9a});
    append_number(out, elements, true);
    out.resize(out.size() + elements, std::byte{1});
    return out;
}

TEST(Wrapped, BytesThatAreMadeToBeReadOverAndOverAreReadAFewTimesOnly) {
    auto const begin = std::chrono::steady_clock::now();
    EXPECT_FALSE(wrapped::open(endless_documents()));
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds{5});
}

TEST(Wrapped, OfManyPiecesOfEvidenceAFewAreNamed) {
    std::string json = "[";
    for (int i = 0; i < 2000; ++i)
        json += (i == 0 ? "[3,0,2,0," : ",[3,0,2,0,") + std::to_string(i / 250) + ',' +
                std::to_string(i % 250) + ']';
    auto const opened = wrapped::open(base::view_of(json + ']'));
    ASSERT_FALSE(opened);
    EXPECT_TRUE(opened.error().contains("several pieces"));
    EXPECT_LT(opened.error().size(), 2000U);
}

} // namespace
