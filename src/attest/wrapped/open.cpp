#include "attest/wrapped/open.hpp"

#include "attest/appraisal.hpp"
#include "attest/certificate_table.hpp"
#include "attest/json/tree.hpp"
#include "attest/wrapped/azure.hpp"
#include "attest/wrapped/json_text.hpp"
#include "attest/wrapped/scan.hpp"
#include "attest/wrapped/spelling.hpp"
#include "base/cbor.hpp"
#include "crypto/pem.hpp"
#include "protocol/evidence/vouched.hpp"

#include <algorithm>

namespace attest::wrapped {

namespace {

using Bytes = std::vector<std::byte>;
using Part = Sourced<Bytes>;

constexpr std::size_t largest = 1U << 20; // bytes
constexpr unsigned deepest = 4;           // wrappers in wrappers
constexpr std::size_t report_size = sizeof(hw::snp::AttestationReport);
constexpr std::uint64_t most_fields = 64; // of a map in CBOR
constexpr std::size_t most_beside = 32;   // certificates and lists: each may be tried with each
constexpr std::size_t most_pieces = 16;   // of evidence: one counts, and of more some are named

// Where something stands, in words that get longer on the way in.
std::string inside(std::string const& where, std::string const& more) {
    return where.empty() ? more : where + ", " + more;
}

// Walks through a wrapper and what is in it.
class Search {
public:
    void look(base::View bytes, std::string const& where, unsigned depth);

