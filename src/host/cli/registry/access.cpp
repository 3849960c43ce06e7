#include "host/cli/registry/access.hpp"

#include "host/cli/report.hpp"
#include "host/cli/verify/inputs.hpp"
#include "net/proxy.hpp"
#include "net/registry/credentials.hpp"

#include <unistd.h>

namespace host::cli {

namespace {

constexpr std::size_t largest_authority = std::size_t{1} << 20;
constexpr std::size_t longest_password = 4096;

// One line of standard input.
os::OrFailure<std::string> password() {
    std::string out;
    char next = '\0';
    while (::read(STDIN_FILENO, &next, 1) == 1 && next != '\n') {
        out += next;
        if (out.size() > longest_password)
            return failure("usage", "the password on standard input has more than 4096 bytes");
    }
    if (out.ends_with('\r')) out.pop_back();
    if (out.empty()) return failure("usage", "there is no password on standard input");
    return out;
}

void tell_pause(std::string const& why, std::chrono::milliseconds pause) {
    write_error(
        "enarx: note: " + why + "; again in " + std::to_string((pause.count() + 999) / 1000) +
        " s\n"
    );
}

} // namespace

std::vector<Option> RegistryAccess::options() {
    return {
        {.name = "--username",
         .value = "NAME",
         .help = "Who asks the registry. Default: what `docker login` and its sisters have kept.",
         .target = &user_},
        {.name = "--password-stdin",
         .help = "Read the password of --username, one line, from standard input.",
         .target = &password_from_input_},
        {.name = "--cacert",
         .value = "FILE",
         .help = "PEM certificates that the registry's certificate has to lead to, instead of the "
                 "built-in ones.",
         .target = &authority_,
         .completion = Completion::File},
        {.name = "--plain-http",
         .help = "Speak to the registry without TLS. One on this machine is spoken to so unless "
                 "--cacert is given.",
         .target = &plain_},
    };
}

os::OrFailure<net::registry::Reference> RegistryAccess::reference(std::string const& text) const {
    auto reference = net::registry::Reference::parse(text, plain_);
    if (!reference) return failure("usage", reference.error());
    // Who names an authority wants TLS, on this machine, too.
    if (authority_ && !plain_ && !reference->server.tls)
        reference->server = *net::WebAddress::parse("https://" + text.substr(0, text.find('/')));
    return std::move(*reference);
}

os::OrFailure<std::optional<std::string>>
RegistryAccess::credentials(net::registry::Reference const& where) const {
    if (user_.has_value() != password_from_input_)
        return failure("usage", "--username and --password-stdin go together");
    if (user_) return *user_ + ':' + TRY(password());
    return net::registry::stored_credentials(
        net::process_environment(), where.server.authority(), where.repository
    );
}

os::OrFailure<net::registry::RegistrySettings>
RegistryAccess::settings(net::registry::Reference const& where) const {
    net::registry::RegistrySettings settings{
        // A peer that moves less than this is none that a user waits for.
        .http =
            {.patience = {.least = std::size_t{4} << 10}, .proxies = net::process_environment()},
        .credentials = TRY(credentials(where)),
        .note = tell_pause
    };
    if (authority_) {
        auto const text = TRY(read_whole(*authority_, largest_authority));
        settings.http.tls.authorities.emplace_back(base::text_of(text.view()));
    }
    return settings;
}

os::OrFailure<net::registry::Registry>
RegistryAccess::open(net::registry::Reference const& where, bool push) const {
    return net::registry::Registry{where, TRY(settings(where)), push};
}

} // namespace host::cli
