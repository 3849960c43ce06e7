#include "protocol/provision/deployment.hpp"

#include "protocol/provision/binding.hpp"

#include <algorithm>

namespace protocol::provision {

using base::cbor::Writer;

namespace {

constexpr std::uint64_t most_measurements = 64;
constexpr std::uint64_t most_grantors = 16;
constexpr std::uint64_t most_dns_names = 16;
constexpr std::size_t longest_dns_name = 253;
constexpr std::size_t longest_file_name = 255;
constexpr std::size_t longest_origin = 128;
constexpr std::size_t log_key_size = 32;

bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

// One name, that leads nowhere else.
bool is_file_name(std::string_view text) {
    return !text.empty() && text.size() <= longest_file_name && text != "." && text != ".." &&
           !text.contains('/') && !text.contains('\0');
}

Read<void> read_evidence(Strict& in, Deployment& out) {
    TRY(in.key("deployment.evidence", 7));
    TRY(in.array("deployment.evidence", 2));
    if (!TRY(in.null("deployment.evidence"))) out.policy = TRY(in.digest("deployment.evidence"));
    for (auto left = TRY(in.list("deployment.evidence", most_measurements)); left > 0; --left)
        out.measurements.push_back(TRY(in.bytes("deployment.evidence", {32, 64})));
    return {};
}

Read<void> read_grantors(Strict& in, Deployment& out) {
    TRY(in.key("deployment.grantors", 8));
    for (auto left = TRY(in.list("deployment.grantors", most_grantors)); left > 0; --left)
        out.grantors.push_back(TRY(in.digest("deployment.grantors")));
    if (out.grantors.empty()) return std::unexpected(Wrong{"deployment.grantors", 0});
    return {};
}

Read<void> read_secrets(Strict& in, Deployment& out) {
    TRY(in.key("deployment.secrets", 9));
    for (auto left = TRY(in.list("deployment.secrets", most_secrets)); left > 0; --left) {
        SecretPlace secret;
        TRY(in.array("deployment.secrets", 3));
        secret.name = TRY(in.text("deployment.secrets", {1, longest_secret_name}));
        secret.place = Place(TRY(in.number("deployment.secrets", 0, 1)));
        secret.where = TRY(in.text("deployment.secrets", {1, longest_file_name}));
        bool const placed =
            secret.place == Place::File ? is_file_name(secret.where) : is_secret_name(secret.where);
        bool const rising = out.secrets.empty() || out.secrets.back().name < secret.name;
        if (!placed || !rising || !is_secret_name(secret.name))
            return std::unexpected(Wrong{"deployment.secrets", 0});
        out.secrets.push_back(secret);
    }
    return {};
}

Read<void> read_certificate(Strict& in, Deployment& out) {
    TRY(in.key("deployment.certificate", 11));
    TRY(in.array("deployment.certificate", 2));
    for (auto left = TRY(in.list("deployment.certificate", most_dns_names)); left > 0; --left)
        out.dns_names.push_back(TRY(in.text("deployment.certificate", {1, longest_dns_name})));
    out.certificate_hours = TRY(in.number("deployment.certificate", 1, most_certificate_hours));
    return {};
}

Read<void> read_limits(Strict& in, Deployment& out) {
    TRY(in.key("deployment.replicas", 12));
    TRY(in.array("deployment.replicas", 2));
    out.replicas = TRY(in.number("deployment.replicas", 1, UINT32_MAX));
    if (!TRY(in.null("deployment.not-after")))
        out.not_after = TRY(in.number("deployment.not-after", 1, INT64_MAX));
    TRY(in.key("deployment.hardware", 13));
    out.hardware = TRY(in.boolean("deployment.hardware"));
    return {};
}

Read<void> read_log(Strict& in, Deployment& out) {
    TRY(in.key("deployment.log", 14));
    if (TRY(in.null("deployment.log"))) return {};
    LogKey log;
    TRY(in.array("deployment.log", 2));
    log.origin = TRY(in.text("deployment.log", {1, longest_origin}));
    log.key = TRY(in.bytes("deployment.log", {log_key_size, log_key_size}));
    out.log = log;
    return {};
}

void write_lists(Writer& writer, Deployment const& it) {
    writer.unsigned_number(7);
    writer.array(2);
    if (it.policy) {
        writer.bytes(*it.policy);
    } else {
        writer.simple(base::cbor::simple_null);
    }
    writer.array(it.measurements.size());
    for (auto const each : it.measurements) writer.bytes(each);
    writer.unsigned_number(8);
    writer.array(it.grantors.size());
    for (auto const each : it.grantors) writer.bytes(each);
    writer.unsigned_number(9);
    writer.array(it.secrets.size());
    for (auto const& each : it.secrets) {
        writer.array(3);
        writer.text(each.name);
        writer.unsigned_number(static_cast<std::uint64_t>(each.place));
        writer.text(each.where);
    }
    writer.unsigned_number(10);
    writer.array(0);
    writer.unsigned_number(11);
    writer.array(2);
    writer.array(it.dns_names.size());
    for (auto const each : it.dns_names) writer.text(each);
    writer.unsigned_number(it.certificate_hours);
}

void write_limits(Writer& writer, Deployment const& it) {
    writer.unsigned_number(12);
    writer.array(2);
    writer.unsigned_number(it.replicas);
    if (it.not_after) {
        writer.unsigned_number(*it.not_after);
    } else {
        writer.simple(base::cbor::simple_null);
    }
    writer.unsigned_number(13);
    writer.simple(it.hardware ? base::cbor::simple_true : base::cbor::simple_false);
    writer.unsigned_number(14);
    if (it.log) {
        writer.array(2);
        writer.text(it.log->origin);
        writer.bytes(it.log->key);
    } else {
        writer.simple(base::cbor::simple_null);
    }
}

} // namespace

std::vector<std::byte> encode(Deployment const& it) {
    return base::cbor::encoded([&it](Writer& writer) {
        writer.map(14);
        writer.unsigned_number(1);
        writer.unsigned_number(version);
        writer.unsigned_number(2);
        writer.text(it.name);
        writer.unsigned_number(3);
        writer.unsigned_number(it.serial);
        auto const put = [&writer](std::uint64_t key, base::View digest) {
            writer.unsigned_number(key);
            writer.bytes(digest);
        };
        put(4, it.package);
        put(5, it.workload);
        put(6, it.configuration);
        write_lists(writer, it);
        write_limits(writer, it);
    });
}

Read<Deployment> decode_deployment(base::View payload) {
    Strict in{payload};
    Deployment out;
    TRY(in.map("deployment.form", 14));
    TRY(in.key("deployment.version", 1));
    TRY(in.number("deployment.version", version, version));
    TRY(in.key("deployment.name", 2));
    out.name = TRY(read_deployment_name(in, "deployment.name"));
    TRY(in.key("deployment.serial", 3));
    out.serial = TRY(in.number("deployment.serial", 1, UINT64_MAX));
    TRY(in.key("deployment.package", 4));
    out.package = TRY(in.digest("deployment.package"));
    TRY(in.key("deployment.workload", 5));
    out.workload = TRY(in.digest("deployment.workload"));
    TRY(in.key("deployment.configuration", 6));
    out.configuration = TRY(in.digest("deployment.configuration"));
    TRY(read_evidence(in, out));
    TRY(read_grantors(in, out));
    TRY(read_secrets(in, out));
    TRY(in.key("deployment.volumes", 10));
    TRY(in.list("deployment.volumes", 0));
    TRY(read_certificate(in, out));
    TRY(read_limits(in, out));
    TRY(read_log(in, out));
    TRY(in.end("deployment.form"));
    return out;
}

bool is_secret_name(std::string_view text) {
    return !text.empty() && text.size() <= longest_secret_name && letter(text.front()) &&
           std::ranges::all_of(text, [](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

} // namespace protocol::provision
