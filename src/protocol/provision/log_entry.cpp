#include "protocol/provision/log_entry.hpp"

namespace protocol::provision {

using base::cbor::Writer;

namespace {

constexpr std::size_t longest_deployment_name = 128;
constexpr std::size_t longest_rule = 128;

void put_null(Writer& writer) { writer.simple(base::cbor::simple_null); }

void put_digest(Writer& writer, std::optional<base::View> digest) {
    digest ? writer.bytes(*digest) : put_null(writer);
}

Read<std::optional<LoggedDeployment>> read_deployment(Strict& in) {
    TRY(in.key("log.deployment", 4));
    if (TRY(in.null("log.deployment"))) return std::nullopt;
    LoggedDeployment out;
    TRY(in.array("log.deployment", 3));
    out.name = TRY(in.text("log.deployment", {1, longest_deployment_name}));
    out.serial = TRY(in.number("log.deployment", 0, UINT64_MAX));
    if (!TRY(in.null("log.deployment"))) out.statement = TRY(in.digest("log.deployment"));
    return out;
}

Read<std::optional<base::View>> read_digest(Strict& in, std::string_view field, std::uint64_t key) {
    TRY(in.key(field, key));
    if (TRY(in.null(field))) return std::nullopt;
    return TRY(in.digest(field));
}

} // namespace

LogEntry entry_of(Release const& it) {
    return {
        .time = it.time,
        .kind = LogKind::Release,
        .deployment = LoggedDeployment{it.deployment, it.serial, it.statement},
        .keep_id = it.keep_id,
        .rule = {},
        .digest = it.authenticator,
        .accepted = true
    };
}

std::vector<std::byte> encode(LogEntry const& it) {
    return base::cbor::encoded([&it](Writer& writer) {
        auto const put_bytes = [&writer](std::uint64_t key, std::optional<base::View> value) {
            writer.unsigned_number(key);
            put_digest(writer, value);
        };
        writer.map(8);
        writer.unsigned_number(1);
        writer.unsigned_number(1);
        writer.unsigned_number(2);
        writer.unsigned_number(it.time);
        writer.unsigned_number(3);
        writer.unsigned_number(std::uint64_t(it.kind));
        writer.unsigned_number(4);
        if (it.deployment) {
            writer.array(3);
            writer.text(it.deployment->name);
            writer.unsigned_number(it.deployment->serial);
            put_digest(writer, it.deployment->statement);
        } else {
            put_null(writer);
        }
        put_bytes(5, it.keep_id);
        writer.unsigned_number(6);
        it.rule ? writer.text(*it.rule) : put_null(writer);
        put_bytes(7, it.digest);
        writer.unsigned_number(8);
        writer.simple(it.accepted ? base::cbor::simple_true : base::cbor::simple_false);
    });
}

Read<LogEntry> decode_log_entry(base::View bytes) {
    Strict in{bytes};
    LogEntry out;
    TRY(in.map("log.form", 8));
    TRY(in.key("log.version", 1));
    TRY(in.number("log.version", 1, 1));
    TRY(in.key("log.time", 2));
    out.time = TRY(in.number("log.time", 0, INT64_MAX));
    TRY(in.key("log.kind", 3));
    out.kind = LogKind(TRY(in.number("log.kind", 0, std::uint64_t(LogKind::Admin))));
    out.deployment = TRY(read_deployment(in));
    out.keep_id = TRY(read_digest(in, "log.keep", 5));
    TRY(in.key("log.rule", 6));
    if (!TRY(in.null("log.rule"))) out.rule = TRY(in.text("log.rule", {1, longest_rule}));
    out.digest = TRY(read_digest(in, "log.digest", 7));
    TRY(in.key("log.decision", 8));
    out.accepted = TRY(in.boolean("log.decision"));
    TRY(in.end("log.form"));
    return out;
}

} // namespace protocol::provision