    std::vector<Part> evidence;
    std::vector<Part> endorsements;
    std::optional<protocol::evidence::Application> application;
    std::string refused; // why something that is known holds no evidence

private:
    bool look_at_form(base::View bytes, std::string const& where, unsigned depth);
    void look_at_keep(base::View bytes, std::string const& where);
    void look_at_hcl(base::View bytes, std::string const& where);
    void look_at_pem(base::View block, std::string const& where, unsigned depth);
    void look_at_text(std::string_view text, std::string const& where, unsigned depth);
    bool look_at_json(base::View bytes, std::string const& where, unsigned depth);
    void look_at_json_value(json::Value value, std::string const& path, unsigned depth);
    bool look_at_cbor(base::View bytes, std::string const& where, unsigned depth);
    void look_at_rest(base::View bytes, std::string const& where);
    // Whoever opens a wrapper relies on evidence of some kind.
    void add_evidence(base::View bytes, std::string where) {
        if (evidence.size() == most_pieces || !recognise(bytes)) return;
        for (auto const& known : evidence)
            if (base::equal(known.value, bytes)) return;
        evidence.push_back({Bytes{bytes.begin(), bytes.end()}, std::move(where)});
    }
    void add_endorsement(base::View bytes, std::string where) {
        endorsements.push_back({Bytes{bytes.begin(), bytes.end()}, std::move(where)});
    }
};

// Evidence to the last byte. The outermost bytes are none: the caller has looked.
bool whole_evidence(base::View bytes) {
    auto const kind = recognise(bytes);
    return kind && (*kind != Kind::SnpReport || bytes.size() == report_size);
}

void Search::look(base::View bytes, std::string const& where, unsigned depth) {
    if (depth > deepest || bytes.empty() || bytes.size() > largest) return;
    if (depth > 0 && whole_evidence(bytes)) return add_evidence(bytes, where);
    if (look_at_form(bytes, where, depth)) return;
    auto const text = base::text_of(bytes);
    if (auto const blocks = pem_blocks(text); !blocks.empty()) {
        for (auto const block : blocks) {
            auto const at = std::to_string(block.data() - text.data());
            look_at_pem(base::view_of(block), inside(where, "byte " + at), depth);
        }
        return;
    }
    auto const spelt = decode(text);
    if (!spelt) return look_at_rest(bytes, where);
    // A whole file that is text is named by the caller, not guessed at.
    if (depth > 0) look(spelt->bytes, inside(where, std::string{spelt->how}), depth + 1);
}

// What tells by its first bytes what it is.
bool Search::look_at_form(base::View bytes, std::string const& where, unsigned depth) {
    if (protocol::evidence::looks_vouched(bytes)) return look_at_keep(bytes, where), true;
    if (azure::looks_like_hcl_report(bytes)) return look_at_hcl(bytes, where), true;
    if (extended_report(bytes)) {
        add_evidence(bytes.first(report_size), inside(where, "the first 1184 bytes"));
        add_endorsement(
            bytes.subspan(report_size), inside(where, "certificate table at byte 1184")
        );
        return true;
    }
    if (looks_like_certificate_table(bytes)) return add_endorsement(bytes, where), true;
    return look_at_json(bytes, where, depth) || look_at_cbor(bytes, where, depth);
}

// What a Keep's application gives away.
void Search::look_at_keep(base::View bytes, std::string const& where) {
    auto const keep = protocol::evidence::decode_vouched(bytes);
    if (!keep) {
        refused = inside(
            where,
            "a Keep's evidence, at whose byte " + std::to_string(keep.error().offset) + " not " +
                std::string{keep.error().expected} + " stands"
        );
        return;
    }
    // Or what the claims say would be compared with a field of another kind of evidence.
    if (recognise(keep->report) != Kind::SnpReport) {
        refused = inside(where, "a Keep's evidence, whose claim report is no SEV-SNP report");
        return;
    }
    add_evidence(keep->report, inside(where, "a Keep's evidence, claim report"));
    application = keep->application;
    if (!keep->certificates.empty())
        add_endorsement(keep->certificates, inside(where, "claim certificates"));
}

void Search::look_at_hcl(base::View bytes, std::string const& where) {
    auto const report = azure::parse_hcl_report(bytes);
    if (!report) {
        refused = inside(where, report.error());
        return;
    }
    if (recognise(report->report) != Kind::SnpReport) {
        refused = inside(
            where, "an Azure HCL report, whose 1184 bytes from byte 32 on are no SEV-SNP report"
        );
        return;
    }
    add_evidence(
        report->report, inside(where, "byte 32 of an Azure HCL report, whose runtime data it binds")
    );
}

// A certificate, perhaps one of RA-TLS with a quote in an extension; or evidence in the same
// clothes.
void Search::look_at_pem(base::View block, std::string const& where, unsigned depth) {
    auto const parsed = crypto::parse_pem(block);
    if (!parsed) return;
    for (auto const& [label, der, offset] : *parsed) {
        auto const name = inside(where, "PEM block " + std::string{label});
        bool const of_vendors = label == "CERTIFICATE" || label == "X509 CRL";
        auto const before = evidence.size();
        if (of_vendors)
            look_at_rest(der, name);
        else
            look(der, name, depth + 1);
        if (of_vendors && evidence.size() == before) add_endorsement(block, name);
    }
}

void Search::look_at_text(std::string_view text, std::string const& where, unsigned depth) {
    auto const plain = unescaped(text);
    if (!plain) return;
    for (auto const block : pem_blocks(*plain)) look_at_pem(base::view_of(block), where, depth);
    if (auto const spelt = decode(*plain))
        look(spelt->bytes, inside(where, std::string{spelt->how}), depth + 1);
}

bool Search::look_at_json(base::View bytes, std::string const& where, unsigned depth) {
    auto const text = base::text_of(bytes);
    auto const begin = text.find_first_not_of(" \t\r\n");
    if (begin == std::string_view::npos || (text[begin] != '{' && text[begin] != '[')) return false;
    auto const tree = json::Tree::parse(text);
    if (!tree) return false;
    look_at_json_value(tree->root(), inside(where, "field "), depth);
    return true;
}

void Search::look_at_json_value(json::Value value, std::string const& path, unsigned depth) {
    if (value.kind() == json::Kind::Text) return look_at_text(value.content(), path, depth);
    if (auto const bytes = bytes_of_numbers(value)) return look(*bytes, path, depth + 1);
    for (auto const child : value.children())
        look_at_json_value(
            child,
            value.kind() == json::Kind::Object ? path + "/" + std::string{child.key()} : path,
            depth
        );
}

// A map of names and byte strings, as TSM reports of Linux are passed on.
bool Search::look_at_cbor(base::View bytes, std::string const& where, unsigned depth) {
    base::cbor::Reader in{bytes};
    auto const fields = in.map();
    if (!fields || *fields == 0 || *fields > most_fields) return false;
    std::vector<std::pair<std::string, base::View>> found;
    for (std::uint64_t i = 0; i < *fields; ++i) {
        auto const name = in.text();
        if (!name) return false;
        auto const value = in.skip();
        if (!value) return false;
        base::cbor::Reader one{*value};
        if (auto const content = one.bytes()) found.emplace_back(*name, *content);
        // A response of the security module of Nitro: {"Attestation": {"document": ..}}.
        else if (base::cbor::Reader map{*value}; map.map())
            found.emplace_back(*name, *value);
    }
    for (auto const& [name, content] : found)
        look(content, inside(where, "field " + name), depth + 1);
    return true;
}

void Search::look_at_rest(base::View bytes, std::string const& where) {
    auto const found = scan(bytes);
    for (auto const& [part, offset] : found)
        add_evidence(part, inside(where, "byte " + std::to_string(offset)));
    if (found.empty() && !where.empty() && crypto::Certificate::parse(bytes))
        add_endorsement(bytes, where);
}

std::string too_many(std::vector<Part> const& evidence) {
    std::string out = "several pieces of evidence are in it, of which one is to be given:";
    for (auto const& [bytes, where] : evidence) out += " (" + where + ")";
    return out;
}

// Whoever made the wrapper may want the search for chains to take long. What is malformed is the
// caller's to refuse.
bool crowded(std::vector<Part> const& endorsements) {
    Endorsements all;
    for (auto const& [bytes, where] : endorsements) {
        (void)all.add(bytes, where);
        if (all.certificates().size() + all.revocation_lists().size() > most_beside) return true;
    }
    return false;
}

} // namespace

bool extended_report(base::View bytes) {
    return bytes.size() > report_size && recognise(bytes.first(report_size)) == Kind::SnpReport &&
           looks_like_certificate_table(bytes.subspan(report_size));
}

base::Result<Opened, std::string> open(base::View bytes) {
    Search search;
    search.look(bytes, {}, 0);
    if (search.evidence.empty()) return std::unexpected(search.refused);
    if (search.evidence.size() > 1) return std::unexpected(too_many(search.evidence));
    if (crowded(search.endorsements))
        return std::unexpected(
            "evidence with more than " + std::to_string(most_beside) +
            " certificates and lists beside it"
        );
    return Opened{
        .evidence = std::move(search.evidence[0].value),
        .where = std::move(search.evidence[0].source),
        .endorsements = std::move(search.endorsements),
        .application = search.application
    };
}

} // namespace attest::wrapped
