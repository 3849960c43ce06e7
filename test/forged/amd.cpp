#include "amd.hpp"

#include "attest/snp/leaf.hpp"

#include <cstring>
#include <map>

namespace forged {

namespace {

using hw::snp::Product;
using namespace std::chrono;

constexpr std::string_view amd = "1.3.6.1.4.1.3704.1.";

// Made once: a key of RSA takes its time.
struct Keys {
    Key ark = Key::generate(KeyKind::Rsa2048);
    Key ask = Key::generate(KeyKind::Rsa2048);
    Key stranger = Key::generate(KeyKind::Rsa2048);
    Key leaf = Key::generate(KeyKind::P384);
    Key leaf_p256 = Key::generate(KeyKind::P256);
    Key leaf_stranger = Key::generate(KeyKind::P384);
};
Keys const& keys() {
    static Keys const all;
    return all;
}

Bytes text(std::string_view value) { return der(0x16, base::view_of(value)); }

Bytes amd_extension(std::string_view arc, base::View value) {
    return extension(std::string(amd) + std::string(arc), value);
}

// Publication 57230, 3.1.
Bytes leaf_extensions(Amd const& of) {
    bool const turin = of.product == Product::Turin;
    auto const& tcb = of.leaf_tcb;
    return joined({
        amd_extension("1", integer(turin ? 1 : 0)),
        amd_extension("2", text(attest::snp::name_of(of.product))),
        amd_extension("3.1", integer(tcb.boot_loader)),
        amd_extension("3.2", integer(tcb.tee)),
        amd_extension("3.3", integer(tcb.snp)),
        amd_extension("3.8", integer(tcb.microcode)),
        turin ? amd_extension("3.9", integer(tcb.fmc)) : Bytes{},
        of.vlek ? amd_extension("5", text(of.csp_id)) : amd_extension("4", of.hwid),
        of.leaf.extensions,
    });
}

void add(attest::Endorsements& to, Bytes const& bytes, char const* source) {
    if (bytes.empty()) return;
    if (auto const added = to.add(bytes, source); !added)
        throw std::runtime_error(std::string(source) + ": " + added.error().expected);
}

void choose_processor(hw::snp::AttestationReport& report, Product product) {
    report.cpuid_fam_id = product == Product::Turin ? 0x1a : 0x19;
    report.cpuid_mod_id = product == Product::Milan   ? 0x01
                          : product == Product::Genoa ? 0x11
                                                      : 0x02;
    report.cpuid_step = 1;
}

} // namespace

hw::snp::TcbVersion encoded(hw::snp::Tcb const& tcb, Product product) {
    std::array<std::uint8_t, 8> raw{};
    if (product == Product::Turin)
        raw = {tcb.fmc, tcb.boot_loader, tcb.tee, tcb.snp, 0, 0, 0, tcb.microcode};
    else
        raw = {tcb.boot_loader, tcb.tee, 0, 0, 0, 0, tcb.snp, tcb.microcode};
    return {std::bit_cast<base::Bytes<8>>(raw)};
}

Amd Amd::good(Product product, bool vlek, Time at) {
    Amd out;
    out.product = product;
    out.vlek = vlek;
    out.at = at;
    auto const name = std::string(attest::snp::name_of(product));
    auto const ark = "ARK-" + name;
    auto const ask = (vlek ? "SEV-VLEK-" : "SEV-") + name;
    auto const from = at - years{1};
    auto const to = at + years{1};
    out.ark = {
        .subject = ark,
        .issuer = ark,
        .serial = 1,
        .not_before = from,
        .not_after = to,
        .authority = true
    };
    out.ask = out.ark;
    out.ask.subject = ask;
    out.ask.serial = 2;
    out.ask.path_length = 0;
    out.leaf = {
        .subject = vlek ? "SEV-VLEK" : "SEV-VCEK",
        .issuer = ask,
        .serial = 3,
        .not_before = from,
        .not_after = to
    };
    out.list = {
        .issuer = ark, .this_update = at - days{10}, .next_update = at + days{10}, .revoked = {77}
    };

    out.pinned_for = {attest::purpose_of(product)};
    out.leaf_tcb = {.fmc = 0, .boot_loader = 9, .tee = 1, .snp = 40, .microcode = 230};
    if (product == Product::Turin) out.leaf_tcb.fmc = 3;
    out.hwid.assign(product == Product::Turin ? 8 : 64, std::byte{0xc1});
    auto& report = out.report;
    report.version = 5;
    choose_processor(report, product);
    report.signature_algo = 1;
    report.policy = (1ULL << 17) | 0x0137; // ABI 1.55
    report.key_info = vlek ? 1U << 2 : 0U;
    report.current = {.build = 1, .minor = 0x3a, .major = 1};
    report.committed = report.current;
    auto const tcb = encoded(out.leaf_tcb, product);
    report.current_tcb = report.reported_tcb = report.committed_tcb = report.launch_tcb = tcb;
    std::ranges::copy(out.hwid, report.chip_id.begin());
    report.report_data.fill(std::byte{0xda});
    report.measurement.fill(std::byte{0x3e});
    out.expected = {
        attest::ReportData::exactly(report.report_data),
        attest::Measurements::any_of({Bytes{report.measurement.begin(), report.measurement.end()}})
    };
    return out;
}

Bytes Amd::signed_report() const {
    auto out = report;
    auto const bytes = std::bit_cast<base::Bytes<sizeof(out)>>(out);
    auto const& key = report_by_stranger ? keys().leaf_stranger : keys().leaf;
    auto const content = base::View{bytes}.first(offsetof(hw::snp::AttestationReport, signature));
    auto const raw = key.raw_signature(content);
    std::reverse_copy(raw.begin(), raw.begin() + 48, out.signature.r.begin());
    std::reverse_copy(raw.begin() + 48, raw.end(), out.signature.s.begin());
    if (damage_signature_padding) out.signature.r[60] = std::byte{1};
    auto const whole = std::bit_cast<base::Bytes<sizeof(out)>>(out);
    return joined({whole, trailing});
}

Bytes Amd::signed_leaf() const {
    auto const& k = keys();
    auto form = leaf;
    form.extensions = leaf_extensions(*this);
    return certificate(
        form,
        leaf_kind == KeyKind::P384 ? k.leaf : k.leaf_p256,
        leaf_by_stranger ? k.stranger : k.ask
    );
}

Bytes Amd::root() const { return certificate(ark, keys().ark, keys().ark); }

attest::Roots Amd::roots() const {
    std::vector<attest::Sourced<crypto::Certificate>> pinned;
    if (pin_ark) pinned.push_back({crypto::Certificate::parse(root()).value(), "ARK"});
    return attest::Roots::only(pinned, pinned_for);
}

std::vector<Bytes> Amd::endorsement_files() const {
    auto const& k = keys();
    std::vector<Bytes> out;
    if (with_ask) out.push_back(certificate(ask, k.ask, ask_by_stranger ? k.stranger : k.ark));
    if (with_list) out.push_back(revocation_list(list, list_by_stranger ? k.stranger : k.ark));
    if (!pin_ark) out.push_back(root());
    if (!bystander.empty()) out.push_back(bystander);
    return out;
}

attest::Endorsements Amd::endorsements() const {
    attest::Endorsements out;
    for (auto const& file : endorsement_files()) add(out, file, "endorsement");
    return out;
}

attest::Appraisal Amd::run() const {
    auto given = endorsements();
    add(given, signed_leaf(), "leaf");
    auto const trusted = roots();
    auto const evidence = signed_report();
    auto out = attest::appraise(
        attest::Kind::SnpReport, {evidence, given, trusted, policy, expected, at, nullptr, kinds}
    );
    attest::testing::record(out.findings());
    return out;
}

} // namespace forged
