#pragma once

// A folder with an application.

#include "host/cli/inspect/recogniser.hpp"

namespace host::cli {

bool recognises_folder(Subject const& subject);
os::OrFailure<std::optional<Json>> describe_folder(Subject const& subject, Global const& global);

inline constexpr Recogniser folder_recogniser{"folder", recognises_folder, describe_folder};

} // namespace host::cli
