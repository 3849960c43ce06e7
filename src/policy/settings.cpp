#include "policy/settings.hpp"

#include "base/hex.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace policy {

namespace {

using attest::Policy;
using package::FlatValue;

template <class T> bool number(T& out, FlatValue const& value) {
    auto const* given = std::get_if<std::int64_t>(&value);
    if (given == nullptr || *given < 0) return false;
    if (static_cast<std::uint64_t>(*given) > std::numeric_limits<T>::max()) return false;
    out = static_cast<T>(*given);
    return true;
}

template <class T> bool number(std::optional<T>& out, FlatValue const& value) {
    T given{};
    if (!number(given, value)) return false;
    out = given;
    return true;
}

template <std::size_t N> bool fixed(base::Bytes<N>& out, std::string const& text) {
    auto const bytes = base::unhex(text);
    if (!bytes || bytes->size() != N) return false;
    std::ranges::copy(*bytes, out.begin());
    return true;
}

template <std::size_t N> bool bytes(std::optional<base::Bytes<N>>& out, FlatValue const& value) {
    auto const* text = std::get_if<std::string>(&value);
    base::Bytes<N> given{};
    if (text == nullptr || !fixed(given, *text)) return false;
    out = given;
    return true;
}

template <std::size_t N>
bool list(std::optional<std::vector<base::Bytes<N>>>& out, FlatValue const& value) {
    auto const* texts = std::get_if<std::vector<std::string>>(&value);
    if (texts == nullptr) return false;
    std::vector<base::Bytes<N>> given(texts->size());
    for (std::size_t i = 0; i < texts->size(); ++i)
        if (!fixed(given[i], (*texts)[i])) return false;
    out = std::move(given);
    return true;
}

bool list(std::optional<std::vector<std::string>>& out, FlatValue const& value) {
    auto const* texts = std::get_if<std::vector<std::string>>(&value);
    if (texts == nullptr) return false;
    out = *texts;
    return true;
}

bool statuses(std::vector<attest::dcap::TcbStatus>& out, FlatValue const& value) {
    auto const* texts = std::get_if<std::vector<std::string>>(&value);
    if (texts == nullptr) return false;
    std::vector<attest::dcap::TcbStatus> given;
    for (auto const& text : *texts) {
        auto const status = attest::dcap::tcb_status(text);
        if (!status) return false;
        given.push_back(*status);
    }
    out = std::move(given);
    return true;
}

constexpr std::string_view byte_range = "a whole number from 0 to 255";
constexpr std::string_view count = "a whole number";
constexpr std::string_view hexadecimal = "text: hexadecimal of the field's length";
constexpr std::string_view hexadecimals = "an array of texts: hexadecimal of the field's length";
constexpr std::string_view texts = "an array of texts";

constexpr std::array all{
    Setting{
        "snp.minimum-tcb.milan.boot-loader",
        byte_range,
        [](Policy& p, FlatValue const& v) { return number(p.snp.floors.milan.boot_loader, v); }
    },
    Setting{
        "snp.minimum-tcb.milan.tee",
        byte_range,
        [](Policy& p, FlatValue const& v) { return number(p.snp.floors.milan.tee, v); }
    },
    Setting{
        "snp.minimum-tcb.milan.snp",
        byte_range,
        [](Policy& p, FlatValue const& v) { return number(p.snp.floors.milan.snp, v); }
    },
    Setting{
        "snp.minimum-tcb.milan.microcode",
        byte_range,
        [](Policy& p, FlatValue const& v) { return number(p.snp.floors.milan.microcode, v); }
    },
    Setting{
        "snp.minimum-tcb.genoa.boot-loader",
        byte_range,
        [](Policy& p, FlatValue const& v) { return number(p.snp.floors.genoa.boot_loader, v); }
    },
    Setting{
        "snp.minimum-tcb.genoa.tee",
        byte_range,
        [](Policy& p, FlatValue const& v) { return number(p.snp.floors.genoa.tee, v); }
    },
    Setting{
        "snp.minimum-tcb.genoa.snp",
        byte_range,
        [](Policy& p, FlatValue const& v) { return number(p.snp.floors.genoa.snp, v); }
    },
    Setting{
        "snp.minimum-tcb.genoa.microcode",
        byte_range,
        [](Policy& p, FlatValue const& v) { return number(p.snp.floors.genoa.microcode, v); }
    },
    Setting{
        "snp.minimum-tcb.turin.fmc",
        byte_range,
        [](Policy& p, FlatValue const& v) { return number(p.snp.floors.turin.fmc, v); }
    },
    Setting{
        "snp.minimum-tcb.turin.boot-loader",
        byte_range,
        [](Policy& p, FlatValue const& v) { return number(p.snp.floors.turin.boot_loader, v); }
    },
    Setting{
        "snp.minimum-tcb.turin.tee",
        byte_range,
        [](Policy& p, FlatValue const& v) { return number(p.snp.floors.turin.tee, v); }
    },
    Setting{
        "snp.minimum-tcb.turin.snp",
        byte_range,
        [](Policy& p, FlatValue const& v) { return number(p.snp.floors.turin.snp, v); }
    },
    Setting{
        "snp.minimum-tcb.turin.microcode",
        byte_range,
        [](Policy& p, FlatValue const& v) { return number(p.snp.floors.turin.microcode, v); }
    },
    Setting{"snp.vmpl", count, [](Policy& p, FlatValue const& v) { return number(p.snp.vmpl, v); }},
    Setting{
        "snp.guest-svn",
        count,
        [](Policy& p, FlatValue const& v) { return number(p.snp.guest_svn, v); }
    },
    Setting{
        "snp.family-id",
        hexadecimal,
        [](Policy& p, FlatValue const& v) { return bytes(p.snp.family_id, v); }
    },
    Setting{
        "snp.image-id",
        hexadecimal,
        [](Policy& p, FlatValue const& v) { return bytes(p.snp.image_id, v); }
    },
    Setting{
        "snp.host-data",
        hexadecimal,
        [](Policy& p, FlatValue const& v) { return bytes(p.snp.host_data, v); }
    },
    Setting{
        "snp.id-key-digests",
        hexadecimals,
        [](Policy& p, FlatValue const& v) { return list(p.snp.id_key_digests, v); }
    },
    Setting{
        "snp.author-key-digests",
        hexadecimals,
        [](Policy& p, FlatValue const& v) { return list(p.snp.author_key_digests, v); }
    },
    Setting{
        "snp.chip-ids",
        hexadecimals,
        [](Policy& p, FlatValue const& v) { return list(p.snp.chip_ids, v); }
    },
    Setting{
        "snp.csp-ids", texts, [](Policy& p, FlatValue const& v) { return list(p.snp.csp_ids, v); }
    },
    Setting{
        "dcap.tcb-statuses",
        "an array of texts: Intel's names, such as \"UpToDate\"",
        [](Policy& p, FlatValue const& v) { return statuses(p.dcap.statuses, v); }
    },
    Setting{
        "dcap.advisories",
        texts,
        [](Policy& p, FlatValue const& v) { return list(p.dcap.advisories, v); }
    },
    Setting{
        "dcap.evaluation-number",
        count,
        [](Policy& p, FlatValue const& v) { return number(p.dcap.evaluation_number, v); }
    },
    Setting{
        "dcap.fmspcs",
        hexadecimals,
        [](Policy& p, FlatValue const& v) { return list(p.dcap.fmspcs, v); }
    },
    Setting{
        "dcap.ppids",
        hexadecimals,
        [](Policy& p, FlatValue const& v) { return list(p.dcap.ppids, v); }
    },
    Setting{
        "sgx.mr-signers",
        hexadecimals,
        [](Policy& p, FlatValue const& v) { return list(p.dcap.sgx.mr_signers, v); }
    },
    Setting{
        "sgx.isv-prod-id",
        count,
        [](Policy& p, FlatValue const& v) { return number(p.dcap.sgx.isv_prod_id, v); }
    },
    Setting{
        "sgx.isv-svn",
        count,
        [](Policy& p, FlatValue const& v) { return number(p.dcap.sgx.isv_svn, v); }
    },
    Setting{
        "sgx.isv-ext-prod-id",
        hexadecimal,
        [](Policy& p, FlatValue const& v) { return bytes(p.dcap.sgx.isv_ext_prod_id, v); }
    },
    Setting{
        "sgx.isv-family-id",
        hexadecimal,
        [](Policy& p, FlatValue const& v) { return bytes(p.dcap.sgx.isv_family_id, v); }
    },
    Setting{
        "sgx.config-id",
        hexadecimal,
        [](Policy& p, FlatValue const& v) { return bytes(p.dcap.sgx.config_id, v); }
    },
    Setting{
        "sgx.config-svn",
        count,
        [](Policy& p, FlatValue const& v) { return number(p.dcap.sgx.config_svn, v); }
    },
    Setting{
        "sgx.xfrm", count, [](Policy& p, FlatValue const& v) { return number(p.dcap.sgx.xfrm, v); }
    },
    Setting{
        "sgx.misc-select",
        count,
        [](Policy& p, FlatValue const& v) { return number(p.dcap.sgx.misc_select, v); }
    },
    Setting{
        "tdx.mr-config-id",
        hexadecimal,
        [](Policy& p, FlatValue const& v) { return bytes(p.dcap.tdx.mr_config_id, v); }
    },
    Setting{
        "tdx.mr-owner",
        hexadecimal,
        [](Policy& p, FlatValue const& v) { return bytes(p.dcap.tdx.mr_owner, v); }
    },
    Setting{
        "tdx.mr-owner-config",
        hexadecimal,
        [](Policy& p, FlatValue const& v) { return bytes(p.dcap.tdx.mr_owner_config, v); }
    },
    Setting{
        "tdx.rtmr0",
        hexadecimal,
        [](Policy& p, FlatValue const& v) { return bytes(p.dcap.tdx.rtmr[0], v); }
    },
    Setting{
        "tdx.rtmr1",
        hexadecimal,
        [](Policy& p, FlatValue const& v) { return bytes(p.dcap.tdx.rtmr[1], v); }
    },
    Setting{
        "tdx.rtmr2",
        hexadecimal,
        [](Policy& p, FlatValue const& v) { return bytes(p.dcap.tdx.rtmr[2], v); }
    },
    Setting{
        "tdx.rtmr3",
        hexadecimal,
        [](Policy& p, FlatValue const& v) { return bytes(p.dcap.tdx.rtmr[3], v); }
    },
    Setting{
        "tdx.mr-seams",
        hexadecimals,
        [](Policy& p, FlatValue const& v) { return list(p.dcap.tdx.mr_seams, v); }
    },
    Setting{
        "tdx.mr-service-tds",
        hexadecimals,
        [](Policy& p, FlatValue const& v) { return list(p.dcap.tdx.mr_service_tds, v); }
    },
    Setting{"tdx.xfam", count, [](Policy& p, FlatValue const& v) {
                return number(p.dcap.tdx.xfam, v);
            }},
};

} // namespace

std::span<Setting const> settings() { return all; }

} // namespace policy
