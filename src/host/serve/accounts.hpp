#pragma once

// Which customer a request comes from.

#include "net/server/router.hpp"
#include "package/customers.hpp"

#include <vector>

namespace host::serve {

class Accounts {
public:
    // Nobody has to show anything: all are one customer, who may use all of the host.
    static Accounts open();
    explicit Accounts(std::vector<package::Customer> customers)
        : customers_{std::move(customers)} {}

    // By the bearer token of the request (RFC 6750), else by the key of the connection's client
    // certificate. Null: nobody that is known.
    package::Customer const*
    who(net::server::Request const& request, net::server::Client& client) const;

    bool by_client_key() const; // some customer is known so
    std::size_t count() const { return customers_.size(); }
    bool everybody() const { return open_; }

private:
    std::vector<package::Customer> customers_;
    bool open_ = false;
};

} // namespace host::serve
