// The list of all kinds of files.

#include "host/cli/inspect/artefact.hpp"
#include "host/cli/inspect/bundle.hpp"
#include "host/cli/inspect/configuration.hpp"
#include "host/cli/inspect/folder.hpp"
#include "host/cli/inspect/package.hpp"
#include "host/cli/inspect/policy.hpp"
#include "host/cli/inspect/recogniser.hpp"
#include "host/cli/inspect/wasm.hpp"
#include "host/cli/report.hpp"
#include "host/cli/verify/unknown.hpp"
#include "package/wasm/format.hpp"

#include <array>

namespace host::cli {

namespace {

// Some artefacts begin with a digest, which may look like the beginning of a text.
constexpr std::array all{
    folder_recogniser,
    bundle_recogniser,
    artefact_recogniser,
    wasm_recogniser,
    package_recogniser,
    policy_recogniser,
    configuration_recogniser
};

} // namespace

std::span<Recogniser const> recognisers() { return all; }

os::OrFailure<std::optional<Json>> describe(Subject const& subject, Global const& global) {
    for (auto const& recogniser : recognisers())
        if (recogniser.recognises(subject)) return recogniser.describe(subject, global);
    auto const bytes = std::as_bytes(std::span{subject.front});
    return failure(
        "file-unknown",
        '\'' + subject.path + "' is " + std::string{package::other_format(bytes)} +
            ", and from byte 0 on nothing that attestation is made of" + std::string{spelt(bytes)}
    );
}

} // namespace host::cli
