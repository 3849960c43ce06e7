#include "protocol/provision/strict.hpp"

namespace protocol::provision {

using base::cbor::Major;

template <class T>
Read<T> Strict::checked(std::string_view field, std::size_t at, base::Result<T> read) {
    if (!read) return std::unexpected(Wrong{field, at});
    return *read;
}

Read<void> Strict::map(std::string_view field, std::uint64_t pairs) {
    auto const at = reader_.offset();
    if (TRY(checked(field, at, reader_.map())) != pairs) return std::unexpected(Wrong{field, at});
    return {};
}

Read<void> Strict::array(std::string_view field, std::uint64_t elements) {
    auto const at = reader_.offset();
    if (TRY(checked(field, at, reader_.array())) != elements)
        return std::unexpected(Wrong{field, at});
    return {};
}

Read<std::uint64_t> Strict::list(std::string_view field, std::uint64_t most) {
    auto const at = reader_.offset();
    auto const count = TRY(checked(field, at, reader_.array()));
    if (count > most) return std::unexpected(Wrong{field, at});
    return count;
}

Read<std::uint64_t> Strict::table(std::string_view field, std::uint64_t most) {
    auto const at = reader_.offset();
    auto const count = TRY(checked(field, at, reader_.map()));
    if (count > most) return std::unexpected(Wrong{field, at});
    return count;
}

Read<void> Strict::tag(std::string_view field, std::uint64_t number) {
    auto const at = reader_.offset();
    if (TRY(checked(field, at, reader_.tag())) != number) return std::unexpected(Wrong{field, at});
    return {};
}

Read<void> Strict::key(std::string_view field, std::uint64_t key) {
    TRY(number(field, key, key));
    return {};
}

Read<std::uint64_t>
Strict::number(std::string_view field, std::uint64_t least, std::uint64_t most) {
    auto const at = reader_.offset();
    auto const value = TRY(checked(field, at, reader_.unsigned_number()));
    if (value < least || value > most) return std::unexpected(Wrong{field, at});
    return value;
}

Read<std::int64_t> Strict::signed_number(std::string_view field) {
    auto const at = reader_.offset();
    return checked(field, at, reader_.number());
}

Read<base::View> Strict::bytes(std::string_view field, Sizes sizes) {
    auto const at = reader_.offset();
    auto const content = TRY(checked(field, at, reader_.bytes()));
    if (content.size() < sizes.least || content.size() > sizes.most)
        return std::unexpected(Wrong{field, at});
    return content;
}

Read<std::string_view> Strict::text(std::string_view field, Sizes sizes) {
    auto const at = reader_.offset();
    auto const content = TRY(checked(field, at, reader_.text()));
    if (content.size() < sizes.least || content.size() > sizes.most)
        return std::unexpected(Wrong{field, at});
    return content;
}

Read<bool> Strict::null(std::string_view field) {
    auto const at = reader_.offset();
    if (TRY(checked(field, at, reader_.peek())) != Major::Simple) return false;
    auto const item = TRY(checked(field, at, reader_.next()));
    if (item.argument != base::cbor::simple_null) return std::unexpected(Wrong{field, at});
    return true;
}

Read<bool> Strict::boolean(std::string_view field) {
    auto const at = reader_.offset();
    auto const item = TRY(checked(field, at, reader_.next(Major::Simple)));
    if (item.argument != base::cbor::simple_true && item.argument != base::cbor::simple_false)
        return std::unexpected(Wrong{field, at});
    return item.argument == base::cbor::simple_true;
}

Read<base::View> Strict::item(std::string_view field) {
    auto const at = reader_.offset();
    return checked(field, at, reader_.skip());
}

Read<void> Strict::end(std::string_view field) {
    if (!reader_.at_end()) return std::unexpected(Wrong{field, reader_.offset()});
    return {};
}

} // namespace protocol::provision
