#pragma once

// The rules on Intel's documents and on what they say of quoting enclave and platform.
// "PCS": Intel SGX and TDX Provisioning Certification Service API, version 4; "PCK" as before.

#include "attest/rule.hpp"

namespace attest::dcap::rules {

// Intel's signed documents and the chain of the certificate that signed them.
inline constexpr Rule signing_complete{
    "dcap.signing.complete",
    "The chain of the certificate that signed the documents is there up to the root.",
    "PCS, issuer chains; RFC 5280, 6.1",
    Level::Always
};
inline constexpr Rule signing_root{
    "dcap.signing.root",
    "That chain ends at a pinned root.",
    "PCS, issuer chains; RFC 5280, 6.1.1 (d)",
    Level::Always
};
inline constexpr Rule signing_authority{
    "dcap.signing.authority",
    "Each issuer in it may sign certificates within its path length.",
    "RFC 5280, 6.1.4 (k) to (o)",
    Level::Always
};
inline constexpr Rule signing_signature{
    "dcap.signing.signature",
    "Each certificate in it is signed by the next.",
    "RFC 5280, 6.1.3 (a)(1)",
    Level::Always
};
inline constexpr Rule signing_validity{
    "dcap.signing.validity",
    "Each certificate in it is valid at the time of the appraisal.",
    "RFC 5280, 6.1.3 (a)(2)",
    Level::Authentic
};
inline constexpr Rule collateral_signature{
    "dcap.collateral.signature",
    "Intel's TCB signing key signed each document that counts, exactly as it came.",
    "PCS, Get TCB Info and Get QE Identity, signature",
    Level::Authentic
};
inline constexpr Rule collateral_issued{
    "dcap.collateral.issued",
    "No document that counts was issued after the time of the appraisal.",
    "PCS, issueDate",
    Level::Authentic
};
inline constexpr Rule collateral_fresh{
    "dcap.collateral.fresh",
    "The next update of each document that counts is not yet due.",
    "PCS, nextUpdate",
    Level::Strict
};

// The quoting enclave.
inline constexpr Rule qe_identity_present{
    "dcap.qe-identity.present",
    "There is an identity of the quoting enclave, QE or TD_QE, that Intel signed.",
    "PCS, Get QE Identity",
    Level::Strict
};
inline constexpr Rule qe_signer{
    "dcap.qe.signer",
    "The quoting enclave is Intel's: MRSIGNER and ISVPRODID are those of its identity, without one "
    "those of all of Intel's so far.",
    "PCS, Get QE Identity, mrsigner and isvprodid",
    Level::Authentic
};
inline constexpr Rule qe_attributes{
    "dcap.qe.attributes",
    "Under their masks, ATTRIBUTES and MISCSELECT of the quoting enclave are those of its "
    "identity: no debugging.",
    "PCS, Get QE Identity, attributes and miscselect",
    Level::Authentic
};
inline constexpr Rule qe_level{
    "dcap.qe.level",
    "A level of the identity fits the ISVSVN of the quoting enclave.",
    "PCS, Get QE Identity, tcbLevels",
    Level::Authentic
};

// The platform's TCB.
inline constexpr Rule tcb_info_present{
    "dcap.tcb-info.present",
    "There is TCB info for the FMSPC and PCEID of the platform.",
    "PCS, Get TCB Info",
    Level::Strict
};
inline constexpr Rule tcb_level{
    "dcap.tcb.level",
    "A level of the TCB info fits the platform: sixteen components, PCESVN, and of TDX the "
    "components of TEE_TCB_SVN.",
    "PCS, Get TCB Info, TCB level comparison",
    Level::Authentic
};
inline constexpr Rule tcb_revoked{
    "dcap.tcb.revoked",
    "The TCB of platform, quoting enclave and TDX module is not revoked.",
    "PCS, Get TCB Info, tcbStatus",
    Level::Authentic
};
inline constexpr Rule tcb_status{
    "dcap.tcb.status",
    "The status of all parts together is UpToDate, or one that the policy allows.",
    "PCS, Get TCB Info, tcbStatus",
    Level::Strict
};
inline constexpr Rule tcb_advisories{
    "dcap.tcb.advisories",
    "All advisories that the platform leaves open are on the policy's list.",
    "PCS, Get TCB Info, advisoryIDs",
    Level::Asked
};
inline constexpr Rule tcb_evaluation{
    "dcap.tcb.evaluation",
    "The TCB evaluation number of the TCB info is at or above the policy's.",
    "PCS, tcbEvaluationDataNumber",
    Level::Asked
};
inline constexpr Rule fmspc{
    "dcap.platform.fmspc",
    "The platform's FMSPC is on the policy's list.",
    "PCK 1.3.5, FMSPC",
    Level::Asked
};
inline constexpr Rule ppid{
    "dcap.platform.ppid",
    "The platform's PPID is on the policy's list.",
    "PCK 1.3.5, PPID",
    Level::Asked
};
inline constexpr Rule dynamic_platform{
    "dcap.platform.dynamic",
    "The set of packages of the platform cannot grow: DynamicPlatform is FALSE.",
    "PCK 1.3.5, Configuration",
    Level::Asked
};
inline constexpr Rule cached_keys{
    "dcap.platform.cached-keys",
    "The registration backend does not cache the platform's root keys: CachedKeys is FALSE.",
    "PCK 1.3.5, Configuration",
    Level::Asked
};
inline constexpr Rule smt{
    "dcap.platform.smt",
    "SMT is off: SMTenabled is FALSE.",
    "PCK 1.3.5, Configuration",
    Level::Asked
};

} // namespace attest::dcap::rules
