#include "keep/exec/workload/provisioned.hpp"

#include "crypto/pem.hpp"
#include "keep/exec/attestation/hardware.hpp"
#include "keep/exec/net/places.hpp"
#include "keep/exec/provision/archive.hpp"
#include "keep/exec/provision/desk.hpp"
#include "keep/exec/provision/enquiry.hpp"
#include "keep/exec/provision/provision.hpp"
#include "keep/exec/provision/renewal.hpp"
#include "keep/exec/provision/standard_stream.hpp"
#include "keep/exec/vfs/package.hpp"
#include "keep/exec/workload/digests.hpp"
#include "keep/exec/workload/leave.hpp"
#include "keep/exec/workload/prepare.hpp"
#include "keep/exec/workload/report.hpp"
#include "keep/exec/workload/run.hpp"
#include "keep/exec/workload/start.hpp"
#include "os/clock.hpp"
#include "protocol/failure/failure.hpp"
#include "protocol/launch/launch.hpp"

#include <algorithm>
#include <array>

namespace exec {

namespace {

// In a package the module has this name, and the configuration that.
constexpr std::string_view module_name = "main.wasm";
constexpr std::string_view configuration_name = "Enarx.toml";
constexpr std::uint64_t most_module_bytes = 512ULL << 20;

// A package as it was brought, and the orders that follow from it alone.
struct Unpacked {
    std::unique_ptr<vfs::Directory> files;
    Application application;
    std::string configuration;
    Orders orders;
};

os::FileBytes file_bytes(std::vector<std::byte> const& from) {
    auto bytes = std::make_unique_for_overwrite<std::byte[]>(from.size());
    std::ranges::copy(from, bytes.get());
    return {std::move(bytes), from.size()};
}

os::OrFailure<void> unpack(Unpacked& out, Orders const& host) {
    auto const module =
        provision::read_whole(*out.files, std::string{module_name}, most_module_bytes);
    if (!module)
        return std::unexpected(
            os::Failure{
                .name = "module-invalid",
                .text = "the package has no module that can be read: " +
                        std::string{os::description(module.error())}
            }
        );
    out.application.file = file_bytes(*module);
    out.application.format = package::recognise(out.application.file.view());
    if (out.application.format == package::Format::Other)
        return std::unexpected(
            os::Failure{
                .name = "module-invalid",
                .text = "'main.wasm' is " +
                        std::string{package::other_format(out.application.file.view())}
            }
        );
    out.orders.module_name = module_name;
    out.orders.measurement = host.measurement;
    out.orders.certificates = host.certificates;
    auto const text = provision::read_whole(
        *out.files, std::string{configuration_name}, package::max_configuration_size + 1
    );
    if (!text && text.error() == base::Errno::NoEnt) return {};
    if (!text)
        return std::unexpected(
            os::Failure{
                .name = "configuration-invalid",
                .text = "Enarx.toml: " + std::string{os::description(text.error())}
            }
        );
    out.configuration = base::text_of(*text);
    out.orders.configuration = out.configuration;
    return {};
}

os::OrFailure<Digests> digests_of(Unpacked const& unpacked) {
    auto const start = TRY(plan_start(unpacked.orders));
    Mounts mounts{
        unpacked.orders, std::make_shared<base::Budget>(std::nullopt), unpacked.files.get()
    };
    return digests(unpacked.application, start, mounts);
}

std::uint64_t now_ns() { return os::now_ns(os::Clock::Realtime).value_or(0); }

// Secrets where the deployment wants them.
os::OrFailure<void> place_secrets(Brought& brought, provision::Ready const& ready) {
    std::vector<vfs::PackageFile> files;
    for (auto const& place : ready.deployment().secrets) {
        auto const secret =
            std::ranges::find(ready.secrets(), place.name, &provision::Secret::name);
        if (secret == ready.secrets().end()) continue;
        auto const value = secret->value.view();
        if (place.place == protocol::provision::Place::File)
            files.push_back({.path = place.where, .contents = value});
        else
            brought.environment.push_back(
                std::string{place.where} + '=' + std::string{base::text_of(value)}
            );
    }
    if (files.empty()) return {};
    auto made = vfs::make_package(files, {.device = 1U << 20, .now = now_ns});
    if (!made)
        return std::unexpected(
            os::Failure{
                .name = "grant-refused",
                .text = "a secret has no place: " + std::string{os::description(made.error())}
            }
        );
    brought.secrets = std::move(*made);
    return {};
}

std::vector<std::string> authorities_of(provision::Ready const& ready) {
    std::vector<std::string> out;
    for (auto const& each : ready.authorities())
        out.push_back(crypto::write_pem("CERTIFICATE", each));
    return out;
}

// What the service says to a Keep, it says to whoever asks: the host may know why its Keep gets
// nothing.
bool said_by_the_service(std::string_view name) {
    constexpr std::array names{
        "release-denied",
        "replicas-exhausted",
        "rate-limited",
        "service-busy",
        "store-unavailable",
        "keep-revoked",
        "request-invalid"
    };
    return name.starts_with("steward-") || std::ranges::find(names, name) != names.end();
}

// What the host may know of it.
os::Failure for_the_host(os::Failure const& failure) {
    if (said_by_the_service(failure.name)) return failure;
    auto const* const kind = protocol::find_failure(failure.name);
    return {
        .name = failure.name,
        .text = kind == nullptr ? "the Keep has ended" : std::string{kind->summary}
    };
}

// What time it is where the grant came from, whatever the host says.
class ServiceTime {
public:
    explicit ServiceTime(std::uint64_t at_grant)
        : granted_{
              at_grant == 0
                  ? std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now())
                  : std::chrono::sys_seconds{
                        std::chrono::seconds{static_cast<std::int64_t>(at_grant)}
                    }
          } {}
    std::chrono::sys_seconds now() const {
        return granted_ +
               std::chrono::floor<std::chrono::seconds>(std::chrono::steady_clock::now() - begun_);
    }

private:
    std::chrono::sys_seconds granted_;
    std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
};

class Provisioning {
public:
    Provisioning(Orders const& host, Log const& log, Timings& timings)
        : host_{host}, log_{log}, timings_{timings} {}

