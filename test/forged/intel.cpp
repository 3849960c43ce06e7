#include "intel.hpp"

#include "attest/text.hpp"
#include "base/hex.hpp"
#include "crypto/digest.hpp"

#include <stdexcept>

#include <fmt/format.h>

namespace forged {

namespace {

using namespace std::chrono;

constexpr auto sgx = "1.2.840.113741.1.13.1";
constexpr auto root_name = "Intel SGX Root CA";
constexpr auto other_root_name = "Root of a stranger";
constexpr auto platform_name = "Intel SGX PCK Platform CA";
constexpr std::string_view fmspc_of_pck{"\x00\x90\x6e\xd5\x00\x00", 6};
// MRSIGNER of Intel's quoting enclave (PCS API, qe/identity).
constexpr auto qe_signer = "8C4F5775D796503E96137F77C68A829A0056AC8DED70140B081B094490C57BFF";
// The same for TDX (tdx/certification/v4/qe/identity).
constexpr auto td_qe_signer = "DC9E2A7C6F948F17474E34A7FC43ED030F7C1563F1BABDDF6340C82E0E54A8C5";

struct Keys {
    Key root = Key::generate(KeyKind::P256);
    Key platform = Key::generate(KeyKind::P256);
    Key pck = Key::generate(KeyKind::P256);
    Key signing = Key::generate(KeyKind::P256);
    Key attestation = Key::generate(KeyKind::P256);
    Key stranger = Key::generate(KeyKind::P256);
};
Keys const& keys() {
    static Keys const all;
    return all;
}

Bytes field(std::string const& arc, base::View value) { return sequence({oid(sgx + arc), value}); }

// PCK profile, 1.3.5.
Bytes sgx_extension(Intel const& of) {
    Bytes tcb;
    for (int i = 1; i <= 16; ++i)
        tcb = joined({tcb, field(".2." + std::to_string(i), integer(of.cpu_svn))});
    tcb = joined(
        {tcb, field(".2.17", integer(of.pce_svn)), field(".2.18", octets(Bytes(16, std::byte{5})))}
    );
    Bytes configuration;
    for (unsigned i = 0; of.platform_flags && i < 3; ++i) {
        auto const set = Bytes{std::byte((*of.platform_flags >> i & 1U) != 0 ? 0xff : 0)};
        configuration =
            joined({configuration, field(".7." + std::to_string(i + 1), der(0x01, set))});
    }
    if (of.platform_flags) configuration = field(".7", sequence({configuration}));
    return extension(
        sgx,
        sequence(
            {field(".1", octets(Bytes(16, std::byte{0x99}))),
             field(".2", sequence({tcb})),
             field(".3", octets(Bytes(2))),
             field(".4", octets(base::view_of(fmspc_of_pck))),
             field(".5", der(0x0a, Bytes(1))),
             configuration}
        )
    );
}

std::string components(unsigned svn) {
    std::string out;
    for (int i = 0; i < 16; ++i) out += fmt::format("{}{{\"svn\":{}}}", i ? "," : "", svn);
    return out;
}

std::string tcb_level(Level const& level, Intel const& of) {
    auto const tdx = of.domain ? fmt::format(R"(,"tdxtcbcomponents":[{}])", components(level.svn))
                               : std::string{};
    return fmt::format(
        R"({{"tcb":{{"sgxtcbcomponents":[{}],"pcesvn":{}{}}},"tcbDate":"2026-01-01T00:00:00Z","tcbStatus":"{}","advisoryIDs":{}}})",
        components(level.svn),
        of.pce_svn,
        tdx,
        level.status,
        level.advisories
    );
}

std::string isv_level(Level const& level) {
    return fmt::format(
        R"({{"tcb":{{"isvsvn":{}}},"tcbDate":"2026-01-01T00:00:00Z","tcbStatus":"{}","advisoryIDs":{}}})",
        level.svn,
        level.status,
        level.advisories
    );
}

template <class Show> std::string joined_levels(std::vector<Level> const& all, Show&& show) {
    std::string out;
    for (auto const& level : all) out += (out.empty() ? "" : ",") + show(level);
    return out;
}

// PCS, tdxModule and tdxModuleIdentities.
std::string modules(Intel const& of) {
    if (!of.domain) return {};
    auto const& module = of.domain->module;
    auto const signer = fmt::format(
        R"("mrsigner":"{}","attributes":"0000000000000000","attributesMask":"FFFFFFFFFFFFFFFF")",
        module.mr_signer
    );
    return fmt::format(
        R"("tdxModule":{{{}}},"tdxModuleIdentities":[{{"id":"TDX_{:02}",{},"tcbLevels":[{}]}}],)",
        signer,
        module.version,
        signer,
        joined_levels(module.levels, isv_level)
    );
}

std::string dates(Document const& of) {
    return fmt::format(
        R"("issueDate":"{}","nextUpdate":"{}","tcbEvaluationDataNumber":{})",
        attest::timestamp(of.issued),
        attest::timestamp(of.next_update),
        of.evaluation_number
    );
}

std::string tcb_info(Intel const& of) {
    return fmt::format(
        R"({{"id":"{}","version":3,{},"fmspc":"{}","pceId":"0000","tcbType":0,{}"tcbLevels":[{}]}})",
        of.domain ? "TDX" : "SGX",
        dates(of.tcb_info),
        of.fmspc,
        modules(of),
        joined_levels(of.tcb_info.levels, [&](Level const& level) { return tcb_level(level, of); })
    );
}

std::string identity(Intel const& of) {
    return fmt::format(
        R"({{"id":"{}","version":2,{},"miscselect":"00000000","miscselectMask":"FFFFFFFF",)"
        R"("attributes":"11000000000000000000000000000000","attributesMask":"FBFFFFFFFFFFFFFF0000000000000000",)"
        R"("mrsigner":"{}","isvprodid":{},"tcbLevels":[{}]}})",
        of.domain ? "TD_QE" : "QE",
        dates(of.identity),
        of.domain ? td_qe_signer : qe_signer,
        of.domain ? 2 : 1,
        joined_levels(of.identity.levels, isv_level)
    );
}

std::string signed_document(std::string const& name, std::string const& body, Key const& signer) {
    return fmt::format(
        R"({{"{}":{},"signature":"{}"}})",
        name,
        body,
        attest::hex(base::View{signer.raw_signature(base::view_of(body))})
    );
}

template <std::size_t N> base::Bytes<N> array_of(base::View bytes) {
    base::Bytes<N> out{};
    std::ranges::copy(bytes, out.begin());
    return out;
}

template <class T> Bytes bytes_of(T const& wire) {
    auto const raw = std::bit_cast<base::Bytes<sizeof(T)>>(wire);
    return {raw.begin(), raw.end()};
}

Bytes number(std::uint32_t value, std::size_t width) {
    auto const all = bytes_of(base::U32{value});
    return {all.begin(), all.begin() + std::ptrdiff_t(width)};
}

Bytes body(Intel const& of) {
    if (!of.domain) return bytes_of(of.enclave);
    auto out = bytes_of(of.domain->body);
    if (of.domain->tail) out = joined({out, bytes_of(*of.domain->tail)});
    if (of.header.version != 5U) return out;
    hw::quote::BodyDescriptor const descriptor{
        .type = of.domain->tail ? 3 : 2, .size = std::uint32_t(out.size())
    };
    return joined({bytes_of(descriptor), out});
}

// QuoteLibReference A.4: a quote of version 3 whose certification data are the chain of the PCK; in
// versions 4 and 5 these lie in data of type 6, with the quoting enclave's report before them.
Bytes quote(Intel const& of, base::View chain) {
    auto const& k = keys();
    auto const content = joined({bytes_of(of.header), body(of)});
    auto const& signer = of.enclave_by_stranger ? k.stranger : k.attestation;
    auto qe = of.quoting_enclave;
    auto const bound = joined({k.attestation.point(), of.authentication});
    if (of.bind_attestation_key)
        qe.report_data = array_of<64>(crypto::Sha256{}.add(bound).digest());
    auto const qe_bytes = bytes_of(qe);
    auto const& pck = of.quoting_enclave_by_stranger ? k.stranger : k.pck;
    auto certification = joined(
        {qe_bytes,
         pck.raw_signature(qe_bytes),
         number(std::uint32_t(of.authentication.size()), 2),
         of.authentication,
         number(5, 2),
         number(std::uint32_t(chain.size()), 4),
         chain}
    );
    if (of.domain)
        certification =
            joined({number(6, 2), number(std::uint32_t(certification.size()), 4), certification});
    auto const data = joined({signer.raw_signature(content), k.attestation.point(), certification});
    return joined({content, number(std::uint32_t(data.size()), 4), data, of.padding});
}

Bytes pem(base::View certificate) {
    constexpr std::string_view alphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    for (std::size_t i = 0; i < certificate.size(); i += 3) {
        unsigned value = 0;
        for (std::size_t j = 0; j < 3; ++j)
            value = value << 8 | (i + j < certificate.size() ? unsigned(certificate[i + j]) : 0U);
        for (std::size_t j = 0; j < 4; ++j)
            text += i + j <= certificate.size() ? alphabet[value >> (18 - 6 * j) & 63] : '=';
    }
    std::string out = "-----BEGIN CERTIFICATE-----\n";
    for (std::size_t i = 0; i < text.size(); i += 64) out += text.substr(i, 64) + "\n";
    out += "-----END CERTIFICATE-----\n";
    auto const view = base::view_of(out);
    return {view.begin(), view.end()};
}

void set_signer(hw::sgx::ReportBody& enclave, std::string_view hex) {
    if (!base::unhex(hex, enclave.mr_signer)) std::abort();
}

void make_bodies(Intel& out) {
    out.header.version = 3;
    out.header.att_key_type = hw::quote::ecdsa_p256;
    std::ranges::transform(
        hw::quote::intel_qe_vendor_id, out.header.qe_vendor_id.begin(), [](auto b) {
            return std::byte(b);
        }
    );
    out.quoting_enclave.attributes.flags = 0x11; // INIT, PROVISION_KEY
    out.quoting_enclave.attributes.xfrm = 3;
    set_signer(out.quoting_enclave, qe_signer);
    out.quoting_enclave.isv_prod_id = 1;
    out.quoting_enclave.isv_svn = 5;
    out.enclave.attributes.flags = 0x05; // INIT, MODE64BIT
    out.enclave.attributes.xfrm = 3;
    out.enclave.mr_enclave.fill(std::byte{0x3e});
    out.enclave.report_data.fill(std::byte{0xda});
    out.expected = {
        attest::ReportData::exactly(out.enclave.report_data),
        attest::Measurements::any_of(
            {Bytes{out.enclave.mr_enclave.begin(), out.enclave.mr_enclave.end()}}
        )
    };
}

} // namespace

Intel Intel::good(Time at) {
    Intel out;
    out.at = at;
    auto const from = at - years{1};
    auto const to = at + years{1};
    auto const form =
        [&](char const* subject, char const* issuer, std::uint8_t serial, bool authority) {
            return CertificateForm{
                .subject = subject,
                .issuer = issuer,
                .serial = serial,
                .not_before = from,
                .not_after = to,
                .authority = authority
            };
        };
    out.root = form(root_name, root_name, 1, true);
    out.platform_ca = form(platform_name, root_name, 2, true);
    out.platform_ca.path_length = 0;
    out.pck = form("Intel SGX PCK Certificate", platform_name, 3, false);
    out.signing = form("Intel SGX TCB Signing", root_name, 4, false);
    out.root_list = {
        .issuer = root_name,
        .this_update = at - days{9},
        .next_update = at + days{9},
        .revoked = {77}
    };
    out.platform_list = out.root_list;
    out.platform_list.issuer = platform_name;
    out.tcb_info.issued = out.identity.issued = at - days{5};
    out.tcb_info.next_update = out.identity.next_update = at + days{25};
    make_bodies(out);
    return out;
}

Intel Intel::good_domain(std::uint16_t version, Time at) {
    auto out = good(at);
    out.header.version = version;
    out.header.tee_type = hw::quote::tee_tdx;
    set_signer(out.quoting_enclave, td_qe_signer);
    out.quoting_enclave.isv_prod_id = 2;
    auto& domain = out.domain.emplace();
    // Components 0 and 1 are the module's: its SVN and its version.
    domain.body.tee_tcb_svn.fill(std::byte{5});
    domain.body.tee_tcb_svn[1] = std::byte{domain.module.version};
    domain.body.td_attributes = hw::tdx::TdAttributes::sept_ve_disable;
    domain.body.xfam = 3;
    domain.body.mr_td.fill(std::byte{0x7d});
    domain.body.report_data.fill(std::byte{0xda});
    if (version == 5) domain.tail.emplace().tee_tcb_svn_2 = domain.body.tee_tcb_svn;
    out.expected.measurements =
        attest::Measurements::any_of({Bytes{domain.body.mr_td.begin(), domain.body.mr_td.end()}});
    return out;
}

Bytes Intel::root_certificate() const { return certificate(root, keys().root, keys().root); }

std::vector<Bytes> Intel::endorsement_files() const {
    auto const& k = keys();
    std::vector<Bytes> out;
    auto form = signing;
    if (signing_below_other_root) form.issuer = other_root_name;
    bool const by_stranger = signing_by_stranger || signing_below_other_root;
    out.push_back(certificate(form, k.signing, by_stranger ? k.stranger : k.root));
    auto other = root;
    other.subject = other.issuer = other_root_name;
    if (with_other_root) out.push_back(certificate(other, k.stranger, k.stranger));
    if (with_root_list)
        out.push_back(revocation_list(root_list, root_list_by_stranger ? k.stranger : k.root));
    if (with_platform_list)
        out.push_back(
            revocation_list(platform_list, platform_list_by_stranger ? k.stranger : k.platform)
        );
    auto const add =
        [&](Document const& document, std::string const& name, std::string const& text) {
            if (!document.present) return;
            auto const whole =
                signed_document(name, text, document.by_stranger ? k.stranger : k.signing);
            auto const bytes = base::view_of(whole);
            out.emplace_back(bytes.begin(), bytes.end());
        };
    add(tcb_info, "tcbInfo", forged::tcb_info(*this));
    add(identity, "enclaveIdentity", forged::identity(*this));
    return out;
}

Bytes Intel::signed_quote() const {
    auto const& k = keys();
    auto pck_form = pck;
    if (sgx_extensions) pck_form.extensions = joined({sgx_extension(*this), pck.extensions});
    auto const chain = joined(
        {pem(certificate(pck_form, k.pck, pck_by_stranger ? k.stranger : k.platform)),
         with_platform_ca
             ? pem(certificate(platform_ca, k.platform, platform_by_stranger ? k.stranger : k.root))
             : Bytes{},
         with_root ? pem(root_certificate()) : Bytes{}}
    );
    return quote(*this, chain);
}

attest::Appraisal Intel::run() const {
    attest::Endorsements endorsements;
    for (auto const& file : endorsement_files())
        if (auto const added = endorsements.add(file, "endorsement"); !added)
            throw std::runtime_error(
                "an endorsement: expected " + std::string{added.error().expected}
            );
    std::vector<attest::Sourced<crypto::Certificate>> pinned;
    if (pin_root)
        pinned.push_back({crypto::Certificate::parse(root_certificate()).value(), "root"});
    auto const roots = attest::Roots::only(pinned, pinned_for);
    auto const evidence = signed_quote();
    auto out = attest::appraise(
        domain ? attest::Kind::TdxQuote : attest::Kind::SgxQuote,
        {evidence, endorsements, roots, policy, expected, at}
    );
    attest::testing::record(out.findings());
    return out;
}

} // namespace forged
