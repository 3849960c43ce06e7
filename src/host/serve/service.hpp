#pragma once

// `enarx serve` as a whole: server, Keeps, cache, until it is told to end.

#include "base/log_line.hpp"
#include "host/serve/accounts.hpp"
#include "host/serve/keeps.hpp"
#include "net/server/server.hpp"

namespace host::serve {

struct ServiceSettings {
    std::vector<os::SocketAddress> listen;
    std::optional<std::string> chain = {}; // PEM; none: plain HTTP
    std::string key = {};
    Accounts accounts;
    std::string state;
    std::string program;
    std::vector<std::string> backends;
    std::vector<std::string> snp_words = {}; // options of every SEV-SNP Keep
    std::uint32_t keeps = 256;
    std::uint64_t memory = 0;
    std::uint64_t blobs = std::uint64_t{10} << 30;
    base::LogFormat log = base::LogFormat::Text;
    std::function<std::string()> platform;
};

// Returns when SIGTERM or SIGINT came and all Keeps have ended; a second one hastens that.
os::OrFailure<void> serve(ServiceSettings const& settings);

} // namespace host::serve
