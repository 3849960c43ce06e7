// Certificates, with the extensions of AMD and Intel, and revocation lists.

#include "attest/dcap/pck.hpp"
#include "attest/form.hpp"
#include "attest/inspect/issued.hpp"
#include "attest/inspect/kinds.hpp"
#include "attest/inspect/parts.hpp"
#include "attest/inspect/serial.hpp"
#include "attest/inspect/vendor_extensions.hpp"
#include "attest/snp/leaf.hpp"
#include "attest/text.hpp"
#include "crypto/der.hpp"
#include "crypto/digest.hpp"
#include "crypto/name.hpp"
#include "crypto/pem.hpp"

namespace attest::inspect {

namespace {

std::string_view key_name(base::View public_key_info) {
    auto const key = crypto::PublicKey::parse(public_key_info);
    if (!key) return "unknown";
    switch (key->kind()) {
    case crypto::KeyKind::P256:
        return "P-256";
    case crypto::KeyKind::P384:
        return "P-384";
    case crypto::KeyKind::P521:
        return "P-521";
    case crypto::KeyKind::Rsa:
        break;
    }
    return "RSA";
}

Json fields_of(crypto::Certificate const& certificate) {
    Json out{
        {"subject", crypto::name_text(certificate.subject())},
        {"issuer", crypto::name_text(certificate.issuer())},
        {"serial", serial_text(certificate.serial())},
        {"not_before", timestamp(certificate.not_before())},
        {"not_after", timestamp(certificate.not_after())},
        {"sha256", hex(crypto::sha256(certificate.der()))},
        {"key", key_name(certificate.public_key_info())},
        {"certificate_authority", certificate.authority().certificate_authority},
    };
    return out;
}

std::string kind_name(crypto::Certificate const& certificate) {
    if (auto const leaf = snp::leaf_kind(certificate))
        return *leaf == hw::snp::KeyInfo::SigningKey::Vcek ? "AMD VCEK certificate"
                                                           : "AMD VLEK certificate";
    if (dcap::is_pck(certificate)) return "Intel PCK certificate";
    return "X.509 certificate";
}

// By a list that was given along; whether that one is genuine is said where it is described.
void check_revocation(
    Description& out, crypto::Certificate const& certificate, Request const& request
) {
    auto const* list = request.endorsements.list_of(certificate.issuer(), request.at);
    if (list == nullptr) return;
    auto const* entry = list->value.find(certificate.serial());
    out.check(
        "revocation",
        entry == nullptr,
        {.expected = "a serial that is not in " + list->source,
         .found = entry == nullptr ? "" : "revoked on " + timestamp(entry->date),
         .place = {.part = "", .offset = {}, .field = "serialNumber"}}
    );
}

Description describe_one(base::View der, std::string const& source, Inquiry const& inquiry) {
    Description out{.kind = "X.509 certificate"};
    auto parsed = crypto::Certificate::parse(der);
    if (!parsed) {
        out.malformed(parsed.error(), der);
        return out;
    }
    Link const link{.value = std::move(*parsed), .source = source};
    out.kind = kind_name(link.value);
    out.fields = fields_of(link.value);
    add_vendor_extensions(out, link.value);
    if (auto const* unknown = link.value.unknown_critical())
        if (!dcap::is_pck(link.value)) out.fields["unknown_critical_extension"] = hex(unknown->oid);
    auto const request = inquiry.request(der);
    check_issued(out, link, request, "");
    check_revocation(out, link.value, request);
    return out;
}

Json revocations_of(crypto::RevocationList const& list) {
    Json out = Json::array();
    for (auto const& entry : list.revocations())
        out.push_back({{"serial", serial_text(entry.serial)}, {"date", timestamp(entry.date)}});
    return out;
}

Link const* issuer_of(crypto::RevocationList const& list, Request const& request) {
    for (auto const links : {request.roots.all(), request.endorsements.certificates()})
        for (auto const& link : links)
            if (base::equal(link.value.subject(), list.issuer())) return &link;
    return nullptr;
}

Description describe_list(base::View der, Inquiry const& inquiry) {
    Description out{.kind = "certificate revocation list"};
    auto const list = crypto::RevocationList::parse(der);
    if (!list) {
        out.malformed(list.error(), der);
        return out;
    }
    out.fields = {
        {"issuer", crypto::name_text(list->issuer())},
        {"this_update", timestamp(list->this_update())},
        {"next_update", timestamp(list->next_update())},
        {"entries", list->revocations().size()},
        {"revoked", revocations_of(*list)},
    };
    auto const request = inquiry.request(der);
    auto const* issuer = issuer_of(*list, request);
    if (issuer == nullptr) {
        unknown_issuer(out, list->issuer(), request, "signature");
        return out;
    }
    auto const at = list->signed_part().signature.data() - list->der().data();
    check_signed_by(
        out,
        list->signed_part(),
        issuer,
        request,
        {.part = "", .offset = static_cast<std::size_t>(at), .field = "signature"}
    );
    return out;
}

Description describe_blocks(
    std::vector<crypto::PemBlock> const& blocks, Artefact const& artefact, Inquiry const& inquiry
) {
    auto const describe_block = [&](crypto::PemBlock const& block) {
        if (block.label == "X509 CRL") return describe_list(block.der, inquiry);
        if (block.label == "CERTIFICATE") return describe_one(block.der, artefact.source, inquiry);
        Description other{.kind = std::string{block.label}};
        other.malformed(
            {.what = "CERTIFICATE or X509 CRL: label of the PEM block", .offset = 0},
            base::view_of(block.label)
        );
        return other;
    };
    if (blocks.size() == 1) return describe_block(blocks[0]);
    Description out{.kind = "certificates"};
    out.fields["parts"] = Json::array();
    for (auto const& block : blocks) add_part(out, describe_block(block), block.offset);
    return out;
}

// Certificates and lists in DER, end to end: nothing where it is one alone, or none can be told
// from the next.
std::vector<base::View> split(base::View bytes) {
    std::vector<base::View> out;
    crypto::DerReader in{bytes};
    while (!in.empty()) {
        auto const element = in.next(crypto::Tag::Sequence, "");
        if (!element) return {};
        out.push_back(element->whole);
    }
    return out.size() > 1 ? out : std::vector<base::View>{};
}

Description
describe_der(std::vector<base::View> const& parts, Artefact const& artefact, Artefacts beside) {
    std::vector<Artefact> all{beside.begin(), beside.end()};
    for (auto const part : parts) all.push_back({.bytes = part, .source = artefact.source});
    Inquiry const inquiry{all};
    Description out{.kind = "certificates"};
    out.fields["parts"] = Json::array();
    for (auto const part : parts) {
        bool const list = recognise(part, part.size()) == Kind::RevocationList;
        add_part(
            out,
            list ? describe_list(part, inquiry) : describe_one(part, artefact.source, inquiry),
            offset_in(artefact.bytes, part)
        );
    }
    return out;
}

} // namespace

Description describe_certificates(Artefact const& artefact, Artefacts beside) {
    std::vector<Artefact> all{beside.begin(), beside.end()};
    if (!crypto::looks_like_pem(artefact.bytes)) {
        auto const parts = split(artefact.bytes);
        return parts.empty() ? describe_one(artefact.bytes, artefact.source, Inquiry{all})
                             : describe_der(parts, artefact, beside);
    }
    // The certificates of one file may have issued each other.
    all.push_back(artefact);
    auto const blocks = crypto::parse_pem(artefact.bytes);
    if (blocks) return describe_blocks(*blocks, artefact, Inquiry{all});
    Description out{.kind = "certificates"};
    out.malformed(blocks.error(), artefact.bytes);
    return out;
}

Description describe_revocation_list(Artefact const& artefact, Artefacts beside) {
    auto const parts = split(artefact.bytes);
    return parts.empty() ? describe_list(artefact.bytes, Inquiry{beside})
                         : describe_der(parts, artefact, beside);
}

} // namespace attest::inspect
