#pragma once

// Tells what an artefact of attestation is by its bytes, and describes it.

#include "attest/inspect/description.hpp"

#include <optional>

namespace attest::inspect {

enum class Kind : std::uint8_t {
    Evidence, // what `enarx verify` judges: reports, quotes, tokens, requests
    TdReport,
    EventLog,
    IdBlock,
    IdAuth,
    IdKeySignature,
    Sigstruct,
    EnclaveStream,
    Certificates, // one or more, DER or PEM, revocation lists among them
    RevocationList,
    Collateral,
    TrustKeys,
    PageList,
    SigstructBody,     // what an author signs, without a signature
    Firmware,          // OVMF, or its end
    AttestationResult, // EAR, as JWT or CWT
    ReportData,        // 64 bytes without a form of their own
    Bundle,
    WrappedEvidence,     // evidence inside something else
    WrappedCertificates, // a certificate table of SEV-SNP, JSON of Azure's THIM
};

// By the first bytes, of which some 64 KiB are enough, and the size of all of them; nothing where
// it is none of these.
std::optional<Kind> recognise(base::View front, std::size_t size);

// No artefact of the kind is larger.
std::size_t largest(Kind kind);

// `beside`: other files that were given along, against which this one is checked where they belong
// together: an ID block and its signature, a stream and its SIGSTRUCT, an event log and its quote,
// a signed thing and the certificate of its signer.
Description describe(Kind kind, Artefact const& artefact, Artefacts beside);

} // namespace attest::inspect
