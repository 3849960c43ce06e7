#include "host/cli/collateral/cache.hpp"

#include "attest/text.hpp"
#include "crypto/digest.hpp"
#include "host/cli/report.hpp"
#include "host/cli/run/cache.hpp"
#include "host/cli/verify/inputs.hpp"
#include "os/check.hpp"
#include "os/read_file.hpp"

#include <array>

#include <fcntl.h>
#include <sys/stat.h>

namespace host::cli {

namespace {

constexpr unsigned own_only = 0700;

std::unexpected<os::Failure> unusable(std::string const& what, base::Errno why) {
    return failure("cache-unavailable", what + ": " + std::string{os::description(why)});
}

std::string entry(std::string const& address) {
    return attest::hex(crypto::sha256(base::view_of(address)));
}

} // namespace

os::OrFailure<CollateralCache> CollateralCache::open(std::optional<std::string> const& folder) {
    if (!folder) return CollateralCache{std::move(TRY(open_cache("collateral")).folder)};
    if (::mkdir(folder->c_str(), own_only) != 0 && errno != EEXIST)
        return unusable('\'' + *folder + "' cannot be made", os::last_error());
    auto opened = os::check_fd(::open(folder->c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!opened) return unusable('\'' + *folder + "' cannot be opened", opened.error());
    return CollateralCache{os::Folder{*std::move(opened)}};
}

os::OrFailure<os::Fd> CollateralCache::lock(std::string const& name) const {
    auto const file = entry(name) + ".lock";
    auto locked = folder_.lock(file);
    if (!locked) return unusable("the cache's '" + file + "' cannot be locked", locked.error());
    return *std::move(locked);
}

std::optional<attest::Endorsements> CollateralCache::find(
    std::string const& address, attest::wanted::Wanted const& wanted, std::chrono::sys_seconds at
) const {
    auto const file = folder_.own_file(entry(address));
    if (!file) return {};
    auto const bytes = os::read_file(file->number(), largest_endorsement);
    attest::Endorsements out;
    if (!bytes || !out.add(bytes->view(), "cache") || !attest::wanted::answers(wanted, out))
        return {};
    auto const until = attest::wanted::good_until(out);
    if (until && *until <= at) return {};
    return out;
}

void CollateralCache::keep(
    std::string const& address, attest::Endorsements const& endorsements
) const {
    auto const bundle = endorsements.bundle();
    if (!bundle) return;
    std::array<std::span<std::byte const>, 1> const all{*bundle};
    (void)folder_.write(entry(address), all);
}

} // namespace host::cli
