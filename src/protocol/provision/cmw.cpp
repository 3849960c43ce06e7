#include "protocol/provision/cmw.hpp"

namespace protocol::provision {

namespace {

constexpr std::uint64_t indicator_evidence = 4; // bit 2 of the indicator
constexpr std::string_view field = "authenticator.evidence";

} // namespace

std::vector<std::byte> wrapped_evidence(base::View evidence) {
    return base::cbor::encoded([evidence](base::cbor::Writer& writer) {
        writer.array(3);
        writer.text(evidence_type);
        writer.bytes(evidence);
        writer.unsigned_number(indicator_evidence);
    });
}

Read<base::View> unwrapped_evidence(base::View wrapper) {
    Strict in{wrapper};
    TRY(in.array(field, 3));
    if (TRY(in.text(field, {1, 64})) != evidence_type) return std::unexpected(Wrong{field, 0});
    auto const evidence = TRY(in.bytes(field, {1, largest_evidence}));
    TRY(in.number(field, indicator_evidence, indicator_evidence));
    TRY(in.end(field));
    return evidence;
}

} // namespace protocol::provision
