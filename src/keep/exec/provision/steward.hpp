#pragma once

// The attestation service, as a Keep that was told to ask it (pull) sees it: one TLS connection
// after the other, each with the Keep's own key, to a server that is believed by its key alone.

#include "keep/exec/provision/visitor.hpp"
#include "net/channel.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace exec::provision {

// What the host ordered.
struct PullOrder {
    std::string deployment;
    ::net::WebAddress steward;
    Digest pin{}; // SHA-256 of the service's key
};

// "steward-unreachable": that is no address of a service.
os::OrFailure<PullOrder>
pull_order(std::string_view deployment, std::string_view steward, Digest const& pin);

// Why the service gave nothing.
struct Unanswered {
    os::Failure failure;
    bool final = false; // it has decided: to ask again is of no use
    // How long it wants to be left alone; nothing: it says nothing of that.
    std::optional<std::chrono::seconds> wait = {};
};
template <class T> using OrUnanswered = base::Result<T, Unanswered>;

class Steward {
public:
    Steward(PullOrder order, crypto::TlsCredential const& identity)
        : order_{std::move(order)},
          identity_{std::make_shared<crypto::TlsCredential const>(identity.share())} {}

    // A challenge, and the body of what is answered to that: `path` is where the Keep's answer is
    // sent. `answer` is called once for each challenge. Where the connection of the exchange before
    // is over, on a new one.
    OrUnanswered<Bytes> attest(std::string_view path, Visitor::Answerer const& answer);

private:
    OrUnanswered<void> connect();
    OrUnanswered<Bytes> exchange(std::string_view path, Visitor::Answerer const& answer);
    OrUnanswered<Bytes> post(std::string_view path, base::View body);

    PullOrder order_;
    std::shared_ptr<crypto::TlsCredential const> identity_;
    std::optional<::net::Channel> line_;
};

} // namespace exec::provision
