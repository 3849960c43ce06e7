#include "service/seal/rotation.hpp"

#include "os/replace_file.hpp"

#include <unistd.h>

namespace service {

namespace {

struct Paths {
    explicit Paths(std::string const& folder) : kek{folder + "/kek"}, next{folder + "/kek.next"} {}
    std::string kek;
    std::string next;
};

std::unexpected<os::Failure> unusable(std::string const& path, base::Errno error) {
    return std::unexpected(
        os::Failure{"kek-unusable", path + ": " + std::string{os::description(error)}}
    );
}

os::OrFailure<void> take_its_name(Paths const& paths) {
    auto const named = os::rename_file(paths.next, paths.kek);
    if (!named) return unusable(paths.kek, named.error());
    return {};
}

} // namespace

os::OrFailure<void> need_kek(std::string const& folder) {
    Paths const paths{folder};
    bool const rotating = ::access(paths.next.c_str(), F_OK) == 0;
    TRY(Kek::read(rotating ? paths.next : paths.kek));
    return {};
}

os::OrFailure<Kek> settled_kek(std::string const& folder, Store& store) {
    Paths const paths{folder};
    if (::access(paths.next.c_str(), F_OK) != 0) return Kek::read(paths.kek);
    auto next = TRY(Kek::read(paths.next));
    auto const under = store.sealed_under(next.id());
    if (!under) return std::unexpected(under.error().failure);
    if (*under != 0) {
        TRY(take_its_name(paths));
        return next;
    }
    auto kek = TRY(Kek::read(paths.kek));
    ::unlink(paths.next.c_str()); // nothing is under it; if this fails, the next start tries again
    return kek;
}

os::OrFailure<std::uint64_t> rotate_kek(std::string const& folder, Store& store, base::View entry) {
    Paths const paths{folder};
    auto former = TRY(settled_kek(folder, store));
    TRY(Kek::create(paths.next));
    Sealer const sealer{TRY(Kek::read(paths.next)), std::move(former)};
    auto const done = reseal(store, sealer, entry);
    if (!done) {
        TRY(settled_kek(folder, store)); // a commit that failed may be there all the same
        return std::unexpected(done.error());
    }
    TRY(take_its_name(paths));
    return *done;
}

} // namespace service
