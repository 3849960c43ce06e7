#include "attest/measure/page_json.hpp"

#include "base/hex.hpp"

#include <algorithm>
#include <charconv>

namespace attest::measure {

namespace {

using base::Result;

constexpr char const* data_name = "data_hex_then_zero_padded_to_4096";

std::string shown(PageJson const& value) {
    if (value.is_object()) return "an object";
    if (value.is_array()) return "an array";
    auto text = value.dump(-1, ' ', true, PageJson::error_handler_t::replace);
    constexpr std::size_t most = 60;
    return text.size() > most ? text.substr(0, most) + "..." : text;
}

// Fills `out` from the front; nothing if `text` is no hexadecimal or is too long.
bool decode_hex(std::string_view text, std::span<std::byte> out) {
    auto const size = text.size() / 2;
    return size <= out.size() && base::unhex(text, out.first(size));
}

std::optional<std::uint64_t> decode_number(PageJson const& value) {
    if (value.is_number_unsigned()) return value.get<std::uint64_t>();
    if (!value.is_string()) return {};
    auto const text = value.get<std::string>();
    if (!text.starts_with("0x")) return {};
    std::uint64_t out = 0;
    auto const [end, error] = std::from_chars(text.data() + 2, text.data() + text.size(), out, 16);
    if (error != std::errc{} || end != text.data() + text.size()) return {};
    return out;
}

// The library copies and frees values by recursion: what is nested deeper than any list has to be
// refused before. Nothing where it is not.
std::optional<std::size_t> too_deep(std::string_view text) {
    constexpr std::size_t deepest = 8;
    std::size_t depth = 0;
    bool inside_text = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (inside_text && text[i] == '\\') {
            ++i;
        } else if (text[i] == '"') {
            inside_text = !inside_text;
        } else if (!inside_text && (text[i] == '[' || text[i] == '{')) {
            if (++depth > deepest) return i;
        } else if (!inside_text && (text[i] == ']' || text[i] == '}') && depth > 0) {
            --depth;
        }
    }
    return {};
}

// The library throws at what is no JSON.
Result<PageJson, Unusable> parse_json(base::View json, std::string const& source) {
    try {
        return PageJson::parse(base::text_of(json));
    } catch (PageJson::parse_error const& error) {
        auto const at = error.byte == 0 ? 0 : error.byte - 1;
        return std::unexpected(
            Unusable{
                .source = source,
                .offset = at,
                .expected = "a list of pages in JSON",
                .found = "other text"
            }
        );
    } catch (PageJson::exception const&) {
        return std::unexpected(
            Unusable{
                .source = source,
                .offset = 0,
                .expected = "a list of pages in JSON",
                .found = "other text"
            }
        );
    }
}

} // namespace

std::unexpected<Unusable>
Spot::wrong(std::string_view field, std::string expected, std::string found) const {
    return std::unexpected(
        Unusable{
            .source = source + ", page " + std::to_string(page) + ", " + std::string{field},
            .offset = 0,
            .expected = std::move(expected),
            .found = std::move(found)
        }
    );
}

Result<std::vector<PageJson>, Unusable> parse_cases(base::View json, std::string const& source) {
    if (json.size() > largest_page_list)
        return std::unexpected(
            Unusable{
                .source = source,
                .offset = largest_page_list,
                .expected = "at most 64 MiB of JSON",
                .found = "more"
            }
        );
    if (auto const at = too_deep(base::text_of(json)))
        return std::unexpected(
            Unusable{
                .source = source,
                .offset = *at,
                .expected = "a list of pages in JSON",
                .found = "more than eight levels"
            }
        );
    auto parsed = TRY(parse_json(json, source));
    std::vector<PageJson> out;
    if (parsed.is_array())
        out.assign(parsed.begin(), parsed.end());
    else
        out.push_back(std::move(parsed));
    if (out.empty())
        return std::unexpected(
            Unusable{
                .source = source, .offset = 0, .expected = "at least one case", .found = "none"
            }
        );
    for (std::size_t i = 0; i < out.size(); ++i) {
        auto const pages = out[i].is_object() ? out[i].find("pages") : out[i].end();
        bool const listed =
            out[i].is_object() && pages != out[i].end() && pages->is_array() &&
            std::ranges::all_of(*pages, [](auto const& p) { return p.is_object(); });
        if (!listed)
            return std::unexpected(
                Unusable{
                    .source = source + ", " + case_name(out[i], i),
                    .offset = 0,
                    .expected = "an object with \"pages\", an array of objects",
                    .found = shown(out[i])
                }
            );
    }
    return out;
}

std::string case_name(PageJson const& entry, std::size_t number) {
    if (entry.is_object())
        if (auto const name = entry.find("name"); name != entry.end() && name->is_string())
            return name->get<std::string>();
    return "case-" + std::to_string(number);
}

Result<std::uint64_t, Unusable>
number_field(PageJson const& object, char const* name, Spot const& spot) {
    auto const found = object.find(name);
    if (found == object.end()) return spot.wrong(name, "a number", "nothing");
    auto const value = decode_number(*found);
    if (!value)
        return spot.wrong(name, "a number, or \"0x\" and hexadecimal digits", shown(*found));
    return *value;
}

Result<std::uint64_t, Unusable> gpa_field(PageJson const& page, Spot const& spot) {
    auto const gpa = TRY(number_field(page, "gpa", spot));
    if (gpa % page_bytes != 0)
        return spot.wrong("gpa", "the address of a page of 4096 bytes", shown(page.at("gpa")));
    return gpa;
}

Result<std::optional<crypto::Sha384Digest>, Unusable>
digest_field(PageJson const& object, char const* name, Spot const& spot) {
    auto const found = object.find(name);
    if (found == object.end()) return std::nullopt;
    crypto::Sha384Digest out{};
    bool const ok = found->is_string() && base::unhex(found->get_ref<std::string const&>(), out);
    if (!ok) return spot.wrong(name, "a SHA-384 digest: 96 hexadecimal digits", shown(*found));
    return out;
}

Result<std::optional<PageContents>, Unusable>
contents_field(PageJson const& page, Spot const& spot) {
    auto const found = page.find(data_name);
    if (found == page.end()) return std::nullopt;
    PageContents out{};
    if (!found->is_string() || !decode_hex(found->get_ref<std::string const&>(), out))
        return spot.wrong(data_name, "at most 4096 bytes in hexadecimal", shown(*found));
    return out;
}

} // namespace attest::measure
