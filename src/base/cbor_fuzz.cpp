// Any bytes: the reader ends, stays inside, and what it accepts is written again to the same bytes.

#include "base/cbor.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <vector>

namespace {

using base::cbor::Major;

bool copy(base::cbor::Reader& reader, base::cbor::Writer& writer, unsigned depth) {
    if (depth == 0) return false;
    auto const item = reader.next();
    if (!item) return false;
    std::uint64_t inner = 0;
    switch (item->major) {
    case Major::Unsigned:
        writer.unsigned_number(item->argument);
        break;
    case Major::Negative:
        if (item->argument >> 63 != 0) return false;
        writer.number(-1 - static_cast<std::int64_t>(item->argument));
        break;
    case Major::Bytes:
        writer.bytes(item->content);
        break;
    case Major::Text:
        writer.text(item->text());
        break;
    case Major::Array:
        writer.array(item->argument);
        inner = item->argument;
        break;
    case Major::Map:
        writer.map(item->argument);
        inner = 2 * item->argument;
        break;
    case Major::Tag:
        writer.tag(item->argument);
        inner = 1;
        break;
    case Major::Simple:
        writer.simple(static_cast<std::uint8_t>(item->argument));
        break;
    }
    for (std::uint64_t i = 0; i < inner; ++i)
        if (!copy(reader, writer, depth - 1)) return false;
    return true;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto const in = std::as_bytes(std::span{data, size});
    base::cbor::Reader reader{in};
    std::vector<std::byte> room(size);
    base::cbor::Writer writer{room};
    if (copy(reader, writer, 16)) {
        auto const out = writer.written();
        if (!std::ranges::equal(out, in.first(reader.offset()))) std::abort();
    }
    base::cbor::Reader again{in};
    while (again.skip()) {
    }
    return 0;
}
