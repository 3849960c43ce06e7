#pragma once

// One function for each kind of artefact.

#include "attest/inspect/description.hpp"

namespace attest::inspect {

Description describe_evidence(Artefact const& artefact, Artefacts beside);
Description describe_td_report(Artefact const& artefact, Artefacts beside);
Description describe_event_log(Artefact const& artefact, Artefacts beside);
Description describe_id_block(Artefact const& artefact, Artefacts beside);
Description describe_id_auth(Artefact const& artefact, Artefacts beside);
Description describe_id_key_signature(Artefact const& artefact, Artefacts beside);
Description describe_sigstruct(Artefact const& artefact, Artefacts beside);
Description describe_enclave_stream(Artefact const& artefact, Artefacts beside);
Description describe_certificates(Artefact const& artefact, Artefacts beside);
Description describe_revocation_list(Artefact const& artefact, Artefacts beside);
Description describe_collateral(Artefact const& artefact, Artefacts beside);
Description describe_trust_keys(Artefact const& artefact, Artefacts beside);
Description describe_bundle(Artefact const& artefact, Artefacts beside);
Description describe_sigstruct_body(Artefact const& artefact, Artefacts beside);
Description describe_firmware(Artefact const& artefact, Artefacts beside);
Description describe_attestation_result(Artefact const& artefact, Artefacts beside);
Description describe_report_data(Artefact const& artefact, Artefacts beside);
Description describe_wrapped_evidence(Artefact const& artefact, Artefacts beside);
Description describe_wrapped_certificates(Artefact const& artefact, Artefacts beside);
Description describe_page_list(Artefact const& artefact, Artefacts beside);

} // namespace attest::inspect
