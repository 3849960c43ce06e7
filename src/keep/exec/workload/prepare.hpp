#pragma once

// Everything that the application finds at its start: arguments, environment and open descriptors.

#include "base/budget.hpp"
#include "keep/exec/engine/instance.hpp"
#include "keep/exec/net/aside.hpp"
#include "keep/exec/net/connection.hpp"
#include "keep/exec/net/live_credential.hpp"
#include "keep/exec/workload/application.hpp"
#include "keep/exec/workload/orders.hpp"
#include "keep/exec/workload/start.hpp"
#include "os/failure.hpp"

#include <functional>
#include <memory>
#include <vector>

namespace exec {

// What a tenant has brought, where it is not the host that started the application.
struct Brought {
    Application application;
    std::unique_ptr<vfs::Directory> package;
    std::vector<std::string> environment;                 // secrets: "NAME=value"
    std::unique_ptr<vfs::Directory> secrets;              // files of /run/secrets, or null
    std::optional<crypto::TlsCredential> identity;        // of the Keep, for its TLS entries
    std::shared_ptr<net::LiveCredential const> certified; // the same, where it was certified
    std::vector<std::string> authorities;                 // PEM: who certifies other Keeps
    bool on_hardware = false;                             // its tenant demands it
    std::shared_ptr<base::Budget> memory;    // of the host, and no part of what was granted
    std::optional<net::AsideProtocol> aside; // that the Keep speaks on TLS ports
    // Standard streams 0 to 2, at the tenant's.
    std::function<std::unique_ptr<net::Connection>(std::uint32_t)> stream;
    std::function<void()> opened; // hears when the application's files and sockets are there
    // The application's end, as the tenant is told; the failure's name, if it was one.
    std::function<void(int status, std::string_view failure)> ended;
};

struct Prepared {
    std::unique_ptr<wasi::Context> context;
    engine::Entry entry;
};

// `brought`: of the tenant, or null. `memory`: bytes that linear memories and files in memory may
// take together.
os::OrFailure<Prepared> prepare(
    Orders const& orders,
    Application const& application,
    PlannedStart start,
    Brought* brought,
    std::shared_ptr<base::Budget> const& memory
);

} // namespace exec