    os::OrFailure<void> run(protocol::evidence::Digest const& digest) {
        auto empty =
            TRY(provision::Empty::born(
                digest,
                host_.measurement,
                attestation::hardware_of_this_keep(base::view_of(host_.certificates))
            ));
        return host_.pull ? pull(std::move(empty)) : wait(std::move(empty));
    }

private:
    // For a tenant, who connects to the Keep's channel.
    os::OrFailure<void> wait(provision::Empty empty) {
        auto reception = TRY(provision::Reception::open(os::Fd{*host_.channel}, empty.identity()));
        write_error(std::string{protocol::launch::waits_for_its_tenant} + '\n');
        auto visit = TRY(wait_for_grant(reception, std::move(empty)));
        write_error(std::string{protocol::launch::has_its_tenant} + '\n');
        timings_.mark("granted");
        auto const digests = load(visit.granted, &visit.grantor);
        if (!digests) {
            tell(visit.grantor, digests.error());
            return std::unexpected(digests.error());
        }
        timings_.mark("package loaded");
        auto ready = TRY(
            wait_for_start(reception, std::move(visit), digests->workload, digests->configuration)
        );
        timings_.mark("started by its tenant");
        auto brought = bring(ready.ready);
        if (auto const placed = place_secrets(brought, ready.ready); !placed) {
            tell(ready.grantor, placed.error());
            return placed;
        }
        auto desk =
            TRY(provision::Desk::open(std::move(reception), std::move(ready), end_by_signal));
        start(*desk.release(), std::move(brought));
    }

