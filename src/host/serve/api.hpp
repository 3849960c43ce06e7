#pragma once

// The requests that `enarx serve` answers (docs/serve.md).

#include "host/serve/accounts.hpp"
#include "host/serve/blobs.hpp"
#include "host/serve/keeps.hpp"
#include "net/server/metrics.hpp"
#include "net/server/router.hpp"

#include <functional>
#include <string>

namespace host::serve {

// Lives as long as the server that answers by its router.
class Api {
public:
    Api(net::server::Loop& loop,
        Accounts accounts,
        Keeps& keeps,
        std::shared_ptr<Blobs> blobs,
        Worker& worker,
        std::function<std::string()> metrics,
        std::function<std::string()> platform)
        : loop_{&loop},
          accounts_{std::move(accounts)},
          keeps_{&keeps},
          blobs_{std::move(blobs)},
          worker_{&worker},
          metrics_{std::move(metrics)},
          platform_{std::move(platform)} {}

    net::server::Router router();

private:
    using Request = net::server::Request;
    using Client = net::server::Client;
    using Response = net::server::Response;
    using Answer = net::server::Answer;

    std::optional<Response> guard(Request const& request, Client& client) const;
    void add_keeps(net::server::Router& router);
    void add_blobs(net::server::Router& router);
    void add_others(net::server::Router& router);

    package::Customer const& customer(Request const& request, Client& client) const;
    void create(Request const& request, Client& client, Answer answer);
    Response show(Request const& request, Client& client) const;
    void remove(Request const& request, Client& client, Answer answer);
    void channel(Request const& request, Client& client, Answer answer);
    Response blob(Request const& request) const;
    Response platform();

    net::server::Loop* loop_;
    Accounts accounts_;
    Keeps* keeps_;
    std::shared_ptr<Blobs> blobs_;
    Worker* worker_;
    std::function<std::string()> metrics_;
    std::function<std::string()> platform_;
    std::string platform_text_;
    std::chrono::steady_clock::time_point platform_asked_;
};

// The status of a failure that a Keep's life can have.
unsigned status_of(os::Failure const& failure);

} // namespace host::serve
