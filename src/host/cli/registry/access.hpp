#pragma once

// How a command reaches a registry: the options for it, and who asks.

#include "host/cli/command.hpp"
#include "net/registry/registry.hpp"

#include <optional>
#include <string>
#include <vector>

namespace host::cli {

class RegistryAccess {
public:
    // They point into this.
    std::vector<Option> options();
    os::OrFailure<net::registry::Reference> reference(std::string const& text) const;
    // How that registry is to be spoken to. It may read standard input, and does so once.
    os::OrFailure<net::registry::RegistrySettings>
    settings(net::registry::Reference const& where) const;
    bool used() const { return plain_ || authority_ || user_ || password_from_input_; }
    os::OrFailure<net::registry::Registry>
    open(net::registry::Reference const& where, bool push) const;

private:
    os::OrFailure<std::optional<std::string>>
    credentials(net::registry::Reference const& where) const;

    bool plain_ = false;
    std::optional<std::string> authority_;
    std::optional<std::string> user_;
    bool password_from_input_ = false;
};

} // namespace host::cli
