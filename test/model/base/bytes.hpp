// Numbers at offsets of a page, little-endian as this machine is.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>

namespace model {

template <class T>
    requires std::is_trivially_copyable_v<T>
T load(std::span<std::byte const> from, std::size_t offset = 0) {
    T value;
    std::memcpy(&value, from.subspan(offset, sizeof value).data(), sizeof value);
    return value;
}
template <class T>
    requires std::is_trivially_copyable_v<T>
void store(std::span<std::byte> to, std::size_t offset, T const& value) {
    std::memcpy(to.subspan(offset, sizeof value).data(), &value, sizeof value);
}
template <class T>
    requires std::is_trivially_copyable_v<T>
std::span<std::byte> bytes_of(T& value) {
    return std::as_writable_bytes(std::span{&value, 1});
}
template <class T>
    requires std::is_trivially_copyable_v<T>
std::span<std::byte const> bytes_of(T const& value) {
    return std::as_bytes(std::span{&value, 1});
}

} // namespace model
