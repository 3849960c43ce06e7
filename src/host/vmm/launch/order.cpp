#include "host/vmm/launch/order.hpp"

#include <algorithm>

namespace host::vmm {

void LaunchOrder::add(protocol::launch::Kind kind, std::string text) {
    auto const& kept = texts_.emplace_back(std::move(text));
    items_.push_back({.kind = kind, .text = kept});
}

void LaunchOrder::add(
    protocol::launch::Kind kind, os::Fd descriptor, std::string text, Rights rights
) {
    auto const& kept = texts_.emplace_back(std::move(text));
    items_.push_back({.kind = kind, .descriptor = descriptor.number(), .text = kept});
    descriptors_.push_back({std::move(descriptor), rights});
}

Rights LaunchOrder::rights(int descriptor) const {
    auto const given = std::ranges::find(descriptors_, descriptor, [](Given const& each) {
        return each.descriptor.number();
    });
    return given == descriptors_.end() ? Rights::ReadOnly : given->rights;
}

void LaunchOrder::add(protocol::launch::Kind kind, std::uint64_t number) {
    auto const bytes = protocol::launch::number_text(number);
    add(kind, std::string{bytes.data(), bytes.size()});
}

} // namespace host::vmm
