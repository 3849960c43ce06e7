#include "protocol/provision/pull.hpp"

#include "protocol/provision/grant.hpp"

#include <limits>

namespace protocol::provision {

namespace {

using base::cbor::encoded;
using base::cbor::Writer;

constexpr std::uint64_t most_versions = 16;
constexpr std::uint64_t most_endorsements = 16;
constexpr std::uint64_t most_certificates = 8;
constexpr std::size_t largest_certificate = std::size_t{64} << 10;
constexpr std::size_t largest_ear = std::size_t{64} << 10;
constexpr std::size_t largest_request = 1024;
constexpr auto any = std::numeric_limits<std::uint64_t>::max();

void list(Writer& writer, std::vector<base::View> const& items) {
    writer.array(items.size());
    for (auto const item : items) writer.bytes(item);
}

Read<std::vector<base::View>>
list(Strict& in, std::string_view field, std::uint64_t most, Sizes sizes) {
    std::vector<base::View> out;
    auto const count = TRY(in.list(field, most));
    for (std::uint64_t i = 0; i < count; ++i) out.push_back(TRY(in.bytes(field, sizes)));
    return out;
}

} // namespace

std::vector<std::byte> encode(ChallengeWish const& wish) {
    return encoded([&wish](Writer& writer) {
        writer.map(2);
        writer.unsigned_number(1);
        writer.array(wish.versions.size());
        for (auto const each : wish.versions) writer.unsigned_number(each);
        writer.unsigned_number(2);
        writer.text(wish.name);
    });
}

Read<ChallengeWish> decode_challenge_wish(base::View body) {
    Strict in{body};
    ChallengeWish out{.versions = {}, .name = {}};
    TRY(in.map("challenge.form", 2));
    TRY(in.key("challenge.versions", 1));
    auto const count = TRY(in.list("challenge.versions", most_versions));
    for (std::uint64_t i = 0; i < count; ++i)
        out.versions.push_back(TRY(in.number("challenge.versions", 0, any)));
    TRY(in.key("challenge.name", 2));
    out.name = TRY(read_deployment_name(in, "challenge.name"));
    TRY(in.end("challenge.form"));
    return out;
}

std::vector<std::byte> encode(Challenge const& challenge) {
    return encoded([&challenge](Writer& writer) {
        writer.map(3);
        writer.unsigned_number(1);
        writer.unsigned_number(challenge.version);
        writer.unsigned_number(2);
        writer.unsigned_number(challenge.suite);
        writer.unsigned_number(3);
        writer.bytes(challenge.request);
    });
}

Read<Challenge> decode_challenge(base::View body) {
    Strict in{body};
    Challenge out;
    TRY(in.map("challenge.form", 3));
    TRY(in.key("challenge.version", 1));
    out.version = TRY(in.number("challenge.version", 0, any));
    TRY(in.key("challenge.suite", 2));
    out.suite = static_cast<std::uint8_t>(TRY(in.number("challenge.suite", 1, 2)));
    TRY(in.key("challenge.request", 3));
    out.request = TRY(in.bytes("challenge.request", {1, largest_request}));
    TRY(in.end("challenge.form"));
    return out;
}

std::vector<std::byte> encode(Attestation const& attestation) {
    return encoded([&attestation](Writer& writer) {
        writer.map(3);
        writer.unsigned_number(1);
        writer.bytes(attestation.authenticator);
        writer.unsigned_number(2);
        writer.bytes(attestation.binding);
        writer.unsigned_number(3);
        list(writer, attestation.endorsements);
    });
}

Read<Attestation> decode_attestation(base::View body) {
    Strict in{body};
    Attestation out;
    TRY(in.map("attestation.form", 3));
    TRY(in.key("attestation.authenticator", 1));
    out.authenticator = TRY(in.bytes("attestation.authenticator", {1, largest_pull_body}));
    TRY(in.key("attestation.binding", 2));
    out.binding = TRY(in.bytes("attestation.binding", {1, largest_pull_body}));
    TRY(in.key("attestation.endorsements", 3));
    out.endorsements =
        TRY(list(in, "attestation.endorsements", most_endorsements, {1, largest_pull_body}));
    TRY(in.end("attestation.form"));
    return out;
}

std::vector<std::byte> encode(Granted const& granted) {
    return encoded([&granted](Writer& writer) {
        writer.map(1);
        writer.unsigned_number(1);
        writer.bytes(granted.grant);
    });
}

Read<Granted> decode_granted(base::View body) {
    Strict in{body};
    TRY(in.map("granted.form", 1));
    TRY(in.key("granted.grant", 1));
    Granted const out{TRY(in.bytes("granted.grant", {1, largest_grant}))};
    TRY(in.end("granted.form"));
    return out;
}

std::vector<std::byte> encode(Certified const& certified) {
    return encoded([&certified](Writer& writer) {
        writer.map(4);
        writer.unsigned_number(1);
        list(writer, certified.chain);
        writer.unsigned_number(2);
        writer.text(certified.ear);
        writer.unsigned_number(3);
        writer.unsigned_number(certified.not_after);
        writer.unsigned_number(4);
        writer.unsigned_number(certified.renew_at);
    });
}

Read<Certified> decode_certified(base::View body) {
    Strict in{body};
    Certified out;
    TRY(in.map("certified.form", 4));
    TRY(in.key("certified.chain", 1));
    out.chain = TRY(list(in, "certified.chain", most_certificates, {1, largest_certificate}));
    if (out.chain.empty()) return std::unexpected(Wrong{"certified.chain", 0});
    TRY(in.key("certified.ear", 2));
    out.ear = TRY(in.text("certified.ear", {1, largest_ear}));
    TRY(in.key("certified.not-after", 3));
    out.not_after = TRY(in.number("certified.not-after", 0, any));
    TRY(in.key("certified.renew-at", 4));
    out.renew_at = TRY(in.number("certified.renew-at", 0, any));
    TRY(in.end("certified.form"));
    return out;
}

} // namespace protocol::provision
