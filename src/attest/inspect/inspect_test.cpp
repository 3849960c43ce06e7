// Each vector of the manifest is recognised by its bytes, described under the names of its fields,
// and its own signatures and digests come out as the manifest says.

#include "attest/inspect/describe.hpp"
#include "attest/inspect/known_issuers.hpp"
#include "attest/roots.hpp"
#include "attest/testing/vectors.hpp"
#include "attest/text.hpp"
#include "crypto/certificate.hpp"
#include "crypto/digest.hpp"

#include <gtest/gtest.h>

namespace {

using namespace attest::inspect;
using attest::Outcome;
using attest::testing::Vector;
using attest::testing::Vectors;
using Bytes = std::vector<std::byte>;

Vectors const& vectors() { return Vectors::instance(); }

std::optional<Description> describe_bytes(Bytes const& bytes, Artefacts beside = {}) {
    auto const kind = recognise(bytes, bytes.size());
    if (!kind) return {};
    return describe(*kind, {bytes, "file"}, beside);
}

Description of(Vector const& vector, Artefacts beside = {}) {
    auto described = describe_bytes(vectors().read(vector.path), beside);
    if (!described) throw std::runtime_error("not recognised: " + vector.path);
    return *described;
}

std::vector<Vector> some(std::string_view kind, std::optional<bool> positive) {
    auto out = vectors().of_kind(kind);
    std::erase_if(out, [&](Vector const& vector) { return vector.positive != positive; });
    return out;
}

// The outcome of a check; nothing if there is none of that name.
std::optional<Outcome> outcome(Description const& description, std::string_view name) {
    for (auto const& check : description.checks)
        if (check.name == name) return check.outcome;
    return {};
}

std::string failures(Description const& description) {
    std::string out;
    for (auto const& check : description.checks)
        if (check.outcome == Outcome::Failed)
            out += check.name + ": expected " + check.detail.expected + ", found " +
                   check.detail.found + '\n';
    return out;
}

// What holds of all of its bytes can be told from itself alone.
constexpr std::array self_contained{
    "sgx-sigstruct",
    "intel-tcbinfo",
    "intel-qe-identity",
    "sgx-quote-v3",
    "tdx-quote-v4",
    "tdx-quote-v5",
    "nitro-cose-sign1",
    "amd-vcek-cert",
};

TEST(Inspect, FindsNothingWrongWithGoodVectorsAndSomethingWithEachBadOneThatTellsByItself) {
    int good = 0;
    int bad = 0;
    for (auto const* kind : self_contained)
        for (auto const& vector : vectors().of_kind(kind)) {
            if (!vector.positive) continue;
            SCOPED_TRACE(vector.path);
            auto const described = of(vector);
            EXPECT_EQ(wrong(described), !*vector.positive) << failures(described);
            ++(*vector.positive ? good : bad);
        }
    EXPECT_GT(good, 100);
    EXPECT_GT(bad, 50);
}

TEST(Inspect, FindsNothingWrongWithAnyOtherGoodArtefact) {
    int judged = 0;
    for (auto const* kind :
         {"snp-report",
          "cca-token",
          "cca-trust-anchor",
          "enarx-attestation-csr",
          "amd-crl",
          "intel-crl",
          "amd-root-chain",
          "amd-vlek-cert",
          "intel-root",
          "intel-intermediate",
          "intel-tcb-signing-cert",
          "aws-root",
          "snp-id-block",
          "snp-id-auth",
          "enarx-id-key-signature",
          "sgx-measurement-stream",
          "tdx-event-log",
          "tdx-tdreport",
          "snp-launch-digest-vectors"})
        for (auto const& vector : some(kind, true)) {
            SCOPED_TRACE(vector.path);
            auto const described = of(vector);
            EXPECT_FALSE(wrong(described)) << failures(described);
            EXPECT_FALSE(described.checks.empty());
            ++judged;
        }
    EXPECT_GT(judged, 50);
}

TEST(Inspect, NamesOffsetAndFieldOfWhatIsWrong) {
    for (auto const& vector : some("sgx-sigstruct", false)) {
        auto const described = of(vector);
        for (auto const& check : described.checks) {
            if (check.outcome != Outcome::Failed) continue;
            EXPECT_TRUE(check.detail.place.offset) << vector.path << ' ' << check.name;
            EXPECT_FALSE(check.detail.place.field.empty()) << vector.path << ' ' << check.name;
        }
    }
}

TEST(Inspect, ChecksAnIdBlockAndItsSignatureAgainstEachOther) {
    auto const block = vectors().read(some("snp-id-block", true).at(0).path);
    std::vector<Artefact> const beside{{block, "block"}};
    for (auto const& vector : vectors().of_kind("snp-id-auth")) {
        auto const described = of(vector, beside);
        EXPECT_EQ(
            outcome(described, "id-block-signature") == Outcome::Passed, vector.positive == true
        ) << vector.path;
        EXPECT_EQ(outcome(of(vector), "id-block-signature"), Outcome::Undecided);
    }
    auto changed = block;
    changed[0] ^= std::byte{1};
    auto const auth = vectors().read(some("snp-id-auth", true).at(0).path);
    std::vector<Artefact> const signature{{auth, "auth"}};
    EXPECT_FALSE(wrong(*describe_bytes(block, signature)));
    EXPECT_TRUE(wrong(*describe_bytes(changed, signature)));
}

TEST(Inspect, ChecksAStreamAndItsSigstructAgainstEachOther) {
    int matched = 0;
    for (auto const& stream : vectors().of_kind("sgx-measurement-stream"))
        for (auto const& vector : some("sgx-sigstruct", true)) {
            auto const sigstruct = vectors().read(vector.path);
            std::vector<Artefact> const beside{{sigstruct, vector.path}};
            auto const described = of(stream, beside);
            bool const same = vector.all.at("fields").at("enclavehash").get<std::string>() ==
                              stream.expected().at("mrenclave").get<std::string>();
            EXPECT_EQ(outcome(described, "mrenclave"), same ? Outcome::Passed : Outcome::Failed);
            matched += same ? 1 : 0;
        }
    EXPECT_GT(matched, 0);
}

TEST(Inspect, ReplaysAnEventLogAgainstTheQuoteThatHoldsItsRegisters) {
    auto const log = some("tdx-event-log", true).at(0);
    auto const wanted = log.all.at("fields").at("rtmr2").get<std::string>();
    int matched = 0;
    for (auto const& vector : some("tdx-quote-v4", true)) {
        auto const quote = vectors().read(vector.path);
        std::vector<Artefact> const beside{{quote, vector.path}};
        if (of(vector).fields.at("rtmr2") != wanted) {
            EXPECT_TRUE(wrong(of(log, beside))) << vector.path;
            continue;
        }
        ++matched;
        EXPECT_EQ(outcome(of(log, beside), "rtmr0"), Outcome::Passed);
        EXPECT_FALSE(wrong(of(log, beside)));
        for (auto const& bad : some("tdx-event-log", false))
            EXPECT_TRUE(wrong(of(bad, beside))) << bad.path;
    }
    EXPECT_GT(matched, 0);
}

TEST(Inspect, ChecksAReportWithItsLeafAndTellsOneThatIsRevoked) {
    for (auto const& report : some("snp-report", true)) {
        std::vector<Bytes> files;
        std::vector<Artefact> beside;
        for (auto const& path : report.expected().at("use_with"))
            files.push_back(vectors().read(path.get<std::string>()));
        for (auto const& file : files) beside.push_back({file, "leaf"});
        auto const described = of(report, beside);
        EXPECT_EQ(outcome(described, "snp.report.signature"), Outcome::Passed) << report.path;
        EXPECT_FALSE(wrong(described)) << report.path << failures(described);
        auto changed = vectors().read(report.path);
        changed[0x90] ^= std::byte{1};
        EXPECT_TRUE(wrong(*describe_bytes(changed, beside)));
    }
    std::vector<Bytes> lists;
    std::vector<Artefact> beside;
    for (auto const& list : some("amd-crl", true)) lists.push_back(vectors().read(list.path));
    for (auto const& list : lists) beside.push_back({list, "list"});
    for (auto const& revoked : some("amd-ask-cert", false)) {
        EXPECT_EQ(outcome(of(revoked, beside), "revocation"), Outcome::Failed);
        EXPECT_EQ(outcome(of(revoked), "signature"), Outcome::Passed);
    }
}

TEST(Inspect, EachTruncationIsAnotherKindOrWrongAndNeverMore) {
    for (auto const* kind :
         {"sgx-sigstruct", "snp-id-auth", "snp-id-block", "tdx-tdreport", "amd-vcek-cert"}) {
        auto const bytes = vectors().read(some(kind, true).at(0).path);
        for (std::size_t size = 0; size < bytes.size(); ++size) {
            auto const described = describe_bytes({bytes.begin(), bytes.begin() + size});
            EXPECT_TRUE(!described || wrong(*described)) << kind << " of " << size << " bytes";
        }
    }
}

TEST(Inspect, TellsApartWhatHasNoMagicNumber) {
    auto const kind_of = [](Bytes const& bytes) { return recognise(bytes, bytes.size()); };
    EXPECT_FALSE(kind_of({}));
    EXPECT_FALSE(kind_of(Bytes(96)));
    EXPECT_FALSE(kind_of(Bytes(4096)));
    EXPECT_FALSE(kind_of(Bytes(1024, std::byte{0x28})));
    std::string const wat = "(module)";
    EXPECT_FALSE(recognise(base::view_of(wat), wat.size()));
    std::string const toml = "args = ['x']\n";
    EXPECT_FALSE(recognise(base::view_of(toml), toml.size()));
}

void append(Bytes& to, base::View bytes) { to.insert(to.end(), bytes.begin(), bytes.end()); }

void append_length(Bytes& to, std::size_t size) {
    unsigned shift = 0;
    while (size >> shift > 0xff) shift += 8;
    if (size >= 0x80) to.push_back(std::byte(0x81 + shift / 8));
    for (;; shift -= 8) {
        to.push_back(std::byte(size >> shift));
        if (shift == 0) return;
    }
}

// Elements in DER, one of which begins its content at `at`: with another content, and all lengths
// around it as they then have to be.
Bytes replaced(base::View in, std::size_t at, base::View content) {
    Bytes out;
    for (std::size_t begin = 0; begin < in.size();) {
        auto const first = std::to_integer<std::size_t>(in[begin + 1]);
        auto const long_form = first >= 0x80 ? first - 0x80 : 0;
        std::size_t size = long_form == 0 ? first : 0;
        for (std::size_t i = 0; i < long_form; ++i)
            size = size << 8 | std::to_integer<std::size_t>(in[begin + 2 + i]);
        auto const inside = begin + 2 + long_form;
        auto const end = inside + size;
        if (at < inside || at >= end) {
            append(out, in.subspan(begin, end - begin));
        } else {
            auto const made = at == inside
                                  ? Bytes{content.begin(), content.end()}
                                  : replaced(in.subspan(inside, size), at - inside, content);
            out.push_back(in[begin]);
            append_length(out, made.size());
            append(out, made);
        }
        begin = end;
    }
    return out;
}

// Or a request could hold a request that holds a request, to any depth.
TEST(Inspect, ShowsWithinARequestEvidenceOfItsTechnologyAlone) {
    using namespace std::string_view_literals;
    int changed = 0;
    for (auto const& vector : some("enarx-attestation-csr", true)) {
        auto const request = vectors().read(vector.path);
        auto const quote = base::text_of(request).find("\3\0\2\0\0\0\0\0"sv);
        auto const found = base::text_of(request).find("\x04\x82\x04\xa0"sv); // 1184 bytes
        bool const sgx = quote != std::string_view::npos;
        if (!sgx && found == std::string_view::npos) continue;
        EXPECT_FALSE(of(vector).fields.at("evidence").empty());
        auto const nested = replaced(request, sgx ? quote : found + 4, request);
        auto const described = describe_bytes(nested);
        ASSERT_TRUE(described) << vector.path;
        ASSERT_TRUE(described->fields.contains("evidence")) << described->fields.dump();
        EXPECT_TRUE(described->fields.at("evidence").empty()) << described->fields.dump();
        ++changed;
    }
    EXPECT_GT(changed, 1);
}

TEST(KnownIssuers, AreWhatTheyAreSaidToBeAndDescendFromBuiltInRoots) {
    for (auto const& issuer : known_issuers()) {
        SCOPED_TRACE(issuer.name);
        EXPECT_EQ(attest::hex(crypto::sha256(issuer.der)), issuer.sha256);
        auto const parsed = crypto::Certificate::parse(issuer.der);
        ASSERT_TRUE(parsed);
        bool descends = false;
        for (auto const& root : attest::builtin_roots()) {
            auto const certificate = crypto::Certificate::parse(root.der);
            auto const key = crypto::PublicKey::parse(certificate->public_key_info());
            descends = descends || (base::equal(certificate->subject(), parsed->issuer()) &&
                                    parsed->signed_part().verified_by(*key));
        }
        EXPECT_TRUE(descends);
    }
}

} // namespace
