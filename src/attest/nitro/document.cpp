#include "attest/nitro/document.hpp"

#include "base/cbor.hpp"

#include <algorithm>
#include <array>

namespace attest::nitro {

namespace {

using base::Errno;
using base::Result;
using base::View;
using base::cbor::Reader;

constexpr std::size_t digest_size = 48;
constexpr std::uint64_t most_pcrs = 32;
constexpr std::size_t largest_certificate = 1024;
constexpr std::size_t largest_public_key = 1024;
constexpr std::size_t largest_user_data =
    1024; // the user guide says 512, enclaves of today give 1024
constexpr std::uint64_t most_authorities = 16;

// The elements of a map or an array, however its length is told: AWS began with a count, and ends
// with a break since 2025. RFC 9052 asks a payload for no other encoding than CBOR's.
class Elements {
public:
    explicit Elements(std::optional<std::uint64_t> count) : left_{count} {}

    bool another(Reader& in) {
        if (!left_) return !in.take_break();
        if (*left_ == 0) return false;
        --*left_;
        return true;
    }

private:
    std::optional<std::uint64_t> left_; // until the break where there is no count
};

Result<std::map<std::uint64_t, View>> parse_pcrs(Reader& in) {
    std::map<std::uint64_t, View> out;
    Elements elements{TRY(in.map_of_any_length())};
    while (elements.another(in)) {
        auto const index = TRY(in.unsigned_number());
        auto const value = TRY(in.bytes());
        if (index >= most_pcrs || value.size() != digest_size)
            return std::unexpected(Errno::BadMsg);
        if (!out.emplace(index, value).second) return std::unexpected(Errno::BadMsg);
    }
    if (out.empty()) return std::unexpected(Errno::BadMsg);
    return out;
}

Result<View> parse_certificate(Reader& in) {
    auto const der = TRY(in.bytes());
    if (der.empty() || der.size() > largest_certificate) return std::unexpected(Errno::BadMsg);
    return der;
}

Result<std::vector<View>> parse_bundle(Reader& in) {
    std::vector<View> out;
    Elements elements{TRY(in.array_of_any_length())};
    while (elements.another(in)) {
        if (out.size() == most_authorities) return std::unexpected(Errno::BadMsg);
        out.push_back(TRY(parse_certificate(in)));
    }
    if (out.empty()) return std::unexpected(Errno::BadMsg);
    return out;
}

// Absent or null are the same.
Result<std::optional<View>> parse_optional(Reader& in, std::size_t largest) {
    if (TRY(in.peek()) == base::cbor::Major::Simple) {
        if (TRY(in.next()).argument != base::cbor::simple_null)
            return std::unexpected(Errno::BadMsg);
        return std::optional<View>{};
    }
    auto const value = TRY(in.bytes());
    if (value.size() > largest) return std::unexpected(Errno::BadMsg);
    return std::optional{value};
}

Result<void> parse_digest(Reader& in) {
    if (TRY(in.text()) != "SHA384") return std::unexpected(Errno::BadMsg);
    return {};
}

// One field by its name.
Result<void> parse_field(std::string_view name, Reader& in, Document& out) {
    using std::chrono::milliseconds;
    if (name == "module_id") {
        out.module_id = TRY(in.text());
        if (out.module_id.empty()) return std::unexpected(Errno::BadMsg);
    } else if (name == "digest") {
        return parse_digest(in);
    } else if (name == "timestamp") {
        auto const ms = TRY(in.number());
        if (ms <= 0) return std::unexpected(Errno::BadMsg);
        out.timestamp = std::chrono::sys_time<milliseconds>{milliseconds{ms}};
    } else if (name == "pcrs") {
        out.pcrs = TRY(parse_pcrs(in));
    } else if (name == "certificate") {
        out.certificate = TRY(parse_certificate(in));
    } else if (name == "cabundle") {
        out.cabundle = TRY(parse_bundle(in));
    } else if (name == "public_key") {
        out.public_key = TRY(parse_optional(in, largest_public_key));
    } else if (name == "user_data") {
        out.user_data = TRY(parse_optional(in, largest_user_data));
    } else if (name == "nonce") {
        out.nonce = TRY(parse_optional(in, largest_user_data));
    } else {
        (void)TRY(in.skip()); // signed, and of no meaning here
    }
    return {};
}

bool contains(std::vector<std::string_view> const& names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
}

// What each field has to be, for messages.
std::string_view expectation(std::string_view name) {
    struct Row {
        std::string_view name;
        std::string_view wants;
    };
    constexpr std::array rows{
        Row{"module_id", "a text that is not empty: module_id"},
        Row{"digest", "the text SHA384: digest"},
        Row{"timestamp", "a positive number of milliseconds: timestamp"},
        Row{"pcrs", "1 to 32 digests of 48 bytes under the numbers 0 to 31: pcrs"},
        Row{"certificate", "1 to 1024 bytes: certificate"},
        Row{"cabundle", "1 to 16 certificates of 1 to 1024 bytes: cabundle"},
        Row{"public_key", "null or at most 1024 bytes: public_key"},
        Row{"user_data", "null or at most 1024 bytes: user_data"},
        Row{"nonce", "null or at most 1024 bytes: nonce"},
    };
    auto const* row = std::ranges::find(rows, name, &Row::name);
    return row == rows.end() ? "one whole value: a field that is not known" : row->wants;
}

constexpr std::array<std::string_view, 6> mandatory{
    "module_id", "digest", "timestamp", "pcrs", "certificate", "cabundle"
};

} // namespace

Result<Document, crypto::Malformed> parse_document(View payload) {
    Reader in{payload};
    auto const malformed = [&](std::string_view what) {
        return std::unexpected(crypto::Malformed{what, in.offset()});
    };
    Document out;
    std::vector<std::string_view> seen;
    auto const fields = in.map_of_any_length();
    if (!fields) return malformed("a map: the attestation document");
    Elements elements{*fields};
    while (elements.another(in)) {
        auto const name = in.text();
        if (!name) return malformed("the name of a field");
        if (contains(seen, *name)) return malformed("each field once");
        seen.push_back(*name);
        if (auto const parsed = parse_field(*name, in, out); !parsed)
            return malformed(expectation(*name));
    }
    if (!in.at_end()) return malformed("nothing behind the document");
    for (auto const name : mandatory)
        if (!contains(seen, name))
            return malformed(
                "the fields module_id, digest, timestamp, pcrs, certificate, cabundle"
            );
    for (std::uint64_t pcr = 0; pcr < 3; ++pcr)
        if (!out.pcrs.contains(pcr)) return malformed("PCR 0, 1 and 2");
    return out;
}

bool debug_mode(Document const& document) {
    return std::ranges::all_of(document.pcrs, [](auto const& pcr) {
        return pcr.first > 2 || base::all_zero(pcr.second);
    });
}

} // namespace attest::nitro
