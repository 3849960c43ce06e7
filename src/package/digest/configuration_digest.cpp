// Says in one way only how an application is started: the same start, the same bytes; another
// start, others.

#include "package/digest/configuration_digest.hpp"

#include "base/cbor.hpp"
#include "base/view.hpp"

namespace package {

namespace {

constexpr std::string_view purpose = "enarx/v1/configuration";

std::string_view name_of(Protocol protocol) { return protocol == Protocol::Tls ? "tls" : "tcp"; }

std::string_view name_of(Source source) {
    switch (source) {
    case Source::Memory:
        return "memory";
    case Source::Package:
        return "package";
    case Source::Host:
        return "host";
    case Source::Attestation:
        break;
    }
    return "attestation";
}

class Form {
public:
    Form(Start const& start, std::span<std::byte> out) : start_{start}, writer_{out} {}

    // The value: its size, whether it fitted or not.
    std::size_t write() {
        writer_.map(5);
        writer_.text("env");
        bytes(start_.plan.environment);
        writer_.text("args");
        bytes(start_.plan.argv);
        writer_.text("files");
        writer_.array(start_.plan.descriptors.size());
        for (auto const& descriptor : start_.plan.descriptors)
            std::visit([this](auto const& role) { write(role); }, descriptor.role);
        writer_.text("invoke");
        invocation();
        writer_.text("limits");
        limits();
        return writer_.size();
    }

private:
    void bytes(std::string_view content) { writer_.bytes(base::view_of(content)); }
    void bytes(std::vector<std::string> const& list) {
        writer_.array(list.size());
        for (auto const& content : list) bytes(content);
    }
    void boolean(bool value) {
        writer_.simple(value ? base::cbor::simple_true : base::cbor::simple_false);
    }
    void null() { writer_.simple(base::cbor::simple_null); }

    void write(Nowhere /*role*/) {
        writer_.array(1);
        writer_.text("null");
    }
    void write(StandardStream stream) {
        writer_.array(2);
        writer_.text("stream");
        writer_.number(stream.number);
    }
    void write(FromCommandLine from) {
        directory(
            start_.command_line.directories.at(from.directory), Source::Host, Mode::ReadWrite
        );
    }
    void write(FromConfiguration from) {
        if (!start_.configuration) return; // a plan without one points to no file
        auto const& file = start_.configuration->files.at(from.file);
        std::visit([this](auto const& entry) { write(entry); }, file);
    }

    void write(Directory const& entry) { directory(entry.path, entry.source, entry.mode); }
    void write(Listen const& entry) { socket("listen", entry, entry.address); }
    void write(Connect const& entry) { socket("connect", entry, entry.host); }
    // A plan has a role of its own for these.
    void write(Null const& /*entry*/) { null(); }
    void write(Stdin const& /*entry*/) { null(); }
    void write(Stdout const& /*entry*/) { null(); }
    void write(Stderr const& /*entry*/) { null(); }

    void directory(std::string const& path, Source source, Mode mode) {
        writer_.array(4);
        writer_.text("dir");
        bytes(path);
        writer_.text(name_of(source));
        writer_.text(mode == Mode::ReadOnly ? "ro" : "rw");
    }

    template <class Socket>
    void socket(std::string_view kind, Socket const& socket, std::string const& place) {
        writer_.array(6);
        writer_.text(kind);
        bytes(socket.name);
        writer_.text(name_of(socket.protocol));
        bytes(place);
        writer_.unsigned_number(socket.port);
        if (socket.protocol == Protocol::Tls)
            tls(socket.tls);
        else
            null();
    }

    // What is not PEM text is a text here, and what most entries do not have adds nothing to them.
    void tls(Tls const& tls) {
        writer_.array(7 + (tls.peers.empty() ? 0 : 1) + (tls.peers_without_hardware ? 1 : 0));
        if (tls.authorities_of_deployment)
            writer_.text("deployment");
        else
            bytes(tls.authorities);
        if (tls.certified)
            writer_.text("keep");
        else
            bytes(tls.certificate);
        writer_.bytes(crypto::sha256(base::view_of(tls.private_key)));
        boolean(tls.client_certificate);
        bytes(tls.alpn);
        bytes(tls.server_name);
        boolean(tls.session_tickets);
        if (!tls.peers.empty()) bytes(tls.peers);
        if (tls.peers_without_hardware) boolean(*tls.peers_without_hardware);
    }

    void invocation() {
        if (!start_.invocation) {
            null();
            return;
        }
        writer_.array(2);
        bytes(start_.invocation->name);
        bytes(start_.invocation->arguments);
    }

    void limits() {
        auto const limits = start_.configuration ? start_.configuration->limits : Limits{};
        writer_.array(3);
        if (start_.plan.max_memory)
            writer_.unsigned_number(*start_.plan.max_memory);
        else
            null();
        writer_.unsigned_number(limits.open_files);
        writer_.unsigned_number(limits.sockets);
    }

    Start const& start_;
    base::cbor::Writer writer_;
};

} // namespace

std::vector<std::byte> canonical_form(Start const& start) {
    std::vector<std::byte> out(Form{start, {}}.write());
    Form{start, out}.write();
    return out;
}

crypto::Sha256Digest configuration_digest(Start const& start) {
    return crypto::Sha256{}.add(base::view_of(purpose)).add(canonical_form(start)).digest();
}

} // namespace package
