// Keeps of vendors of our own that ask an attestation service: each is good, or has one defect.
//
// forged_keep FOLDER writes amd.pem and intel.pem, the vendors' roots, and prints the measurements
// of its Keeps, each in hexadecimal and on a line of its own. Then it reads one line, URL ROOT.pem
// NAME SERIAL WORKLOAD CONFIGURATION PACKAGE TENANT, and prints of each Keep "WHAT\tWANTED\tGOT",
// where both are "granted" and "certified", or a rule.

#include "amd.hpp"
#include "asking.hpp"
#include "base/hex.hpp"
#include "crypto/pem.hpp"
#include "intel.hpp"

#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>

#include <nlohmann/json.hpp>

namespace {

using namespace provision_tests;
using forged::Amd;
using forged::Intel;
using forged::Time;
using hw::snp::GuestPolicy;
using hw::snp::Product;
using hw::tdx::TdAttributes;
using namespace std::chrono_literals;

constexpr std::string_view released = "granted and certified";

Time now() { return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()); }

// What a Keep of one of the vendors shows.
struct Shown {
    std::function<Bytes(base::View report_data)> evidence;
    std::vector<Bytes> endorsements;
};

Shown shown(Amd const& amd, bool other_report_data) {
    auto files = amd.endorsement_files();
    files.push_back(amd.signed_leaf());
    return {
        .evidence =
            [amd, other_report_data](base::View report_data) {
                auto copy = amd;
                std::ranges::copy(report_data, copy.report.report_data.begin());
                if (other_report_data) copy.report.report_data[63] ^= std::byte{1};
                return copy.signed_report();
            },
        .endorsements = files
    };
}

Shown shown(Intel const& intel, bool other_report_data) {
    return {
        .evidence =
            [intel, other_report_data](base::View report_data) {
                auto copy = intel;
                auto& place =
                    copy.domain ? copy.domain->body.report_data : copy.enclave.report_data;
                std::ranges::copy(report_data, place.begin());
                if (other_report_data) place[63] ^= std::byte{1};
                return copy.signed_quote();
            },
        .endorsements = intel.endorsement_files()
    };
}

template <class Vendor> struct Defect {
    std::string_view what;
    std::string_view rule;
    void (*make)(Vendor&);
};

hw::snp::TcbVersion old(Amd const& amd) {
    auto tcb = amd.leaf_tcb;
    tcb.snp = 1;
    return forged::encoded(tcb, amd.product);
}

std::vector<Defect<Amd>> const& amd_defects() {
    static std::vector<Defect<Amd>> const all{
        {"version", "snp.report.version", [](Amd& a) { a.report.version = 6; }},
        {"algorithm",
         "snp.report.signature-algorithm",
         [](Amd& a) { a.report.signature_algo = 2; }},
        {"masked key", "snp.report.mask-chip-key", [](Amd& a) { a.report.key_info = 2; }},
        {"no key", "snp.report.signing-key", [](Amd& a) { a.report.key_info = 7U << 2; }},
        {"padding",
         "snp.report.signature-padding",
         [](Amd& a) { a.damage_signature_padding = true; }},
        {"product", "snp.report.product", [](Amd& a) { a.report.cpuid_fam_id = 0x1a; }},
        {"reserved",
         "snp.report.reserved",
         [](Amd& a) { a.report.reserved_208[9] = std::byte{1}; }},
        {"signature", "snp.report.signature", [](Amd& a) { a.report_by_stranger = true; }},
        {"profile of the leaf",
         "snp.leaf.profile",
         [](Amd& a) { a.leaf_kind = forged::KeyKind::P256; }},
        {"issuer of the leaf",
         "snp.leaf.issuer",
         [](Amd& a) { a.leaf.issuer = a.ask.subject = "SEV-Rome"; }},
        {"TCB of the leaf", "snp.leaf.tcb", [](Amd& a) { ++a.leaf_tcb.tee; }},
        {"chip", "snp.leaf.hwid", [](Amd& a) { a.hwid[0] = std::byte{1}; }},
        {"expired leaf", "snp.chain.validity", [](Amd& a) { a.leaf.not_after = a.at - 1h; }},
        {"leaf of a stranger", "snp.chain.signature", [](Amd& a) { a.leaf_by_stranger = true; }},
        {"no authority", "snp.chain.authority", [](Amd& a) { a.ask.authority = false; }},
        {"revoked", "snp.crl.clean", [](Amd& a) { a.list.revoked.push_back(a.ask.serial); }},
        {"list of a stranger", "snp.crl.signature", [](Amd& a) { a.list_by_stranger = true; }},
        {"old list", "snp.crl.fresh", [](Amd& a) { a.list.next_update = a.at - 1h; }},
        {"no list", "snp.crl.present", [](Amd& a) { a.with_list = false; }},
        {"committed TCB", "snp.tcb.committed", [](Amd& a) { a.report.committed_tcb = old(a); }},
        {"launch TCB", "snp.tcb.launch", [](Amd& a) { a.report.launch_tcb = old(a); }},
        {"debugging",
         "snp.policy.debug",
         [](Amd& a) { a.report.policy = a.report.policy | GuestPolicy::Debug::mask; }},
        {"migration",
         "snp.policy.migration",
         [](Amd& a) { a.report.policy = a.report.policy | GuestPolicy::MigrateMa::mask; }},
        {"ABI", "snp.policy.abi", [](Amd& a) { a.report.policy = (1ULL << 17) | 0x0200; }},
        {"VMPL", "snp.vmpl", [](Amd& a) { a.report.vmpl = 1; }},
        {"measurement", "snp.measurement", [](Amd& a) { a.report.measurement[0] ^= std::byte{1}; }},
    };
    return all;
}

