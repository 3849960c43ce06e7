// Whatever stands in the annotations of an encrypted image: it is refused by the name of a field,
// or means the same when it is written again; what is read of it stays below what it may be.
//
// The first byte says which of them it is.

#include "package/oci/jwe.hpp"
#include "package/oci/ocicrypt.hpp"

#include <cstdlib>

namespace {

using namespace package::oci;

void demand(bool holds) {
    if (!holds) std::abort();
}

template <class T> bool refused(Read<T> const& read, std::string_view begins) {
    if (!read) demand(read.error().field.starts_with(begins) && !read.error().expected.empty());
    return !read;
}

void judge_public(std::string_view text) {
    auto const read = decode_public_options(text);
    if (refused(read, "manifest.layers.pubopts")) return;
    auto const again = decode_public_options(encode(*read));
    demand(again && *again == *read);
}

void judge_private(base::View bytes) {
    auto const read = decode_private_options(bytes);
    if (refused(read, "options")) return;
    demand(read->view().size() == ocicrypt_key_size);
}

void judge_wrapped(std::string_view text) {
    auto const read = decode_wrapped_keys(text);
    if (refused(read, "manifest.layers.keys")) return;
    demand(!read->empty() && read->size() <= most_wrapped_keys);
}

void judge_jwe(base::View bytes) {
    auto const read = decode_jwe(bytes);
    if (refused(read, "jwe")) return;
    demand(read->nonce.size() == 12 && read->tag.size() == 16 && read->recipients.size() <= 64);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size) {
    if (size == 0) return 0;
    auto const bytes = std::as_bytes(std::span{data, size}).subspan(1);
    switch (data[0] % 4) {
    case 0:
        judge_public(base::text_of(bytes));
        break;
    case 1:
        judge_private(bytes);
        break;
    case 2:
        judge_wrapped(base::text_of(bytes));
        break;
    default:
        judge_jwe(bytes);
    }
    return 0;
}
