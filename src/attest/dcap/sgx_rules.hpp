#pragma once

// The rules on the enclave itself. "SDM": Intel SDM volume 3D.

#include "attest/rule.hpp"

namespace attest::dcap::rules::sgx {

// What the enclave may do.
inline constexpr Rule debug{
    "sgx.attributes.debug",
    "Nobody may debug the enclave: DEBUG is 0.",
    "SDM 38.7.1, bit 1",
    Level::Strict
};
inline constexpr Rule mode64{
    "sgx.attributes.mode64",
    "The enclave runs in 64-bit mode: MODE64BIT is 1.",
    "SDM 38.7.1, bit 2",
    Level::Strict
};
inline constexpr Rule init{
    "sgx.attributes.init",
    "The enclave is initialised: INIT is 1.",
    "SDM 38.7.1, bit 0",
    Level::Strict
};
inline constexpr Rule provision_key{
    "sgx.attributes.provision-key",
    "The enclave cannot get the provisioning key: PROVISIONKEY is 0.",
    "SDM 38.7.1, bit 4",
    Level::Asked
};
inline constexpr Rule einittoken_key{
    "sgx.attributes.einittoken-key",
    "The enclave cannot get the launch key: EINITTOKEN_KEY is 0.",
    "SDM 38.7.1, bit 5",
    Level::Asked
};
inline constexpr Rule aex_notify{
    "sgx.attributes.aex-notify",
    "The enclave is told of interruptions: AEXNOTIFY is 1.",
    "SDM 38.7.1, bit 10",
    Level::Asked
};
inline constexpr Rule xfrm{
    "sgx.attributes.xfrm",
    "No processor feature is enabled that the policy does not name.",
    "SDM 38.7.2, XFRM",
    Level::Asked
};
inline constexpr Rule misc_select{
    "sgx.misc-select",
    "No bit of MISCSELECT is set that the policy does not name.",
    "SDM 38.7.3, MISCSELECT",
    Level::Asked
};

// Which enclave it is.
inline constexpr Rule report_data{
    "sgx.report-data",
    "REPORTDATA are what the relying party expects, followed by zeros.",
    "SDM 38.15, REPORTDATA",
    Level::Strict
};
inline constexpr Rule measurement{
    "sgx.measurement",
    "MRENCLAVE is one that the relying party expects.",
    "SDM 38.15, MRENCLAVE",
    Level::Strict
};
inline constexpr Rule mr_signer{
    "sgx.mr-signer", "MRSIGNER is on the policy's list.", "SDM 38.15, MRSIGNER", Level::Asked
};
inline constexpr Rule isv_prod_id{
    "sgx.isv-prod-id", "ISVPRODID is the policy's.", "SDM 38.15, ISVPRODID", Level::Asked
};
inline constexpr Rule isv_svn{
    "sgx.isv-svn", "ISVSVN is at or above the policy's.", "SDM 38.15, ISVSVN", Level::Asked
};
inline constexpr Rule isv_ext_prod_id{
    "sgx.isv-ext-prod-id", "ISVEXTPRODID is the policy's.", "SDM 38.15, ISVEXTPRODID", Level::Asked
};
inline constexpr Rule isv_family_id{
    "sgx.isv-family-id", "ISVFAMILYID is the policy's.", "SDM 38.15, ISVFAMILYID", Level::Asked
};
inline constexpr Rule config_id{
    "sgx.config-id", "CONFIGID is the policy's.", "SDM 38.15, CONFIGID", Level::Asked
};
inline constexpr Rule config_svn{
    "sgx.config-svn", "CONFIGSVN is at or above the policy's.", "SDM 38.15, CONFIGSVN", Level::Asked
};

} // namespace attest::dcap::rules::sgx
