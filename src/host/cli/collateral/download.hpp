#pragma once

// Gets endorsements from the vendors' services, patiently: a service that is busy is asked again
// when it says so.

#include "host/cli/collateral/cache.hpp"
#include "net/http.hpp"

#include <map>

namespace host::cli {

struct DownloadSettings {
    std::map<attest::wanted::Service, net::WebAddress> services;
    net::HttpLimits limits;                 // of one request
    std::chrono::seconds patience{120};     // for all tries of one resource
    std::chrono::milliseconds pace{10'000}; // between two certificates of the KDS
    bool refresh = false;                   // do not look into the cache
    std::chrono::sys_seconds now;
};

class Downloader {
public:
    Downloader(DownloadSettings settings, CollateralCache const& cache)
        : settings_{std::move(settings)}, cache_{&cache} {}

    os::OrFailure<attest::Endorsements> get(attest::wanted::Wanted const& wanted);

private:
    os::OrFailure<attest::Endorsements>
    fetch(net::WebAddress const& service, attest::wanted::Wanted const& wanted);
    net::OrTrouble<net::HttpAnswer>
    ask(net::WebAddress const& service, attest::wanted::Wanted const& wanted);
    os::OrFailure<void> keep_pace();

    DownloadSettings settings_;
    CollateralCache const* cache_;
};

} // namespace host::cli
