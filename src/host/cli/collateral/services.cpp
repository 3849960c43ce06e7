#include "host/cli/collateral/services.hpp"

#include "host/cli/report.hpp"
#include "os/clock.hpp"

#include <charconv>

namespace host::cli {

namespace {

using attest::wanted::Service;

os::OrFailure<net::WebAddress> address_of(std::string_view option, std::string const& text) {
    auto address = net::WebAddress::parse(text);
    if (!address)
        return failure(
            "usage",
            std::string{option} + ": '" + text + "' is no address",
            "such as https://host:port/path"
        );
    return std::move(*address);
}

os::OrFailure<std::chrono::seconds> seconds_of(
    std::string_view option, std::optional<std::string> const& text, std::chrono::seconds otherwise
) {
    constexpr unsigned most = 3'600;
    if (!text) return otherwise;
    unsigned number = 0;
    auto const* end = text->data() + text->size();
    if (text->empty() || std::from_chars(text->data(), end, number).ptr != end || number > most)
        return failure(
            "usage",
            std::string{option} + ": '" + *text + "' is no number of seconds from 0 to 3600"
        );
    return std::chrono::seconds{number};
}

} // namespace

std::vector<Option> ServiceOptions::options() {
    return {
        {.name = "--kds",
         .value = "URL",
         .help = "AMD's key distribution service. Default: https://kdsintf.amd.com.",
         .target = &kds_,
         .environment = "ENARX_KDS"},
        {.name = "--pcs",
         .value = "URL",
         .help = "Intel's provisioning certification service. Default: "
                 "https://api.trustedservices.intel.com.",
         .target = &pcs_,
         .environment = "ENARX_PCS"},
        {.name = "--intel-certificates",
         .value = "URL",
         .help = "Where the revocation list of Intel's root is. Default: "
                 "https://certificates.trustedservices.intel.com.",
         .target = &certificates_,
         .environment = "ENARX_INTEL_CERTIFICATES"},
        {.name = "--cache",
         .value = "FOLDER",
         .help = "Keep what was fetched here. Default: enarx/collateral in the user's cache.",
         .target = &cache_,
         .completion = Completion::Folder},
        {.name = "--refresh", .help = "Fetch anew what is in the cache.", .target = &refresh_},
        {.name = "--timeout",
         .value = "SECONDS",
         .help = "How long one request may take. Default: 30.",
         .target = &timeout_},
        {.name = "--patience",
         .value = "SECONDS",
         .help = "How long to ask again for one thing that a busy service does not give. "
                 "Default: 120.",
         .target = &patience_},
        {.name = "--pace",
         .value = "SECONDS",
         .help = "How long to wait between two certificates of the KDS. Default: 10.",
         .target = &pace_},
    };
}

os::OrFailure<Downloader> ServiceOptions::downloader(CollateralCache const& cache) const {
    using std::chrono::seconds;
    auto const now = os::now_ns(os::Clock::Realtime);
    if (!now) return failure("internal", "the host has no clock");
    DownloadSettings out{
        .services =
            {{Service::AmdKds, TRY(address_of("--kds", kds_.value_or("https://kdsintf.amd.com")))},
             {Service::IntelPcs,
              TRY(address_of("--pcs", pcs_.value_or("https://api.trustedservices.intel.com")))},
             {Service::IntelCertificates,
              TRY(address_of(
                  "--intel-certificates",
                  certificates_.value_or("https://certificates.trustedservices.intel.com")
              ))}},
        .limits = {},
        .patience = TRY(seconds_of("--patience", patience_, seconds{120})),
        .pace = TRY(seconds_of("--pace", pace_, seconds{10})),
        .refresh = refresh_,
        .now = std::chrono::sys_seconds{seconds{*now / 1'000'000'000}},
    };
    out.limits.time = TRY(seconds_of("--timeout", timeout_, seconds{30}));
    return Downloader{std::move(out), cache};
}

os::OrFailure<std::optional<hw::snp::Product>> product_of(std::optional<std::string> const& name) {
    using hw::snp::Product;
    if (!name) return std::nullopt;
    if (*name == "milan") return Product::Milan;
    if (*name == "genoa") return Product::Genoa;
    if (*name == "turin") return Product::Turin;
    return failure("usage", "--product: '" + *name + "' is none of milan, genoa and turin");
}

std::unexpected<os::Failure> unusable_evidence(attest::Unusable const& why) {
    return failure(
        "evidence-unknown",
        "'" + why.source + "' at byte " + std::to_string(why.offset) + ": expected " +
            why.expected + ", found " + why.found
    );
}

} // namespace host::cli
