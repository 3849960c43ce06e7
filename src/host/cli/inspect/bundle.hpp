#pragma once

// Bundles of endorsements, as `enarx collateral` makes them.

#include "host/cli/inspect/recogniser.hpp"

namespace host::cli {

bool recognises_bundle(Subject const& subject);
os::OrFailure<std::optional<Json>> describe_bundle(Subject const& subject, Global const& global);

inline constexpr Recogniser bundle_recogniser{
    "bundle of endorsements", recognises_bundle, describe_bundle
};

} // namespace host::cli
