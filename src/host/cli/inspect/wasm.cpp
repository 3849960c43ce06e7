#include "host/cli/inspect/wasm.hpp"

#include "host/cli/report.hpp"
#include "host/cli/run/wishes.hpp"
#include "host/vmm/launch/ask.hpp"
#include "os/check.hpp"
#include "os/failure.hpp"
#include "package/wasm/format.hpp"

#include <fcntl.h>

namespace host::cli {

bool recognises_wasm(Subject const& subject) {
    return !subject.folder &&
           package::recognise(std::as_bytes(std::span{subject.front})) != package::Format::Other;
}

os::OrFailure<std::optional<Json>> describe_wasm(Subject const& subject, Global const& global) {
    using protocol::launch::Kind;
    auto copy = os::check_fd(::fcntl(subject.file.number(), F_DUPFD_CLOEXEC, 0));
    if (!copy)
        return failure(
            "launch-failed", "no descriptor for exec: " + std::string{os::description(copy.error())}
        );
    vmm::LaunchOrder order;
    order.add(Kind::Action, "inspect");
    order.add(
        Kind::Module,
        std::move(*copy),
        subject.path.substr(subject.path.rfind('/') + 1),
        vmm::Rights::ReadOnly
    );
    TRY(add_log(order, global));
    auto const answer = TRY(vmm::ask_exec(order));
    if (answer.status != 0) return std::nullopt;
    auto described = Json::parse(answer.text, nullptr, false);
    if (described.is_discarded())
        return failure("internal", "exec described '" + subject.path + "' in no valid JSON");
    return described;
}

} // namespace host::cli
