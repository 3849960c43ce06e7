#include "host/cli/collateral/cache.hpp"

#include "attest/text.hpp"
#include "crypto/digest.hpp"
#include "host/cli/report.hpp"
#include "host/cli/run/cache.hpp"
#include "host/cli/verify/inputs.hpp"
#include "os/check.hpp"
#include "os/new_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace host::cli {

namespace {

constexpr unsigned own_only = 0700;

os::OrFailure<void> make_folder(std::string const& path) {
    struct ::stat status{};
    if (::mkdir(path.c_str(), own_only) == 0) return {};
    if (errno == EEXIST && ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) return {};
    return failure(
        "cache-unavailable",
        '\'' + path + "' cannot be made: " + std::string{os::description(os::last_error())}
    );
}

} // namespace

os::OrFailure<CollateralCache> CollateralCache::open(std::optional<std::string> const& folder) {
    if (folder) {
        TRY(make_folder(*folder));
        return CollateralCache{*folder, {}};
    }
    auto owner = TRY(open_cache());
    auto path = "/proc/self/fd/" + std::to_string(owner.number()) + "/collateral";
    TRY(make_folder(path));
    return CollateralCache{std::move(path), std::move(owner)};
}

std::string CollateralCache::entry(std::string const& address) const {
    return folder_ + '/' + attest::hex(crypto::sha256(base::view_of(address)));
}

os::OrFailure<os::Fd> CollateralCache::lock(std::string const& name) const {
    auto const path = entry(name) + ".lock";
    auto file = os::check_fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (file && os::retry([&] { return ::flock(file->number(), LOCK_EX); }) == 0)
        return std::move(*file);
    return failure(
        "cache-unavailable",
        '\'' + path + "' cannot be locked: " + std::string{os::description(os::last_error())}
    );
}

std::optional<attest::Endorsements> CollateralCache::find(
    std::string const& address, attest::wanted::Wanted const& wanted, std::chrono::sys_seconds at
) const {
    auto const bytes = read_bytes(entry(address), largest_endorsement);
    attest::Endorsements out;
    if (!bytes || !out.add(*bytes, "cache") || !attest::wanted::answers(wanted, out)) return {};
    auto const until = attest::wanted::good_until(out);
    if (until && *until <= at) return {};
    return out;
}

void CollateralCache::keep(
    std::string const& address, attest::Endorsements const& endorsements
) const {
    auto const bundle = endorsements.bundle();
    if (!bundle) return;
    auto const path = entry(address);
    ::unlink(path.c_str());
    (void)os::write_new_file(path, *bundle, os::Readers::Owner);
}

} // namespace host::cli
