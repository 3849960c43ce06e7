#include "attest/snp/leaf.hpp"

#include "crypto/der.hpp"
#include "crypto/name.hpp"
#include "crypto/oid.hpp"

#include <array>

namespace attest::snp {

namespace {

using crypto::DerReader;
using crypto::Malformed;
using crypto::oid_bytes;
using crypto::Tag;
using enum hw::snp::KeyInfo::SigningKey;
template <class T> using Result = base::Result<T, Malformed>;

constexpr base::View oid_struct_version = oid_bytes<1, 3, 6, 1, 4, 1, 3704, 1, 1>;
constexpr base::View oid_product_name = oid_bytes<1, 3, 6, 1, 4, 1, 3704, 1, 2>;
constexpr base::View oid_hwid = oid_bytes<1, 3, 6, 1, 4, 1, 3704, 1, 4>;
constexpr base::View oid_csp_id = oid_bytes<1, 3, 6, 1, 4, 1, 3704, 1, 5>;
// 1.3.6.1.4.1.3704.1.3.n: the security patch levels.
constexpr base::View oid_boot_loader = oid_bytes<1, 3, 6, 1, 4, 1, 3704, 1, 3, 1>;
constexpr base::View oid_tee = oid_bytes<1, 3, 6, 1, 4, 1, 3704, 1, 3, 2>;
constexpr base::View oid_snp = oid_bytes<1, 3, 6, 1, 4, 1, 3704, 1, 3, 3>;
constexpr base::View oid_microcode = oid_bytes<1, 3, 6, 1, 4, 1, 3704, 1, 3, 8>;
constexpr base::View oid_fmc = oid_bytes<1, 3, 6, 1, 4, 1, 3704, 1, 3, 9>;

Result<crypto::Extension const*>
need(crypto::Certificate const& certificate, base::View oid, std::string_view what) {
    auto const* found = certificate.extension(oid);
    if (!found) return std::unexpected(Malformed{what});
    return found;
}

std::size_t offset_in(crypto::Certificate const& certificate, base::View part) {
    return static_cast<std::size_t>(part.data() - certificate.der().data());
}

Result<std::uint64_t>
number(crypto::Certificate const& certificate, base::View oid, std::string_view what) {
    auto const* extension = TRY(need(certificate, oid, what));
    DerReader in{extension->value};
    auto const value = in.unsigned_integer(what);
    if (!value || !in.empty())
        return std::unexpected(Malformed{what, offset_in(certificate, extension->value)});
    return *value;
}

Result<std::uint8_t>
level(crypto::Certificate const& certificate, base::View oid, std::string_view what) {
    auto const value = TRY(number(certificate, oid, what));
    if (value > 0xff) return std::unexpected(Malformed{what});
    return static_cast<std::uint8_t>(value);
}

Result<std::string>
text(crypto::Certificate const& certificate, base::View oid, std::string_view what) {
    auto const* extension = TRY(need(certificate, oid, what));
    DerReader in{extension->value};
    auto const value = in.next(Tag::Ia5String, what);
    if (!value || !in.empty())
        return std::unexpected(Malformed{what, offset_in(certificate, extension->value)});
    return std::string(base::text_of(value->content));
}

// "Milan-B0" and "Milan" are of the product Milan.
std::optional<Product> product_of(std::string_view name) {
    auto const product = name.substr(0, name.find('-'));
    for (auto const candidate : {Product::Milan, Product::Genoa, Product::Turin})
        if (name_of(candidate) == product) return candidate;
    return {};
}

Result<hw::snp::Tcb> parse_tcb(crypto::Certificate const& certificate, Product product) {
    hw::snp::Tcb out;
    if (product == Product::Turin) out.fmc = TRY(level(certificate, oid_fmc, "fmcSPL"));
    out.boot_loader = TRY(level(certificate, oid_boot_loader, "blSPL"));
    out.tee = TRY(level(certificate, oid_tee, "teeSPL"));
    out.snp = TRY(level(certificate, oid_snp, "snpSPL"));
    out.microcode = TRY(level(certificate, oid_microcode, "ucodeSPL"));
    return out;
}

} // namespace

std::string_view name_of(Product product) {
    switch (product) {
    case Product::Milan:
        return "Milan";
    case Product::Genoa:
        return "Genoa";
    case Product::Turin:
        return "Turin";
    }
    return "unknown";
}

std::optional<hw::snp::KeyInfo::SigningKey> leaf_kind(crypto::Certificate const& certificate) {
    auto const name = crypto::common_name(certificate.subject());
    if (name == "SEV-VCEK") return Vcek;
    if (name == "SEV-VLEK") return Vlek;
    return {};
}

Result<Leaf> parse_leaf(crypto::Certificate const& certificate) {
    auto const kind = leaf_kind(certificate);
    if (!kind) return std::unexpected(Malformed{"a subject named SEV-VCEK or SEV-VLEK"});
    Leaf out;
    out.kind = *kind;
    out.product_name = TRY(text(certificate, oid_product_name, "productName"));
    auto const product = product_of(out.product_name);
    if (!product) return std::unexpected(Malformed{"the productName of Milan, Genoa or Turin"});
    out.product = *product;
    auto const structure = TRY(number(certificate, oid_struct_version, "structVersion"));
    if (structure != (out.product == Product::Turin ? 1 : 0))
        return std::unexpected(Malformed{"the structVersion of the product"});
    out.tcb = TRY(parse_tcb(certificate, out.product));
    if (out.kind == Vlek) {
        out.csp_id = TRY(text(certificate, oid_csp_id, "CSP_ID"));
        return out;
    }
    // Not wrapped in DER: the value is the HWID itself.
    auto const* hwid = TRY(need(certificate, oid_hwid, "HWID"));
    if (hwid->value.size() != (out.product == Product::Turin ? 8 : 64))
        return std::unexpected(
            Malformed{"a HWID as long as the product has it", offset_in(certificate, hwid->value)}
        );
    out.hwid = hwid->value;
    return out;
}

} // namespace attest::snp