std::vector<Defect<Intel>> const& quote_defects() {
    static std::vector<Defect<Intel>> const all{
        {"vendor of the enclave",
         "dcap.quote.vendor",
         [](Intel& i) { i.header.qe_vendor_id[0] = {}; }},
        {"signature", "dcap.quote.signature", [](Intel& i) { i.enclave_by_stranger = true; }},
        {"quoting enclave's signature",
         "dcap.qe.signature",
         [](Intel& i) { i.quoting_enclave_by_stranger = true; }},
        {"binding of the key", "dcap.qe.binding", [](Intel& i) { i.bind_attestation_key = false; }},
        {"signer of the quoting enclave",
         "dcap.qe.signer",
         [](Intel& i) { i.quoting_enclave.mr_signer[9] ^= std::byte{1}; }},
        {"attributes of the quoting enclave",
         "dcap.qe.attributes",
         [](Intel& i) { i.quoting_enclave.attributes.flags = 0x13; }},
        {"quoting enclave's level",
         "dcap.qe.level",
         [](Intel& i) { i.quoting_enclave.isv_svn = 4; }},
        {"PCK of a stranger", "dcap.chain.signature", [](Intel& i) { i.pck_by_stranger = true; }},
        {"a CA that is none",
         "dcap.chain.authority",
         [](Intel& i) { i.platform_ca.authority = false; }},
        {"expired PCK", "dcap.chain.validity", [](Intel& i) { i.pck.not_after = i.at - 1h; }},
        {"profile of the PCK", "dcap.pck.profile", [](Intel& i) { i.sgx_extensions = false; }},
        {"expired signer",
         "dcap.signing.validity",
         [](Intel& i) { i.signing.not_after = i.at - 1h; }},
        {"signer of a stranger",
         "dcap.signing.signature",
         [](Intel& i) { i.signing_by_stranger = true; }},
        {"revoked",
         "dcap.crl.clean",
         [](Intel& i) { i.platform_list.revoked.push_back(i.pck.serial); }},
        {"list of a stranger",
         "dcap.crl.signature",
         [](Intel& i) { i.root_list_by_stranger = true; }},
        {"old list", "dcap.crl.fresh", [](Intel& i) { i.platform_list.next_update = i.at - 1h; }},
        {"TCB info of a stranger",
         "dcap.collateral.signature",
         [](Intel& i) { i.tcb_info.by_stranger = true; }},
        {"no TCB info", "dcap.tcb-info.present", [](Intel& i) { i.tcb_info.present = false; }},
        {"no level", "dcap.tcb.level", [](Intel& i) { i.tcb_info.levels = {{.svn = 6}}; }},
        {"out of date", "dcap.tcb.status", [](Intel& i) {
             i.tcb_info.levels = {{.svn = 6}, {.svn = 5, .status = "OutOfDate"}};
         }},
    };
    return all;
}

std::vector<Defect<Intel>> const& enclave_defects() {
    static std::vector<Defect<Intel>> const all{
        {"debugging", "sgx.attributes.debug", [](Intel& i) { i.enclave.attributes.flags = 0x07; }},
        {"32 bits", "sgx.attributes.mode64", [](Intel& i) { i.enclave.attributes.flags = 0x01; }},
        {"not initialised",
         "sgx.attributes.init",
         [](Intel& i) { i.enclave.attributes.flags = 0x04; }},
        {"measurement", "sgx.measurement", [](Intel& i) {
             i.enclave.mr_enclave[0] ^= std::byte{1};
         }},
    };
    return all;
}

