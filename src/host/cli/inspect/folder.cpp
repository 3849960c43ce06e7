#include "host/cli/inspect/folder.hpp"

#include "host/cli/inspect/configuration.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace host::cli {

bool recognises_folder(Subject const& subject) { return subject.folder; }

os::OrFailure<std::optional<Json>> describe_folder(Subject const& subject, Global const& global) {
    auto const slash = subject.path.ends_with('/') ? "" : "/";
    auto const module = TRY(open_subject(subject.path + slash + "main.wasm"));
    auto application = TRY(describe(module, global));
    if (!application) return std::nullopt;
    Json out{{"kind", "folder"}, {"file", subject.path}, {"application", *std::move(application)}};
    out["configuration"] = nullptr;
    if (::faccessat(subject.file.number(), "Enarx.toml", F_OK, 0) == 0) {
        auto const file = TRY(open_subject(subject.path + slash + "Enarx.toml"));
        auto described = TRY(describe_configuration(file, global));
        if (described) out["configuration"] = *std::move(described);
    }
    return out;
}

} // namespace host::cli
