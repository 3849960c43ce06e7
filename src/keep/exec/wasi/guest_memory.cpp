#include "keep/exec/wasi/guest_memory.hpp"

#include "keep/exec/wasi/utf8.hpp"

namespace exec::wasi {

template <class Byte>
Result<Buffers<Byte>> GuestMemory::buffers(Pointer<IoVector> vectors, std::uint32_t count) const {
    TRY(check(vectors, count));
    Buffers<Byte> found;
    for (std::uint32_t i = 0; i < count && found.count() < Buffers<Byte>::most; ++i) {
        auto const vector = TRY(read(element(vectors, i)));
        auto const buffer = TRY(bytes({vector.buffer}, vector.length));
        if (!buffer.empty()) TRY(found.add(buffer));
    }
    return found;
}

template Result<Buffers<std::byte>>
GuestMemory::buffers(Pointer<IoVector> vectors, std::uint32_t count) const;
template Result<Buffers<std::byte const>>
GuestMemory::buffers(Pointer<IoVector> vectors, std::uint32_t count) const;

Result<std::string>
GuestMemory::text(Pointer<char> at, std::uint32_t length, std::uint32_t most) const {
    auto const bytes = TRY(range(at.at, length, 1));
    if (length > most) return std::unexpected(Errno::NameTooLong);
    std::string copy(length, '\0');
    std::memcpy(copy.data(), bytes.data(), length);
    if (copy.contains('\0')) return std::unexpected(Errno::Inval);
    if (!utf8(copy)) return std::unexpected(Errno::IlSeq);
    return copy;
}

} // namespace exec::wasi
