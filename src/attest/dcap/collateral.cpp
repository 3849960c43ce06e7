#include "attest/dcap/collateral.hpp"

#include "attest/dcap/ecdsa.hpp"
#include "attest/dcap/json_fields.hpp"
#include "base/hex.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include <fmt/format.h>

namespace attest::dcap {

namespace {

using crypto::Malformed;
using json::Value;

constexpr std::uint64_t any_u16 = std::numeric_limits<std::uint16_t>::max();
constexpr std::uint64_t any_u32 = std::numeric_limits<std::uint32_t>::max();

std::size_t count(Value parent) {
    std::size_t out = 0;
    auto const children = parent.children();
    for (auto it = children.begin(); it != children.end(); ++it) ++out;
    return out;
}

Read<std::vector<std::string>> read_advisories(Fields const& level) {
    std::vector<std::string> out;
    if (!level.maybe("advisoryIDs")) return out;
    for (auto const id : TRY(level.array("advisoryIDs")).children()) {
        if (id.kind() != json::Kind::Text || id.content().contains('\\'))
            return std::unexpected(level.wrong("an advisory's identifier", id));
        out.emplace_back(id.content());
    }
    return out;
}

Read<Standing> read_standing(Fields const& level) {
    Standing out;
    out.status = TRY(level.status("tcbStatus"));
    out.date = TRY(level.time("tcbDate"));
    out.advisories = TRY(read_advisories(level));
    return out;
}

// Version 3: sixteen objects with an svn each.
Read<Svns> read_components(Fields const& tcb, Name name) {
    auto const list = TRY(tcb.array(name));
    Svns out{};
    std::size_t count = 0;
    for (auto const component : list.children()) {
        if (count == out.size()) return std::unexpected(tcb.wrong("sixteen components", list));
        out[count++] = static_cast<std::uint8_t>(TRY(tcb.of(component).number("svn", 0xff)));
    }
    if (count != out.size()) return std::unexpected(tcb.wrong("sixteen components", list));
    return out;
}

// Version 2: a member of its own for each component.
Read<Svns> read_named_components(Fields const& tcb) {
    Svns out{};
    for (std::size_t i = 0; i < out.size(); ++i) {
        std::array<char, 24> name{};
        fmt::format_to_n(name.data(), name.size() - 1, "sgxtcbcomp{:02}svn", i + 1);
        auto const found = tcb.maybe(name.data());
        if (!found) return std::unexpected(tcb.wrong("sixteen sgxtcbcompNNsvn", tcb.value()));
        out[i] = static_cast<std::uint8_t>(TRY(tcb.number(name.data(), 0xff)));
    }
    return out;
}

Read<TcbLevel> read_level(Fields const& level, std::uint64_t version, Tee tee) {
    TcbLevel out;
    auto const tcb = TRY(level.object("tcb"));
    out.sgx = version == 2 ? TRY(read_named_components(tcb))
                           : TRY(read_components(tcb, "sgxtcbcomponents"));
    out.pce_svn = static_cast<std::uint16_t>(TRY(tcb.number("pcesvn", any_u16)));
    if (tee == Tee::Tdx) out.tdx = TRY(read_components(tcb, "tdxtcbcomponents"));
    out.standing = TRY(read_standing(level));
    return out;
}

Read<std::vector<IsvLevel>> read_isv_levels(Fields const& identity) {
    std::vector<IsvLevel> out;
    for (auto const element : TRY(identity.array("tcbLevels")).children()) {
        auto const level = identity.of(element);
        auto const tcb = TRY(level.object("tcb"));
        auto const svn = TRY(tcb.number("isvsvn", any_u16));
        auto standing = TRY(read_standing(level));
        out.push_back({
            .isv_svn = static_cast<std::uint16_t>(svn),
            .standing = std::move(standing),
        });
    }
    return out;
}

Read<ModuleSigner> read_signer(Fields const& module) {
    ModuleSigner out;
    TRY(module.bytes("mrsigner", out.mr_signer));
    TRY(module.bytes("attributes", out.attributes));
    TRY(module.bytes("attributesMask", out.attributes_mask));
    return out;
}

Read<std::vector<ModuleIdentity>> read_modules(Fields const& info) {
    std::vector<ModuleIdentity> out;
    if (!info.maybe("tdxModuleIdentities")) return out;
    for (auto const element : TRY(info.array("tdxModuleIdentities")).children()) {
        auto const module = info.of(element);
        auto const id = TRY(module.text("id"));
        base::Bytes<1> version{};
        if (!id.starts_with("TDX_") || !base::unhex(id.substr(4), version))
            return std::unexpected(module.wrong("the id TDX_ with two digits", element));
        ModuleIdentity identity;
        identity.version = std::to_integer<std::uint8_t>(version[0]);
        identity.signer = TRY(read_signer(module));
        identity.levels = TRY(read_isv_levels(module));
        out.push_back(std::move(identity));
    }
    return out;
}

Read<Tee> read_tee(Fields const& info, std::uint64_t version) {
    if (version == 2) return Tee::Sgx; // it has no id
    auto const id = TRY(info.text("id"));
    if (id == "SGX") return Tee::Sgx;
    if (id == "TDX") return Tee::Tdx;
    return std::unexpected(info.wrong("the id SGX or TDX", *info.maybe("id")));
}

Read<TcbInfo> read_tcb_info(Fields const& info) {
    TcbInfo out;
    out.version = TRY(info.number("version", any_u32));
    if (out.version != 2 && out.version != 3)
        return std::unexpected(info.wrong("TCB info of version 2 or 3", *info.maybe("version")));
    out.tee = TRY(read_tee(info, out.version));
    TRY(info.bytes("fmspc", out.fmspc));
    TRY(info.bytes("pceId", out.pce_id));
    // The only way of comparing TCBs that there is.
    TRY(info.number("tcbType", 0));
    if (out.tee == Tee::Tdx) {
        auto const module = TRY(info.object("tdxModule"));
        out.module = TRY(read_signer(module));
        out.modules = TRY(read_modules(info));
    }
    for (auto const level : TRY(info.array("tcbLevels")).children())
        out.levels.push_back(TRY(read_level(info.of(level), out.version, out.tee)));
    return out;
}

Read<base::U32> read_u32(Fields const& identity, Name name) {
    // In the order of a hexadecimal number, highest byte first.
    base::Bytes<4> bytes{};
    TRY(identity.bytes(name, bytes));
    std::ranges::reverse(bytes);
    return std::bit_cast<base::U32>(bytes);
}

Read<EnclaveIdentity> read_enclave_identity(Fields const& identity) {
    EnclaveIdentity out;
    if (TRY(identity.number("version", any_u32)) != 2)
        return std::unexpected(
            identity.wrong("an enclave identity of version 2", *identity.maybe("version"))
        );
    auto const id = TRY(identity.text("id"));
    if (id != "QE" && id != "TD_QE")
        return std::unexpected(identity.wrong("the id QE or TD_QE", *identity.maybe("id")));
    out.tee = id == "QE" ? Tee::Sgx : Tee::Tdx;
    out.misc_select = TRY(read_u32(identity, "miscselect"));
    out.misc_select_mask = TRY(read_u32(identity, "miscselectMask"));
    TRY(identity.bytes("attributes", out.attributes));
    TRY(identity.bytes("attributesMask", out.attributes_mask));
    TRY(identity.bytes("mrsigner", out.mr_signer));
    out.isv_prod_id = static_cast<std::uint16_t>(TRY(identity.number("isvprodid", any_u16)));
    out.levels = TRY(read_isv_levels(identity));
    return out;
}

} // namespace

bool Collateral::recognised(Value document) {
    return document.member("tcbInfo") || document.member("enclaveIdentity");
}

base::Result<Collateral, Malformed> Collateral::parse(base::View bytes, Value document) {
    Collateral out;
    Fields const fields{base::text_of(bytes), document};
    if (count(document) != 2)
        return std::unexpected(fields.wrong("tcbInfo or enclaveIdentity, signature", document));
    bool const tcb_info = document.member("tcbInfo").has_value();
    auto const body = TRY(fields.object(tcb_info ? "tcbInfo" : "enclaveIdentity"));
    base::Bytes<64> signature{};
    TRY(fields.bytes("signature", signature));
    out.signature_ = std::make_shared<std::vector<std::byte> const>(der_signature(signature));

    auto const copy = std::make_shared<std::vector<std::byte> const>(bytes.begin(), bytes.end());
    auto const content = base::view_of(body.value().content());
    out.bytes_ = copy;
    out.content_ = base::View{*copy}.subspan(
        static_cast<std::size_t>(content.data() - bytes.data()), content.size()
    );
    out.issued_ = TRY(body.time("issueDate"));
    out.next_update_ = TRY(body.time("nextUpdate"));
    out.evaluation_number_ = TRY(body.number("tcbEvaluationDataNumber", any_u32));
    if (tcb_info)
        out.body_ = TRY(read_tcb_info(body));
    else
        out.body_ = TRY(read_enclave_identity(body));
    return out;
}

Tee Collateral::tee() const {
    return std::visit([](auto const& body) { return body.tee; }, body_);
}

bool Collateral::same_subject(Collateral const& other) const {
    if (issued_ != other.issued_ || evaluation_number_ != other.evaluation_number_ ||
        tee() != other.tee() || body_.index() != other.body_.index())
        return false;
    auto const* mine = tcb_info();
    auto const* theirs = other.tcb_info();
    return !mine || (mine->version == theirs->version && mine->fmspc == theirs->fmspc &&
                     mine->pce_id == theirs->pce_id);
}

} // namespace attest::dcap
