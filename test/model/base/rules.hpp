// Rules of the model that a test may break, one at a time: TEE_MODEL_MUTANT names it. Somebody has
// to notice.
#pragma once
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace model {

enum class Rule : std::uint8_t {
    None,
    Validation,       // an access to a private page that is not validated is #VC 0x404
    CBit,             // private and shared memory are two
    ErrorCode,        // #VC's error code is the intercept's number
    ValidateFlag,     // PVALIDATE sets CF only where nothing changed
    AdjustAllowed,    // RMPADJUST works on a validated page of one's own
    Registration,     // the GHCB MSR answers a registration with the same page
    ValidBits,        // KVM marks what it has answered in the GHCB
    DigestOrder,      // the launch digest takes pages in the order of their calls
    DigestPageType,   // ... and each with its type
    VmsaMeasured,     // ... and each VMSA
    CpuidPageChecked, // firmware refuses a CPUID page that invents a feature
    SecretsPage,      // its page has the keys that firmware uses
    SequenceNumber,   // an answer's number is its request's plus one
    MessageTag,       // an answer is authenticated
    ReportData,       // a report has the requester's data
    ReportSignature,  // ... and is signed by the VCEK
    CertificateChain, // the VCEK is signed by the ASK
    DerivedKey,       // the same request gives the same key
    PolicyKept,       // a launch has the policy that was asked for
    AttributeDecides, // KVM leaves where the guest takes private for shared or the other way round
    PrivateNeedsSlot, // LAUNCH_UPDATE wants a page that is private and has guest_memfd
    StateProtected,   // registers of a finished guest are not for user space
    Ciphertext,       // the host sees private memory encrypted
    VmsaMarked,       // a processor starts from a page that the guest has made a VMSA
    ReadOnlyRefused,  // KVM_MEM_READONLY is refused for SNP
    Eof
};

inline constexpr std::array<std::string_view, static_cast<std::size_t>(Rule::Eof)> rule_names = {
    "none",
    "validation",
    "c-bit",
    "error-code",
    "validate-flag",
    "adjust-allowed",
    "registration",
    "valid-bits",
    "digest-order",
    "digest-page-type",
    "vmsa-measured",
    "cpuid-page-checked",
    "secrets-page",
    "sequence-number",
    "message-tag",
    "report-data",
    "report-signature",
    "certificate-chain",
    "derived-key",
    "policy-kept",
    "attribute-decides",
    "private-needs-slot",
    "state-protected",
    "ciphertext",
    "vmsa-marked",
    "read-only-refused"
};

/// The one that is broken in this run.
inline Rule broken_rule() {
    static Rule const named = [] {
        char const* const name = std::getenv("TEE_MODEL_MUTANT");
        for (std::size_t i = 0; name != nullptr && i < rule_names.size(); ++i)
            if (rule_names.at(i) == name) return static_cast<Rule>(i);
        return Rule::None;
    }();
    return named;
}
inline bool broken(Rule rule) { return broken_rule() == rule; }

} // namespace model
