#include "attest/dcap/json_fields.hpp"

#include "base/hex.hpp"

#include <algorithm>
#include <charconv>

namespace attest::dcap {

namespace {

using crypto::Malformed;
using json::Kind;
using json::Value;

std::optional<std::uint64_t> decimal(std::string_view digits) {
    std::uint64_t out = 0;
    auto const* const end = digits.data() + digits.size();
    auto const [stop, error] = std::from_chars(digits.data(), end, out);
    if (error != std::errc{} || stop != end) return {};
    return out;
}

bool plain(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~' && c != '\\'; });
}

} // namespace

std::optional<std::chrono::sys_seconds> parse_time(std::string_view text) {
    constexpr std::string_view form = "dddd-dd-ddTdd:dd:ddZ";
    if (text.size() != form.size()) return {};
    for (std::size_t i = 0; i < form.size(); ++i)
        if (form[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != form[i]) return {};
    auto const part = [&](std::size_t at, std::size_t size) {
        return static_cast<unsigned>(*decimal(text.substr(at, size)));
    };
    using namespace std::chrono;
    auto const date = year(static_cast<int>(part(0, 4))) / month(part(5, 2)) / day(part(8, 2));
    if (!date.ok() || part(11, 2) > 23 || part(14, 2) > 59 || part(17, 2) > 59) return {};
    return sys_days(date) + hours(part(11, 2)) + minutes(part(14, 2)) + seconds(part(17, 2));
}

Malformed Fields::wrong(std::string_view what, Value at) const {
    return {
        .what = what,
        .offset = static_cast<std::size_t>(at.content().data() - document_.data()),
    };
}

Read<Value> Fields::need(Name name) const {
    auto const found = object_.member(name);
    if (!found) return std::unexpected(wrong(name, object_));
    return *found;
}

Read<Value> Fields::array(Name name) const {
    auto const found = TRY(need(name));
    if (found.kind() != Kind::Array) return std::unexpected(wrong(name, found));
    return found;
}

Read<Fields> Fields::object(Name name) const {
    auto const found = TRY(need(name));
    if (found.kind() != Kind::Object) return std::unexpected(wrong(name, found));
    return of(found);
}

Read<std::uint64_t> Fields::number(Name name, std::uint64_t most) const {
    auto const found = TRY(need(name));
    auto const value = found.kind() == Kind::Number ? decimal(found.content()) : std::nullopt;
    if (!value || *value > most) return std::unexpected(wrong(name, found));
    return *value;
}

Read<std::string_view> Fields::text(Name name) const {
    auto const found = TRY(need(name));
    if (found.kind() != Kind::Text || !plain(found.content()))
        return std::unexpected(wrong(name, found));
    return found.content();
}

Read<std::chrono::sys_seconds> Fields::time(Name name) const {
    auto const value = parse_time(TRY(text(name)));
    if (!value) return std::unexpected(wrong(name, *maybe(name)));
    return *value;
}

Read<TcbStatus> Fields::status(Name name) const {
    auto const value = tcb_status(TRY(text(name)));
    if (!value || *value >= TcbStatus::TdRelaunchAdvised)
        return std::unexpected(wrong("a TCB status of Intel's list", *maybe(name)));
    return *value;
}

Read<void> Fields::bytes(Name name, std::span<std::byte> out) const {
    if (!base::unhex(TRY(text(name)), out)) return std::unexpected(wrong(name, *maybe(name)));
    return {};
}

} // namespace attest::dcap
