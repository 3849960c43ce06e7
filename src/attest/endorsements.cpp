#include "attest/endorsements.hpp"

#include "attest/bundle.hpp"
#include "attest/certificate_table.hpp"
#include "attest/form.hpp"
#include "attest/wrapped/json_text.hpp"
#include "attest/wrapped/spelling.hpp"
#include "crypto/der.hpp"
#include "crypto/pem.hpp"

namespace attest {

namespace {

constexpr std::size_t largest = 16 * 1024 * 1024; // no vendor's file comes near; bundles may
constexpr std::size_t most_hints = 32;

Unusable unusable(std::string const& source, crypto::Malformed const& why, base::View bytes) {
    return {source, why.offset, std::string(why.what), found_at(bytes, why.offset)};
}

Unusable twice(std::string const& source, std::string const& other, std::string what) {
    return {
        source,
        0,
        std::move(what) + " only once, or each time the same",
        "other content than in " + other
    };
}

// A certificate's first field is [0] version, a revocation list's is INTEGER version.
bool is_list(base::View der) {
    crypto::DerReader outer{der};
    auto fields = outer.enter(crypto::Tag::Sequence, "");
    if (!fields) return false;
    auto const content = fields->enter(crypto::Tag::Sequence, "");
    return content && content->at(crypto::Tag::Integer);
}

bool is_json(base::View bytes) {
    auto const text = base::text_of(bytes);
    auto const at = text.find_first_not_of(" \t\r\n");
    return at != std::string_view::npos && text[at] == '{';
}

} // namespace

base::Result<void, Unusable> Endorsements::add(base::View bytes, std::string const& source) {
    if (bytes.empty())
        return std::unexpected(Unusable{source, 0, "an endorsement", "an empty file"});
    if (bytes.size() > largest)
        return std::unexpected(Unusable{source, largest, "at most 16 MiB", "more"});
    if (looks_like_bundle(bytes)) return add_bundle(bytes, source);
    if (crypto::looks_like_pem(bytes)) return add_pem(bytes, source);
    if (is_json(bytes)) return add_document(bytes, source);
    if (looks_like_certificate_table(bytes)) return add_table(bytes, source);
    // Text around PEM is not passed over: what was a block and is damaged would be lost unseen.
    if (auto const blocks = wrapped::pem_blocks(base::text_of(bytes)); !blocks.empty())
        return std::unexpected(
            Unusable{
                source, 0, "PEM blocks and nothing else", "other text before the first of them"
            }
        );
    if (auto const spelt = wrapped::decode(base::text_of(bytes)); spelt && spelt->how == "base64")
        return add(spelt->bytes, source + ", base64");
    return add_der(bytes, source);
}

void Endorsements::add_hints(std::span<base::View const> hints, std::string const& source) {
    Endorsements came;
    for (auto const hint : hints) (void)came.add(hint, source);
    auto const count = came.certificates_.size() + came.lists_.size() + came.collateral_.size() +
                       came.documents_.size();
    if (count > most_hints) return;
    for (auto const hint : hints) (void)add(hint, source);
}

base::Result<void, Unusable> Endorsements::add_table(base::View bytes, std::string const& source) {
    auto const entries = parse_certificate_table(bytes);
    if (!entries) return std::unexpected(unusable(source, entries.error(), bytes));
    for (auto const& [content, offset] : *entries) {
        auto const name = source + " table at byte " + std::to_string(offset);
        TRY(crypto::looks_like_pem(content) ? add_pem(content, name) : add_der(content, name));
    }
    return {};
}

// What Azure's service for host certificates (THIM) answers; false where it is something else.
base::Result<bool, Unusable>
Endorsements::add_azure(json::Value document, std::string const& source) {
    auto const leaf = document.member("vcekCert");
    auto const chain = document.member("certificateChain");
    if (!leaf || !chain) return false;
    for (auto const& field : {*leaf, *chain}) {
        auto const name = source + " field " + std::string{field.key()};
        auto const text = wrapped::unescaped(field.content());
        if (!text || !crypto::looks_like_pem(base::view_of(*text)))
            return std::unexpected(Unusable{name, 0, "PEM", "other text"});
        TRY(add_pem(base::view_of(*text), name));
    }
    return true;
}

base::Result<void, Unusable> Endorsements::add_pem(base::View bytes, std::string const& source) {
    auto const blocks = crypto::parse_pem(bytes);
    if (!blocks) return std::unexpected(unusable(source, blocks.error(), bytes));
    for (auto const& block : *blocks) {
        auto const name =
            blocks->size() == 1 ? source : source + " block at " + std::to_string(block.offset);
        if (block.label == "CERTIFICATE") {
            TRY(add_certificate(block.der, name));
        } else if (block.label == "X509 CRL") {
            TRY(add_list(block.der, name));
        } else {
            return std::unexpected(
                Unusable{
                    source,
                    block.offset,
                    "a PEM block CERTIFICATE or X509 CRL",
                    std::string(block.label)
                }
            );
        }
    }
    return {};
}

base::Result<void, Unusable> Endorsements::add_bundle(base::View bytes, std::string const& source) {
    auto const parts = parse_bundle(bytes);
    if (!parts) return std::unexpected(unusable(source, parts.error(), bytes));
    for (auto const& [kind, content, offset] : *parts) {
        auto const name = source + " part at byte " + std::to_string(offset);
        auto added = kind == BundledKind::Certificate      ? add_certificate(content, name)
                     : kind == BundledKind::RevocationList ? add_list(content, name)
                                                           : add_document(content, name);
        if (added) continue;
        added.error().offset += offset;
        return added;
    }
    return {};
}

base::Result<std::vector<std::byte>, Unusable> Endorsements::bundle() const {
    std::vector<Bundled> parts;
    for (auto const& [certificate, source] : certificates_)
        parts.push_back({.kind = BundledKind::Certificate, .content = certificate.der()});
    for (auto const& [list, source] : lists_)
        parts.push_back({.kind = BundledKind::RevocationList, .content = list.der()});
    for (auto const& [document, source] : collateral_)
        parts.push_back({.kind = BundledKind::Document, .content = document.bytes()});
    for (auto const& [document, source] : documents_)
        return std::unexpected(
            Unusable{source, 0, "TCB info or the identity of a quoting enclave", "other JSON"}
        );
    return write_bundle(std::move(parts));
}

base::Result<void, Unusable> Endorsements::add_der(base::View bytes, std::string const& source) {
    crypto::DerReader in{bytes};
    while (!in.empty()) {
        auto const offset = in.offset();
        auto const element =
            in.next(crypto::Tag::Sequence, "a certificate or revocation list in DER");
        if (!element) return std::unexpected(unusable(source, element.error(), bytes));
        auto const name = offset == 0 ? source : source + " at byte " + std::to_string(offset);
        TRY(is_list(element->whole) ? add_list(element->whole, name)
                                    : add_certificate(element->whole, name));
    }
    return {};
}

base::Result<void, Unusable>
Endorsements::add_certificate(base::View der, std::string const& source) {
    auto parsed = crypto::Certificate::parse(der);
    if (!parsed) return std::unexpected(unusable(source, parsed.error(), der));
    for (auto const& [known, where] : certificates_) {
        if (base::equal(known.der(), der)) return {};
        if (base::equal(known.public_key_info(), parsed->public_key_info()) &&
            base::equal(known.issuer(), parsed->issuer()) &&
            base::equal(known.subject(), parsed->subject()) &&
            known.not_before() == parsed->not_before() && known.not_after() == parsed->not_after())
            return std::unexpected(twice(source, where, "a certificate of this key"));
    }
    certificates_.push_back({std::move(*parsed), source});
    return {};
}

base::Result<void, Unusable> Endorsements::add_list(base::View der, std::string const& source) {
    auto parsed = crypto::RevocationList::parse(der);
    if (!parsed) return std::unexpected(unusable(source, parsed.error(), der));
    for (auto const& [known, where] : lists_) {
        if (base::equal(known.der(), der)) return {};
        if (base::equal(known.issuer(), parsed->issuer()) &&
            known.this_update() == parsed->this_update())
            return std::unexpected(
                twice(source, where, "the revocation list of this issuer and date")
            );
    }
    lists_.push_back({std::move(*parsed), source});
    return {};
}

base::Result<void, Unusable>
Endorsements::add_document(base::View bytes, std::string const& source) {
    auto const tree = json::Tree::parse(base::text_of(bytes));
    if (!tree) return std::unexpected(unusable(source, tree.error(), bytes));
    if (dcap::Collateral::recognised(tree->root())) {
        auto parsed = dcap::Collateral::parse(bytes, tree->root());
        if (!parsed) return std::unexpected(unusable(source, parsed.error(), bytes));
        return add_collateral(std::move(*parsed), source);
    }
    if (TRY(add_azure(tree->root(), source))) return {};
    for (auto const& document : documents_)
        if (base::equal(document.value.bytes, bytes)) return {};
    documents_.push_back({Document{{bytes.begin(), bytes.end()}}, source});
    return {};
}

base::Result<void, Unusable>
Endorsements::add_collateral(dcap::Collateral collateral, std::string const& source) {
    for (auto const& [known, where] : collateral_) {
        if (base::equal(known.bytes(), collateral.bytes())) return {};
        if (known.same_subject(collateral))
            return std::unexpected(twice(source, where, "a document of this subject and date"));
    }
    collateral_.push_back({std::move(collateral), source});
    return {};
}

Sourced<crypto::RevocationList> const*
Endorsements::list_of(base::View issuer, std::chrono::sys_seconds at) const {
    Sourced<crypto::RevocationList> const* found = nullptr;
    auto const counts_more = [&](crypto::RevocationList const& list) {
        if (!found) return true;
        auto const best = found->value.this_update();
        if (list.this_update() > at) return best > at && list.this_update() < best;
        return best > at || list.this_update() > best;
    };
    for (auto const& list : lists_)
        if (base::equal(list.value.issuer(), issuer) && counts_more(list.value)) found = &list;
    return found;
}

} // namespace attest
