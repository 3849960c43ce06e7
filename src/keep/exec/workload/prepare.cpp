// Makes the plan true: opens what it names and gives it the numbers that it says.

#include "keep/exec/workload/prepare.hpp"

#include "keep/exec/net/preopened.hpp"
#include "keep/exec/workload/digests.hpp"
#include "keep/exec/workload/mounts.hpp"
#include "keep/exec/workload/start.hpp"
#include "os/write_all.hpp"

#include <memory>
#include <string>
#include <utility>

namespace exec {

namespace {

// Where the files of secrets are, for every application that was granted some.
constexpr std::string_view secrets_folder = "/run/secrets";

// The Keep's voice, for an application that has a directory to hear it.
os::OrFailure<std::shared_ptr<attestation::Attester>> make_attester(
    Orders const& orders,
    Application const& application,
    PlannedStart const& start,
    Mounts& mounts,
    net::Identity const& identity
) {
    if (!start.has_directory_of(package::Source::Attestation)) return nullptr;
    auto const known = TRY(digests(application, start, mounts));
    auto certificate = identity.certificate();
    if (!certificate)
        return std::unexpected(
            os::Failure{
                .name = "tls-certificate-invalid",
                .text = "the Keep's certificate: " + certificate.error().text
            }
        );
    return std::make_shared<attestation::Attester>(attestation::Identity{
        .workload = known.workload,
        .configuration = known.configuration,
        .measurement = orders.measurement,
        .certificate = *std::move(certificate),
        .hardware = attestation::hardware_of_this_keep(base::view_of(orders.certificates))
    });
}

// Puts one planned descriptor after the other into the context.
class Opener {
public:
    Opener(
        Orders const& orders,
        PlannedStart const& start,
        wasi::Context& context,
        Brought* brought,
        std::shared_ptr<base::Budget> const& memory
    )
        : orders_{orders},
          start_{start},
          context_{context},
          brought_{brought},
          mounts_{orders, memory, brought == nullptr ? nullptr : brought->package.get()},
          identity_{start.files()} {
        if (brought != nullptr && brought->identity) identity_.be(*brought->identity);
        if (brought != nullptr && brought->certified) identity_.show(brought->certified);
        if (brought != nullptr && brought->on_hardware) identity_.demand_hardware();
        if (brought != nullptr) identity_.trust(std::move(brought->authorities));
    }

    os::OrFailure<void> open_all(Application const& application) {
        attester_ = TRY(make_attester(orders_, application, start_, mounts_, identity_));
        for (auto const& descriptor : start_.plan.descriptors) TRY(open(descriptor));
        if (brought_ == nullptr || !brought_->secrets) return {};
        return added(
            context_.add_directory(std::move(brought_->secrets), std::string{secrets_folder}, true)
        );
    }

private:
    os::OrFailure<void> open(package::PlannedDescriptor const& planned) {
        return std::visit(
            [&](auto const& role) { return open(role, planned.number); }, planned.role
        );
    }

    os::OrFailure<void> open(package::Nowhere /*role*/, std::uint32_t number) {
        return added(context_.add_null(number));
    }

    os::OrFailure<void> open(package::StandardStream stream, std::uint32_t number) {
        if (brought_ != nullptr && brought_->stream)
            return added(context_.add_connection(brought_->stream(stream.number), 0, number));
        auto const at = context_.add_stdio(stream.number, number);
        // A stream that is closed reads as empty and forgets what is written, as a shell's `>&-`
        // has it.
        if (!at && at.error() == base::Errno::BadF) return added(context_.add_null(number));
        return added(at);
    }

    os::OrFailure<void> open(package::FromCommandLine from, std::uint32_t number) {
        auto const& ordered = orders_.directories.at(from.directory);
        return add(TRY(mounts_.open(ordered)), std::string{ordered.path}, false, number);
    }

    os::OrFailure<void> open(package::FromConfiguration from, std::uint32_t number) {
        auto const& file = start_.configuration->files.at(from.file);
        if (auto const* listen = std::get_if<package::Listen>(&file))
            return added(context_.add_listener(
                TRY(net::make_listener(
                    *listen,
                    identity_,
                    start_.limits(),
                    context_.closing,
                    brought_ == nullptr ? std::nullopt : brought_->aside
                )),
                wasi::fd_flag::nonblock,
                number
            ));
        if (auto const* connect = std::get_if<package::Connect>(&file))
            return added(context_.add_connection(
                TRY(net::make_connection(*connect, identity_, context_.closing)), 0, number
            ));
        auto const& wanted = std::get<package::Directory>(file);
        if (wanted.source == package::Source::Attestation)
            return add(mounts_.open(attester_), wanted.path, false, number);
        return add(
            TRY(mounts_.open(wanted)), wanted.path, wanted.mode == package::Mode::ReadOnly, number
        );
    }

    os::OrFailure<void>
    add(std::unique_ptr<vfs::Directory> directory,
        std::string path,
        bool read_only,
        std::uint32_t number) {
        return added(
            context_.add_directory(std::move(directory), std::move(path), read_only, number)
        );
    }

    static os::OrFailure<void> added(base::Result<wasi::Fd> const& fd) {
        if (fd) return {};
        return std::unexpected(
            os::Failure{
                .name = "descriptor-limit",
                .text = "the application cannot be given its descriptors: " +
                        std::string{os::description(fd.error())}
            }
        );
    }

    Orders const& orders_;
    PlannedStart const& start_;
    wasi::Context& context_;
    Brought* brought_;
    Mounts mounts_;
    net::Identity identity_;
    std::shared_ptr<attestation::Attester> attester_;
};

} // namespace

os::OrFailure<Prepared> prepare(
    Orders const& orders,
    Application const& application,
    PlannedStart start,
    Brought* brought,
    std::shared_ptr<base::Budget> const& memory
) {
    auto const limits = start.limits();
    Prepared prepared;
    prepared.context = std::make_unique<wasi::Context>(
        wasi::Limits{.open_files = limits.open_files, .sockets = limits.sockets}
    );
    TRY((Opener{orders, start, *prepared.context, brought, memory}.open_all(application)));
    prepared.context->args = std::move(start.plan.argv);
    prepared.context->environ = std::move(start.plan.environment);
    if (brought != nullptr)
        for (auto& variable : brought->environment)
            prepared.context->environ.push_back(std::move(variable));
    if (start.invocation)
        prepared.entry = {
            .invoke = std::move(start.invocation->name),
            .arguments = std::move(start.invocation->arguments)
        };
    return prepared;
}

} // namespace exec