    // Asks the service that the host has named.
    os::OrFailure<void> pull(provision::Empty empty) {
        auto const& wish = *host_.pull;
        auto order = TRY(provision::pull_order(wish.deployment, wish.steward, wish.pin));
        std::optional<provision::Reception> reception;
        if (host_.channel)
            reception = TRY(provision::Reception::open(os::Fd{*host_.channel}, empty.identity()));
        std::optional<provision::Steward> steward{std::in_place, order, empty.identity()};
        auto granted = TRY(pull_grant(*steward, std::move(empty)));
        ServiceTime const time{granted.time()};
        timings_.mark("granted");
        auto const digests = TRY(load(granted, nullptr));
        timings_.mark("package loaded");
        auto ready = TRY(std::move(granted).loaded(digests.workload, digests.configuration));
        auto certified = TRY(pull_certificate(*steward, ready));
        steward.reset(); // its connection is not needed as long as the application
        timings_.mark("certified");
        auto brought = bring(ready);
        TRY(place_secrets(brought, ready));
        auto const shown = std::make_shared<net::LiveCredential>(std::move(certified.credential));
        brought.certified = shown;
        auto* const desk =
            TRY(provision::Desk::open(std::move(reception), std::move(ready), end_by_signal))
                .release();
        TRY(provision::keep_certified(
            {.order = std::move(order),
             .ready = desk->ready(),
             .shown = shown,
             .tell = [desk](
                         std::string const& text
                     ) { desk->write(2, base::view_of("enarx: warning: " + text + '\n')); }},
            {.at = time.now(), .renew_at = certified.renew_at, .not_after = certified.not_after}
        ));
        start(*desk, std::move(brought));
    }

    os::OrFailure<Digests> load(provision::Granted const& granted, provision::Visitor* grantor) {
        auto const host = host_.blobs ? provision::HostBlobs::open(os::Fd{*host_.blobs}) : nullptr;
        unpacked_.files = TRY(fetch_package(granted, host.get(), grantor, memory_));
        TRY(unpack(unpacked_, host_));
        return digests_of(unpacked_);
    }

    Brought bring(provision::Ready const& ready) {
        return {
            .application = std::move(unpacked_.application),
            .package = std::move(unpacked_.files),
            .environment = {},
            .secrets = nullptr,
            .identity = ready.identity().share(),
            .certified = nullptr,
            .authorities = authorities_of(ready),
            .on_hardware = ready.demands_hardware(),
            .memory = memory_,
            .aside = {},
            .stream = {},
            .opened = {},
            .ended = {}
        };
    }

    static void end_by_signal(int signal) { leave(Signalled{signal}); }

    // `desk` stays as long as the process.
    [[noreturn]] void start(provision::Desk& desk, Brought brought) {
        send_errors_to([&desk](std::string_view text) { desk.write(2, base::view_of(text)); });
        brought.aside = provision::ready_protocol(desk.ready());
        brought.stream = [&desk](std::uint32_t number) {
            return std::make_unique<provision::StandardStream>(
                desk, static_cast<std::uint8_t>(number)
            );
        };
        brought.opened = [&desk] { desk.run(); };
        brought.ended = [&desk](int status, std::string_view failure) {
            desk.end(status, failure);
        };
        Run{unpacked_.orders, log_, timings_, std::move(brought)}.to_its_end();
    }

    Orders const& host_;
    Log const& log_;
    Timings& timings_;
    // The package's files count, too: whoever brings them is not to take more than the host gives.
    std::shared_ptr<base::Budget> memory_ = std::make_shared<base::Budget>(host_.max_memory);
    Unpacked unpacked_;
};

} // namespace

os::Failure
run_provisioned(Orders const& host, protocol::evidence::Digest const& digest, Timings& timings) {
    // The host's log is no place for what a tenant runs.
    Log const silent{{}, LogFormat::Text};
    if (host.places) net::hold_to(*host.places);
    auto const done = Provisioning{host, silent, timings}.run(digest);
    return for_the_host(done.error());
}

} // namespace exec
