#include "protocol/provision/binding.hpp"

#include <algorithm>

namespace protocol::provision {

namespace {

constexpr std::uint64_t keys_always = 9;
constexpr std::uint64_t keys_loaded = 5;

void append(std::vector<std::byte>& out, base::View bytes) {
    out.insert(out.end(), bytes.begin(), bytes.end());
}

void write_loaded(base::cbor::Writer& writer, Loaded const& loaded) {
    auto const put = [&writer](std::uint64_t key, base::View value) {
        writer.unsigned_number(key);
        writer.bytes(value);
    };
    put(20, loaded.workload);
    put(21, loaded.configuration);
    put(22, loaded.tenant);
    put(23, loaded.package);
    writer.unsigned_number(24);
    writer.array(2);
    writer.text(loaded.deployment);
    writer.unsigned_number(loaded.serial);
}

Read<Loaded> read_loaded(Strict& in) {
    Loaded loaded;
    TRY(in.key("binding.workload", 20));
    loaded.workload = TRY(in.digest("binding.workload"));
    TRY(in.key("binding.configuration", 21));
    loaded.configuration = TRY(in.digest("binding.configuration"));
    TRY(in.key("binding.tenant", 22));
    loaded.tenant = TRY(in.digest("binding.tenant"));
    TRY(in.key("binding.package", 23));
    loaded.package = TRY(in.digest("binding.package"));
    TRY(in.key("binding.deployment", 24));
    TRY(in.array("binding.deployment", 2));
    loaded.deployment = TRY(in.text("binding.deployment", {1, largest_name}));
    if (!is_deployment_name(loaded.deployment))
        return std::unexpected(Wrong{"binding.deployment", 0});
    loaded.serial = TRY(in.number("binding.deployment", 1, UINT64_MAX));
    return loaded;
}

Read<void> read_connection(Strict& in, Binding& out) {
    TRY(in.key("binding.version", 1));
    TRY(in.number("binding.version", version, version));
    TRY(in.key("binding.suite", 2));
    out.suite = static_cast<std::uint8_t>(TRY(in.number("binding.suite", 1, 2)));
    TRY(in.key("binding.role", 3));
    out.end = End(TRY(in.number("binding.role", 0, 1)));
    TRY(in.key("binding.key", 4));
    out.identity_key = TRY(in.bytes("binding.key", {1, largest_identity_key}));
    TRY(in.key("binding.recipient", 5));
    out.recipient_key = TRY(in.bytes("binding.recipient", {0, largest_recipient_key}));
    TRY(in.key("binding.channel", 6));
    out.binder = TRY(in.bytes("binding.channel", {32, 48}));
    if (out.binder.size() != 32 && out.binder.size() != 48)
        return std::unexpected(Wrong{"binding.channel", 0});
    TRY(in.key("binding.peer", 7));
    if (!TRY(in.null("binding.peer"))) out.peer = TRY(in.digest("binding.peer"));
    TRY(in.key("binding.orders", 8));
    out.orders = TRY(in.digest("binding.orders"));
    TRY(in.key("binding.instance", 9));
    out.instance = TRY(in.bytes("binding.instance", {16, 16}));
    return {};
}

} // namespace

std::vector<std::byte> encode(Binding const& binding) {
    return base::cbor::encoded([&binding](base::cbor::Writer& writer) {
        writer.map(keys_always + (binding.loaded ? keys_loaded : 0));
        auto const number = [&writer](std::uint64_t key, std::uint64_t value) {
            writer.unsigned_number(key);
            writer.unsigned_number(value);
        };
        auto const put = [&writer](std::uint64_t key, base::View value) {
            writer.unsigned_number(key);
            writer.bytes(value);
        };
        number(1, version);
        number(2, binding.suite);
        number(3, static_cast<std::uint64_t>(binding.end));
        put(4, binding.identity_key);
        put(5, binding.recipient_key);
        put(6, binding.binder);
        if (binding.peer) {
            put(7, *binding.peer);
        } else {
            writer.unsigned_number(7);
            writer.simple(base::cbor::simple_null);
        }
        put(8, binding.orders);
        put(9, binding.instance);
        if (binding.loaded) write_loaded(writer, *binding.loaded);
    });
}

Read<Binding> decode_binding(base::View bytes) {
    Strict in{bytes};
    Binding out;
    auto const keys = TRY(in.table("binding.form", keys_always + keys_loaded));
    if (keys != keys_always && keys != keys_always + keys_loaded)
        return std::unexpected(Wrong{"binding.form", 0});
    TRY(read_connection(in, out));
    if (keys > keys_always) out.loaded = TRY(read_loaded(in));
    TRY(in.end("binding.form"));
    // Whoever has had a grant has no key for another, and whoever waits for one has.
    if (out.recipient_key.empty() != out.loaded.has_value())
        return std::unexpected(Wrong{"binding.recipient", 0});
    return out;
}

std::vector<std::byte> report_data_input(Purpose purpose, base::View binding) {
    std::vector<std::byte> out;
    append(out, base::view_of(text_of(purpose)));
    append(out, binding);
    return out;
}

std::vector<std::byte> keep_id_input(base::View identity_key, base::View recipient_key) {
    std::vector<std::byte> out;
    append(out, base::view_of("enarx/v1/keep"));
    for (auto const key : {identity_key, recipient_key}) {
        out.push_back(std::byte(key.size() >> 8));
        out.push_back(std::byte(key.size()));
        append(out, key);
    }
    return out;
}

bool is_deployment_name(std::string_view text) {
    return !text.empty() && text.size() <= largest_name && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '/' || c == '-';
    });
}

Read<std::string_view> read_deployment_name(Strict& in, std::string_view field) {
    auto const out = TRY(in.text(field, {1, largest_name}));
    if (!is_deployment_name(out)) return std::unexpected(Wrong{field, 0});
    return out;
}

} // namespace protocol::provision
