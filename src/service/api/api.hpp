#pragma once

// What the service answers over HTTP (docs/protocol/provision.md, Pull): to Keeps and tenants on
// one listener, to its operator on another.

#include "net/server/metrics.hpp"
#include "net/server/router.hpp"
#include "service/access/sessions.hpp"
#include "service/api/decisions.hpp"
#include "service/api/verify.hpp"
#include "service/api/workers.hpp"
#include "service/log/log.hpp"
#include "service/page/page.hpp"
#include "service/release/releaser.hpp"

#include <map>

namespace service {

// Who sends a request.
struct Caller {
    std::optional<Visitor> visitor = {};
    bool by_cookie = false;
    std::optional<std::chrono::seconds> wait = {}; // too many wrong tokens came from there
};

class Api {
public:
    // All of them outlive this.
    struct Parts {
        Settings const& settings;
        Authority const& authority;
        ServiceKeys const& keys;
        Anchors const& anchors;
        Store& store;
        Sealer const& sealer;
        Log& log;
        std::map<Digest, std::string> const& policies;                  // by their digests
        std::map<std::string, Digest, std::less<>> const& policy_names; // of files, without ".toml"
    };
    static os::OrFailure<std::unique_ptr<Api>> create(Parts const& parts);

    net::server::Router for_everybody();
    net::server::Router for_the_operator();

private:
    using Response = net::server::Response;
    using Request = net::server::Request;
    using Client = net::server::Client;

    explicit Api(Parts const& parts);

    // Of Keeps (keeps.cpp).
    Response challenge(Request const& request, Client& client);
    enum class Step : unsigned char { Grant, Ready, Renew };
    void attest(Step step, Request request, Client& client, net::server::Answer answer);
    Response decide(Step step, Exchange const& exchange, std::vector<std::byte> const& body);
    void add_keeps(net::server::Router& router);

    // Of tenants (tenants.cpp).
    Response publish(Request const& request);
    Response entrust(Request const& request, bool secret);
    Response withdraw(Request const& request);
    Response status(Request const& request, Caller const& caller);
    void add_tenants(net::server::Router& router);

    // Of people (visitors.cpp, pages.cpp).
    enum class Door : unsigned char { Everybody, Operator };
    static bool admitted(Door door, Visitor const& visitor);
    std::optional<std::chrono::seconds> knock(Client& client);
    Caller caller(Door door, Request const& request, Client& client);
    net::server::Guard at_the_door(Door door);
    Response log_in(Door door, Request const& request, Client& client);
    Response log_out(Door door, Request const& request);
    void add_doors(net::server::Router& router, Door door);
    Answer<std::vector<DeploymentRow>> deployments_of(Visitor const& visitor) const;
    Answer<PageContents>
    page_contents(Visitor const& visitor, std::vector<DeploymentRow> const& rows) const;
    Response overview(Caller const& caller) const;
    Response page_of_one(Request const& request, Caller const& caller) const;
    void add_pages(net::server::Router& router, Door door);

    // Of whoever has evidence of somebody's (verify.cpp).
    os::OrFailure<attest::Appraisal> judged(
        VerifyWish const& wish, attest::wrapped::Piece const& piece, std::string& policy_id
    ) const;
    Response verify(Request const& request, Caller const& caller);
    void add_verifier(net::server::Router& router);

    // Of everybody (public.cpp).
    Response service_keys() const;
    Response revocation_list();
    void add_public(net::server::Router& router);

    // Of the operator (operator.cpp).
    Response metrics();
    Response ready() const;
    Response revoke(Request const& request);

    // On a worker, or 503.
    using Handler = std::function<Response(Request const&, std::vector<std::byte> const& key)>;
    net::server::Later on_worker(Handler handler);
    using CallerHandler = std::function<Response(Request const&, Caller const&)>;
    net::server::Later for_callers(Door door, CallerHandler handler);
    void give(Workers::Task task, std::shared_ptr<net::server::Answer> const& answer);
    // 429 for an address that asks too often.
    net::server::Guard by_address();

    Parts parts_;
    Releaser releaser_;
    Access access_;
    Sessions sessions_;
    Buckets knocks_;
    Buckets addresses_;
    Decisions decisions_;
    net::server::Metrics metrics_;
    std::mutex list_mutex_;
    std::string list_; // DER
    std::uint64_t list_time_ = 0;
    std::uint64_t list_number_ = 0; // never falls, whatever the clock does
    Workers workers_;               // goes first: its tasks use the rest
};

// Seconds since 1970.
std::chrono::sys_seconds now();
net::server::Response answer_of(Denial const& denial);
net::server::Response page_answer(std::string html, unsigned status = 200);
bool is_from_elsewhere(net::server::Request const& request); // form.hpp
// 401, or 429 to whom has to wait.
net::server::Response stranger_answer(std::optional<std::chrono::seconds> wait);
net::server::Response cbor_answer(std::vector<std::byte> const& body);

} // namespace service
