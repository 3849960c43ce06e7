#include "host/cli/collateral/describe.hpp"

#include "attest/path.hpp"
#include "attest/text.hpp"
#include "base/printable.hpp"
#include "crypto/digest.hpp"

namespace host::cli {

namespace {

using attest::hex;
using attest::timestamp;

CollateralJson json_of(crypto::Certificate const& certificate) {
    return {
        {"kind", "certificate"},
        {"subject", attest::shown_name(certificate.subject())},
        {"issuer", attest::shown_name(certificate.issuer())},
        {"serial", hex(certificate.serial())},
        {"valid_from", timestamp(certificate.not_before())},
        {"valid_to", timestamp(certificate.not_after())},
    };
}

CollateralJson json_of(crypto::RevocationList const& list) {
    return {
        {"kind", "revocation list"},
        {"issuer", attest::shown_name(list.issuer())},
        {"revoked", list.revocations().size()},
        {"valid_from", timestamp(list.this_update())},
        {"valid_to", timestamp(list.next_update())},
    };
}

std::string_view name_of(attest::dcap::Tee tee) {
    return tee == attest::dcap::Tee::Tdx ? "TDX" : "SGX";
}

CollateralJson json_of(attest::dcap::Collateral const& document) {
    CollateralJson out{
        {"kind", document.tcb_info() ? "TCB info" : "identity of a quoting enclave"},
        {"tee", name_of(document.tee())},
    };
    if (auto const* info = document.tcb_info()) {
        out["version"] = info->version;
        out["fmspc"] = hex(info->fmspc);
        out["pceid"] = hex(info->pce_id);
    }
    out["tcb_evaluation_data_number"] = document.evaluation_number();
    out["valid_from"] = timestamp(document.issued());
    out["valid_to"] = timestamp(document.next_update());
    return out;
}

CollateralJson json_of(attest::Document const& document) {
    return {{"kind", "JSON of another kind"}, {"size", document.bytes.size()}};
}

base::View bytes_of(crypto::Certificate const& certificate) { return certificate.der(); }
base::View bytes_of(crypto::RevocationList const& list) { return list.der(); }
base::View bytes_of(attest::dcap::Collateral const& document) { return document.bytes(); }
base::View bytes_of(attest::Document const& document) { return document.bytes; }

void add_all(CollateralJson& out, auto const& items) {
    for (auto const& [value, source] : items) {
        auto one = json_of(value);
        one["sha256"] = hex(crypto::sha256(bytes_of(value)));
        one["from"] = source;
        out.push_back(std::move(one));
    }
}

} // namespace

CollateralJson endorsements_json(attest::Endorsements const& endorsements) {
    auto out = CollateralJson::array();
    add_all(out, endorsements.certificates());
    add_all(out, endorsements.revocation_lists());
    add_all(out, endorsements.collateral());
    add_all(out, endorsements.documents());
    return out;
}

std::string endorsements_text(CollateralJson const& endorsements) {
    std::string out;
    for (auto const& one : endorsements) {
        out += one.at("kind").get<std::string>() + '\n';
        for (auto const& [name, value] : one.items())
            if (name != "kind")
                out +=
                    "  " + name + ": " +
                    (value.is_string() ? base::printable(value.get<std::string>()) : value.dump()) +
                    '\n';
    }
    return out;
}

} // namespace host::cli
