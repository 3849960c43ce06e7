#include "protocol/provision/grant.hpp"

#include "protocol/provision/deployment.hpp"

#include <algorithm>

namespace protocol::provision {

using base::cbor::Writer;

namespace {

constexpr std::size_t length_size = 4;
constexpr std::uint64_t most_authorities = 16;
constexpr std::uint64_t most_sources = 16;
constexpr std::size_t largest_secret = std::size_t{256} << 10;
constexpr std::size_t largest_certificate = std::size_t{16} << 10;
constexpr std::size_t largest_checkpoint = 4096; // with lines of witnesses
constexpr std::size_t least_proof = 8;           // the number of the leaf alone
constexpr std::size_t largest_proof = 8 + (64 * 32);
constexpr std::size_t longest_repository = 1024;
constexpr std::size_t longest_credentials = 16U << 10; // some are tokens
constexpr std::size_t largest_authorities = 32U << 10;

Read<void> read_secrets(Strict& in, Grant& out) {
    TRY(in.key("grant.secrets", 5));
    for (auto left = TRY(in.table("grant.secrets", most_secrets)); left > 0; --left) {
        auto const name = TRY(in.text("grant.secrets", {1, longest_secret_name}));
        auto const value = TRY(in.bytes("grant.secrets", {0, largest_secret}));
        bool const rising = out.secrets.empty() || out.secrets.back().first < name;
        if (!rising || !is_secret_name(name)) return std::unexpected(Wrong{"grant.secrets", 0});
        out.secrets.emplace_back(name, value);
    }
    return {};
}

Read<std::optional<std::string_view>> read_optional(Strict& in, std::size_t most) {
    std::optional<std::string_view> out;
    if (!TRY(in.null("grant.sources"))) out = TRY(in.text("grant.sources", {1, most}));
    return out;
}

Read<Source> read_source(Strict& in) {
    TRY(in.array("grant.sources", 3));
    Source out;
    out.repository = TRY(in.text("grant.sources", {1, longest_repository}));
    out.credentials = TRY(read_optional(in, longest_credentials));
    out.authorities = TRY(read_optional(in, largest_authorities));
    bool const tls = out.repository.starts_with("https://");
    bool const plain = out.repository.starts_with("http://") && !out.credentials;
    if (!tls && !plain) return std::unexpected(Wrong{"grant.sources", 0});
    return out;
}

Read<void> read_rest(Strict& in, Grant& out) {
    TRY(in.key("grant.authorities", 7));
    for (auto left = TRY(in.list("grant.authorities", most_authorities)); left > 0; --left)
        out.authorities.push_back(TRY(in.bytes("grant.authorities", {1, largest_certificate})));
    TRY(in.key("grant.time", 8));
    out.time = TRY(in.number("grant.time", 0, INT64_MAX));
    TRY(in.key("grant.log", 9));
    if (!TRY(in.null("grant.log"))) {
        Log log;
        TRY(in.array("grant.log", 2));
        log.checkpoint = TRY(in.text("grant.log", {1, largest_checkpoint}));
        log.proof = TRY(in.bytes("grant.log", {least_proof, largest_proof}));
        out.log = log;
    }
    TRY(in.key("grant.sources", 10));
    for (auto left = TRY(in.list("grant.sources", most_sources)); left > 0; --left)
        out.sources.push_back(TRY(read_source(in)));
    return {};
}

void write_optional(Writer& writer, std::optional<std::string_view> const& text) {
    if (text)
        writer.text(*text);
    else
        writer.simple(base::cbor::simple_null);
}

void write_source(Writer& writer, Source const& it) {
    writer.array(3);
    writer.text(it.repository);
    write_optional(writer, it.credentials);
    write_optional(writer, it.authorities);
}

void write_lists(Writer& writer, Grant const& it) {
    writer.unsigned_number(5);
    writer.map(it.secrets.size());
    for (auto const& [name, value] : it.secrets) {
        writer.text(name);
        writer.bytes(value);
    }
    writer.unsigned_number(6);
    writer.map(0);
    writer.unsigned_number(7);
    writer.array(it.authorities.size());
    for (auto const each : it.authorities) writer.bytes(each);
    writer.unsigned_number(8);
    writer.unsigned_number(it.time);
    writer.unsigned_number(9);
    if (it.log) {
        writer.array(2);
        writer.text(it.log->checkpoint);
        writer.bytes(it.log->proof);
    } else {
        writer.simple(base::cbor::simple_null);
    }
    writer.unsigned_number(10);
    writer.array(it.sources.size());
    for (auto const& each : it.sources) write_source(writer, each);
}

} // namespace

std::vector<std::byte> encode(Source const& it) {
    return base::cbor::encoded([&it](Writer& writer) { write_source(writer, it); });
}

Read<Source> decode_source(base::View source) {
    Strict in{source};
    auto const out = TRY(read_source(in));
    TRY(in.end("grant.sources"));
    return out;
}

std::vector<std::byte> encode(Grant const& it) {
    return base::cbor::encoded([&it](Writer& writer) {
        writer.map(10);
        auto const put = [&writer](std::uint64_t key, base::View value) {
            writer.unsigned_number(key);
            writer.bytes(value);
        };
        put(1, it.deployment);
        put(2, it.keep_id);
        put(3, it.report_data);
        if (it.package_key) {
            put(4, *it.package_key);
        } else {
            writer.unsigned_number(4);
            writer.simple(base::cbor::simple_null);
        }
        write_lists(writer, it);
    });
}

Read<Grant> decode_grant(base::View payload) {
    Strict in{payload};
    Grant out;
    TRY(in.map("grant.form", 10));
    TRY(in.key("grant.deployment", 1));
    out.deployment = TRY(in.bytes("grant.deployment", {1, std::size_t{64} << 10}));
    TRY(in.key("grant.keep", 2));
    out.keep_id = TRY(in.digest("grant.keep"));
    TRY(in.key("grant.report-data", 3));
    out.report_data = TRY(in.bytes("grant.report-data", {64, 64}));
    TRY(in.key("grant.package-key", 4));
    if (!TRY(in.null("grant.package-key"))) {
        out.package_key = TRY(
            in.bytes("grant.package-key", {package_key_size, layer_key_size * most_layer_keys})
        );
        if (!is_package_key_size(out.package_key->size()))
            return std::unexpected(Wrong{"grant.package-key", 0});
    }
    TRY(read_secrets(in, out));
    TRY(in.key("grant.volumes", 6));
    TRY(in.map("grant.volumes", 0));
    TRY(read_rest(in, out));
    TRY(in.end("grant.form"));
    return out;
}

std::vector<std::byte> info_of_grant(base::View report_data) {
    auto const info = base::view_of(grant_info);
    std::vector<std::byte> out{info.begin(), info.end()};
    out.insert(out.end(), report_data.begin(), report_data.end());
    return out;
}

std::vector<std::byte> padded(base::View bytes) {
    auto const needed = length_size + bytes.size();
    std::vector<std::byte> out((needed + padding_step - 1) / padding_step * padding_step);
    for (std::size_t i = 0; i < length_size; ++i)
        out[i] = std::byte(bytes.size() >> (8 * (length_size - 1 - i)));
    std::ranges::copy(bytes, out.begin() + length_size);
    return out;
}

Read<base::View> unpadded(base::View bytes) {
    std::size_t size = 0;
    bool const whole = !bytes.empty() && bytes.size() % padding_step == 0;
    if (whole)
        for (auto const byte : bytes.first(length_size))
            size = size << 8 | std::to_integer<std::size_t>(byte);
    bool const shortest = whole && size <= bytes.size() - length_size &&
                          bytes.size() - length_size - size < padding_step &&
                          base::all_zero(bytes.subspan(length_size + size));
    if (!shortest) return std::unexpected(Wrong{"grant.padding", 0});
    return bytes.subspan(length_size, size);
}

} // namespace protocol::provision