std::vector<Defect<Intel>> const& domain_defects() {
    static std::vector<Defect<Intel>> const all{
        {"debugging",
         "tdx.attributes.debug",
         [](Intel& i) {
             i.domain->body.td_attributes = i.domain->body.td_attributes | TdAttributes::debug;
         }},
        {"pages that the host may take away",
         "tdx.attributes.sept-ve-disable",
         [](Intel& i) { i.domain->body.td_attributes = 0; }},
        {"migration",
         "tdx.attributes.migratable",
         [](Intel& i) {
             i.domain->body.td_attributes = i.domain->body.td_attributes | TdAttributes::migratable;
         }},
        {"signer of the module",
         "tdx.module.signer",
         [](Intel& i) { i.domain->body.mr_signer_seam[0] = std::byte{1}; }},
        {"level of the module",
         "tdx.module.level",
         [](Intel& i) { i.domain->module.levels = {{.svn = 6}}; }},
        {"measurement", "tdx.measurement", [](Intel& i) {
             i.domain->body.mr_td[0] ^= std::byte{1};
         }},
    };
    return all;
}

// What became of one step: nothing where it was answered, otherwise the rule that was named.
std::string refusal(Asking const& asking) {
    if (asking.status() == 200) return {};
    auto const json = nlohmann::json::parse(asking.problem(), nullptr, false);
    auto const rule = json.is_object() ? json.value("rule", "") : "";
    return rule.empty() ? std::to_string(asking.status()) + ' ' + asking.problem() : rule;
}

std::string outcome(Told const& told, Shown const& shown) {
    Keep const keep;
    Asking asking{keep, told};
    for (bool const ready : {false, true}) {
        auto const request = asking.challenge();
        if (request.empty()) return refusal(asking);
        auto const made = asking.answer(request, ready, [](auto&) {}, shown.evidence);
        (void)asking.send(ready ? "/v1/attest/ready" : "/v1/attest", made, shown.endorsements);
        if (auto const refused = refusal(asking); !refused.empty()) return refused;
    }
    return std::string{released};
}

void tell(std::string const& what, std::string_view wanted, std::string const& got) {
    std::cout << what << '\t' << wanted << '\t' << got << '\n' << std::flush;
}

template <class Vendor, class Make>
void play(
    Told const& told,
    std::string const& name,
    std::string_view report_data_rule,
    Make const& good,
    std::vector<Defect<Vendor>> const& defects
) {
    tell(name + ": good", released, outcome(told, shown(good(), false)));
    tell(name + ": report data", report_data_rule, outcome(told, shown(good(), true)));
    for (auto const& defect : defects) {
        auto vendor = good();
        defect.make(vendor);
        tell(
            name + ": " + std::string{defect.what}, defect.rule, outcome(told, shown(vendor, false))
        );
    }
}

void play(Told const& told) {
    auto const at = now();
    play<Amd>(
        told,
        "SNP",
        "snp.report-data",
        [at] { return Amd::good(Product::Genoa, false, at); },
        amd_defects()
    );
    auto const enclave = [at] { return Intel::good(at); };
    auto const domain = [at] { return Intel::good_domain(5, at); };
    play<Intel>(told, "SGX", "sgx.report-data", enclave, quote_defects());
    play<Intel>(told, "SGX", "sgx.report-data", enclave, enclave_defects());
    play<Intel>(told, "TDX", "tdx.report-data", domain, quote_defects());
    play<Intel>(told, "TDX", "tdx.report-data", domain, domain_defects());
}

void save(std::string const& path, Bytes const& certificate) {
    std::ofstream{path} << crypto::write_pem("CERTIFICATE", certificate);
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 2) return 2;
    std::string const folder{argv[1]};
    auto const amd = Amd::good(Product::Genoa, false, now());
    auto const enclave = Intel::good(now());
    auto const domain = Intel::good_domain(5, now());
    save(folder + "/amd.pem", amd.root());
    save(folder + "/intel.pem", enclave.root_certificate());
    std::cout << base::hex(amd.report.measurement) << '\n'
              << base::hex(enclave.enclave.mr_enclave) << '\n'
              << base::hex(domain.domain->body.mr_td) << '\n'
              << std::flush;
    std::string line;
    std::getline(std::cin, line);
    std::istringstream words{line};
    std::vector<std::string> const all{std::istream_iterator<std::string>{words}, {}};
    if (all.size() != 8) return 2;
    std::ifstream root{all[1]};
    auto const bytes = [](std::string const& digits) { return base::unhex(digits).value(); };
    play(
        {.url = all[0],
         .root = {std::istreambuf_iterator<char>{root}, {}},
         .name = all[2],
         .serial = std::stoull(all[3]),
         .workload = bytes(all[4]),
         .configuration = bytes(all[5]),
         .package = bytes(all[6]),
         .tenant = bytes(all[7]),
         .folder = folder,
         .what = {}}
    );
}
