#include "voting/keep/attestation.hpp"

#include "crypto/pem.hpp"
#include "voting/keep/file.hpp"

namespace voting {

std::optional<Digest> listener_certificate() {
    auto const text = read_file("/dev/attestation/certificate");
    if (!text) return {};
    auto const blocks = crypto::parse_pem(base::view_of(*text));
    if (!blocks) return {};
    return crypto::sha256(blocks->front().der);
}

std::optional<Evidence> evidence_for(base::View user_data) {
    if (!write_file("/dev/attestation/user_data", user_data)) return {};
    auto const kind = read_file("/dev/attestation/kind");
    auto const bytes = read_file("/dev/attestation/evidence");
    if (!kind || !bytes) return {};
    std::string_view word = *kind;
    while (word.ends_with('\n')) word.remove_suffix(1);
    return Evidence{.kind = std::string{word}, .bytes = *bytes};
}

} // namespace voting
