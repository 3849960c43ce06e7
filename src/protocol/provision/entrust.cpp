#include "protocol/provision/entrust.hpp"

#include "protocol/provision/binding.hpp"
#include "protocol/provision/deployment.hpp"

#include <limits>

namespace protocol::provision {

namespace {

using base::cbor::encoded;
using base::cbor::Writer;

constexpr std::string_view info = "enarx/v1/entrust";
constexpr std::size_t sealing = 1120 + 16; // encapsulated key and tag of the larger suite
constexpr auto any = std::numeric_limits<std::uint64_t>::max();

void write_name(Writer& writer, Entrust const& entrust) {
    writer.text(entrust.name);
    writer.unsigned_number(entrust.serial);
    if (entrust.secret) {
        writer.text(*entrust.secret);
    } else {
        writer.simple(base::cbor::simple_null);
    }
}

} // namespace

std::vector<std::byte> encode(ServiceKeys const& keys) {
    return encoded([&keys](Writer& writer) {
        writer.map(3);
        writer.unsigned_number(1);
        writer.unsigned_number(version);
        writer.unsigned_number(2);
        writer.unsigned_number(keys.suite);
        writer.unsigned_number(3);
        writer.bytes(keys.recipient_key);
    });
}

Read<ServiceKeys> decode_service_keys(base::View payload) {
    Strict in{payload};
    ServiceKeys out;
    TRY(in.map("service.form", 3));
    TRY(in.key("service.version", 1));
    TRY(in.number("service.version", version, version));
    TRY(in.key("service.suite", 2));
    out.suite = static_cast<std::uint8_t>(TRY(in.number("service.suite", 1, 2)));
    TRY(in.key("service.key", 3));
    out.recipient_key = TRY(in.bytes("service.key", {32, largest_recipient_key}));
    TRY(in.end("service.form"));
    return out;
}

std::vector<std::byte> encode(Entrust const& entrust) {
    return encoded([&entrust](Writer& writer) {
        writer.map(5);
        writer.unsigned_number(1);
        writer.unsigned_number(version);
        writer.unsigned_number(2);
        writer.text(entrust.name);
        writer.unsigned_number(3);
        writer.unsigned_number(entrust.serial);
        writer.unsigned_number(4);
        if (entrust.secret) {
            writer.text(*entrust.secret);
        } else {
            writer.simple(base::cbor::simple_null);
        }
        writer.unsigned_number(5);
        writer.bytes(entrust.sealed);
    });
}

Read<Entrust> decode_entrust(base::View payload) {
    Strict in{payload};
    Entrust out;
    TRY(in.map("entrust.form", 5));
    TRY(in.key("entrust.version", 1));
    TRY(in.number("entrust.version", version, version));
    TRY(in.key("entrust.name", 2));
    out.name = TRY(read_deployment_name(in, "entrust.name"));
    TRY(in.key("entrust.serial", 3));
    out.serial = TRY(in.number("entrust.serial", 1, any));
    TRY(in.key("entrust.secret", 4));
    if (!TRY(in.null("entrust.secret"))) {
        out.secret = TRY(in.text("entrust.secret", {1, longest_secret_name}));
        if (!is_secret_name(*out.secret) && *out.secret != registry_value)
            return std::unexpected(Wrong{"entrust.secret", 0});
    }
    TRY(in.key("entrust.sealed", 5));
    out.sealed = TRY(in.bytes("entrust.sealed", {1, largest_secret + sealing}));
    TRY(in.end("entrust.form"));
    return out;
}

std::vector<std::byte> info_of_entrust(Entrust const& entrust, base::View tenant) {
    auto const name = encoded([&](Writer& writer) {
        writer.array(4);
        write_name(writer, entrust);
        writer.bytes(tenant);
    });
    auto const start = base::view_of(info);
    std::vector<std::byte> out{start.begin(), start.end()};
    out.insert(out.end(), name.begin(), name.end());
    return out;
}

std::vector<std::byte> encode(Withdraw const& withdraw) {
    return encoded([&withdraw](Writer& writer) {
        writer.map(2);
        writer.unsigned_number(1);
        writer.unsigned_number(version);
        writer.unsigned_number(2);
        writer.text(withdraw.name);
    });
}

Read<Withdraw> decode_withdraw(base::View payload) {
    Strict in{payload};
    Withdraw out;
    TRY(in.map("withdraw.form", 2));
    TRY(in.key("withdraw.version", 1));
    TRY(in.number("withdraw.version", version, version));
    TRY(in.key("withdraw.name", 2));
    out.name = TRY(read_deployment_name(in, "withdraw.name"));
    TRY(in.end("withdraw.form"));
    return out;
}

} // namespace protocol::provision
