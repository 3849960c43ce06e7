#pragma once

// Structures without a magic number, told apart by sizes and by fields that hold one value only.

#include "base/view.hpp"

#include <cstddef>

namespace attest::inspect {

bool looks_like_td_report(base::View front, std::size_t size);
bool looks_like_id_block(base::View front, std::size_t size);
bool looks_like_id_auth(base::View front, std::size_t size);
bool looks_like_id_key_signature(base::View front, std::size_t size);
bool looks_like_certificates(base::View front, std::size_t size);
bool looks_like_revocation_list(base::View front, std::size_t size);
bool looks_like_collateral(base::View front, std::size_t size);
bool looks_like_sigstruct_body(base::View front, std::size_t size);
bool looks_like_firmware(base::View front, std::size_t size);
bool looks_like_attestation_result(base::View front, std::size_t size);
bool looks_like_report_data(base::View front, std::size_t size);
bool looks_like_wrapped_evidence(base::View front, std::size_t size);
bool looks_like_wrapped_certificates(base::View front, std::size_t size);
bool looks_like_page_list(base::View front, std::size_t size);

} // namespace attest::inspect
