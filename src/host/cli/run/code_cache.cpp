#include "host/cli/run/code_cache.hpp"

#include "attest/text.hpp"
#include "crypto/digest.hpp"
#include "host/cli/report.hpp"
#include "host/cli/run/cache.hpp"
#include "host/cli/run/code_keeper.hpp"
#include "host/vmm/launch/parts.hpp"
#include "host/vmm/probe/cpuid.hpp"
#include "os/check.hpp"
#include "protocol/launch/artefact.hpp"

#include <algorithm>
#include <array>
#include <string>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace host::cli {

namespace {

using base::Result;
using crypto::Sha256;
using protocol::launch::ArtefactHeader;
using protocol::launch::Kind;

constexpr std::string_view purpose = "enarx compiled code 1";
constexpr std::size_t name_size = 64; // hexadecimal of SHA-256

// Below this many bytes of a module, compiling it costs less than the messages by which a Keep gets
// its key (docs/adr/0037-sealed-code.md).
constexpr std::uint64_t worth_sealing = 32 << 10;

struct Digested {
    crypto::Sha256Digest digest;
    std::uint64_t size = 0;
};

// Of a file from `at` on.
Result<Digested> digest_of(int file, std::uint64_t at) {
    std::array<std::byte, 8 << 10> buffer; // small: each page of it costs a fault
    Sha256 sum;
    Digested out;
    auto const more = [&] {
        auto const from = static_cast<off_t>(at + out.size);
        return os::retry([&] { return ::pread(file, buffer.data(), buffer.size(), from); });
    };
    ssize_t got = 0;
    while ((got = more()) > 0) {
        sum.add(base::View{buffer}.first(static_cast<std::size_t>(got)));
        out.size += static_cast<std::uint64_t>(got);
    }
    if (got < 0) return std::unexpected(os::last_error());
    out.digest = sum.digest();
    return out;
}

template <class T> base::View bytes_of(T const& value) {
    return std::as_bytes(std::span{&value, 1});
}

// Which exec compiles, on which processor. exec looks for itself whether an artefact fits; this
// keeps those of two versions, or of two machines that share a home, out of each other's way.
Result<crypto::Sha256Digest> compiler() {
    auto const exec = vmm::find_part("exec");
    struct ::stat status{};
    if (!exec) return std::unexpected(base::Errno::NoEnt);
    TRY(os::done(::stat(exec->c_str(), &status)));
    // Intel SDM volume 2, CPUID: the leaves with the features that generated code depends on.
    auto const usual = vmm::this_cpuid(1, 0);
    auto const more = vmm::this_cpuid(7, 0);
    std::array<std::uint64_t, 6> const words{
        static_cast<std::uint64_t>(status.st_size),
        static_cast<std::uint64_t>(status.st_mtim.tv_sec),
        static_cast<std::uint64_t>(status.st_mtim.tv_nsec),
        std::uint64_t{usual.ecx} << 32 | usual.edx,
        std::uint64_t{more.ebx} << 32 | more.ecx,
        std::uint64_t{usual.eax} << 32 | more.edx,
    };
    return crypto::sha256(bytes_of(words));
}

// Texts are digested first, so that none can be taken for the end of another.
Result<std::string> name_of(CodeOwner const& owner, crypto::Sha256Digest const& module) {
    auto const text = [](std::string_view each) { return crypto::sha256(base::view_of(each)); };
    auto const name = Sha256{}
                          .add(text(purpose))
                          .add(text(owner.backend))
                          .add(text(owner.configuration))
                          .add(TRY(compiler()))
                          .add(module)
                          .digest();
    return attest::hex(name);
}

// The artefact of that name, if it is whole and of this module.
Result<os::Fd>
intact(os::Folder const& folder, std::string const& name, crypto::Sha256Digest const& module) {
    auto file = TRY(folder.own_file(name));
    ArtefactHeader header{};
    auto const got = TRY(os::check(::pread(file.number(), &header, sizeof header, 0)));
    if (got != sizeof header) return std::unexpected(base::Errno::Io);
    auto const code = TRY(digest_of(file.number(), sizeof header));
    bool const good = protocol::launch::begins_artefact(header, module, code.size) &&
                      header.digest == code.digest;
    if (!good) return std::unexpected(base::Errno::Io);
    return file;
}

// Artefacts once lay here, beside the folders of today, where Keeps could write them: nothing reads
// those any more.
void forget_old_artefacts(os::Folder const& all) {
    os::Fd copy{::openat(all.descriptor().number(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    auto* const listing = copy ? ::fdopendir(copy.number()) : nullptr;
    if (listing == nullptr) return;
    (void)copy.release();
    while (auto const* entry = ::readdir(listing)) { // NOLINT(concurrency-mt-unsafe): one thread
        std::string_view name = static_cast<char const*>(entry->d_name);
        if (name.ends_with(".new")) name.remove_suffix(4);
        bool const old = name.size() == name_size &&
                         name.find_first_not_of("0123456789abcdef") == std::string_view::npos;
        if (old) all.remove(static_cast<char const*>(entry->d_name));
    }
    ::closedir(listing);
}

} // namespace

os::OrFailure<void> add_code(vmm::LaunchOrder& order, CodeOwner const& owner) {
    auto const cannot = [](base::Errno why) {
        return failure("cache-unavailable", std::string{os::description(why)});
    };
    auto const cache = TRY(open_cache("code"));
    auto const module = digest_of(owner.module, 0);
    if (!module) return cannot(module.error());
    if (owner.sealed && module->size < worth_sealing) return {};
    auto const name = name_of(owner, module->digest);
    if (!name) return cannot(name.error());
    auto const backend = cache.folder.own_folder(std::string{owner.backend});
    if (!backend) return cannot(backend.error());
    if (auto artefact = intact(*backend, *name, module->digest)) {
        order.add(Kind::Artefact, *std::move(artefact), "", vmm::Rights::ReadOnly);
        if (!owner.sealed) return {};
    }
    forget_old_artefacts(cache.all);
    auto stream = TRY(start_code_keeper(
        {.folder = *backend,
         .name = *name,
         .module = module->digest,
         .most = protocol::launch::most_artefact(module->size)}
    ));
    order.add(Kind::ArtefactSink, std::move(stream), "", vmm::Rights::ReadWrite);
    return {};
}

} // namespace host::cli
