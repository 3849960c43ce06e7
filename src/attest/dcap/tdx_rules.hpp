#pragma once

// The rules on the trust domain itself. "QL4": Intel TDX DCAP Quoting Library API. "TDX": Intel TDX
// Module Base Architecture Specification. "PCS": as in collateral_rules.hpp.

#include "attest/rule.hpp"

namespace attest::dcap::rules::tdx {

// The TDX module.
inline constexpr Rule module_signer{
    "tdx.module.signer",
    "The TDX module is Intel's: MRSIGNERSEAM and SEAMATTRIBUTES are those of the TCB info, without "
    "it zero.",
    "QL4 A.3.2; PCS, tdxModule and tdxModuleIdentities",
    Level::Authentic
};
inline constexpr Rule module_level{
    "tdx.module.level",
    "A TDX module of a version above 0 has an identity in the TCB info, and a level of it fits "
    "TEE_TCB_SVN.",
    "PCS, tdxModuleIdentities",
    Level::Authentic
};

// What the trust domain may do.
inline constexpr Rule debug{
    "tdx.attributes.debug",
    "The TD is not under debugging or other untrusted observation: TUD is 0.",
    "TDX 3.4, bits 7:0",
    Level::Strict
};
inline constexpr Rule attributes_reserved{
    "tdx.attributes.reserved", "Reserved attributes are 0.", "TDX 3.4", Level::Strict
};
inline constexpr Rule sept_ve_disable{
    "tdx.attributes.sept-ve-disable",
    "The host cannot raise #VE at pages that it takes away: SEPT_VE_DISABLE is 1.",
    "TDX 3.4, bit 28",
    Level::Strict
};
inline constexpr Rule migratable{
    "tdx.attributes.migratable",
    "The TD cannot be moved to another machine: MIGRATABLE is 0.",
    "TDX 3.4, bit 29",
    Level::Strict
};
inline constexpr Rule pks{
    "tdx.attributes.pks",
    "Supervisor protection keys are off: PKS is 0.",
    "TDX 3.4, bit 30",
    Level::Asked
};
inline constexpr Rule kl{
    "tdx.attributes.kl", "Key Locker is off: KL is 0.", "TDX 3.4, bit 31", Level::Asked
};
inline constexpr Rule perfmon{
    "tdx.attributes.perfmon",
    "Performance monitoring is off: PERFMON is 0.",
    "TDX 3.4, bit 63",
    Level::Asked
};
inline constexpr Rule xfam{
    "tdx.xfam",
    "No processor feature is enabled that the policy does not name.",
    "TDX 3.4, XFAM",
    Level::Asked
};

// Which trust domain it is.
inline constexpr Rule report_data{
    "tdx.report-data",
    "REPORTDATA are what the relying party expects, followed by zeros.",
    "QL4 A.3.2, REPORTDATA",
    Level::Strict
};
inline constexpr Rule measurement{
    "tdx.measurement",
    "MRTD is one that the relying party expects.",
    "QL4 A.3.2, MRTD",
    Level::Strict
};
inline constexpr Rule rtmr0{"tdx.rtmr0", "RTMR0 is the policy's.", "QL4 A.3.2, RTMR", Level::Asked};
inline constexpr Rule rtmr1{"tdx.rtmr1", "RTMR1 is the policy's.", "QL4 A.3.2, RTMR", Level::Asked};
inline constexpr Rule rtmr2{"tdx.rtmr2", "RTMR2 is the policy's.", "QL4 A.3.2, RTMR", Level::Asked};
inline constexpr Rule rtmr3{"tdx.rtmr3", "RTMR3 is the policy's.", "QL4 A.3.2, RTMR", Level::Asked};
inline constexpr Rule mr_config_id{
    "tdx.mr-config-id", "MRCONFIGID is the policy's.", "QL4 A.3.2, MRCONFIGID", Level::Asked
};
inline constexpr Rule mr_owner{
    "tdx.mr-owner", "MROWNER is the policy's.", "QL4 A.3.2, MROWNER", Level::Asked
};
inline constexpr Rule mr_owner_config{
    "tdx.mr-owner-config",
    "MROWNERCONFIG is the policy's.",
    "QL4 A.3.2, MROWNERCONFIG",
    Level::Asked
};
inline constexpr Rule mr_seam{
    "tdx.mr-seam", "MRSEAM is on the policy's list.", "QL4 A.3.2, MRSEAM", Level::Asked
};
inline constexpr Rule mr_service_td{
    "tdx.mr-service-td",
    "MRSERVICETD is on the policy's list.",
    "QL4 A.4, MRSERVICETD",
    Level::Asked
};

} // namespace attest::dcap::rules::tdx
