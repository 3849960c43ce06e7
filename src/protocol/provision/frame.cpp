#include "protocol/provision/frame.hpp"

#include <algorithm>
#include <array>

namespace protocol::provision {

namespace {

using base::cbor::Writer;

constexpr std::uint64_t most_versions = 16;
constexpr std::uint64_t most_endorsements = 16;
constexpr std::size_t longest_failure = 64;
constexpr std::array<std::string_view, 3> roles{"tenant", "service", "user"};

constexpr std::size_t largest(Trust trust) {
    return trust == Trust::Accepted ? largest_frame : largest_early;
}

constexpr std::uint64_t last_type(Trust trust) {
    return static_cast<std::uint64_t>(
        trust == Trust::Accepted ? FrameType::Refuse : FrameType::Binding
    );
}

} // namespace

Read<std::size_t> announced(base::Bytes<header_size> const& header, Trust trust) {
    std::size_t length = 0;
    for (auto const byte : header) length = length << 8 | std::to_integer<std::size_t>(byte);
    if (length == 0 || length > largest(trust)) return std::unexpected(Wrong{"frame.length", 0});
    return length;
}

Read<Frame> decode_frame(base::View bytes, Trust trust) {
    Strict in{bytes};
    Frame frame;
    TRY(in.array("frame.form", 2));
    auto const type =
        TRY(in.number("frame.type", 1, static_cast<std::uint64_t>(FrameType::Refuse)));
    frame.type = FrameType(type);
    if (type > last_type(trust) && frame.type != FrameType::Refuse)
        return std::unexpected(Wrong{"frame.type", 1});
    frame.body = TRY(in.item("frame.form"));
    TRY(in.end("frame.form"));
    return frame;
}

std::vector<std::byte> encode_frame(FrameType type, base::View body) {
    constexpr std::size_t largest_array_head = 2; // of two elements, and a type below 24
    std::vector<std::byte> out(header_size + largest_array_head);
    Writer writer{std::span{out}.subspan(header_size)};
    writer.array(2);
    writer.unsigned_number(static_cast<std::uint64_t>(type));
    auto const length = writer.size() + body.size();
    for (std::size_t i = 0; i < header_size; ++i)
        out[i] = std::byte(length >> (8 * (header_size - 1 - i)));
    out.insert(out.end(), body.begin(), body.end());
    return out;
}

std::vector<std::byte> encode(Hello const& hello) {
    return base::cbor::encoded([&hello](Writer& writer) {
        writer.map(3);
        writer.unsigned_number(1);
        writer.array(hello.versions.size());
        for (auto const each : hello.versions) writer.unsigned_number(each);
        writer.unsigned_number(2);
        writer.unsigned_number(hello.suite);
        writer.unsigned_number(3);
        writer.text(roles[static_cast<std::size_t>(hello.role)]);
    });
}

Read<Hello> decode_hello(base::View body) {
    Strict in{body};
    Hello hello{.versions = {}, .suite = 0, .role = Role::Tenant};
    TRY(in.map("hello.form", 3));
    TRY(in.key("hello.versions", 1));
    for (auto left = TRY(in.list("hello.versions", most_versions)); left > 0; --left)
        hello.versions.push_back(TRY(in.number("hello.versions", 1, UINT64_MAX)));
    TRY(in.key("hello.suite", 2));
    hello.suite = static_cast<std::uint8_t>(TRY(in.number("hello.suite", 1, 255)));
    TRY(in.key("hello.role", 3));
    auto const* const role = std::ranges::find(roles, TRY(in.text("hello.role", {1, 16})));
    if (role == roles.end()) return std::unexpected(Wrong{"hello.role", 0});
    hello.role = Role(role - roles.begin());
    TRY(in.end("hello.form"));
    return hello;
}

std::vector<std::byte> encode(BindingBody const& body) {
    return base::cbor::encoded([&body](Writer& writer) {
        writer.array(2);
        writer.bytes(body.binding);
        writer.array(body.endorsements.size());
        for (auto const each : body.endorsements) writer.bytes(each);
    });
}

Read<BindingBody> decode_binding_body(base::View bytes) {
    Strict in{bytes};
    BindingBody body;
    TRY(in.array("binding.form", 2));
    body.binding = TRY(in.bytes("binding.form", {1, 4096}));
    for (auto left = TRY(in.list("binding.endorsements", most_endorsements)); left > 0; --left)
        body.endorsements.push_back(TRY(in.bytes("binding.endorsements", {1, largest_early})));
    TRY(in.end("binding.form"));
    return body;
}

std::vector<std::byte> encode(Want const& want) {
    return base::cbor::encoded([&want](Writer& writer) {
        writer.array(2);
        writer.bytes(want.digest);
        writer.unsigned_number(want.offset);
    });
}

Read<Want> decode_want(base::View body) {
    Strict in{body};
    Want want;
    TRY(in.array("want.form", 2));
    want.digest = TRY(in.digest("want.digest"));
    want.offset = TRY(in.number("want.offset", 0, INT64_MAX));
    TRY(in.end("want.form"));
    return want;
}

std::vector<std::byte> encode(Blob const& blob) {
    return base::cbor::encoded([&blob](Writer& writer) {
        writer.array(3);
        writer.bytes(blob.digest);
        writer.unsigned_number(blob.offset);
        writer.bytes(blob.bytes);
    });
}

Read<Blob> decode_blob(base::View body) {
    Strict in{body};
    Blob blob;
    TRY(in.array("blob.form", 3));
    blob.digest = TRY(in.digest("blob.digest"));
    blob.offset = TRY(in.number("blob.offset", 0, INT64_MAX));
    blob.bytes = TRY(in.bytes("blob.bytes", {0, largest_blob_part}));
    TRY(in.end("blob.form"));
    return blob;
}

std::vector<std::byte> encode(Status const& status) {
    return base::cbor::encoded([&status](Writer& writer) {
        writer.array(3);
        writer.unsigned_number(static_cast<std::uint64_t>(status.state));
        if (status.exit) {
            writer.unsigned_number(*status.exit);
        } else {
            writer.simple(base::cbor::simple_null);
        }
        if (!status.failure.empty()) {
            writer.text(status.failure);
        } else {
            writer.simple(base::cbor::simple_null);
        }
    });
}

Read<Status> decode_status(base::View body) {
    Strict in{body};
    Status status;
    TRY(in.array("status.form", 3));
    status.state = State(TRY(in.number("status.state", 0, 4)));
    if (!TRY(in.null("status.exit")))
        status.exit = static_cast<std::uint8_t>(TRY(in.number("status.exit", 0, 255)));
    if (!TRY(in.null("status.failure")))
        status.failure = TRY(in.text("status.failure", {1, longest_failure}));
    TRY(in.end("status.form"));
    return status;
}

std::vector<std::byte> encode(Stream const& stream) {
    return base::cbor::encoded([&stream](Writer& writer) {
        writer.array(2);
        writer.unsigned_number(stream.number);
        writer.bytes(stream.bytes);
    });
}

Read<Stream> decode_stream(base::View body) {
    Strict in{body};
    Stream stream;
    TRY(in.array("stream.form", 2));
    stream.number = static_cast<std::uint8_t>(TRY(in.number("stream.number", 0, 2)));
    stream.bytes = TRY(in.bytes("stream.bytes", {0, largest_blob_part}));
    TRY(in.end("stream.form"));
    return stream;
}

std::vector<std::byte> encode(Command const& command) {
    return base::cbor::encoded([&command](Writer& writer) {
        writer.array(2);
        writer.unsigned_number(static_cast<std::uint64_t>(command.code));
        writer.bytes(command.bytes);
    });
}

Read<Command> decode_command(base::View body) {
    Strict in{body};
    Command command;
    TRY(in.array("command.form", 2));
    command.code = CommandCode(TRY(in.number("command.code", 0, 4)));
    command.bytes = TRY(in.bytes("command.bytes", {0, largest_blob_part}));
    TRY(in.end("command.form"));
    return command;
}

std::vector<std::byte> encode_bytes(base::View bytes) {
    return base::cbor::encoded([bytes](Writer& writer) { writer.bytes(bytes); });
}

Read<base::View> decode_bytes(base::View body, std::size_t most) {
    Strict in{body};
    auto const bytes = TRY(in.bytes("frame.body", {0, most}));
    TRY(in.end("frame.body"));
    return bytes;
}

std::vector<std::byte> encode_text(std::string_view text) {
    return base::cbor::encoded([text](Writer& writer) { writer.text(text); });
}

Read<std::string_view> decode_text(base::View body, std::size_t most) {
    Strict in{body};
    auto const text = TRY(in.text("frame.body", {0, most}));
    TRY(in.end("frame.body"));
    return text;
}

} // namespace protocol::provision
