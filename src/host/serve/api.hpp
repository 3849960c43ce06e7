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
    // What it answers from; all of it outlives it.
    struct Sources {
        net::server::Loop* loop;
        Keeps* keeps;
        Worker* worker;
        std::shared_ptr<Blobs> blobs;
        Accounts accounts;
        std::function<std::string()> metrics;
        std::function<std::string()> platform;
    };
    explicit Api(Sources sources) : at_{std::move(sources)} {}

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

    Sources at_;
    std::string platform_text_;
    std::chrono::steady_clock::time_point platform_asked_;
};

// The status of a failure that a Keep's life can have.
unsigned status_of(os::Failure const& failure);

} // namespace host::serve
