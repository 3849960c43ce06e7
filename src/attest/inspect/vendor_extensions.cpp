#include "attest/inspect/vendor_extensions.hpp"

#include "attest/dcap/pck.hpp"
#include "attest/result/claims.hpp"
#include "attest/snp/leaf.hpp"
#include "attest/text.hpp"

namespace attest::inspect {

namespace {

// Publication 57230, 3.1. The version of the structure is that of the product: parse_leaf() sees to
// it.
Json amd_json(snp::Leaf const& leaf) {
    Json out{
        {"struct_version", leaf.product == hw::snp::Product::Turin ? 1 : 0},
        {"product_name", leaf.product_name},
    };
    if (leaf.product == hw::snp::Product::Turin) out["fmc"] = leaf.tcb.fmc;
    out["bl"] = leaf.tcb.boot_loader;
    out["tee"] = leaf.tcb.tee;
    out["snp"] = leaf.tcb.snp;
    out["ucode"] = leaf.tcb.microcode;
    if (leaf.csp_id)
        out["csp_id"] = *leaf.csp_id;
    else
        out["hwid"] = hex(leaf.hwid);
    return out;
}

template <class T>
void add_parsed(
    Description& out,
    std::string const& name,
    base::Result<T, crypto::Malformed> const& parsed,
    Json (*json)(T const&)
) {
    if (parsed) {
        out.fields[name] = json(*parsed);
        out.passed(name);
        return;
    }
    out.check(
        name,
        false,
        {std::string{parsed.error().what}, "another or none", {"", parsed.error().offset}}
    );
}

} // namespace

void add_vendor_extensions(Description& out, crypto::Certificate const& certificate) {
    if (snp::leaf_kind(certificate))
        add_parsed(out, "amd_extensions", snp::parse_leaf(certificate), amd_json);
    if (dcap::is_pck(certificate))
        add_parsed(out, "sgx_extensions", dcap::parse_pck(certificate), result::json_of);
}

} // namespace attest::inspect
