#include "service/seal/kek.hpp"

#include "crypto/digest.hpp"
#include "os/check.hpp"
#include "os/new_file.hpp"
#include "os/random.hpp"
#include "os/read_file.hpp"

#include <algorithm>

#include <fcntl.h>
#include <sys/stat.h>

namespace service {

namespace {

constexpr std::string_view id_label = "enarx/v1/kek";
constexpr unsigned others = 077;

os::Failure unusable(std::string const& path, std::string_view why) {
    return {"kek-unusable", path + ": " + std::string{why}};
}

std::unexpected<os::Failure> refused(std::string const& path, std::string_view why) {
    return std::unexpected(unusable(path, why));
}

} // namespace

Kek::Kek(crypto::SecretBytes bytes) : bytes_{std::move(bytes)} {
    auto const digest = crypto::Sha256{}.add(base::view_of(id_label)).add(bytes_.view()).digest();
    std::copy_n(digest.begin(), id_.size(), id_.begin());
}

Kek Kek::of(base::View bytes) { return Kek{crypto::SecretBytes{bytes}}; }

os::OrFailure<void> Kek::create(std::string const& path) {
    base::Bytes<size> key{};
    auto const made = os::random(key);
    auto const kept = made ? os::write_new_file(path, key, os::Readers::Owner) : made;
    crypto::wipe(key);
    if (!kept) return refused(path, os::description(kept.error()));
    return {};
}

os::OrFailure<Kek> Kek::read(std::string const& path) {
    auto const file =
        os::check_fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (!file) return refused(path, os::description(file.error()));
    struct ::stat status{};
    auto const known = os::done(::fstat(file->number(), &status));
    if (!known) return refused(path, os::description(known.error()));
    if (!S_ISREG(status.st_mode)) return refused(path, "this is not a file");
    if (status.st_uid != ::geteuid() || (status.st_mode & others) != 0)
        return refused(path, "others than this user may read or write it; chmod 600");
    auto bytes = os::read_file(file->number(), size);
    if (!bytes || bytes->view().size() != size) return refused(path, "a key has 32 bytes");
    auto kek = of(bytes->view());
    crypto::wipe(bytes->writable());
    return kek;
}

} // namespace service
