#include "keep/exec/provision/registry_source.hpp"

#include "base/printable.hpp"
#include "keep/exec/net/dial.hpp"

#include <algorithm>
#include <charconv>

namespace exec::provision {

using namespace std::chrono_literals;

namespace {

constexpr std::size_t part_size = std::size_t{8} << 20;
// One that moves less is left for the next source.
constexpr ::net::Patience patience{.connect = 10s, .stall = 20s, .least = std::size_t{64} << 10};

::net::OrTrouble<::net::Channel>
dial(std::string const& host, std::string const& port, ::net::Patience const& wanted) {
    std::uint16_t number = 0;
    auto const* const end = port.data() + port.size();
    if (std::from_chars(port.data(), end, number).ptr != end || number == 0)
        return std::unexpected(::net::Trouble{.text = "port " + port + " is none", .again = false});
    auto socket = net::dial(host, number);
    if (!socket) return std::unexpected(::net::Trouble{.text = socket.error().text});
    return ::net::Channel::over(std::move(*socket), wanted);
}

::net::registry::RegistrySettings settings_for(GrantedSource const& source) {
    ::net::registry::RegistrySettings out{
        .http = {.dial = dial, .patience = patience, .tls = {.anonymous = true}},
        .tries = 3,
        .longest_pause = 20s
    };
    if (source.credentials)
        out.credentials = std::string{base::text_of(source.credentials->view())};
    if (source.authorities) out.http.tls.authorities.push_back(*source.authorities);
    return out;
}

} // namespace

RegistrySource::RegistrySource(GrantedSource const& source, std::string package)
    : package_{std::move(package)} {
    auto const where = ::net::registry::Reference::repository_at(source.repository);
    if (where)
        registry_ =
            std::make_unique<::net::registry::Registry>(*where, settings_for(source), false);
    else
        trouble_ = '\'' + base::printable(source.repository) + "' is no repository";
}

os::OrFailure<std::vector<std::byte>>
RegistrySource::fetch(std::string const& digest, std::uint64_t offset) {
    if (digest != package_) return registry_->part(digest, offset, part_size);
    if (offset > 0) return std::vector<std::byte>{}; // it comes as one
    return std::move(TRY(registry_->manifest(digest)).bytes);
}

std::vector<std::byte>
RegistrySource::read(std::string const& digest, std::uint64_t offset, std::size_t most) {
    if (!registry_) return {};
    bool const here = digest == digest_ && offset >= offset_ && offset - offset_ < ahead_.size();
    if (!here) {
        auto came = fetch(digest, offset);
        if (!came) {
            trouble_ = base::printable(came.error().text);
            registry_.reset();
            return {};
        }
        digest_ = digest;
        offset_ = offset;
        ahead_ = std::move(*came);
    }
    auto const from = base::View{ahead_}.subspan(static_cast<std::size_t>(offset - offset_));
    auto const out = from.first(std::min(most, from.size()));
    return {out.begin(), out.end()};
}

} // namespace exec::provision
