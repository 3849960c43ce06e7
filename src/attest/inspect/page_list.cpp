// Lists of pages: what `enarx measure` computes of them, beside what they expect.

#include "attest/inspect/kinds.hpp"
#include "attest/measure/snp_pages.hpp"
#include "attest/measure/td_pages.hpp"
#include "attest/text.hpp"

namespace attest::inspect {

namespace {

using crypto::Sha384Digest;

void add_case(
    Description& out,
    std::string const& name,
    Sha384Digest const& digest,
    std::optional<Sha384Digest> const& expected
) {
    out.fields["cases"].push_back({{"name", name}, {"digest", hex(digest)}});
    if (!expected) {
        out.not_checked(name, "the list does not say which digest it expects");
        return;
    }
    out.check(
        name,
        *expected == digest,
        {.expected = hex(*expected),
         .found = hex(digest),
         .place = {.part = "", .offset = {}, .field = "pages"}}
    );
}

Description unusable(std::string kind, Unusable const& why) {
    Description out{.kind = std::move(kind)};
    out.malformed(why.expected, why.found, why.offset);
    return out;
}

} // namespace

Description describe_page_list(Artefact const& artefact, Artefacts beside) {
    (void)beside;
    // Pages of an SEV-SNP guest have types; those of a trust domain have none.
    bool const snp = base::text_of(artefact.bytes).contains("\"page_type\"");
    Description out{.kind = snp ? "page list of SEV-SNP guests" : "page list of trust domains"};
    out.fields["cases"] = Json::array();
    if (snp) {
        auto const cases = measure::parse_snp_pages(artefact.bytes, artefact.source);
        if (!cases) return unusable(out.kind, cases.error());
        for (auto const& one : *cases) add_case(out, one.name, one.digest(), one.expected);
        return out;
    }
    auto const cases = measure::parse_td_pages(artefact.bytes, artefact.source);
    if (!cases) return unusable(out.kind, cases.error());
    for (auto const& one : *cases) add_case(out, one.name, one.digest, one.expected);
    return out;
}

} // namespace attest::inspect
