// Frames that no vector has: an enclave's report in versions 4 and 5, certification data without a
// certificate. They are made of a quote of version 3, whose own signature then no longer verifies:
// no other rule may fail.

#include "attest/dcap/quote.hpp"
#include "attest/testing/cases.hpp"

#include <gtest/gtest.h>

namespace {

using namespace attest;
using namespace attest::testing;

using Bytes = std::vector<std::byte>;

void append(Bytes& out, base::View bytes) { out.insert(out.end(), bytes.begin(), bytes.end()); }

template <class T> void append_number(Bytes& out, T value) {
    append(out, std::bit_cast<base::Bytes<sizeof(T)>>(value));
}

// A good quote of version 3, in its parts.
struct Parts {
    Bytes header;
    Bytes body;
    Bytes head;  // signature and attestation key
    Bytes inner; // all behind them
    std::chrono::sys_seconds at;
};

Parts parts() {
    auto const cases = quote_cases();
    auto const found = std::ranges::find(cases, Kind::SgxQuote, &Case::kind);
    base::View const all{found->parts[0].bytes};
    auto const copy = [&](std::size_t from, std::size_t size) {
        auto const view = all.subspan(from, size);
        return Bytes(view.begin(), view.end());
    };
    return {
        .header = copy(0, 48),
        .body = copy(48, 384),
        .head = copy(436, 128),
        .inner = copy(564, all.size() - 564),
        .at = found->at,
    };
}

// The same in version 4 or 5.
Bytes reframed(Parts const& of, std::uint16_t version, std::uint16_t body_type) {
    Bytes out = of.header;
    out[0] = std::byte(version);
    std::ranges::fill(std::span{out}.subspan(8, 4), std::byte{0});
    if (version == 5) {
        append_number(out, body_type);
        append_number(out, std::uint32_t(of.body.size()));
    }
    append(out, of.body);
    append_number(out, std::uint32_t(of.head.size() + 6 + of.inner.size()));
    append(out, of.head);
    append_number(out, std::uint16_t(6));
    append_number(out, std::uint32_t(of.inner.size()));
    append(out, of.inner);
    return out;
}

Appraisal appraised(Bytes evidence, std::chrono::sys_seconds at) {
    Trial trial;
    trial.evidence = std::move(evidence);
    trial.at = at;
    EXPECT_EQ(recognise(trial.evidence), Kind::SgxQuote);
    return trial.run(Kind::SgxQuote);
}

std::vector<std::string_view> failures(Appraisal const& appraisal) {
    std::vector<std::string_view> out;
    for (auto const& finding : appraisal.findings())
        if (finding.outcome == Outcome::Failed) out.push_back(finding.rule->id);
    return out;
}

using Ids = std::vector<std::string_view>;

TEST(Frame, AnEnclavesReportMayStandInVersions4And5) {
    auto const of = parts();
    EXPECT_EQ(failures(appraised(reframed(of, 4, 0), of.at)), Ids{"dcap.quote.signature"});
    EXPECT_EQ(failures(appraised(reframed(of, 5, 1), of.at)), Ids{"dcap.quote.signature"});
}

TEST(Frame, TypeAndSizeOfTheBodyHaveToFitTheTee) {
    auto const of = parts();
    for (auto const type : std::array<std::uint16_t, 5>{0, 2, 3, 4, 0x101})
        EXPECT_EQ(failures(appraised(reframed(of, 5, type), of.at)), Ids{"dcap.quote.body-type"});
    auto other = of;
    other.body.push_back(std::byte{0});
    EXPECT_EQ(failures(appraised(reframed(other, 5, 1), of.at)), Ids{"dcap.quote.body-type"});
}

TEST(Frame, Version3IsNeverOfTdx) {
    auto const of = parts();
    auto quote = of.header;
    quote[4] = std::byte{0x81};
    append(quote, of.body);
    Trial trial;
    trial.evidence = quote;
    trial.at = of.at;
    EXPECT_EQ(failures(trial.run(Kind::TdxQuote)), Ids{"dcap.quote.tee-type"});
}

// The quoting enclave's part with other certification data.
Bytes with_certification(Parts const& of, std::uint16_t type, base::View data) {
    auto const authentication = std::to_integer<std::size_t>(of.inner[448]);
    Bytes inner(of.inner.begin(), of.inner.begin() + std::ptrdiff_t(450 + authentication));
    append_number(inner, type);
    append_number(inner, std::uint32_t(data.size()));
    append(inner, data);
    Bytes out = of.header;
    append(out, of.body);
    append_number(out, std::uint32_t(of.head.size() + inner.size()));
    append(out, of.head);
    append(out, inner);
    return out;
}

TEST(Frame, WithoutACertificateInTheQuoteTheOneAmongTheEndorsementsThatSignedItCounts) {
    auto const of = parts();
    auto const policy = Policy::authentic();
    Judge judge{policy, {}, attest::testing::unbound()};
    auto const whole = quote_cases()[0].parts[0].bytes;
    auto const chain = dcap::read_quote(judge, whole).value().certification;
    Bytes const identifiers(404);
    Trial trial;
    trial.at = of.at;
    trial.evidence = with_certification(of, 3, identifiers);
    auto const alone = trial.run(Kind::SgxQuote);
    EXPECT_EQ(alone.verdict(), Verdict::Refused);
    EXPECT_TRUE(failed(alone, "dcap.pck.present"));
    auto const text = base::text_of(chain);
    ASSERT_TRUE(trial.endorsements.add(base::view_of(text.substr(0, text.find('\0'))), "chain"));
    auto const complete = trial.run(Kind::SgxQuote);
    EXPECT_EQ(complete.verdict(), Verdict::Accepted) << explain(complete);
}

TEST(Frame, CertificationDataHaveTheFormOfTheirType) {
    auto const of = parts();
    for (auto const& [type, size] :
         {std::pair{1, 35},
          std::pair{2, 404},
          std::pair{3, 403},
          std::pair{4, 1},
          std::pair{5, 0}}) {
        auto const quote = with_certification(of, std::uint16_t(type), Bytes(std::size_t(size)));
        EXPECT_EQ(failures(appraised(quote, of.at)), Ids{"dcap.certification.form"}) << type;
    }
    for (auto const type : std::array<std::uint16_t, 3>{0, 6, 8})
        EXPECT_EQ(
            failures(appraised(with_certification(of, type, Bytes(404)), of.at)),
            Ids{"dcap.certification.type"}
        );
}

} // namespace
