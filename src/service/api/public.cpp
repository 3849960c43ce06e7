// What anybody may read: the log, the authority's certificates, and the service's own keys.

#include "crypto/cose_sign1.hpp"
#include "crypto/pem.hpp"
#include "protocol/provision/entrust.hpp"
#include "service/api/api.hpp"

#include <algorithm>

namespace service {

namespace {

namespace wire = protocol::provision;
using net::server::problem;
using net::server::Response;

constexpr unsigned internal = 500;
constexpr unsigned not_found = 404;
constexpr unsigned deepest_tile = 6; // parts of a path: level, four of a number, width

Response binary(std::string type, base::View bytes) {
    return {.type = std::move(type), .body = std::string{base::text_of(bytes)}};
}

Response pem(crypto::Certificate const& certificate) {
    return {
        .type = "application/x-pem-file",
        .body = crypto::write_pem("CERTIFICATE", certificate.der())
    };
}

} // namespace

Response Api::service_keys() const {
    auto const payload = wire::encode(
        wire::ServiceKeys{
            .suite = static_cast<std::uint8_t>(parts_.keys.recipient.suite()),
            .recipient_key = parts_.keys.recipient.public_key()
        }
    );
    auto const message = crypto::sign_message(parts_.keys.grantor, wire::service_type, payload);
    if (!message) return problem(internal, "internal", "the answer could not be signed");
    return binary("application/cose", *message);
}

Response Api::revocation_list() {
    constexpr auto fresh = std::chrono::seconds{10};
    constexpr auto life = std::chrono::hours{24};
    std::scoped_lock const lock{list_mutex_};
    auto const at = now();
    auto const number = static_cast<std::uint64_t>(at.time_since_epoch().count());
    // A clock that was put back leaves no list of tomorrow.
    if (list_.empty() || number < list_time_ ||
        number >= list_time_ + static_cast<std::uint64_t>(fresh.count())) {
        auto const rows = parts_.store.revoked(number);
        if (!rows) return answer_of(denial_of(rows.error()));
        crypto::ListWish wish{
            .number = std::max(number, list_number_ + 1),
            .this_update = at,
            .next_update = at + life,
            .revoked = {}
        };
        for (auto const& row : *rows) {
            crypto::RevokedSerial one{
                .at = std::chrono::sys_seconds{std::chrono::seconds{row.revoked_at.value_or(0)}}
            };
            if (row.serial.size() != one.serial.size()) continue;
            std::ranges::copy(row.serial, one.serial.begin());
            wish.revoked.push_back(one);
        }
        auto const der = parts_.authority.list(wish);
        if (!der) return answer_of(denial_of(der.error()));
        list_ = base::text_of(*der);
        list_time_ = number;
        list_number_ = wish.number;
    }
    return {.type = "application/pkix-crl", .body = list_};
}

void Api::add_public(net::server::Router& router) {
    auto const read = [&router](std::string pattern, net::server::AtOnce handler) {
        router.add({.method = "GET", .pattern = std::move(pattern), .handler = std::move(handler)});
    };
    auto const log_file = [this](std::string const& path) {
        auto const bytes = parts_.log.file(path);
        if (!bytes) return problem(not_found, "resource-unknown", "the log has no such file");
        auto out = binary(
            path == "checkpoint" ? "text/plain; charset=utf-8" : "application/octet-stream", *bytes
        );
        if (path != "checkpoint") // a tile of a certain width never changes
            out.headers.emplace_back("Cache-Control", "max-age=31536000, immutable");
        return out;
    };
    read("/v1/service", [this](Request const&, Client&) { return service_keys(); });
    read("/pki/root.pem", [this](Request const&, Client&) { return pem(parts_.authority.root()); });
    read("/pki/intermediate.pem", [this](Request const&, Client&) {
        return pem(parts_.authority.intermediate());
    });
    read("/pki/ear.pem", [this](Request const&, Client&) {
        return Response{
            .type = "application/x-pem-file",
            .body = crypto::write_pem("PUBLIC KEY", parts_.keys.ear.public_key())
        };
    });
    read("/pki/log.vkey", [this](Request const&, Client&) {
        return Response{
            .type = "text/plain; charset=utf-8", .body = parts_.log.verifier_key() + '\n'
        };
    });
    router.add(
        {.method = "GET",
         .pattern = "/pki/crl.der",
         .handler = on_worker([this](Request const&, auto const&) { return revocation_list(); }),
         .guard = by_address()}
    );
    read("/log/checkpoint", [log_file](Request const&, Client&) { return log_file("checkpoint"); });
    std::string pattern = "/log/tile";
    for (unsigned depth = 1; depth <= deepest_tile; ++depth) {
        pattern += "/{" + std::to_string(depth) + '}';
        read(pattern, [log_file](Request const& request, Client&) {
            constexpr std::string_view prefix = "/log/";
            return log_file(request.path.substr(prefix.size()));
        });
    }
}

} // namespace service
