// Whatever the bytes: as a manifest and as a configuration of a package they are refused by the
// name of a field, or mean the same when they are written again in the one way.

#include "package/oci/manifest.hpp"

#include <cstdlib>

namespace {

using namespace package::oci;

void demand(bool holds) {
    if (!holds) std::abort();
}

template <class Decoded>
void judge(Read<Decoded> (*decode)(base::View), std::string_view name, base::View bytes) {
    auto const read = decode(bytes);
    if (!read) {
        demand(read.error().field.starts_with(name) && !read.error().expected.empty());
        return;
    }
    auto const text = encode(*read);
    auto const again = decode(base::view_of(text));
    demand(again && *again == *read && encode(*again) == text);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size) {
    auto const bytes = std::as_bytes(std::span{data, size});
    judge(decode_manifest, "manifest", bytes);
    judge(decode_config, "config", bytes);
    return 0;
}
