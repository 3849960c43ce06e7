// Files of the cache: found, checked, written beside their place and renamed into it.

#include "keep/exec/cache/artefact_cache.hpp"

#include "base/wire.hpp"
#include "os/check.hpp"
#include "os/clock.hpp"
#include "os/write_all.hpp"

#include <bit>
#include <csignal>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace exec {

namespace {

constexpr base::Bytes<8> magic =
    std::bit_cast<base::Bytes<8>>(std::array{'E', 'N', 'X', 'A', 'R', 'T', 'E', '1'});
constexpr std::uint64_t most_bytes = 4ULL << 30;

struct Header {
    base::Bytes<8> magic;   // 0x00
    base::U64 length;       // 0x08
    base::Bytes<32> key;    // 0x10
    base::Bytes<32> digest; // 0x30
};
static_assert(base::Wire<Header> && sizeof(Header) == 0x50);

// Who began to write and has not ended after this long has died.
constexpr std::uint64_t dead_after_ns = 60'000'000'000;

std::string name_of(ArtefactCache::Key const& key) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string name;
    for (auto const byte : key) {
        name += digits[std::to_integer<unsigned>(byte) >> 4];
        name += digits[std::to_integer<unsigned>(byte) & 0xf];
    }
    return name;
}

// While it lives, a signal that would end this process waits: nothing half-written stays behind.
class SignalsWait {
public:
    SignalsWait() {
        sigset_t all;
        ::sigfillset(&all);
        ::pthread_sigmask(SIG_BLOCK, &all, &before_);
    }
    SignalsWait(SignalsWait const&) = delete;
    SignalsWait(SignalsWait&&) = delete;
    SignalsWait& operator=(SignalsWait const&) = delete;
    SignalsWait& operator=(SignalsWait&&) = delete;
    ~SignalsWait() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

private:
    sigset_t before_{};
};

// Nobody else can have put there what lies there.
bool private_of_user(struct stat const& status) {
    return status.st_uid == ::geteuid() && (status.st_mode & 077) == 0;
}

bool old(struct stat const& status) {
    auto const now = os::now_ns(os::Clock::Realtime).value_or(0);
    auto const then = static_cast<std::uint64_t>(status.st_mtim.tv_sec) * 1'000'000'000;
    return now > then + dead_after_ns;
}

} // namespace

base::Result<ArtefactCache> ArtefactCache::open(os::Fd folder) {
    struct stat status{};
    TRY(os::done(::fstat(folder.number(), &status)));
    bool const own =
        S_ISDIR(status.st_mode) && status.st_uid == ::geteuid() && (status.st_mode & 077) == 0;
    if (!own) return std::unexpected(base::Errno::Perm);
    return ArtefactCache{std::move(folder)};
}

std::span<std::byte const> ArtefactCache::Artefact::bytes() const {
    return file.view().subspan(sizeof(Header));
}

std::optional<ArtefactCache::Artefact> ArtefactCache::find(Key const& key) const {
    os::Fd const file{
        ::openat(folder_.number(), name_of(key).c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
    };
    if (!file) return {};
    struct stat status{};
    if (::fstat(file.number(), &status) != 0 || !private_of_user(status)) return {};
    auto const size = static_cast<std::uint64_t>(status.st_size);
    if (size > most_bytes) return {};
    auto bytes = os::read_first(file.number(), size);
    if (!bytes) return {};
    auto artefact = bytes->view();
    auto const header = base::take<Header>(artefact);
    bool const intact = header && header->magic == magic && header->key == key &&
                        header->length == artefact.size() &&
                        header->digest == crypto::sha256(artefact);
    if (!intact) return {};
    return Artefact{std::move(*bytes)};
}

// The file to write, new and this process' alone.
base::Result<os::Fd> ArtefactCache::begin(std::string const& name) const {
    auto create = [&] {
        return os::check_fd(
            ::openat(
                folder_.number(),
                name.c_str(),
                O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                0600
            )
        );
    };
    auto file = create();
    if (file || file.error() != base::Errno::Exist) return file;
    struct stat status{};
    TRY(os::done(::fstatat(folder_.number(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW)));
    if (!old(status)) return std::unexpected(base::Errno::Already);
    TRY(os::done(::unlinkat(folder_.number(), name.c_str(), 0)));
    return create();
}

base::Result<void> ArtefactCache::store(Key const& key, std::span<std::byte const> artefact) const {
    auto const name = name_of(key);
    auto const unfinished = name + ".new";
    Header const header{
        .magic = magic,
        .length = std::uint64_t{artefact.size()},
        .key = key,
        .digest = crypto::sha256(artefact)
    };
    SignalsWait const wait;
    auto const file = TRY(begin(unfinished));
    auto const written = [&]() -> base::Result<void> {
        TRY(os::write_all(file.number(), std::as_bytes(std::span{&header, 1})));
        TRY(os::write_all(file.number(), artefact));
        return os::done(
            ::renameat(folder_.number(), unfinished.c_str(), folder_.number(), name.c_str())
        );
    }();
    if (!written) ::unlinkat(folder_.number(), unfinished.c_str(), 0);
    return written;
}

} // namespace exec
