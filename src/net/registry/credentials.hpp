#pragma once

// Who asks a registry: what `docker login` and its sisters wrote into their files.

#include "base/view.hpp"
#include "net/proxy.hpp"

#include <optional>
#include <string>

namespace net::registry {

// "user:password" for a repository on that host, in the text of such a file: that of the longest
// name that fits, "host/shop" before "host".
std::optional<std::string>
credentials_in(base::View file, std::string const& host, std::string const& repository);

// The same in the first file that is there: $REGISTRY_AUTH_FILE; containers/auth.json of
// $XDG_RUNTIME_DIR; config.json of $DOCKER_CONFIG, or of ~/.docker. Programs that such a file names
// are not started.
std::optional<std::string> stored_credentials(
    Environment const& environment, std::string const& host, std::string const& repository
);

} // namespace net::registry
